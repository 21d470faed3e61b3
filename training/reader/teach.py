"""What a larger reader says of the texts: `python -m training.reader.teach --teacher F --work F`.

A smaller one then learns from that too (`training.reader.train --answers`): how sure one may be of
a label, and, where a text has none for a task, what to answer.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from sonnim.language.reader import MOOD, RATING, TARGET, WORDS
from training.reader.checkpoint import model_of, tokens_of
from training.reader.data import PHRASES
from training.reader.train import ASKED, POOLS, padded_ids

ANSWERS = "answers.npz"
_AT_ONCE = 64


POOLS_ASKED = ("film", PHRASES, "tweets", "marked")
"""Pools whose texts are asked of: labels are few there, or the smaller reader is weakest."""


def answered(teacher: Path, work: Path) -> Path:
    """Writes the answers to texts of `work`, and gives the file.

    Args:
        teacher: Folder of a trained reader with the same tokenizer.
        work: Folder with the tokens of the texts.
    """
    given, model = tokens_of(work), model_of(teacher)
    asked = np.isin(given.pools, [POOLS.index(name) for name in POOLS_ASKED])
    count = len(given.starts) - 1
    found = {
        task: np.zeros((size, model.heads[task].out_features), np.float16)
        for task, size in (
            (MOOD, count), (RATING, count), (TARGET, len(given.ids)), (WORDS, len(given.ids)),
        )
    }  # fmt: skip
    order = np.argsort(np.diff(given.starts), kind="stable")
    order = order[asked[order]]
    for at in range(0, len(order), _AT_ONCE):
        places = order[at : at + _AT_ONCE]
        ids, lengths = padded_ids(given, places)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            said = model(torch.from_numpy(ids), torch.from_numpy(lengths))
        logits = {task: said[task].float().numpy() for task in found}
        for row, (place, length) in enumerate(zip(places, lengths, strict=True)):
            for task in (MOOD, RATING):
                found[task][place] = logits[task][row]
            for task in (TARGET, WORDS):
                start = given.starts[place]
                found[task][start : start + length] = logits[task][row, :length]
    np.savez(work / ANSWERS, **{ASKED: asked}, **found)
    return work / ANSWERS


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(answered(given.teacher, given.work))


if __name__ == "__main__":
    main()
