"""The mean of two readers' weights: `python -m training.reader.mean --start FOLDER --work FOLDER`.

One that was trained further is better at what it learned last and a little worse at the rest; half
way between both it is nearly as good at the first and keeps the second (Wortsman et al. 2022,
"Robust fine-tuning of zero-shot models", CVPR). The checkpoint of the folder becomes that mean;
what it was is kept beside it.
"""

import argparse
from pathlib import Path

import torch

from training.reader.train import CHECKPOINT, weights_of

LAST = "checkpoint_last.pt"


def averaged(start: Path, work: Path, share: float = 0.5) -> None:
    """Makes the folder's checkpoint the weighted mean of itself and of where it started.

    A head that the start lacks stays as it is.

    Args:
        start: Folder of the reader that training went on from: one that ships, or of a training.
        work: Folder of the training.
        share: How much the trained weights count, the others having the rest.
    """
    checkpoint, last = work / CHECKPOINT, work / LAST
    if not last.exists():
        checkpoint.rename(last)
    state, before = torch.load(last), weights_of(start)
    state["model"] = {
        name: share * value + (1 - share) * before[name] if name in before else value
        for name, value in state["model"].items()
    }
    torch.save(state, checkpoint)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5, help="weight of the trained ones")
    given = parser.parse_args()
    averaged(given.start, given.work, given.share)


if __name__ == "__main__":
    main()
