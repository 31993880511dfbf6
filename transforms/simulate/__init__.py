"""What if: the same declared quarter by two rate books, line beside line.

``beside`` pairs the lines of both runs, ``groups`` says which group each belongs to, ``sums`` adds
up the lines of a piece and ``tally`` those of a quarter, ``suppress`` hides what is about a few
persons, ``tables`` are what is shown; ``replay`` computes amounts again from what lines keep, and
``reconcile`` says whether all of it fits together.
"""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.money import Cents
from transforms.rates.book import RateBook
from transforms.reference import NOTHING, Reference
from transforms.shredded import Shredded
from transforms.simulate.beside import beside
from transforms.simulate.groups import grouped


def simulate(
    shredded: Shredded,
    quarter: Quarter,
    base: RateBook,
    variant: RateBook,
    gross: Cents,
    reference: Reference = NOTHING,
) -> pa.Table:
    """Rows of ``simulation.lines`` (inside types) for some forms, in the order of ``contribute``.

    ``gross``: cents of gross pay of the relation of each worker record. Lines that are due but not
    declared stand at the end, those of the variant alone last.
    """
    one = contribute(shredded, quarter, base, reference)
    other = contribute(shredded, quarter, variant, reference)
    return grouped(beside(one, other), shredded, gross)


def lines_of(lines: pa.Table, employer: str, inss: str | None = None) -> pa.Table:
    """The rows of ``simulation.lines`` of an employer, or of one person there."""
    wanted = pc.equal(lines.column("employer"), employer)
    if inss is not None:
        wanted = pc.and_(wanted, pc.equal(lines.column("inss"), inss))
    return lines.filter(wanted)
