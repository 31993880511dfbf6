"""From counted rows of the lake to the account of a declaration and of its persons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from transforms.contribute.compare import DIFFERENT, EQUAL, NOT_COMPUTED
from transforms.explain.around import Row
from transforms.explain.derive import place_of
from transforms.explain.tree import Balance, Declaration, Line, Person, Tally

_NONE = Decimal(0)


def declarations(
    forms: Sequence[Row],
    balances: Sequence[Row],
    unrelated: Mapping[tuple[str, int], Sequence[Line]],
) -> Iterator[Declaration]:
    """The accepted declarations of an employer; ``unrelated``: lines without a person, by form."""
    files = {form["file_id"]: form["file_name"] for form in forms if form["file_name"]}
    for form in forms:
        place = form["file_id"], form["form_no"]
        classes = [_balance(r) for r in balances if (r["file_id"], r["form_no"]) == place]
        yield Declaration(
            place_of(form, files),
            form["trusteeship"],
            form["net_owed"],
            total(balance.tally for balance in classes),
            tuple(classes),
            tuple(unrelated.get(place, ())),
        )


def person(row: Row, lines: Sequence[Line] = ()) -> Person:
    """A row of counts of a person, with the lines where they are asked for."""
    return Person(row["inss"], _tally(row, row["declared"]), tuple(lines))


def tally_of(lines: Iterable[Line]) -> Tally:
    """Counts of lines that are at hand."""
    return total(_one(line) for line in lines)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several."""
    found = list(tallies)
    computed = [one.computed for one in found if one.computed is not None]
    return Tally(
        sum(one.equal for one in found),
        sum(one.different for one in found),
        sum(one.not_computed for one in found),
        sum((one.declared for one in found), _NONE),
        sum(computed, _NONE) if computed else None,
        sum((one.left for one in found), _NONE),
    )


def _balance(row: Row) -> Balance:
    tally = _tally(row, row["balance"])
    return Balance(row["employer_class"], row["contributions"], row["deductions"], tally)


def _tally(row: Row, declared: Decimal) -> Tally:
    return Tally(
        row["equal"],
        row["different"],
        row["not_computed"],
        declared,
        row["computed"],
        row["declared_not_computed"],
    )


def _one(line: Line) -> Tally:
    declared = line.sign * (line.declared_amount or _NONE)
    computed = None if line.computed_amount is None else line.sign * line.computed_amount
    return Tally(
        int(line.outcome == EQUAL),
        int(line.outcome == DIFFERENT),
        int(line.outcome == NOT_COMPUTED),
        declared,
        computed,
        declared if computed is None else _NONE,
    )
