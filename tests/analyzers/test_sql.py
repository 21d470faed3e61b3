"""The SQL of each analyzer as recorded, so that a change of it shows in review."""

import os
import re
from pathlib import Path

import pytest

from sonnim.analyzers import (
    domains,
    emotions,
    graph_steps,
    intents,
    issues,
    labelled,
    links,
    opinions,
    satisfaction,
    texts,
    topics,
    voices,
)
from sonnim.tables.step import Step

GOLDEN = Path(__file__).parent / "golden"
CHAINS = {
    "satisfaction": satisfaction.steps(satisfaction.SatisfactionParameters()),
    "voices": voices.steps(voices.VoicesParameters(period="week", level=0.9, quotes=2))
    + voices.quote_steps(),
    "texts": (texts.texts_step("texts"),),
    "opinions": (opinions.step(),),
    "issues": issues.steps(issues.IssuesParameters()),
    "emotions": emotions.steps(emotions.EmotionsParameters()),
    "intents": intents.steps(intents.IntentsParameters()),
    "domains": domains.steps(domains.DomainsParameters()),
    "labelled": labelled.steps(labelled.LabelledParameters()),
    "graph_steps": graph_steps.rank_rounds("ranks", "people", "edges").steps
    + graph_steps.part_rounds("parts", "people", "edges").steps
    + graph_steps.label_rounds("labels", "people", "edges").steps
    + (graph_steps.numbered_step("numbers", "labels", "label"),)
    + graph_steps.forest_rounds("forest", "parents").steps,
    "links": links.steps(links.LinksParameters()),
    "links_engaged": links.steps(links.LinksParameters(engaged_days=7, engaged_most=50)),
    "topics": topics.steps(topics.TopicsParameters(each=2, quotes=2, sample=1_000)),
}
BY_NAME = pytest.mark.parametrize("name", CHAINS)


def printed(steps: tuple[Step, ...]) -> str:
    """The steps one under the other; what a label is worth is the model's, not the SQL's."""
    text = ""
    for step in steps:
        kept = " (kept)" if step.keep else ""
        text += f"-- {step.name}{kept} from {', '.join(step.inputs) or 'nothing'}: {step.note}\n"
        text += f"{step.sql}\n\n"
    return re.sub(r"(WHEN '\w+' THEN) -?\d+\.\d{5,}e-?\d+", r"\1 …", text)


@BY_NAME
def test_sql_is_as_recorded(name: str) -> None:
    """Write it anew with SONNIM_GOLDEN=write, and read the difference."""
    file = GOLDEN / f"{name}.sql"
    text = printed(CHAINS[name])
    if os.environ.get("SONNIM_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@BY_NAME
def test_steps_say_what_they_do_and_read_what_was_made_before(name: str) -> None:
    # What functions of Python make stands between the steps of topics.
    made = {
        "message",
        "answer",
        "mood",
        "correction",
        "account",
        "person",
        "tie",
        "coordination",
        "domain",
        "domain_mood",
        "topics",
        "topics_terms",
        "topics_fitted",
        "reading",
        "domains_fitted",
        "domains_said",
        "issues_terms",
        "issues_rose",
        "issues_found",
        "people",
        "edges",
        "parents",
    }
    made -= {step.name for step in CHAINS[name]}
    for step in CHAINS[name]:
        assert step.note and len(step.note) < 160, step.name
        assert set(step.inputs) <= made, step.name
        assert step.name not in made
        for read in re.findall(r"\b(?<!DISTINCT )(?:FROM|JOIN) ([a-z_]+)", step.sql):
            assert read in step.inputs, f"{step.name} reads {read} and does not say so"
        made.add(step.name)


@BY_NAME
def test_numbers_are_doubles_on_both_engines(name: str) -> None:
    """A bare 0.5 is a decimal, which rounds differently on either (shared_sql.py)."""
    for step in CHAINS[name]:
        bare = re.sub(r"'[^']*'", "", step.sql)
        assert not re.findall(r"(?<![\w.])\d+\.\d+(?!\d*e)(?![\d.]*e)", bare), step.name
