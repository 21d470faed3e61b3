"""Trains a reader: `python -m training.reader.train --language en --work FOLDER [--data DIR]`.

There are two: one of all languages, which ships for Korean (`ko`), and one of English (`en`). With
`--start FOLDER` training goes on from a reader that ships (`sonnim/language/models/reader`), or
from the checkpoint of another folder, instead of the pretrained encoder.

Resumable: the folder keeps the tokens, a checkpoint every few minutes and a log; the same command
goes on from the last checkpoint. The rate falls linearly over the texts to be seen. Two cores that
have nothing else to do read some 60 texts a second, 120 with half the layers.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from sonnim.language.reader import MODEL, TOKENIZER
from training.mood.data import REVIEWS_WRITTEN, SHARED
from training.reader import english, opinions, pretrained, shipped, tokens
from training.reader.data import (
    EMOTION,
    EMOTION_KO,
    FILM,
    INTENT,
    MOOD,
    OFFENCE,
    PHRASES,
    RATING,
    SIZES,
    TARGET,
    TOKEN_SIZES,
    TOLD,
    WORDS,
    Taught,
    korean,
    learned,
)
from training.reader.network import Reader, encoder_of, reader_of

SEED = 20_141
LONGEST = 96
# So many texts of a batch come from each pool.
SHARES: Mapping[str, Mapping[str, int]] = {
    "ko": {
        "nsmc": 8, "kote": 7, "reviews": 16, "pairs_ko": 12, "pairs_en": 2, "marked": 4,
        opinions.WRITTEN_KO: 6, "en": 2, "film": 2, PHRASES: 3, "tweets": 4, "tweeteval": 1,
        "offence": 1, "world": 2, "written": 4, TOLD: 5,
    },
    "en": {
        "en": 5, "film": 10, PHRASES: 14, "tweets": 12, "tweeteval": 3, "offence": 1, "marked": 8,
        "pairs_en": 7, "world": 1, "written": 3,
    },
}  # fmt: skip
POOLS = tuple(SHARES["ko"])
# Drawn so that the three moods come equally often: more than half of the labelled ones are
# negative, and what is learned from them would be so of tweets anywhere.
EVEN = ("tweets", "tweeteval")
# Tag of a token that teaches nothing.
UNKNOWN = -1
CHECKPOINT, CHECKPOINT_SECONDS = "checkpoint.pt", 240


Answers = Mapping[str, NDArray[np.generic]]
"""Logits of a teacher by task: of each text, or of the tokens of all texts one after the other."""
ASKED = "asked"
"""Beside them, which texts it was asked of."""


@dataclass(frozen=True)
class Tokens:
    """Tokenised texts with their labels, in one place each.

    Attributes:
        ids: Tokens of all texts, one after the other.
        starts: Where each text begins, and the end.
        mood, rating, offence: Labels, -1 where there is none.
        emotions_ko, emotions, intents: (texts, outputs) of labels that may come together, -1 where
            it is not known.
        target, words: Tags of all tokens, -1 where they are not known.
        pools: Pool of each text, a place in `POOLS`.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    mood: NDArray[np.int64]
    rating: NDArray[np.float32]
    offence: NDArray[np.int64]
    emotions_ko: NDArray[np.int8]
    emotions: NDArray[np.int8]
    intents: NDArray[np.int8]
    target: NDArray[np.int8]
    words: NDArray[np.int8]
    pools: NDArray[np.int64]


def prepared(work: Path, data: Path, start: Path | None, language: str) -> tuple[Tokens, list[int]]:
    """The tokens and which of the vocabulary were kept, made once for the folder.

    Args:
        work: The folder.
        language: Whose reader it is.
        data: The shared data.
        start: A reader whose tokenizer is taken over whole, if any.
    """
    file = work / "tokens.npz"
    if not file.exists():
        taught = learned(data)
        marked = [*opinions.learned(data), *opinions.of_the_world()]
        if language == "en":
            taught = [one for one in taught if not korean(one.text)]
            marked = [one for one in marked if not korean(one.text)]
        texts = [*(one.text for one in taught), *(one.text for one in marked)]
        if start is None and language == "en":
            folder = english.shipped()
            tokenizer = english.tokenizer(folder, english.vocabulary(folder, texts))
            kept = list(range(tokenizer.get_vocab_size()))
        elif start is None:
            cut = tokens.cut(pretrained.read(pretrained.shipped()), texts)
            tokenizer, kept = cut.tokenizer, cut.kept
        else:
            tokenizer = Tokenizer.from_file(str(start / TOKENIZER))
            kept = list(range(tokenizer.get_vocab_size()))
        tokenizer.save(str(work / TOKENIZER))
        np.savez(file, kept=np.array(kept), **vars(_tokenised(tokenizer, taught, marked)))
    with np.load(file) as arrays:
        kept = arrays["kept"].tolist()
        return Tokens(**{name: arrays[name] for name in Tokens.__annotations__}), kept


