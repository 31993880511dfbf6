"""The register as tables: what a fold starts from, and what it adds."""

from dataclasses import dataclass, fields

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import (
    ALIAS,
    FOUND_IN,
    LOG,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
)
from transforms.rules.run import NotRun


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the buckets that messages touch (``filing.touched``), cancelled periods too.

    A caller reads, for all these buckets: ``periods`` and ``registrations`` whole, with whatever
    bucket has a period or a registration that a message names; ``uses`` of their workers and
    employers, whoever declared them; all ``aliases``; and of the ``log`` (rows filed under these
    buckets, those of no known worker or employer too) the columns ``LOG_KEYS``, which tell of
    second deliveries and of messages that come behind later ones. Only ``fold.refold`` needs whole
    rows of the log.
    """

    periods: pa.Table
    registrations: pa.Table
    uses: pa.Table
    aliases: pa.Table
    log: pa.Table


EMPTY = State(
    PERIOD.inside.empty_table(),
    REGISTRATION.inside.empty_table(),
    QUOTA_USE.inside.empty_table(),
    ALIAS.inside.empty_table(),
    LOG.inside.empty_table(),
)


@dataclass(frozen=True, slots=True)
class Folded:
    """What messages do to a state.

    ``periods`` and ``registrations`` are new or replace those with their number; ``log``, ``uses``
    and ``findings`` (``FOUND_IN``) are to be added. ``quotas`` (``QUOTA_ANSWER``) is for answers.
    ``repeated`` (``REPEATED``) was received before. ``behind`` (``MESSAGE``) was not folded: later
    ones of its bucket were; see ``fold.refold``.
    """

    log: pa.Table
    periods: pa.Table
    registrations: pa.Table
    uses: pa.Table
    findings: pa.Table
    quotas: pa.Table
    repeated: pa.Table
    behind: pa.Table
    not_run: tuple[NotRun, ...]

    @property
    def tables(self) -> dict[str, pa.Table]:
        """What is to be kept, by full name of the table."""
        return {
            LOG.full_name: self.log,
            PERIOD.full_name: self.periods,
            REGISTRATION.full_name: self.registrations,
            QUOTA_USE.full_name: self.uses,
            QUOTA_ANSWER.full_name: self.quotas,
            FOUND_IN.full_name: self.findings,
            REPEATED.full_name: self.repeated,
        }


def after(state: State, folded: Folded) -> State:
    """The state with what was folded, periods and registrations in order of number; its log has
    the columns that it had."""
    return State(
        replaced(state.periods, folded.periods, "period_id"),
        replaced(state.registrations, folded.registrations, "registration_id"),
        pa.concat_tables([state.uses, folded.uses]).combine_chunks(),
        state.aliases,
        pa.concat_tables([state.log, folded.log.select(state.log.column_names)]).combine_chunks(),
    )


def joined(states: list[State]) -> State:
    """Several states of different buckets as one."""
    parts = {
        f.name: pa.concat_tables([getattr(state, f.name) for state in states]).combine_chunks()
        for f in fields(State)
    }
    return State(**parts)


def replaced(kept: pa.Table, new: pa.Table, key: str) -> pa.Table:
    """Rows with new ones in the place of those with the same key, in order of the key."""
    old = pc.is_in(kept.column(key), value_set=new.column(key).combine_chunks())
    together = pa.concat_tables([kept.filter(pc.invert(old)), new])
    return together.sort_by(key).combine_chunks()
