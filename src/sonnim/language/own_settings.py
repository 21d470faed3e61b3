"""What is said of a model of one's own: its folder, its labels, which languages it reads.

A folder holds `model.onnx` and `tokenizer.json`, as exports of Hugging Face models do; the order of
the labels may stand in its `config.json` (`id2label`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from sonnim.language.mood_model import LABELS
from sonnim.tables.errors import StopError
from sonnim.tables.words import say

MODEL, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
LANGUAGES = ("ko", "en", "other")
OWN = "own:"
"""How the column `tier` begins where a model of one's own has read."""
_LEAST_TOKENS, _MOST_TOKENS = 8, 8192


@dataclass(frozen=True, kw_only=True)
class OwnSettings:
    """How a model of one's own is used.

    Attributes:
        labels: Moods in the order of its outputs: all three, or negative and positive.
        languages: What it reads; a text in Korean and English if it reads both.
        max_tokens: A text is read so far, its special tokens counted.
        unsure_below: Below this probability of the likeliest mood a text is "unsure".
        digest: Of its files, as `digest_of` gives it; "" while it is not known.
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...] = ("ko", "en")
    max_tokens: int = 256
    unsure_below: float = 0.5
    digest: str = ""

    def reads(self, language: str) -> bool:
        """Whether it reads texts of a language that `identify` gave.

        >>> OwnSettings(labels=LABELS, languages=("ko",)).reads("mixed")
        False
        """
        needed = ("ko", "en") if language == "mixed" else (language,)
        return all(one in self.languages for one in needed)


NAMES = tuple(field.name for field in fields(OwnSettings) if field.name != "digest")
"""The settings a person may give, beside where the folder is."""


def own_settings(folder: Path, said: Mapping[str, object], place: str) -> OwnSettings:
    """The settings of the model in a folder.

    Args:
        folder: Of the model.
        said: Settings by name; labels that are not said are those of its `config.json`.
        place: Where they were said, for errors.

    Returns:
        The settings, with the digest of its files.

    Raises:
        StopError: A setting is wrong, labels are nowhere, or a file is absent.
    """
    for name in said:
        if name not in (*NAMES, "digest"):
            raise _wrong(f"{place}.{name}", name, ", ".join(NAMES))
    digest = str(said.get("digest", "")) or digest_of(folder)
    tokens, least = said.get("max_tokens", 256), said.get("unsure_below", 0.5)
    allowed = say("own_allowed_tokens", low=_LEAST_TOKENS, high=_MOST_TOKENS)
    if isinstance(tokens, bool) or not isinstance(tokens, int):
        raise _wrong(f"{place}.max_tokens", tokens, allowed)
    if not _LEAST_TOKENS <= tokens <= _MOST_TOKENS:
        raise _wrong(f"{place}.max_tokens", tokens, allowed)
    if isinstance(least, bool) or not isinstance(least, (int, float)) or not 0 <= least <= 1:
        raise _wrong(f"{place}.unsure_below", least, say("own_allowed_unsure"))
    return OwnSettings(
        labels=_labels(folder, said.get("labels"), place),
        languages=_languages(said.get("languages", ("ko", "en")), place),
        max_tokens=int(tokens),
        unsure_below=float(least),
        digest=digest,
    )


def in_words(settings: OwnSettings) -> str:
    """Settings as the text of a parameter.

    >>> from_words(Path("m"), in_words(OwnSettings(labels=LABELS, digest="d"))).labels
    ('negative', 'neutral', 'positive')
    """
    return json.dumps(asdict(settings), ensure_ascii=False, sort_keys=True)


def from_words(folder: Path, text: str) -> OwnSettings:
    """Settings from the text of a parameter; "" where nothing is said.

    Raises:
        StopError: It is no JSON object, or as in `own_settings`.
    """
    try:
        said = json.loads(text or "{}")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _wrong("model_settings", text, say("own_allowed_json"))
    return own_settings(folder, said, "model_settings")


def digest_of(folder: Path) -> str:
    """One SHA-256 for the model's weights and its tokenizer.

    Raises:
        StopError: The folder, or a file in it, is absent or cannot be read.
    """
    if not folder.is_dir():
        raise StopError("own_model_folder", folder=str(folder))
    total = hashlib.sha256()
    # Weights of large exports stand beside the graph: model.onnx_data, model.onnx.data.
    for file in (folder / MODEL, *beside(folder), folder / TOKENIZER):
        try:
            with file.open("rb") as content:
                total.update(hashlib.file_digest(content, "sha256").digest())
        except FileNotFoundError:
            raise StopError("own_model_file", folder=str(folder), file=file.name) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StopError("own_model_broken", file=str(file), reason=reason) from None
    return total.hexdigest()


def beside(folder: Path) -> list[Path]:
    """Files of weights that stand beside the graph."""
    return sorted(folder.glob(f"{MODEL}?*"))


def tier_of(folder: Path, settings: OwnSettings) -> str:
    """What the column `tier` says of texts that it read.

    >>> tier_of(Path("models/ours"), OwnSettings(labels=LABELS, digest="0123456789"))
    'own:ours@01234567'
    """
    return f"{OWN}{folder.resolve().name}@{settings.digest[:8]}"


def _labels(folder: Path, said: object, place: str) -> tuple[str, ...]:
    where = f"{place}.labels"
    if said is None:
        where, said = f"{folder / CONFIG}: id2label", _of_config(folder / CONFIG)
    if said is None:
        raise StopError("own_model_labels", folder=str(folder), place=f"{place}.labels")
    labels = tuple(map(str, said)) if isinstance(said, (list, tuple)) else ()
    if sorted(labels) not in (sorted(LABELS), ["negative", "positive"]):
        raise _wrong(where, said, say("own_allowed_labels"))
    return labels


def _of_config(file: Path) -> list[str] | None:
    """The labels of `config.json` in the order of the outputs, or None."""
    try:
        named = json.loads(file.read_text(encoding="utf-8"))["id2label"]
        return [str(named[key]).lower() for key in sorted(named, key=int)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _languages(said: object, place: str) -> tuple[str, ...]:
    languages = tuple(map(str, said)) if isinstance(said, (list, tuple)) else ()
    if not languages or any(one not in LANGUAGES for one in languages):
        allowed = say("own_allowed_languages", names=", ".join(LANGUAGES))
        raise _wrong(f"{place}.languages", said, allowed)
    return tuple(sorted(set(languages), key=LANGUAGES.index))


def _wrong(place: str, received: object, allowed: str) -> StopError:
    return StopError("own_setting_wrong", place=place, received=received, allowed=allowed)
