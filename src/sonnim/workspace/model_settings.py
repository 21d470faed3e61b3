"""`[models]` of sonnim.toml: a model of the company's own instead of the shipped ones.

[models.mood]
path = "models/my-classifier"                  # holds model.onnx and tokenizer.json
labels = ["negative", "neutral", "positive"]   # in the order of its outputs
languages = ["ko", "en"]                       # what it reads; others go to the shipped models
max_tokens = 256
unsure_below = 0.5
"""

from collections.abc import Mapping
from pathlib import Path

from sonnim.language.own_settings import NAMES, from_words, in_words, own_settings
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.workspace import settings

SECTION = "models"
MODELS = ("mood",)
"""Analyzers that a model of one's own may read for."""
ENDPOINT = "endpoint"
"""The section of `sonnim.workspace.endpoint`."""
_SETTINGS = ("path", *NAMES)


def own_model(folder: Path, analyzer: str, said: Mapping[str, object]) -> dict[str, object]:
    """The parameters of an analyzer that say which model of one's own reads.

    Args:
        folder: Of the workspace.
        analyzer: Its name, one of `MODELS`.
        said: Parameters that were given; a `model` among them goes before sonnim.toml.

    Returns:
        `model`, the folder, and `model_settings`, which hold the digest of its files: another file
        is another value, and so another answer. Empty where no model is named.

    Raises:
        StopError: A setting is wrong, or the folder or a file in it is absent.
    """
    if said.get("model"):
        # Typed in a shell, a path begins where the shell is; one of sonnim.toml at the workspace.
        place = Path(str(said["model"])).expanduser().resolve()
        found = from_words(place, str(said.get("model_settings", "")))
        return {"model": str(place), "model_settings": in_words(found)}
    section, where = section_of(folder, analyzer), f"{SECTION}.{analyzer}"
    if section is None:
        return {}
    for name in section:
        if name not in _SETTINGS:
            allowed = ", ".join(_SETTINGS)
            raise StopError("settings_unknown", place=where, name=name, allowed=allowed)
    path = section.get("path")
    if not isinstance(path, str) or not path.strip():
        raise _wrong(f"{where}.path", path, "allowed_model_path")
    place = (folder / Path(path).expanduser()).resolve()
    given = {str(name): value for name, value in section.items() if name != "path"}
    return {"model": str(place), "model_settings": in_words(own_settings(place, given, where))}


def section_of(folder: Path, name: str) -> Mapping[str, object] | None:
    """One section of `[models]`, or None where it is not there.

    Raises:
        StopError: `[models]` holds a section that there is not, or it is none.
    """
    sections = settings.read(folder).get(SECTION, {})
    if not isinstance(sections, Mapping):
        raise _wrong(SECTION, sections, "allowed_models")
    for one in sections:
        if one not in (*MODELS, ENDPOINT):
            allowed = ", ".join((*MODELS, ENDPOINT))
            raise StopError("settings_unknown", place=SECTION, name=one, allowed=allowed)
    section = sections.get(name)
    if section is not None and not isinstance(section, Mapping):
        raise _wrong(f"{SECTION}.{name}", section, "allowed_models")
    return section


def _wrong(place: str, received: object, allowed: str) -> StopError:
    return StopError("settings_wrong", place=place, received=received, allowed=say(allowed))
