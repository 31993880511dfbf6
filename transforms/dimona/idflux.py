"""IDFLUX: a number of a worker or an employer was replaced; what was under it goes to the other.

An IDFLUX gives two situations, the valid one and the outdated one. Where both have an INSS, or an
NSSO number, and these differ, the outdated one becomes an alias of the valid one. Corrected names
or dates of birth change no key. Codes of the reason (zone 00536) are taken from sample messages
(derived), so what is replaced is told by the situations and not by the code.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import ALIAS
from schemas.tables import from_rows
from transforms.dimona.register import State
from transforms.shredded import Shredded

_NUMBERS = (("inss", "inss", 11), ("employer", "noss_registration_nbr", 9))
_KEYS = (("inss", "inss"), ("employer", "employer"))
Resolved = Mapping[str, Mapping[str, str]]
"""By kind: the number that is valid now for each outdated one."""


def aliases(shredded: Shredded, receipts: Mapping[int, int]) -> pa.Table:
    """Rows of ``ALIAS`` from the tables of an IDFLUX file; ``receipts``: by number of the form."""
    return from_rows(ALIAS, _replaced(shredded, receipts))


def _replaced(shredded: Shredded, receipts: Mapping[int, int]) -> Iterator[dict[str, object]]:
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
                    "receipt": receipts[int(str(information["form_no"]))],
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
    found: dict[str, dict[str, str]] = {kind: {} for kind, _ in _KEYS}
    for row in known.sort_by("receipt").to_pylist():
        leads, outdated, valid = found[row["kind"]], row["outdated"], row["valid"]
        before, then = leads.get(outdated, outdated), leads.get(valid, valid)
        if before == then:
            if before != outdated:
                continue
            then = valid
        for number in [before, *(n for n, target in leads.items() if target == before)]:
            leads[number] = then
        leads.pop(then, None)
    return found


def resolve(numbers: pa.Array, leads: Mapping[str, str]) -> pa.Array:
    """Numbers with those that are valid in the place of outdated ones."""
    if not leads:
        return numbers
    row = pc.index_in(numbers, value_set=pa.array(list(leads)), skip_nulls=True)
    return pc.coalesce(pa.array(list(leads.values())).take(row), numbers)


def former(valid: pa.Array, leads: Mapping[str, str]) -> pa.Array:
    """Numbers that lead to some valid ones."""
    outdated = pa.array(list(leads), pa.string())
    return outdated.filter(pc.is_in(pa.array(list(leads.values()), pa.string()), value_set=valid))


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
