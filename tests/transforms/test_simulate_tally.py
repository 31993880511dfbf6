"""Totals by group: against brute force, in any order, and without figures of a few persons."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.simulation import BREAKDOWNS, LINES
from schemas.tables import from_rows
from transforms.simulate.reconcile import Stored, checks
from transforms.simulate.replay import Replayed
from transforms.simulate.sums import ALL, APART, GROUPINGS, summed
from transforms.simulate.suppress import Cell, Fewest, hidden
from transforms.simulate.tables import layouts, tables
from transforms.simulate.tally import Tally

Row = dict[str, Any]
PERSONS = [f"{n:011}" for n in range(12)]
EMPLOYERS = ["000000191", "0000000191", "112367321"]
"""An NSSO number and an enterprise number may be the same number."""
MINIMUM = 3
FEWEST = Fewest(MINIMUM, 1)
FEWER = settings(max_examples=40)


@st.composite
def a_line(draw: st.DrawFn) -> Row:
    """A row of simulation.lines with few values, so that groups meet."""
    amounts = st.none() | st.integers(0, 30)
    base, variant = draw(amounts), draw(amounts)
    sign = draw(st.sampled_from((1, -1)))
    row = {
        "inss": draw(st.none() | st.sampled_from(PERSONS)),
        "employer": draw(st.sampled_from(EMPLOYERS)),
        "sign": sign,
        "declared_amount": draw(amounts),
        "base_amount": base,
        "variant_amount": variant,
        "family": draw(st.sampled_from(("ordinary", "work_bonus", "structural_reduction"))),
        "sector": draw(st.sampled_from(("200", "124", "none"))),
        "employer_size": draw(st.sampled_from(("1-4", "1000+"))),
        "wage_band": draw(st.sampled_from(("0-1499", "1500-2999", "none"))),
    }
    return row | _outcome(base, variant)


def _outcome(base: int | None, variant: int | None) -> Row:
    names = {(True, True): "both", (True, False): "base only", (False, True): "variant only"}
    reasons = [None if amount is not None else "no value" for amount in (base, variant)]
    computed = names.get((base is not None, variant is not None), "neither")
    return {"computed": computed, "base_reason": reasons[0], "variant_reason": reasons[1]}


some_lines = st.lists(a_line(), max_size=40)


def line(inss: str | None, base: int, variant: int, **more: Any) -> Row:
    """A line of a white collar in a small firm."""
    usual = {"employer": EMPLOYERS[0], "sign": 1, "family": "ordinary", "sector": "200"}
    groups = {"employer_size": "1-4", "wage_band": "0-1499"}
    amounts = {"inss": inss, "base_amount": base, "variant_amount": variant}
    return usual | groups | amounts | _outcome(base, variant) | more


def tallied(*pieces: Sequence[Row]) -> Tally:
    tally = Tally(pa.array(PERSONS), pa.array(EMPLOYERS))
    for piece in pieces:
        tally.add(summed(from_rows(LINES, piece)))
    return tally


def both(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["computed"] == "both"]


def signed(rows: Sequence[Row], side: str) -> int:
    return sum(row["sign"] * (row[f"{side}_amount"] or 0) for row in rows)


# --- totals --------------------------------------------------------------------------------------


@FEWER
@given(some_lines)
def test_groups_are_those_of_brute_force(rows: list[Row]) -> None:
    tally = tallied(rows)
    for name in BREAKDOWNS:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in both(rows):
            groups[row[name]].append(row)
        found = {one.group: one for one in tally.figures(name)}
        assert found.keys() == groups.keys()
        for group, of_it in groups.items():
            one = found[group]
            assert (one.lines, one.base, one.variant) == (
                len(of_it),
                signed(of_it, "base"),
                signed(of_it, "variant"),
            )
            assert one.persons == len({row["inss"] for row in of_it} - {None})
            assert one.employers == len({row["employer"] for row in of_it})


@FEWER
@given(some_lines)
def test_every_line_is_in_one_group_of_every_breakdown_or_apart(rows: list[Row]) -> None:
    tally = tallied(rows)
    for name in BREAKDOWNS:
        figures = [*tally.figures(name), *tally.figures(APART)]
        assert sum(one.lines for one in figures) == len(rows)
    apart = tally.figures(APART)
    assert sum(one.base + one.variant for one in apart) == sum(
        signed([row], "base") + signed([row], "variant")
        for row in rows
        if row["computed"] != "both"
    )
    fine = checks(tally, Stored(0, 0, ()), "", Replayed())
    assert all(check.holds for check in fine if "add up" in check.what)


@FEWER
@given(some_lines, st.randoms(use_true_random=False), st.integers(8, 30))
def test_order_and_size_of_pieces_do_not_matter(rows: list[Row], rng: Any, size: int) -> None:
    shuffled = rng.sample(rows, len(rows))
    pieces = [shuffled[at : at + size] for at in range(0, len(rows), size)]
    one, other = tallied(rows), tallied(*pieces)
    assert one.total == other.total
    for name in GROUPINGS:
        assert one.figures(name) == other.figures(name)
    assert list(one.moves()) == list(other.moves())


@FEWER
@given(some_lines)
def test_whose_total_moves(rows: list[Row]) -> None:
    found = {(move.who, move.move): move for move in tallied(rows).moves()}
    for who, key in (("persons", "inss"), ("employers", "employer")):
        changes: dict[str, int] = defaultdict(int)
        for row in both(rows):
            changes[row[key]] += row["sign"] * (row["variant_amount"] - row["base_amount"])
        changes.pop(None, None)  # type: ignore[call-overload]
        for move, wanted in (("rises", 1), ("falls", -1), ("stays", 0)):
            those = [c for c in changes.values() if (c > 0) - (c < 0) == wanted]
            one = found[who, move]
            assert (one.count, one.change) == (len(those), sum(those))
            assert abs(one.largest) == max(map(abs, those), default=0)


def test_a_person_at_two_employers_in_two_pieces_is_one_person() -> None:
    pieces = [[line(PERSONS[0], 5, 7)], [line(PERSONS[0], 5, 3, employer=EMPLOYERS[1])]]
    (one,) = tallied(*pieces).figures(ALL)
    assert (one.persons, one.employers, one.lines) == (1, 2, 2)
    moves = {(m.who, m.move): m.count for m in tallied(*pieces).moves()}
    assert moves[("persons", "stays")] == 1
    assert (moves[("employers", "rises")], moves[("employers", "falls")]) == (1, 1)


def test_lines_without_a_person_are_about_their_employers() -> None:
    tally = tallied([line(None, 5, 7), line(None, 1, 1, employer=EMPLOYERS[1])])
    (one,) = tally.figures(ALL)
    assert (one.persons, one.employers, one.units, one.changed) == (0, 2, 2, 1)
    assert all(move.count == 0 for move in tally.moves() if move.who == "persons")


def test_a_person_whom_nobody_declared_is_a_bug() -> None:
    with pytest.raises(KeyError, match="not among those of the quarter"):
        tallied([line("99999999999", 1, 1)])


def test_a_sum_that_does_not_fit_is_told() -> None:
    tally = tallied([line(PERSONS[0], 5, 7)])
    tally.total = replace(tally.total, variant=8)
    failing = checks(tally, Stored(0, 0, ()), "rules", Replayed(2, 1))
    assert {check.holds for check in failing if "add up" in check.what} == {False}
    assert [check.holds for check in failing[-2:]] == [None, False]


@pytest.mark.parametrize(
    ("stored", "holds"),
    [
        (Stored(1, 5, {"today"}), True),
        (Stored(1, 6, {"today"}), False),
        (Stored(2, 5, {"today"}), False),
        (Stored(1, 5, {"today", "older"}), None),
        (Stored(1, 5, {"older"}), None),
    ],
)
def test_the_base_is_what_the_lake_has(stored: Stored, holds: bool | None) -> None:
    lines = [line(PERSONS[0], 5, 7), line(PERSONS[0], 5, 7)]
    lines[1] |= {"base_amount": None, "computed": "variant only"}
    (check,) = (c for c in checks(tallied(lines), stored, "today", Replayed()) if "base" in c.what)
    assert check.holds is holds


# --- figures of a few ----------------------------------------------------------------------------


SIZES = st.tuples(*(st.integers(0, 9) for _ in range(4)))


@given(st.lists(SIZES, max_size=9), st.integers(1, 4))
def test_a_hidden_cell_is_never_alone(
    sizes: list[tuple[int, int, int, int]], employers: int
) -> None:
    cells = [cell_of(*counts) for counts in sizes]
    few = hidden(cells, Fewest(MINIMUM, employers))
    for cell, is_hidden in zip(cells, few, strict=True):
        if 0 < cell.units < MINIMUM or 0 < cell.changed < MINIMUM:
            assert is_hidden
        if 0 < cell.employers < employers or 0 < cell.changed_employers < employers:
            assert is_hidden
        assert not (is_hidden and cell.units == 0)
    filled = sum(cell.units > 0 for cell in cells)
    assert few.count(True) != 1 or filled == 1


def cell_of(units: int, changed: int, employers: int, changed_employers: int) -> Cell:
    """Counts that go together: no employer without a unit, no change without one who has it."""
    employers = min(units, max(employers, 1))
    changed = min(units, changed)
    return Cell(units, changed, employers, min(employers, changed, max(changed_employers, 1)))


@FEWER
@given(some_lines, st.sampled_from((1, 2, 3)))
def test_no_few_employers_can_be_told_by_subtracting(rows: list[Row], employers: int) -> None:
    """What the hidden groups of a breakdown are together is of enough employers, also what changes
    in them; or the total is hidden as well."""
    found = tables(tallied(rows), Fewest(1, employers))
    if not both(rows) or found["totals"].column("suppressed")[0].as_py():
        return
    for name in BREAKDOWNS:
        hidden_groups = {r[name] for r in found[name].to_pylist() if r["suppressed"]}
        of_them = [row for row in both(rows) if row[name] in hidden_groups]
        assert not of_them or len({row["employer"] for row in of_them}) >= employers
        for row in found[name].to_pylist():
            shown = {r["employer"] for r in both(rows) if r[name] == row[name]}
            assert row["suppressed"] or len(shown) >= employers


def test_an_employer_of_many_is_no_crowd() -> None:
    """Ten persons, but one employer; the smallest of the others goes with it."""
    alone = [line(p, 5, 6, sector="124") for p in PERSONS[:10]]
    spread = [
        line(p, 5, 6, sector=s, employer=e)
        for s, size in (("140", 6), ("200", 9))
        for p in PERSONS[:size]
        for e in EMPLOYERS
    ]
    for employers, expected in ((1, []), (2, ["124", "140"])):
        found = tables(tallied(alone + spread), Fewest(MINIMUM, employers))
        suppressed = [r["sector"] for r in found["sector"].to_pylist() if r["suppressed"]]
        assert suppressed == expected
        assert not found["totals"].column("suppressed")[0].as_py()


def test_persons_who_move_at_one_employer_are_hidden() -> None:
    rises = [line(p, 5, 6) for p in PERSONS[:5]]
    falls = [line(p, 5, 4, employer=e) for p in PERSONS[5:10] for e in EMPLOYERS]
    for employers, expected in ((1, set()), (2, {"rises", "falls"})):
        found = tables(tallied(rises + falls), Fewest(MINIMUM, employers))["moves"].to_pylist()
        assert {m["move"] for m in found if m["who"] == "persons" and m["suppressed"]} == expected


@FEWER
@given(some_lines)
def test_nothing_about_a_few_can_be_told_by_subtracting(rows: list[Row]) -> None:
    """What the hidden groups of a breakdown are together is known: the total less what is shown.
    They are enough persons, or the total is hidden as well."""
    tally = tallied(rows)
    found = tables(tally, FEWEST)
    if not both(rows) or found["totals"].column("suppressed")[0].as_py():
        return
    for name in BREAKDOWNS:
        hidden_groups = {r[name] for r in found[name].to_pylist() if r["suppressed"]}
        of_them = [row for row in both(rows) if row[name] in hidden_groups]
        if not hidden_groups:
            continue
        persons = {row["inss"] for row in of_them} - {None}
        employers = {row["employer"] for row in of_them}
        assert len(persons) >= MINIMUM or len(employers) >= MINIMUM


@FEWER
@given(some_lines)
def test_what_is_hidden_has_no_figure(rows: list[Row]) -> None:
    found = tables(tallied(rows), FEWEST)
    for name, layout in layouts().items():
        assert found[name].schema == layout.inside
        for row in found[name].to_pylist():
            figures = {k: v for k, v in row.items() if isinstance(v, int) and k != "suppressed"}
            assert not (row["suppressed"] and figures)
            for counted in ("persons", "count"):
                assert row["suppressed"] or not 0 < row.get(counted, 0) < MINIMUM


def test_the_change_of_a_few_is_hidden_in_a_crowd() -> None:
    """Ten persons of a sector have lines, but the change is that of one of them."""
    crowd = [line(p, 5, 5) for p in PERSONS[:9]]
    others = [line(p, 5, 6, sector="124") for p in PERSONS[:4]]
    more = [line(p, 5, 6, sector="140") for p in PERSONS[:6]]
    found = tables(tallied([*crowd, line(PERSONS[9], 5, 1000), *others, *more]), FEWEST)
    rows = {row["sector"]: row for row in found["sector"].to_pylist()}
    assert {name: row["suppressed"] for name, row in rows.items()} == {
        "124": True,  # the smallest of the others that change
        "140": False,
        "200": True,
    }
    assert not found["totals"].column("suppressed")[0].as_py()


def test_where_one_person_changes_the_total_is_hidden_too() -> None:
    crowd = [line(p, 5, 5, sector=s) for p in PERSONS[:9] for s in ("200", "124")]
    found = tables(tallied([*crowd, line(PERSONS[9], 5, 1000)]), FEWEST)
    assert found["totals"].to_pylist()[0]["change"] is None
    shown = {row["sector"]: row["change"] for row in found["sector"].to_pylist()}
    assert shown == {"124": None, "200": None}
    moves = {(r["who"], r["move"]): r for r in found["moves"].to_pylist()}
    assert moves[("persons", "rises")]["suppressed"]
    assert moves[("employers", "rises")]["suppressed"]


def test_groups_come_in_the_order_of_a_reader() -> None:
    sizes = ("1000+", "none", "5-9", "1-4")
    rows = [line(p, 1, 1, employer_size=size) for p in PERSONS[:5] for size in sizes]
    rows += [line(p, 1, 1, family="ordinary") for p in PERSONS[:5]]
    rows += [line(p, 1, 1, family="first_hires", sector="none") for p in PERSONS[:5]]
    found = tables(tallied(rows), FEWEST)
    assert found["employer_size"].column("employer_size").to_pylist() == [
        "1-4",
        "5-9",
        "1000+",
        "none",
    ]
    assert found["family"].column("family").to_pylist() == ["ordinary", "first_hires"]
    assert found["sector"].column("sector").to_pylist() == ["200", "none"]


def test_amounts_of_lines_apart_are_never_zero_for_unknown() -> None:
    only = [line(p, 5, 0) | {"variant_amount": None, **_outcome(5, None)} for p in PERSONS[:5]]
    (row,) = tables(tallied(only), FEWEST)["apart"].to_pylist()
    assert (row["computed"], row["reason"]) == ("base only", "no value")
    assert (row["base"], row["variant"], row["lines"]) == (25, None, 5)
