"""The pages of the shipped models, from their cards."""

import json
from pathlib import Path
from typing import Any

from markdown_rows import rows

MODELS = Path(__file__).resolve().parent.parent / "src" / "sonnim" / "language" / "models"


def card_of(model: str) -> dict[str, Any]:
    """The card of a shipped model."""
    card: dict[str, Any] = json.loads((MODELS / model / "card.json").read_text(encoding="utf-8"))
    return card


def mood_page() -> str:
    """The mood model's card for people."""
    card = card_of("mood")
    text = f"# Mood model {card['name']}-{card['version']}\n\n{card['purpose']}\n\n"
    text += f"**Method.** {card['method']}\n\n**Licence.** {card['licence']}.\n\n"
    text += f"**Never for.** {card['never_for']}\n"
    text += f"\n## How good it is\n\n{_measured(card)}"
    text += "\n## What it learned from\n\n"
    text += rows(("Set", "What it is"), [(f"`{n}`", m) for n, m in card["sources"].items()])
    languages = {"ko": "Korean", "en": "English"}
    for code, language in languages.items():
        text += "\n" + rows(
            (f"{language}, texts", "negative", "neutral", "positive"),
            _examples_of(card["trained"][code]["examples"]),
        )
    text += UNSURE.format(accuracy=card["trained"]["kept_accuracy"])
    for code, language in languages.items():
        trained = card["trained"][code]
        text += f"\n**{language}**: threshold {trained['threshold']:.3f}.\n\n"
        text += rows(
            ("Truly", "called negative", "neutral", "positive", "unsure"),
            [
                (mood, *(f"{share:.0%}" for share in shares))
                for mood, shares in zip(MOODS, trained["confusion"], strict=True)
            ],
        )
    return text


MOODS = ("negative", "neutral", "positive")
UNSURE = """
## When it says "unsure"

No label is given where the likeliest mood stays below a threshold. The threshold is the lowest at
which the labels that are given are right {accuracy:.0%} of the time, on texts that were not learned
from, with negative, neutral and positive equally frequent. On those texts:
"""


def _examples_of(counts: dict[str, int]) -> list[tuple[str, ...]]:
    """One row for each part and set: how many texts of each mood."""
    kinds = sorted({tuple(name.split()[:2]) for name in counts}, key=lambda kind: kind[::-1])
    return [
        (
            f"{source}, to {part}",
            *(f"{counts.get(f'{part} {source} {mood}', 0):,}" for mood in MOODS),
        )
        for part, source in kinds
    ]


def _measured(card: dict[str, Any]) -> str:
    """The figures that `training.mood.evaluate --into-card` wrote, or where to get them."""
    how = "`make bench` measures it anew; `python -m training.mood.evaluate` in more detail.\n"
    measured = card.get("measured")
    if not measured:
        return f"No figures are in the card yet. {how}"
    polarity, moods = [], []
    for name, one in measured.items():
        title = f"{one['part']['language']}: {name}"
        two, three = one["polarity"], one["moods"]
        polarity.append(
            (title, f"{two['n']:,}", _with_interval(two["accuracy"]), f"{two['error']:.3f}",
             f"{two['chance']:.3f}")
        )  # fmt: skip
        moods.append(
            (title, f"{three['n']:,}", f"{three['majority']:.3f}",
             _with_interval(three["accuracy"]), _with_interval(three["f1"]),
             f"{three['unsure']:.1%}", _with_interval(three["kept"]))
        )  # fmt: skip
    return (
        f"On texts that it never learned from. {how}\n"
        "Negative or positive, as many of each, so that guessing gives 0.5. ECE is the expected "
        "calibration error over 15 bins; beside it what a perfectly calibrated model would show on "
        "so many texts by chance alone.\n\n"
        + rows(("Texts", "n", "Accuracy (95%)", "ECE", "ECE by chance"), polarity)
        + "\nAll three moods, on texts as they are found. *Majority* is the accuracy of always "
        "saying the most frequent mood; *labelled* is that of texts not called unsure.\n\n"
        + rows(
            ("Texts", "n", "Majority", "Accuracy (95%)", "Macro-F1 (95%)", "Unsure",
             "Accuracy of the labelled (95%)"),
            moods,
        )
    )  # fmt: skip


