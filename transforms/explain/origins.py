"""Which declared lines an input was added up from, and which were left out.

``ORIGINS`` says it for each input of each family that is a sum over declared lines; the families
(``transforms.contribute``) do the adding up. An input that has no entry says in its title where it
comes from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from transforms.contribute import FAMILIES
from transforms.contribute.codes import code_lists
from transforms.contribute.rules import family
from transforms.explain.around import Around, Row
from transforms.explain.tree import Input, Source
from transforms.explain.wording import number
from transforms.rates.book import Confidence, rate_book

_RECORD, _OCCUPATION, _PERSON = "record", "occupation", "person"
_UPLIFT = "manual_base_uplift"
_CENT = Fraction(1, 100)
UNEXPLAINED = "these lines add up to {sum}: the rules that chose them have changed since"


@dataclass(frozen=True, slots=True)
class Origin:
    """Lines of a block whose code is in a list, of the occupations ``of`` something.

    ``raised``: pay of manual workers counts for more. ``adds_up``: the input is the plain sum.
    """

    block: str
    codes: str
    of: str
    raised: bool = False
    adds_up: bool = True


_PAY = Origin("remun", "remuneration_subject", _RECORD)
_REDUCTION = {
    "pay": Origin("remun", "remuneration_reference", _OCCUPATION),
    "basis": Origin("remun", "remuneration_subject", _OCCUPATION, raised=True),
    "worked": Origin("service", "services_paid", _OCCUPATION),
    "counted": Origin("service", "services_counted", _OCCUPATION),
    "mu_glob": Origin("service", "services_counted", _PERSON, adds_up=False),
    "excluding": Origin("remun", "remuneration_excluding", _OCCUPATION, adds_up=False),
}
ORIGINS: Mapping[str, Mapping[str, Origin]] = {
    "ordinary": {"pay": _PAY},
    "employer_lines": {"pay": _PAY},
    "special_contribution": {"pay": _PAY},
    "flexi_jobs": {"pay": Origin("remun", "remuneration_flexi", _RECORD)},
    "work_bonus": {
        "pay": Origin("remun", "remuneration_work_bonus", _RECORD),
        "subject": _PAY,
        "worked": Origin("service", "services_paid", _RECORD),
    },
    "structural_reduction": _REDUCTION,
    "first_hires": _REDUCTION,
    "older_workers": _REDUCTION,
    "horeca": _REDUCTION,
    "lump_sums": _REDUCTION,
}


def traced(found: Input, name: str, line: Row, around: Around) -> Input:
    """An input of the family ``name`` with the declared lines behind it, where there are any."""
    if found.name == "granted":
        before = tuple(_granted(line, around))
        return replace(found, sources=before, note=_unequal(found, before))
    origin = ORIGINS.get(name, {}).get(found.name)
    if origin is None:
        return found
    sources = tuple(_sources(origin, line, around))
    return replace(found, sources=sources, note=_note(found, origin, sources))


def _sources(origin: Origin, line: Row, around: Around) -> Iterator[Source]:
    occupations = list(_occupations(origin.of, line, around))
    listed = code_lists().of(origin.codes, around.quarter)
    marks = {code.lstrip("0"): mark for code, mark in listed.items()}
    rows = around.paid if origin.block == "remun" else around.worked
    for occupation in occupations:
        number = occupation["occupation_sequence_nbr"] if len(occupations) > 1 else None
        for row in rows(occupation):
            found = _source(origin.block, row, occupation, marks)
            yield replace(found, occupation=number)


def _source(block: str, row: Row, occupation: Row, marks: Mapping[str, Confidence]) -> Source:
    code = str(row[f"{block}_code"])
    mark = marks.get(code.lstrip("0"))
    if block == "remun":
        what, unit, value = f"remuneration code {code}", "EUR", row["remun_amount"]
    else:
        unit = "hours" if _part_time(occupation) else "days"
        what, value = f"service code {code}", row[f"service_nbr_{unit}"]
    left_out = None if mark is not None else f"code {code} does not count"
    return Source(what, value or Decimal(0), unit, row["line"], None, left_out, mark)


def _part_time(occupation: Row) -> bool:
    """Whether its time counts in hours: fewer a week than the reference person."""
    own, full = occupation["mean_working_hours"], occupation["ref_mean_working_hours"]
    return own is not None and own < (full or 0)


def _occupations(of: str, line: Row, around: Around) -> Iterator[Row]:
    if of == _OCCUPATION:
        occupation = around.occupation(line)
        yield from [occupation] if occupation else []
        return
    record = around.record(line)
    if record is None:
        return
    for one in around.records_of_person(record) if of == _PERSON else [record]:
        yield from around.occupations_of(one)


def _note(found: Input, origin: Origin, sources: Iterable[Source]) -> str | None:
    """What happened to the sum before it became the input, or that it is another one."""
    if not origin.adds_up:
        return None
    total = _sum(sources)
    if origin.raised and total != found.value:
        for known in rate_book().parameters[_UPLIFT].values:
            if abs(total * Fraction(known.value) - found.value) < _CENT:
                uplift = number(known.value)
                return f"{number(total, 2)} × {uplift}: pay of manual workers counts for more"
    return _unequal(found, sources)


def _unequal(found: Input, sources: Iterable[Source]) -> str | None:
    total = _sum(sources)
    return None if total == found.value else UNEXPLAINED.format(sum=number(total, 2))


def _sum(sources: Iterable[Source]) -> Fraction:
    return sum((Fraction(s.value) for s in sources if s.left_out is None), Fraction(0))


def _granted(line: Row, around: Around) -> Iterator[Source]:
    """Reductions of the same occupation that go before this one."""
    for row in sorted(around.beside(line), key=_order):
        if _order(row) < _order(line):
            amount = row["computed_amount"]
            said = "computed" if amount is not None else "declared, not computed"
            yield Source(
                f"deduction {row['code']}, {said}",
                row["declared_amount"] if amount is None else amount,
                "EUR",
                row["line"],
            )


def _order(row: Row) -> tuple[int, int, int]:
    """When a reduction is granted: by family, by case of the family, by place."""
    names = [name for name, _ in FAMILIES]
    if row["family"] not in names:
        return len(names), 0, row["seq"]
    codes = list(family(row["family"]).cases)
    case = codes.index(row["code"]) if row["code"] in codes else 0
    return names.index(row["family"]), case, row["seq"]
