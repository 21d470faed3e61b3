"""Check digits and dates: what makes a row of digits more than a row of digits."""

import re
from datetime import date

# Length of an IBAN by country (ISO 13616 registry).
_IBAN = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6(?:0|2|4|5)\d{14,17}"
)
_DOMESTIC = re.compile(r"9\d{15}|5[06-9]\d{14}|6\d{15}")


def luhn(digits: str) -> bool:
    """The check digit of cards (ISO/IEC 7812-1).

    Example:
        >>> luhn("4111111111111111"), luhn("4111111111111112")
        (True, False)
    """
    total = 0
    for n, one in enumerate(reversed(digits)):
        worth = int(one) * (1 + n % 2)
        total += worth - 9 * (worth > 9)
    return total % 10 == 0


def card(digits: str, *, said: bool) -> bool:
    """Whether digits are a card's: an issuer's range and the check digit.

    Args:
        digits: Digits alone.
        said: Whether the text calls it a card; then Korean domestic ranges count, too.
    """
    known = _ISSUERS.fullmatch(digits) or (said and _DOMESTIC.fullmatch(digits))
    return bool(known) and luhn(digits)


def resident(digits: str) -> bool:
    """The check digit of Korean resident and foreigner numbers, issued until October 2020.

    Example:
        >>> resident("9001011234568"), resident("9001011234567")
        (True, False)
    """
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * int(one) for weight, one in zip(weights, digits, strict=False))
    # Foreigners' numbers are shifted by two.
    shift = 2 if digits[6] in "5678" else 0
    return ((11 - total % 11) % 10 + shift) % 10 == int(digits[12])


def born(digits: str) -> bool:
    """Whether six digits and a seventh for sex and century are a day of birth.

    Example:
        >>> born("9002281"), born("9002301"), born("0002293")
        (True, False, True)
    """
    century = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900}
    year = century.get(digits[6], 2000) + int(digits[:2])
    try:
        # Some write the 29th of February of any year.
        date(year if digits[2:6] != "0229" else 2000, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return digits[6] != "9" and digits[6] != "0"


def business(digits: str) -> bool:
    """The check digit of Korean business numbers.

    Example:
        >>> business("1234567891"), business("1234567890")
        (True, False)
    """
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(weight * int(one) for weight, one in zip(weights, digits, strict=False))
    total += int(digits[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(digits[9])


def iban(letters: str) -> bool:
    """An account number of any country that has IBANs (ISO 13616: remainder 1 by 97).

    Example:
        >>> iban("GB82WEST12345698765432"), iban("GB82WEST12345698765433")
        (True, False)
    """
    letters = letters.upper()
    if _IBAN.get(letters[:2]) != len(letters):
        return False
    return int("".join(str(int(one, 36)) for one in letters[4:] + letters[:4])) % 97 == 1


def iban_length(country: str) -> int:
    """How long an IBAN of a country is; 0 if it has none."""
    return _IBAN.get(country.upper(), 0)


def social_security(digits: str) -> bool:
    """Whether nine digits can be a US social security number."""
    return digits[:3] not in ("000", "666") and digits[0] != "9" and (
        digits[3:5] != "00" and digits[5:] != "0000"
    )  # fmt: skip
