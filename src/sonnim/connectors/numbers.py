"""How numbers are written: decided once for a whole column, and turned into SQL.

A format is `plain` (1234.5), `comma` (1,234.5), `european` (1.234,5), each also with a sign of
money or a counting word before or behind (₩12,900, 4.5점); `stars` (★★★★☆), `words` (별 다섯 개),
`of` (4/5, 4 out of 5), or `counted` (1.2만, 3.4K).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sonnim.tables.step import quoted

_BEFORE = "(?:[₩￦$€£¥]|KRW|USD|EUR|JPY|GBP|US\\$|별점|평점|별|약)?"
_BEHIND = "(?:원|₩|￦|\\$|€|£|¥|KRW|USD|EUR|JPY|GBP|점|개|건|명|회|%|stars?|star|out|likes?)?"
_CURRENCIES = (
    ("KRW", r"원|₩|￦|KRW"), ("EUR", r"€|EUR"), ("GBP", r"£|GBP"), ("JPY", r"¥|JPY"),
    ("USD", r"\$|USD"),
)  # fmt: skip
_BODIES = {
    "plain": r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+",
    "comma": r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[-+]?\d+(?:\.\d*)?",
    "european": r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?|[-+]?\d+(?:,\d+)?",
}
_WORDS = (
    ("하나|한|one", 1), ("둘|두|two", 2), ("셋|세|three", 3), ("넷|네|four", 4), ("다섯|five", 5),
    ("여섯|six", 6), ("일곱|seven", 7), ("여덟|eight", 8), ("아홉|nine", 9), ("열|ten", 10),
)  # fmt: skip
_TIMES = (("억", 1e8), ("만", 1e4), ("천", 1e3), ("[kK]", 1e3), ("[mM]", 1e6), ("[bB]", 1e9))
_STARS = "★⭐🌟"
BLANKS = " \t\n\r\x0b\x0c\u00a0\u2003\u3000\ufeff"
"""What may stand around a number; Python and SQL do not agree on blanks of themselves."""
# Not \s: for Python a vertical tab is one of these, for DuckDB it is not.
_GAP = "[ \\t\\n\\f\\r]*"
FORMATS = ("plain", "comma", "european", "stars", "of", "words", "counted")


@dataclass(frozen=True, kw_only=True)
class NumberReading:
    """How the numbers of one column are written.

    Attributes:
        format: See the module; "" where they are no numbers.
        currency: ISO 4217 code if every value with a sign of money shows the same, else "".
        scale: The greatest number possible where the values say so (4/5, ★★★★☆), else None.
    """

    format: str
    currency: str = ""
    scale: float | None = None


def read_numbers(values: Sequence[str]) -> NumberReading:
    """How the numbers of a column are written; nine of ten values must be read.

    Example:
        >>> read_numbers(["₩12,900", "3,500"])
        NumberReading(format='comma', currency='KRW', scale=None)
        >>> read_numbers(["★★★★☆", "★★★★★"])
        NumberReading(format='stars', currency='', scale=5.0)
        >>> read_numbers(["별 다섯 개", "별 하나"]).format
        'words'
    """
    texts = [text for value in values if value and (text := value.strip(BLANKS))]
    if not texts:
        return NumberReading(format="")
    for form in FORMATS:
        read = sum(number_of(text, form) is not None for text in texts)
        if read * 10 >= len(texts) * 9:
            if form == "plain" and _looks_european(texts):
                continue
            return NumberReading(format=form, currency=_currency(texts), scale=_scale(texts, form))
    return NumberReading(format="")


def number_of(text: str, form: str) -> float | None:
    """One value in plain Python, as `number_sql` reads it in SQL; None if it is no number.

    Example:
        >>> number_of("1.234,5", "european"), number_of("4/5", "of"), number_of("1.2만", "counted")
        (1234.5, 4.0, 12000.0)
    """
    number = _number(text.strip(BLANKS), form)
    return number if number is not None and math.isfinite(number) else None


def _number(text: str, form: str) -> float | None:
    # ASCII, as DuckDB has it: other digits and blanks are none there.
    if form in _BODIES:
        found = re.fullmatch(_amount(form), text, re.ASCII)
        return _float(found[1], form) if found else None
    if form == "stars":
        found = re.fullmatch(f"[{_STARS}☆½✩️ ]+", text)
        full = sum(text.count(star) for star in _STARS)
        return full + 0.5 * text.count("½") if found else None
    if form == "of":
        found = re.fullmatch(_of(), text, re.ASCII)
        return float(found[1]) if found else None
    if form == "words":
        for names, number in _WORDS:
            if re.fullmatch(_worded(names), text, re.IGNORECASE | re.ASCII):
                return float(number)
        return None
    for sign, factor in _TIMES:
        found = re.fullmatch(_counted(sign), text, re.ASCII)
        if found:
            return float(found[1].replace(",", "")) * factor
    return _number(text, "comma")


def number_sql(raw: str, form: str) -> str:
    """SQL that reads a raw expression as a finite number, or null."""
    text = f"trim(CAST({raw} AS VARCHAR), {quoted(BLANKS)})"
    if form in ("plain", ""):
        # The usual case costs one cast; what a sign of money surrounds, and commas, come second.
        cast = f"TRY_CAST({raw} AS DOUBLE)"
        written = ", ".join(_extracted(text, way) for way in ("comma", "plain"))
        spelled = f"TRY_CAST(coalesce({written}) AS DOUBLE)"
        return f"CASE WHEN isfinite({cast}) THEN {cast} WHEN {cast} IS NULL THEN {spelled} END"
    if form in _BODIES:
        return f"TRY_CAST({_extracted(text, form)} AS DOUBLE)"
    if form == "stars":
        stars = " + ".join(f"len({text}) - len(replace({text}, '{s}', ''))" for s in _STARS)
        half = f"0.5 * (len({text}) - len(replace({text}, '½', '')))"
        only = f"regexp_full_match({text}, {quoted(f'[{_STARS}☆½✩️ ]+')})"
        return f"CASE WHEN {only} THEN CAST({stars} + {half} AS DOUBLE) END"
    if form == "of":
        return f"TRY_CAST(nullif(regexp_extract({text}, {quoted(f'^{_of()}$')}, 1), '') AS DOUBLE)"
    if form == "words":
        cases = " ".join(
            f"WHEN regexp_full_match({text}, {quoted(_worded(names))}, 'i') THEN {number}e0"
            for names, number in _WORDS
        )
        return f"CASE {cases} END"
    cases = " ".join(
        f"WHEN regexp_full_match({text}, {quoted(_counted(sign))}) THEN TRY_CAST(replace("
        f"regexp_extract({text}, {quoted(f'^{_counted(sign)}$')}, 1), ',', '') AS DOUBLE) * "
        f"{factor!r}"
        for sign, factor in _TIMES
    )
    return f"CASE {cases} ELSE {number_sql(raw, 'comma')} END"


def _amount(form: str) -> str:
    return f"{_BEFORE}{_GAP}({_BODIES[form]}){_GAP}{_BEHIND}"


def _of() -> str:
    behind = f"(?:/|점?{_GAP}만점에|out of|of|중)"
    number = r"\d+(?:\.\d+)?"
    return (
        f"(?:별점|평점|Rated)?{_GAP}({number}){_GAP}{behind}{_GAP}(?:{number}){_GAP}(?:점|stars?)?"
    )


def _worded(names: str) -> str:
    return f"(?:별점?|star)?{_GAP}(?:{names}){_GAP}(?:개|점|stars?)?"


def _counted(sign: str) -> str:
    return f"(\\d[\\d,]*(?:\\.\\d+)?){_GAP}{sign}{_GAP}(?:개|명|회|건|원)?"


def _extracted(text: str, form: str) -> str:
    found = f"regexp_extract({text}, {quoted(f'^{_amount(form)}$')}, 1)"
    if form == "european":
        return f"nullif(replace(replace({found}, '.', ''), ',', '.'), '')"
    return f"nullif(replace({found}, ',', ''), '')"


def _float(text: str, form: str) -> float:
    if form == "european":
        return float(text.replace(".", "").replace(",", "."))
    return float(text.replace(",", ""))


def _looks_european(texts: Sequence[str]) -> bool:
    """Whether points part thousands: some value has a comma behind them, none has another form."""
    grouped = [text for text in texts if re.search(r"\d\.\d{3}(?:\D|$)", text)]
    other = any(re.search(r"\d\.(?:\d{1,2}|\d{4,})(?:\D|$)", text) for text in texts)
    return bool(grouped) and not other and any(re.search(r"\d\.\d{3}\.\d{3}", t) for t in grouped)


def _currency(texts: Sequence[str]) -> str:
    found = {
        next((code for code, sign in _CURRENCIES if re.search(sign, text)), "") for text in texts
    } - {""}
    return found.pop() if len(found) == 1 else ""


def _scale(texts: Sequence[str], form: str) -> float | None:
    if form == "stars":
        return float(max(sum(text.count(sign) for sign in f"{_STARS}☆✩½") for text in texts))
    if form == "of":
        # One of ten may be no number at all.
        read = [text for text in texts if number_of(text, form) is not None]
        return max(float(re.findall(r"\d+(?:\.\d+)?", text)[-1]) for text in read)
    return None
