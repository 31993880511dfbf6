"""IDFLUX: a number of a worker or an employer was replaced; what was under it goes to the other.

An IDFLUX gives two situations, the valid one and the outdated one. Where both have an INSS, or an
NSSO number, and these differ, the outdated one becomes an alias of the valid one. Corrected names
or dates of birth change no key. Codes of the reason (zone 00536) are taken from sample messages
(derived), so what is replaced is told by the situations and not by the code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import ALIAS
from schemas.tables import from_rows
from transforms.dimona.register import State
from transforms.rules.columns import Whole
from transforms.shredded import Shredded

_NUMBERS = (("inss", "inss", 11), ("employer", "noss_registration_nbr", 9))
_KEYS = (("inss", "inss"), ("employer", "employer"))


@dataclass(frozen=True, slots=True)
class Leads:
    """Outdated numbers, each once, and the one that is valid now for each of them."""

    outdated: pa.Array
    valid: pa.Array

    def of(self, numbers: pa.Array) -> "Leads":
        """Those of some numbers."""
        own = pc.is_in(self.outdated, value_set=numbers)
        return Leads(self.outdated.filter(own), self.valid.filter(own))


Place = tuple[object, object]
"""File and number of a form."""

Resolved = Mapping[str, Leads]
"""Leads by kind."""


def aliases(shredded: Shredded, receipts: Mapping[Place, int]) -> pa.Table:
    """Rows of ``ALIAS`` from the tables of IDFLUX messages; ``receipts``: of each form."""
    return from_rows(ALIAS, _replaced(shredded, receipts))


def _replaced(shredded: Shredded, receipts: Mapping[Place, int]) -> Iterator[dict[str, object]]:
    valid, outdated = (
        dict(zip(shredded.owners(name, "form").tolist(), _rows(shredded, name), strict=True))
        for name in ("valid_situation", "outdated_situation")
    )
    about = zip(
        shredded.owners("idflux_information", "form").tolist(),
        _rows(shredded, "idflux_information"),
        strict=True,
    )
    for form, information in about:
        for kind, column, width in _NUMBERS:
            old = _number(outdated.get(form, {}).get(column), width)
            new = _number(valid.get(form, {}).get(column), width)
            if old and new and old != new:
                yield {
                    "kind": kind,
                    "outdated": old,
                    "valid": new,
                    "since": information["effective_starting_date"],
                    "justification": information["justification_code"],
                    **{name: information[name] for name in ("file_id", "form_no", "line")},
                    "receipt": receipts[information["file_id"], information["form_no"]],
                }


def _rows(shredded: Shredded, table: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = shredded.tables[table].to_pylist()
    return rows


def _number(said: object, width: int) -> str | None:
    """None where nothing but zeros stands: not known."""
    digits = str(said or "").lstrip("+0")
    return digits.zfill(width) if digits else None


def added(known: pa.Table, new: pa.Table) -> pa.Table:
    """Aliases with those of new messages; one that was received before is left out.

    An IDFLUX is known by file, form and kind, and by its receipt.
    """
    together = pa.concat_tables([known, new])
    keys = [("receipt", "ascending"), ("kind", "ascending")]
    rows = together.sort_by(keys).to_pylist()
    seen: set[tuple[object, ...]] = set()
    kept = []
    for row in rows:
        key = (row["file_id"], row["form_no"], row["kind"])
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return from_rows(ALIAS, kept)


def resolved(known: pa.Table) -> Resolved:
    """Where each outdated number leads, through all replacements.

    They count in order of receipt. Numbers that replace one another are of one worker (employer);
    one of them is valid. A number that is given back is so again. What the valid number of some
    is replaced by becomes that of all of them, so it does not matter which were known together.
    """
    ordered = known.select(["kind", "outdated", "valid", "receipt"]).sort_by("receipt")
    return {
        kind: _leads(ordered.filter(pc.equal(ordered.column("kind"), kind))) for kind, _ in _KEYS
    }


def _leads(rows: pa.Table) -> Leads:
    """Where the outdated numbers of one kind lead; ``rows`` in order of receipt."""
    sides = [rows.column(name).combine_chunks() for name in ("outdated", "valid")]
    coded = pc.dictionary_encode(pa.concat_arrays(sides))
    codes = np.asarray(coded.indices, dtype=np.int64)
    outdated, valid = codes.reshape(2, -1)
    leads = np.arange(len(coded.dictionary))
    # Nearly all numbers are replaced once, and lead to one that was not heard of before or after.
    often = np.bincount(codes, minlength=len(leads)) > 1
    chained = often[outdated] | often[valid]
    leads[outdated[~chained]] = valid[~chained]
    members, inner = np.unique(np.stack([outdated, valid])[:, chained], return_inverse=True)
    inner = inner.reshape(2, -1)
    leads[members] = members[_merged(inner[0].tolist(), inner[1].tolist(), len(members))]
    left = np.flatnonzero(leads != np.arange(len(leads)))
    return Leads(*(coded.dictionary.take(pa.array(at)) for at in (left, leads[left])))


def _merged(outdated: list[int], valid: list[int], count: int) -> Whole:
    """The valid one for each of so many numbers, of which some replace others in turn."""
    above, size, names = list(range(count)), [1] * count, list(range(count))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    for old, new in zip(outdated, valid, strict=True):
        mine, other = top(old), top(new)
        name = names[other]
        if mine == other:
            # They are of one already: what is outdated only goes if it is the valid one.
            name = new if names[mine] == old else names[mine]
        elif size[mine] > size[other]:
            mine, other = other, mine
        above[mine] = other
        size[other] += size[mine] if mine != other else 0
        names[other] = name
    return np.array([names[top(number)] for number in range(count)], dtype=np.int64)


def resolve(numbers: pa.Array, leads: Leads) -> pa.Array:
    """Numbers with those that are valid in the place of outdated ones."""
    if not len(leads.outdated):
        return numbers
    if len(numbers) < len(leads.outdated):  # the smaller side is hashed
        leads = leads.of(numbers)
    row = pc.index_in(numbers, value_set=leads.outdated, skip_nulls=True)
    return pc.coalesce(leads.valid.take(row), numbers)


def former(valid: pa.Array, leads: Leads) -> pa.Array:
    """Numbers that lead to some valid ones."""
    return leads.outdated.filter(pc.is_in(leads.valid, value_set=valid))


def valid_now(table: pa.Table, leads: Resolved, *columns: tuple[str, str]) -> pa.Table:
    """A table with valid numbers in some columns, each given with its kind."""
    for name, kind in columns:
        at = table.column_names.index(name)
        array = table.column(name).combine_chunks()
        table = table.set_column(at, table.schema.field(name), resolve(array, leads[kind]))
    return table


def rekeyed(state: State, new: pa.Table) -> State:
    """The state after some IDFLUX: periods and uses of quotas under the valid numbers.

    No period comes or goes, though two that are alike may now be of one worker. The log stays as
    it was written; whoever asks for a number in it resolves that (``resolved``).
    """
    known = added(state.aliases, new)
    leads = resolved(known)
    periods = valid_now(
        state.periods, leads, ("inss", "inss"), ("employer", "employer"), ("noss", "employer")
    )
    uses = state.uses
    of_worker = np.asarray(pc.not_equal(uses.column("quota"), "HORECA_EMPLOYER"))
    uses = valid_now(uses, leads, ("counted", "inss"))
    owners = [resolve(uses.column("owner").combine_chunks(), leads[k]) for k, _ in _KEYS]
    at = uses.column_names.index("owner")
    uses = uses.set_column(at, "owner", pc.if_else(pa.array(of_worker), *owners))
    return State(periods, state.registrations, uses, known, state.log)
