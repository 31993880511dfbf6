"""Sums within a declaration."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.contribute.lines import SOURCES, Source
from transforms.money import Cents, sum_by
from transforms.shredded import Rows, Shredded


def net_amount_differs(shredded: Shredded) -> Rows:
    """00015-007. NetOwedAmount is the sum of every declared contribution less every deduction and
    compensation (glossary 2022/3; the official offline validator tests the same)."""
    declarations = shredded.tables["employer_declaration"].num_rows
    total = np.zeros(declarations, dtype=np.int64)
    for _, owner, amounts in _signed(shredded):
        total += sum_by(owner, amounts, declarations)
    net = pc.fill_null(shredded.column("employer_declaration", "net_owed_amount"), 0)
    return np.flatnonzero(np.asarray(net) != total)


def class_balance_negative(shredded: Shredded) -> Rows:
    """00015-011. For one employer class of a declaration the deductions are higher than the
    contributions (glossary 2022/3). A contribution not tied to a person counts in its own class, a
    compensation in none."""
    parts = [
        pa.table(
            {
                "declaration": pa.array(owner),
                "class": shredded.column(source.table, _class_column(source)),
                "amount": pa.array(amounts),
            }
        )
        for source, owner, amounts in _signed(shredded)
        if shredded.has(source.table, _class_column(source))
    ]
    lines = pa.concat_tables(parts).group_by(["declaration", "class"], use_threads=False)
    balance = lines.aggregate([("amount", "sum")])
    negative = pc.less(balance.column("amount_sum"), 0)
    return np.unique(np.asarray(balance.column("declaration").filter(negative)))


def _class_column(source: Source) -> str:
    """Where the employer class of a line stands: its own, or that of its worker record."""
    unrelated = source.table == "contribution_unrelated_to_np"
    return "unrelated_employer_class" if unrelated else "employer_class"


def _signed(shredded: Shredded) -> Iterator[tuple[Source, Rows, Cents]]:
    """Each source of amounts: the declaration of each line, and its part of the net amount."""
    for source in SOURCES:
        if shredded.has(source.table, source.amount):
            owner = shredded.owners(source.table, "employer_declaration")
            yield source, owner, source.sign * shredded.numbers(source.table, source.amount)
