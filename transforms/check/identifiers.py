"""Check digits of identifiers. The rules are derived: see ``transforms.identifiers``."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.identifiers import enterprise_valid, inss_valid, nsso_valid
from transforms.shredded import Rows, Shredded


def inss_check_digits(shredded: Shredded) -> Rows:
    """00024-004. The last two digits of INSS."""
    return _invalid(shredded, "natural_person", "inss", inss_valid)


def nsso_check_digits(shredded: Shredded) -> Rows:
    """00011-004. The last two digits of NOSSRegistrationNbr, unless it is 0."""
    return _invalid(shredded, "employer_declaration", "noss_registration_nbr", nsso_valid)


def enterprise_check_digits(shredded: Shredded) -> Rows:
    """00014-004. The last two digits of CompanyID, unless it is 0."""
    return _invalid(shredded, "employer_declaration", "company_id", enterprise_valid)


def _invalid(shredded: Shredded, table: str, column: str, valid: Callable[[str], bool]) -> Rows:
    """Rows with an invalid identifier; each distinct one is verified once. Nothing but zeros says
    that the number is not known."""
    values = shredded.column(table, column)
    distinct = values.unique()
    wrong = [
        text
        for text in distinct.to_pylist()
        if text is not None and text.strip("0") and not valid(text.lstrip("+"))
    ]
    found = pc.is_in(values, value_set=pa.array(wrong, pa.string()))
    return np.flatnonzero(np.asarray(found))
