"""The tokenizer of the pretrained encoder, cut down to the pieces that customer texts need."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer

from training.reader.pretrained import Pretrained

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""Tokens of no text, first in every reader's vocabulary."""
BEGIN, PAD, END, UNKNOWN = range(len(SPECIAL))
_SPACE = "▁"


@dataclass(frozen=True)
class Cut:
    """A smaller vocabulary.

    Attributes:
        tokenizer: Splits texts into the pieces that were kept.
        kept: Ids of these in the full vocabulary, in the order of their new ids.
    """

    tokenizer: Tokenizer
    kept: list[int]


def full(pretrained: Pretrained) -> Tokenizer:
    """The tokenizer with all its pieces."""
    return _tokenizer(pretrained, range(len(pretrained.pieces)))


def cut(pretrained: Pretrained, texts: Iterable[str], least: int = 2) -> Cut:
    """Keeps the pieces that occur at least `least` times, and all of one character that occur.

    A text that needs a piece which is gone is split into smaller ones.
    """
    whole = full(pretrained)
    seen: Counter[int] = Counter()
    letters: set[str] = set()
    block: list[str] = []

    def count() -> None:
        for encoding in whole.encode_batch_fast(block, add_special_tokens=False):
            seen.update(encoding.ids)
        block.clear()

    for text in texts:
        letters.update(text)
        block.append(text)
        if len(block) == 4096:
            count()
    count()
    frequent = {place for place, times in seen.items() if times >= least}
    single = {
        place
        for place, piece in enumerate(pretrained.pieces)
        if len(piece) == 1 and (piece in letters or piece == _SPACE)
    }
    kept = [0, 1, 2, 3, *sorted((frequent | single) - {0, 1, 2, 3})]
    return Cut(tokenizer=_tokenizer(pretrained, kept), kept=kept)


def of_parts(
    normalizer: Mapping[str, Any], pre_tokenizer: Mapping[str, Any], decoder: Mapping[str, Any],
    model: Mapping[str, Any],
) -> Tokenizer:  # fmt: skip
    """A tokenizer of these parts, as the library writes them, with the tokens of `SPECIAL`."""
    begin, end = SPECIAL[BEGIN], SPECIAL[END]
    return Tokenizer.from_str(json.dumps({
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": place, "content": name, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True}
            for place, name in enumerate(SPECIAL)
        ],
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": begin, "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": end, "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {
                begin: {"id": begin, "ids": [BEGIN], "tokens": [begin]},
                end: {"id": end, "ids": [END], "tokens": [end]},
            },
        },
        "decoder": decoder,
        "model": model,
    }))  # fmt: skip


def _tokenizer(pretrained: Pretrained, kept: Sequence[int]) -> Tokenizer:
    vocabulary = [[pretrained.pieces[place], float(pretrained.scores[place])] for place in kept]
    replaced = [
        {"type": "Replace", "pattern": {"Regex": f"[{pattern}]"}, "content": content}
        for content, pattern in _patterns(pretrained.normal).items()
    ]
    squeezed = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    space = {"type": "Metaspace", "replacement": _SPACE, "prepend_scheme": "always", "split": True}
    return of_parts(
        # Syllables that were taken apart into their letters are put together first.
        normalizer={"type": "Sequence", "normalizers": [{"type": "NFC"}, *replaced, squeezed]},
        pre_tokenizer=space,
        decoder=space,
        model={"type": "Unigram", "unk_id": UNKNOWN, "vocab": vocabulary, "byte_fallback": False},
    )


def _patterns(normal: dict[int, tuple[int, ...]]) -> dict[str, str]:
    """Replacements with the characters that get each, as the inside of a character class.

    Only what customers write is kept of the map: deleted control characters, odd spaces, and
    full-width and compatibility forms of the basic plane; each is one regular expression.
    """
    found: dict[str, list[str]] = {}
    for point, replacement in normal.items():
        content = "".join(map(chr, replacement))
        common = content in ("", " ") or 0xFF00 <= point <= 0xFFEF or 0x3130 <= point <= 0x318F
        if common and not 0xD800 <= point <= 0xDFFF:
            found.setdefault(content, []).append(f"\\x{{{point:X}}}")
    return {content: "".join(points) for content, points in found.items()}
