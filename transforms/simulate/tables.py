"""A tally as tables to be shown or kept: in the order of a reader, without figures of a few."""

from collections.abc import Sequence

import pyarrow as pa

from schemas.simulation import APART, BASE_ONLY, BREAKDOWNS, MOVES, TOTALS, VARIANT_ONLY, breakdown
from schemas.tables import Table, from_rows
from transforms.contribute import FAMILIES
from transforms.simulate.groups import NONE, labels
from transforms.simulate.sums import ALL, SEPARATOR
from transforms.simulate.sums import APART as OF_APART
from transforms.simulate.suppress import Cell, Fewest, hidden
from transforms.simulate.tally import Figures, Move, Tally

Row = dict[str, object]
_NAMING = ("family", "computed", "reason", "who", "move", *BREAKDOWNS)
"""Columns that say what a row is about; all others are figures."""
_MOVE = ("who", "move", "count", "change", "largest")


def tables(tally: Tally, fewest: Fewest) -> dict[str, pa.Table]:
    """Every table of a simulation by name (inside types). Figures about fewer persons or employers
    than ``fewest`` are null, and so are those from which they could be told."""
    totals = _counted(TOTALS, None, tally.figures(ALL), fewest)
    secret = True in totals.column("suppressed").to_pylist()
    return {
        TOTALS.name: totals,
        **{name: _broken_down(tally, name, fewest) for name in BREAKDOWNS},
        APART.name: _apart(tally.figures(OF_APART), fewest),
        MOVES.name: _moves(list(tally.moves()), fewest, secret),
    }


def layouts() -> dict[str, Table]:
    """The layout of each of the tables, in the order of a reader."""
    broken_down = [breakdown(name) for name in BREAKDOWNS]
    return {table.name: table for table in (TOTALS, *broken_down, MOVES, APART)}


def _broken_down(tally: Tally, name: str, fewest: Fewest) -> pa.Table:
    order = {group: at for at, group in enumerate(_order(name))}
    last = len(order), ""
    figures = sorted(
        tally.figures(name),
        key=lambda f: last if f.group == NONE else (order.get(f.group, -1), f.group),
    )
    return _counted(breakdown(name), name, figures, fewest)


def _order(name: str) -> list[str]:
    """Groups in the order that they have by nature; those of a sector are sorted."""
    if name == "family":
        return [family for family, _ in FAMILIES]
    return labels(name) if name in ("employer_size", "wage_band") else []


def _counted(
    table: Table, name: str | None, figures: Sequence[Figures], fewest: Fewest
) -> pa.Table:
    rows = [
        {
            **({name: one.group} if name else {}),
            "lines": one.lines,
            "persons": one.persons,
            "employers": one.employers,
            "changed": one.changed,
            "base": one.base,
            "variant": one.variant,
            "change": one.change,
        }
        for one in figures
    ]
    return _suppressed(table, rows, [_cell(one) for one in figures], fewest)


def _apart(figures: Sequence[Figures], fewest: Fewest) -> pa.Table:
    rows = [_apart_row(one) for one in figures]
    cells = [Cell(one.units, 0, one.employers, 0) for one in figures]
    return _suppressed(APART, rows, cells, fewest)


def _cell(one: Figures) -> Cell:
    return Cell(one.units, one.changed, one.employers, one.changed_employers)


def _apart_row(one: Figures) -> Row:
    family, computed, reason = one.group.split(SEPARATOR)
    return {
        "family": family or None,
        "computed": computed,
        "reason": reason,
        "lines": one.lines,
        "persons": one.persons,
        "employers": one.employers,
        "declared": one.declared,
        "base": one.base if computed == BASE_ONLY else None,
        "variant": one.variant if computed == VARIANT_ONLY else None,
    }


def _moves(moves: Sequence[Move], fewest: Fewest, secret: bool) -> pa.Table:
    """``secret``: whether the total change must not be told, which all moves together would."""
    found = []
    for who in dict.fromkeys(move.who for move in moves):
        of_them = [move for move in moves if move.who == who]
        rows = [_move(m, fewest) for m in of_them]
        cells = [_move_cell(one, secret) for one in of_them]
        found.append(_suppressed(MOVES, rows, cells, fewest))
    return pa.concat_tables(found)


def _move_cell(move: Move, secret: bool) -> Cell:
    if not move.change:
        return Cell(move.count, 0, move.employers, 0)
    changed = (1, 1) if secret else (move.count, move.employers)
    return Cell(move.count, changed[0], move.employers, changed[1])


def _move(move: Move, fewest: Fewest) -> Row:
    """The largest change is that of one: it is told only where nothing is suppressed."""
    row: Row = {name: getattr(move, name) for name in _MOVE}
    return row if fewest.anything else row | {"largest": None}


def _suppressed(
    table: Table, rows: Sequence[Row], cells: Sequence[Cell], fewest: Fewest
) -> pa.Table:
    """Rows with ``suppressed`` and, where that is so, with nothing but what they are about."""
    told: list[Row] = []
    for row, few in zip(rows, hidden(cells, fewest), strict=True):
        kept = {key: value for key, value in row.items() if key in _NAMING or not few}
        told.append({**kept, "suppressed": few})
    return from_rows(table, told)
