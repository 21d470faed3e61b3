"""Helpers around the demo world."""

import csv
from pathlib import Path

from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.sizes import ENCODINGS
from sonnim.workspace.world.truth import PlantedTruth

CORE = ("reviews.csv", "tickets.csv", "survey.csv", "orders.csv")
TEXT_AND_ID = {
    "reviews.csv": ("내용", "리뷰ID"),
    "delivery_reviews.csv": ("리뷰내용", "리뷰번호"),
    "posts.csv": ("내용", "게시물ID"),
    "tickets.csv": ("내용", "글번호"),
    "survey.csv": ("의견", "응답번호"),
    "staff.csv": ("내용", "글번호"),
}


def core_exports(folder: Path, seed: int, messages: int) -> Path:
    """A folder with the exports of a world that nearly every company has, and nothing else."""
    exports = make_world(folder, seed=seed, messages=messages).exports
    for file in exports.iterdir():
        if file.name not in CORE:
            file.unlink()
    return exports


def rows(planted: PlantedTruth, name: str) -> list[dict[str, str]]:
    """Rows of an exported file."""
    with (planted.exports / name).open(encoding=ENCODINGS[name], newline="") as file:
        return list(csv.DictReader(file))


def texts(planted: PlantedTruth) -> dict[tuple[str, str], str]:
    """Every text by file and id."""
    return {
        (name, row[key]): row[text]
        for name, (text, key) in TEXT_AND_ID.items()
        for row in rows(planted, name)
        if row[text]
    }
