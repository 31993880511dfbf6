"""Check digits of the identifiers that declarations carry: make them, verify them.

Source of the rules: glossary DmfA 2022/3, zones 00024 (INSS), 00011 (NSSO number), 00014
(enterprise number), 00042 (establishment unit). Identifiers are text: their zeros carry meaning.
"""

from datetime import date

_MODULUS = 97
_BORN_FROM_2000 = 2_000_000_000
_NSSO_FIRST, _NSSO_LAST = 100_006, 199_999_934
_NSSO_REMAINDER = 96
BIS_KNOWN_SEX, BIS_UNKNOWN_SEX = 40, 20
"""What a bis number adds to the month of birth: sex known or unknown at registration."""


def inss_valid(text: str) -> bool:
    """Zone 00024: 11 digits, the last two are 97 minus the first nine modulo 97.

    For births from 2000 the nine digits count with a 2 before them; the number does not say
    which of both rules holds, so either may.
    """
    if len(text) != 11 or not _digits(text):
        return False
    body, check = int(text[:9]), int(text[9:])
    return check in (_complement(body), _complement(_BORN_FROM_2000 + body))


def make_inss(birth: date, serial: int, month_offset: int = 0) -> str:
    """The INSS of the ``serial``-th (1..998) person born on ``birth``.

    ``month_offset`` is 0 for the national register, 20 or 40 for a bis number.
    """
    body = (
        (birth.year % 100) * 10_000_000
        + (birth.month + month_offset) * 100_000
        + birth.day * 1000
        + serial
    )
    prefix = _BORN_FROM_2000 if birth.year >= 2000 else 0
    return f"{body:09}{_complement(prefix + body):02}"


def nsso_valid(text: str) -> bool:
    """Zone 00011: 7 digits and 2 check digits, as a whole number 96 modulo 97, inside its bounds.

    ``0`` (unknown) is not a number of anybody: it is not valid here.
    """
    if not 6 <= len(text) <= 9 or not _digits(text):
        return False
    number = int(text)
    return _NSSO_FIRST <= number <= _NSSO_LAST and number % _MODULUS == _NSSO_REMAINDER


def make_nsso(number: int) -> str:
    """The NSSO number on 9 digits of a 7-digit employer ``number`` (1000..1999999)."""
    check = _NSSO_REMAINDER - number * 100 % _MODULUS
    return f"{number:07}{check:02}"


def enterprise_valid(text: str) -> bool:
    """Zone 00014: 8 digits (the first is 0 or 1; a leading 0 may lack) and 2 check digits."""
    padded = text.zfill(10)
    return _digits(text) and padded[0] in "01" and _tail_valid(padded)


def make_enterprise(serial: int) -> str:
    """The enterprise number on 10 digits of an 8-digit ``serial`` below 20 million."""
    return f"{serial:08}{_complement(serial):02}"


def unit_valid(text: str) -> bool:
    """Zone 00042: 8 digits (the first is 2 to 8) and 2 check digits."""
    return _digits(text) and text[0] in "2345678" and _tail_valid(text)


def make_unit(serial: int) -> str:
    """The establishment unit number of an 8-digit ``serial`` (20000000..89999999)."""
    return f"{serial:08}{_complement(serial):02}"


def _tail_valid(text: str) -> bool:
    return len(text) == 10 and int(text[8:]) == _complement(int(text[:8]))


def _complement(body: int) -> int:
    return _MODULUS - body % _MODULUS


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
