"""A run that changes the register becomes visible, in every table at once, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from schemas.dimona.register import ALIAS, LOG, REPEATED
from warehouse.draft import Draft, check, register, sign, transaction, written
from warehouse.errors import ControlError, LakeError
from warehouse.register import Between


@dataclass(frozen=True)
class Replaced:
    """Rows of a table that go: those with some ``values`` in the column ``key``; and all of some
    ``ranges`` of workers."""

    key: str
    values: pa.Array
    ranges: Sequence[Between] = ()


@dataclass(frozen=True)
class RegisterCommit:
    """What a run wants to make visible; see ``draft.Change``.

    ``replaced``: by full name of a table. ``version``: of the register that the run started from
    (``Register.version``). ``received``: declarations that were read; each has to be in the log, or
    among the deliveries that were repeated.
    """

    run_id: str
    author: str
    message: str
    parts: Mapping[str, Sequence[str]]
    rows: Mapping[str, pa.Table]
    replaced: Mapping[str, Replaced]
    version: tuple[int, int]
    received: int

    def apply(self, draft: Draft) -> list[str]:
        """Raises ``LakeError`` when the register is no longer the one that the run started from,
        ``ControlError`` when a declaration is missing."""
        check(draft, self)
        with transaction(draft.connection):
            self._refuse_conflicts(draft)
            before = self._kept(draft)
            for name, replaced in self.replaced.items():
                _delete(draft, name, replaced)
            parts = {name: list(files) for name, files in self.parts.items()}
            for name, table in self.rows.items():
                parts.setdefault(name, []).extend(written(draft, name, table))
            for name, files in parts.items():
                register(draft, name, files)
            kept = self._kept(draft) - before
            if kept != self.received:
                raise ControlError([("declarations", self.received, kept)])
            sign(draft, self.author, self.message, {"run_id": self.run_id})
        return [file for files in parts.values() for file in files]

    def _refuse_conflicts(self, draft: Draft) -> None:
        last = max(_one(draft, f"max(receipt) FROM {t.full_name}") for t in (LOG, REPEATED, ALIAS))
        if (last, _one(draft, f"count(*) FROM {ALIAS.full_name}")) != self.version:
            raise LakeError("another run has changed the register meanwhile: run it again")

    @staticmethod
    def _kept(draft: Draft) -> int:
        return sum(_one(draft, f"count(*) FROM {t.full_name}") for t in (LOG, REPEATED))


def _one(draft: Draft, what: str) -> int:
    row = draft.connection.execute(f"SELECT {what}").fetchone()
    return int(row[0] or 0) if row else 0


def _delete(draft: Draft, name: str, replaced: Replaced) -> None:
    for workers in replaced.ranges:
        draft.connection.execute(f"DELETE FROM {name} WHERE {workers.holds('inss')}")
    if not len(replaced.values):
        return
    draft.connection.register("replaced", pa.table({"key": replaced.values}))
    try:
        draft.connection.execute(
            f"DELETE FROM {name} WHERE {replaced.key} IN (SELECT key FROM replaced)"
        )
    finally:
        draft.connection.unregister("replaced")