def _tokenised(tokenizer: Tokenizer, taught: list[Taught], marked: list[opinions.Marked]) -> Tokens:
    tokenizer.enable_truncation(LONGEST)
    ids: list[list[int]] = []
    for at in range(0, len(taught), 8192):
        batch = [one.text for one in taught[at : at + 8192]]
        ids += [one.ids for one in tokenizer.encode_batch_fast(batch)]
    target = [[UNKNOWN] * len(one) for one in ids]
    words = [[UNKNOWN] * len(one) for one in ids]
    for one in marked:
        found = tokenizer.encode(one.text)
        ids.append(found.ids)
        tags = opinions.tags(one.targets, found.offsets)
        target.append(tags if one.whole else [tag or UNKNOWN for tag in tags])
        known = one.words is not None
        words.append(
            opinions.tags(one.words or (), found.offsets) if known else [UNKNOWN] * len(tags)
        )
    tokenizer.no_truncation()
    count = len(ids)
    emotions = np.full((count, SIZES[EMOTION_KO]), -1, np.int8)
    for place, one in enumerate(taught):
        if one.emotions_ko is not None:
            emotions[place] = 0
            emotions[place, list(one.emotions_ko)] = 1

    def column(values: list[float], kind: type[np.generic]) -> NDArray[np.generic]:
        return np.array([*values, *[-1] * len(marked)], kind)

    names = [*(_pool(one.source) for one in taught), *(_pool(one.source) for one in marked)]
    return Tokens(
        ids=np.fromiter((i for one in ids for i in one), np.int32),
        starts=np.concatenate([[0], np.cumsum([len(one) for one in ids])]),
        mood=column([one.mood for one in taught], np.int64),
        rating=column([one.rating for one in taught], np.float32),
        offence=column([one.offence for one in taught], np.int64),
        emotions_ko=emotions,
        emotions=_rows([one.emotions for one in taught], len(marked)),
        intents=_rows([one.intents for one in taught], len(marked)),
        target=np.fromiter((tag for one in target for tag in one), np.int8),
        words=np.fromiter((tag for one in words for tag in one), np.int8),
        pools=np.array([POOLS.index(name) for name in names]),
    )


def _rows(known: list[tuple[int, ...]], unknown: int) -> NDArray[np.int8]:
    """Labels of texts, and behind them texts of which nothing is known."""
    return np.array([*known, *[(-1,) * len(known[0])] * unknown], np.int8)


def _pool(source: str) -> str:
    if source in POOLS:
        return source
    if source == REVIEWS_WRITTEN:
        return "reviews"
    if source.startswith("written"):
        return "written"
    if source in FILM:
        return "film"
    if source in ("tweeteval_offensive", "tweeteval_hate"):
        return "offence"
    if source.startswith("tweet") or source == "acl14":
        return "tweets"
    return "marked" if source in opinions.SOURCES else "en"


def batches(given: Tokens, seed: int, language: str) -> Iterator[NDArray[np.int64]]:
    """Places of the texts of one batch after the other, without end; texts of like length meet."""
    rng = np.random.default_rng(seed)
    lengths = np.diff(given.starts)
    shares = SHARES[language]
    places = [np.flatnonzero(given.pools == POOLS.index(name)) for name in shares]
    for name in EVEN:
        even = list(shares).index(name)
        places[even] = _evened(places[even], given.mood, rng)
    orders = [rng.permutation(found) for found in places]
    taken = [0] * len(shares)
    size = sum(shares.values())
    while True:
        # Sixteen batches are drawn at once and sorted by length, so that little is padded.
        drawn = []
        for number, share in enumerate(shares.values()):
            wanted = share * 16
            if taken[number] + wanted > len(orders[number]):
                orders[number], taken[number] = rng.permutation(places[number]), 0
            drawn.append(orders[number][taken[number] : taken[number] + wanted])
            taken[number] += wanted
        mixed = np.concatenate(drawn)
        mixed = mixed[np.argsort(lengths[mixed] + rng.uniform(0, 4, len(mixed)))]
        for at in rng.permutation(16):
            yield mixed[at * size : (at + 1) * size]


