"""How people are shown: by the last letters of their pseudonyms, never by a name."""

from collections.abc import Iterable

LETTERS = 6
"""So many letters tell a million people apart well enough to look one up (`show --why`)."""

BRIDGE = 0.5
"""Participation from which somebody is called a bridge: ties shared evenly by two groups."""


def short_names(ids: Iterable[str]) -> dict[str, str]:
    """The shown name of each person; longer where two of them would be shown alike.

    Example:
        >>> short_names(["p_0123456789abcdef", "p_ffff456789aaaaaa"])
        {'p_0123456789abcdef': '…abcdef', 'p_ffff456789aaaaaa': '…aaaaaa'}
    """
    those = sorted(set(ids))
    longest = max(map(len, those), default=0)
    for letters in range(LETTERS, longest + 1):
        if len({one[-letters:] for one in those}) == len(those):
            return {one: _short(one, letters) for one in those}
    return {one: _short(one, LETTERS if len(those) < 2 else longest) for one in those}


def _short(person_id: str, letters: int) -> str:
    return person_id if len(person_id) <= letters else f"…{person_id[-letters:]}"
