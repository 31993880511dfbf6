"""Sums within a declaration."""

import numpy as np
import pyarrow.compute as pc

from transforms.contribute.lines import SOURCES
from transforms.money import sum_by
from transforms.shredded import Rows, Shredded


def net_amount_differs(shredded: Shredded) -> Rows:
    """00015-007. NetOwedAmount is the sum of every declared contribution less every deduction and
    compensation (glossary 2022/3; the official offline validator tests the same)."""
    declarations = shredded.tables["employer_declaration"].num_rows
    total = np.zeros(declarations, dtype=np.int64)
    for source in SOURCES:
        if shredded.has(source.table, source.amount):
            owner = shredded.owners(source.table, "employer_declaration")
            amounts = shredded.numbers(source.table, source.amount)
            total += source.sign * sum_by(owner, amounts, declarations)
    net = pc.fill_null(shredded.column("employer_declaration", "net_owed_amount"), 0)
    return np.flatnonzero(np.asarray(net) != total)