def _evened(
    places: NDArray[np.int64], moods: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The places with those of the rarer moods repeated; of an unknown mood they stay as they are.

    Every one is there, and at most once more often than another of its mood.
    """
    sides = [rng.permutation(places[moods[places] == mood]) for mood in range(SIZES[MOOD])]
    most = max(len(side) for side in sides)
    return np.concatenate([places[moods[places] < 0], *(np.resize(side, most) for side in sides)])


def padded_ids(
    given: Tokens, places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens of those texts, (texts, tokens), and how many each has."""
    lengths = np.diff(given.starts)[places]
    ids = np.full((len(places), int(lengths.max())), tokens.PAD, np.int64)
    for row, place in enumerate(places):
        ids[row, : lengths[row]] = given.ids[given.starts[place] : given.starts[place + 1]]
    return ids, lengths


def loss_of(
    model: Reader, given: Tokens, places: NDArray[np.int64], teacher: Answers | None = None
) -> torch.Tensor:
    """The summed loss of all tasks, each over the texts that teach it.

    Where a larger model has answered too, its answers count beside the labels (distillation;
    Hinton, Vinyals and Dean 2015).
    """
    ids, lengths = padded_ids(given, places)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model(torch.from_numpy(ids), torch.from_numpy(lengths))
    found = {name: logits.float() for name, logits in found.items()}
    total = torch.zeros(())
    for name, labels, weight in (
        (MOOD, given.mood[places], 1.0),
        (OFFENCE, given.offence[places], 0.3),
        (TARGET, _padded(given, given.target, places), 1.5),
        (WORDS, _padded(given, given.words, places), 1.5),
    ):
        there = torch.from_numpy(labels >= 0)
        if there.any():
            wanted = torch.from_numpy(labels.astype(np.int64))[there]
            total = total + weight * functional.cross_entropy(found[name][there], wanted)
    there = torch.from_numpy(given.rating[places] >= 0)
    if there.any():
        wanted = torch.from_numpy(given.rating[places])[there]
        guessed = torch.sigmoid(found[RATING][there, 0])
        total = total + 2.0 * functional.mse_loss(guessed, wanted)
    # The mean over many labels, most of them absent, is small beside the other tasks' losses.
    for name, labels, weight in (
        (EMOTION_KO, given.emotions_ko[places], 6.0),
        (EMOTION, given.emotions[places], 1.5),
        (INTENT, given.intents[places], 1.5),
    ):
        there = torch.from_numpy(labels >= 0)
        if there.any():
            wanted = torch.from_numpy(labels.astype(np.float32))[there]
            total = total + weight * functional.binary_cross_entropy_with_logits(
                found[name][there], wanted
            )
    return total if teacher is None else total + apart(found, given, places, teacher)


def apart(
    found: Mapping[str, torch.Tensor], given: Tokens, places: NDArray[np.int64], teacher: Answers
) -> torch.Tensor:
    """How far the answers are from the teacher's: cross entropy, of ratings the squared error."""
    rows = np.flatnonzero(teacher[ASKED][places])
    chosen = places[rows]
    if not rows.size:
        return torch.zeros(())
    total = 2.0 * functional.cross_entropy(
        found[MOOD][rows], torch.from_numpy(teacher[MOOD][chosen]).float().softmax(-1)
    )
    wanted = torch.sigmoid(torch.from_numpy(teacher[RATING][chosen, 0]).float())
    total = total + 4.0 * functional.mse_loss(torch.sigmoid(found[RATING][rows, 0]), wanted)
    there = torch.zeros(found[TARGET].shape[:2], dtype=torch.bool)
    spans = [slice(given.starts[place], given.starts[place + 1]) for place in chosen]
    for row, span in zip(rows, spans, strict=True):
        there[row, : span.stop - span.start] = True
    for name in (TARGET, WORDS):
        tags = np.concatenate([teacher[name][span] for span in spans])
        total = total + functional.cross_entropy(
            found[name][there], torch.from_numpy(tags).float().softmax(-1)
        )
    return total


def _padded(given: Tokens, tags: NDArray[np.int8], places: NDArray[np.int64]) -> NDArray[np.int8]:
    """Tags of the tokens of those texts, (texts, tokens)."""
    lengths = np.diff(given.starts)[places]
    found = np.full((len(places), int(lengths.max())), UNKNOWN, np.int8)
    for row, place in enumerate(places):
        found[row, : lengths[row]] = tags[given.starts[place] : given.starts[place + 1]]
    return found


def begun(
    work: Path, start: Path | None, kept: list[int], layers: int | None, language: str,
    encoder: Path | None,
) -> Reader:  # fmt: skip
    """The network before its first step: the pretrained encoder's, or a reader's to go on from."""
    if start is None and language == "en":
        pieces = Tokenizer.from_file(str(work / TOKENIZER)).get_vocab()
        folder = english.shipped() if encoder is None else encoder
        whole = english.encoder(folder, sorted(pieces, key=pieces.__getitem__))
        return Reader(encoder_of(whole, kept, layers), SIZES, TOKEN_SIZES)
    if start is None:
        encoder = encoder_of(pretrained.read(pretrained.shipped()), kept, layers)
        return Reader(encoder, SIZES, TOKEN_SIZES)
    return reader_of(weights_of(start))


def weights_of(folder: Path) -> Mapping[str, torch.Tensor]:
    """The weights of a folder of training, as of its last checkpoint, or of a reader that ships."""
    if (folder / CHECKPOINT).exists():
        found: Mapping[str, torch.Tensor] = torch.load(folder / CHECKPOINT)["model"]
        return found
    return shipped.weights(folder / MODEL)


def train(
    work: Path, data: Path, texts: int, rate: float, layers: int | None, start: Path | None,
    dropout: float, language: str, encoder: Path | None = None, answers: Path | None = None,
) -> None:  # fmt: skip
    """Trains until so many texts were seen, from the last checkpoint on."""
    work.mkdir(parents=True, exist_ok=True)
    given, kept = prepared(work, data, start, language)
    torch.manual_seed(SEED)
    model = begun(work, start, kept, layers, language, encoder)
    for part in (model.encoder, *model.encoder.layers):
        part.dropout = dropout
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)
    step, spent = 0, 0.0
    checkpoint = work / CHECKPOINT
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent = state["step"], state["spent"]
    source = batches(given, SEED + step, language)
    size = sum(SHARES[language].values())
    teacher = None if answers is None else dict(np.load(answers))
    log = (work / "log.jsonl").open("a", encoding="utf-8")
    model.train()
    last, losses, told = time.monotonic(), [], time.monotonic()
    saved = last
    steps = texts // size
    warm = min(300, max(1, steps // 10))
    while step < steps:
        factor = min(1.0, step / warm) * max(0.02, 1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = rate * factor
        loss = loss_of(model, given, next(source), teacher)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        losses.append(float(loss.detach()))
        now = time.monotonic()
        spent += now - last
        last = now
        if now - told > 30:
            note = {"step": step, "minutes": round(spent / 60, 2), "loss": float(np.mean(losses)),
                    "texts": step * size, "language": language}  # fmt: skip
            log.write(json.dumps(note) + "\n")
            log.flush()
            losses, told = [], now
        if now - saved > CHECKPOINT_SECONDS or step == steps:
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(),
                     "step": step, "spent": spent, "kept": kept,
                     "layers": len(model.encoder.layers)}  # fmt: skip
            torch.save(state, work / "checkpoint.tmp")
            (work / "checkpoint.tmp").replace(checkpoint)
            saved = now
        if not math.isfinite(losses[-1] if losses else 0.0):
            raise FloatingPointError(f"the loss is no number at step {step}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=sorted(SHARES), required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--texts", type=int, default=400_000)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--start", type=Path)
    # A fifth of the time goes into drawing what is dropped; a short run can do without.
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--encoder", type=Path, help="folder of another pretrained English one")
    parser.add_argument("--answers", type=Path, help="what `training.reader.teach` wrote")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(
        given.work, given.data, given.texts, given.rate, given.layers, given.start, given.dropout,
        given.language, given.encoder, given.answers,
    )  # fmt: skip


if __name__ == "__main__":
    main()
