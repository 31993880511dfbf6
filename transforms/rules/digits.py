"""Check digits by column. For one number at a time, see ``transforms.identifiers``.

Each function says which values are not numbers of their kind; null is none, so nothing is wrong.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.rules.columns import Mask, Whole

_MODULUS = 97
_BORN_FROM_2000 = 2_000_000_000


def _inss(numbers: pa.Array) -> Mask:
    body, check, fits = _parted(numbers, "[0-9]{11}", 11)
    either = (check == _complement(body)) | (check == _complement(_BORN_FROM_2000 + body))
    return _wrong(numbers, fits & either)


def _nsso(numbers: pa.Array) -> Mask:
    """0, which is nobody's, is not valid."""
    body, check, fits = _parted(numbers, "[0-9]{6,9}", 9)
    number = body * 100 + check
    bounds = (number >= 100_006) & (number <= 199_999_934)
    return _wrong(numbers, fits & bounds & (number % _MODULUS == 96))


def _provisional_nsso(numbers: pa.Array) -> Mask:
    """Eight digits, the first a 5, and check digits as those of the NSSO number."""
    body, check, fits = _parted(numbers, "5[0-9]{9}", 10)
    number = body * 100 + check
    bounds = (number >= 5_000_000_120) & (number <= 5_999_999_989)
    return _wrong(numbers, fits & bounds & (number % _MODULUS == 96))


def _enterprise(numbers: pa.Array) -> Mask:
    body, check, fits = _parted(numbers, "[0-9]{9}|[01][0-9]{9}", 10)
    return _wrong(numbers, fits & (check == _complement(body)))


def _dimona(numbers: pa.Array) -> Mask:
    """Twelve digits, the last two are the first ten modulo 97. What stands for a remainder of 0
    is not published: 00 and 97 both pass."""
    body, check, fits = _parted(numbers, "[0-9]{12}", 12)
    return _wrong(numbers, fits & (check <= _MODULUS) & (check % _MODULUS == body % _MODULUS))


SCHEMES: Mapping[str, Callable[[pa.Array], Mask]] = {
    "inss": _inss,
    "nsso": _nsso,
    "provisional_nsso": _provisional_nsso,
    "enterprise": _enterprise,
    "dimona": _dimona,
}
"""Kinds of identifiers."""


def _parted(numbers: pa.Array, form: str, width: int) -> tuple[Whole, Whole, Mask]:
    """Digits before the last two, the last two, and which values have the form at all."""
    fits = pc.fill_null(pc.match_substring_regex(numbers, f"^(?:{form})$"), False)
    whole = pc.cast(pc.if_else(fits, numbers, "0"), pa.int64())
    value = np.asarray(pc.fill_null(whole, 0))
    return value // 100, value % 100, np.asarray(fits)


def _complement(body: Whole) -> Whole:
    return _MODULUS - body % _MODULUS


def _wrong(numbers: pa.Array, valid: Mask) -> Mask:
    return np.asarray(pc.is_valid(numbers)) & ~valid
