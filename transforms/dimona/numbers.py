"""Numbers that the register gives: of a period, of a daily registration.

They follow from the number of the receipt, so that folding the same log again gives the same ones.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.rules.columns import Whole

MODULUS = 97
FOR_NO_REMAINDER = 97
"""Check number where the remainder is 0: what NSSO writes then is not published (00 or 97)."""

LAST_RECEIPT = 9_999_999_999
"""Ten digits are for the receipt."""


def numbers(receipts: Whole) -> pa.Array:
    """Twelve digits for each receipt: its ten, and these modulo 97 (zones 00913 and 01085).

    Raises ``ValueError`` for a receipt that has no ten digits.
    """
    if len(receipts) and not (receipts.min() > 0 and receipts.max() <= LAST_RECEIPT):
        raise ValueError(f"a receipt is a number from 1 to {LAST_RECEIPT}")
    check = receipts % MODULUS
    check = np.where(check == 0, FOR_NO_REMAINDER, check)
    return pc.utf8_lpad(pa.array(receipts * 100 + check).cast(pa.string()), 12, "0")