def _with_interval(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def reader_page() -> str:
    """The cards of both readers for people."""
    everyone, english = card_of("reader"), card_of("reader_en")
    names = " and ".join(f"{one['name']}-{one['version']}" for one in (everyone, english))
    text = f"# Readers {names}\n\n{everyone['purpose']} {english['purpose']}\n\n"
    text += f"**Never for.** {everyone['never_for']}\n\n"
    text += "**Needs** the extra: `pip install 'sonnim[accurate]'`.\n"
    text += f"\n## How good they are\n\n{_reader_measured(everyone)}"
    for title, code, card in (
        ("Korean and all other languages", "ko", everyone),
        ("English", "en", english),
    ):
        text += f"\n## {title}\n\n{_reader_made(code, card)}"
    return text


def _reader_made(code: str, card: dict[str, Any]) -> str:
    text = f"**Method.** {card['method']}\n\n**Licence.** {card['licence']}.\n\n"
    trained = card["trained"]
    versions = ", ".join(f"{name} {number}" for name, number in trained["versions"].items())
    text += (
        f"In its last training it saw {trained['texts']:,} texts in {trained['minutes']:.0f} "
        f"minutes on two cores that did other work too, with {versions}. "
        f"`python -m training.reader.train --language {code} --work FOLDER` trains it anew, "
        f"`python -m training.reader.ship --language {code} --work FOLDER` writes it down.\n\n"
    )
    text += rows(("Set", "What it is"), [(f"`{n}`", m) for n, m in card["sources"].items()])
    stack = card["stacks"][code]
    first = stack.get("own", stack["all"])
    text += (
        "\nTexts that the linear model gives its likeliest mood less than "
        f"{_levels(first)} go on to this encoder ({first['passed']:.0%} of those that calibrate)"
    )
    if "own" in stack:
        text += (
            f"; those of which both together are less sure than {_levels(stack['all'])} to "
            f"the other one too ({stack['all']['passed']:.0%})"
        )
    text += f". Below {stack['threshold']:.3f} a text is unsure.\n\n"
    return text + rows(
        ("Truly", "called negative", "neutral", "positive", "unsure"),
        [
            (mood, *(f"{share:.0%}" for share in shares))
            for mood, shares in zip(MOODS, stack["confusion"], strict=True)
        ],
    )


def _levels(weights: dict[str, Any]) -> str:
    straight, turning = weights["pass_on"]
    return f"{straight:.2f} ({turning:.2f} where a word of negation or contrast is in the text)"


def _reader_measured(card: dict[str, Any]) -> str:
    how = "`python -m training.reader.evaluate` measures it anew.\n"
    measured = card.get("measured", {})
    if not measured:
        return f"No figures are in the card yet. {how}"
    moods = []
    for name, one in measured.items():
        if "as_found" not in one:
            continue
        two, found = one["measured"]["polarity"], one["as_found"]
        moods.append(
            (f"{one['measured']['part']['language']}: {name}", f"{two['n']:,}",
             _with_interval(two["accuracy"]), f"{two['error']:.3f}", f"{found['n']:,}",
             f"{found['accuracy']:.3f}", f"{found['macro_f1']:.3f}", f"{found['auc']:.3f}",
             f"{found['macro_recall']:.3f}")
        )  # fmt: skip
    text = (
        f"On texts that neither model learned from. {how}\n"
        "Moods. `accurate`: the encoder reads everything; `cascade`: only what the linear model is "
        "unsure of. *Even* is negative or positive, as many of each; *as found* the same in the "
        "proportions of the set; macro recall is that of all three moods.\n\n"
        + rows(
            ("Texts", "n, even", "Accuracy, even (95%)", "ECE, even", "n, as found",
             "Accuracy", "Macro-F1", "AUC", "Macro recall"),
            moods,
        )
    )  # fmt: skip
    text += "\nOpinions and emotions.\n\n"
    others = [
        (name, ", ".join(f"{key.replace('_', ' ')} {_number(value)}" for key, value in one.items()))
        for name, one in measured.items()
        if "as_found" not in one
    ]
    return text + rows(("Texts", "Figures"), others)


def evaluation_page() -> str:
    """The tiers side by side on each measuring set, as far as the cards tell."""
    fast, both = (card_of(model).get("measured", {}) for model in ("mood", "reader"))
    found = []
    for name, one in fast.items():
        tiers = {"fast": one}
        for tier in ("cascade", "accurate"):
            if (measured := both.get(f"{name}, {tier}")) is not None:
                tiers[tier] = measured["measured"]
        if len(tiers) == 1:
            continue
        for tier, figures in tiers.items():
            two, three = figures["polarity"], figures["moods"]
            found.append(
                (f"{one['part']['language']}: {name}", tier, f"{two['n']:,}",
                 _with_interval(two["accuracy"]), f"{two['error']:.3f}", f"{two['chance']:.3f}",
                 f"{three['n']:,}", _with_interval(three["f1"]), f"{three['unsure']:.1%}",
                 _with_interval(three["kept"]))
            )  # fmt: skip
    return EVALUATION + rows(
        ("Texts", "Tier", "n, even", "Accuracy, even (95%)", "ECE", "by chance", "n, as found",
         "Macro-F1 of three moods (95%)", "Unsure", "Accuracy if sure (95%)"),
        found,
    )  # fmt: skip


EVALUATION = (
    "# The tiers side by side\n\n"
    "How well each tier reads moods on texts that it never learned from; the figures are those of "
    "the model cards ([fast](mood.md), [cascade and accurate](reader.md)). *Even*: negative or "
    "positive, as many of each, so that guessing gives 0.5. ECE: expected calibration error over "
    "15 bins, beside what chance alone gives on so many texts.\n\n"
    "Texts of your own are another kind again: [measure it on them](../how-to/evaluate.md), beside "
    "VADER, TextBlob, a Korean lexicon and the most frequent label in the same run.\n\n"
)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
