"""Which messages can meet: those of one cluster are judged in turn, others whenever.

A message meets what the one before did where both are about one period, or about periods of the
same employer, worker and type that may run at the same time, or day after day where days are
counted. A worker with thousands of short periods so has thousands of clusters, not one.
"""

import numpy as np

from transforms.dimona.store import NULL, Store
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.turns import turns

_ALWAYS = 1 << 40
"""A day after all others: the end of what has none."""

_COUNTED = "EXT"
"""Type of worker whose days in a row are counted: a day's distance is none."""


def clusters(store: Store, slots: Whole, messages: Columns) -> tuple[Whole, Whole]:
    """The cluster of each slot, and of each message (which names ``slots``, -1 for none).

    Clusters are numbers from 0. A message without a slot is a cluster of its own.
    """
    first, last = _spans(store, slots, messages)
    groups, alone = _groups(store)
    order = np.lexsort((first, groups))
    reach = _running_ends(groups[order], last[order])
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (np.diff(groups[order]) != 0) | (first[order][1:] > reach[:-1])
    begins |= alone[order]
    of_slot = np.empty(len(order), dtype=np.int64)
    of_slot[order] = np.cumsum(begins) - 1
    of_message = len(store) + np.arange(len(messages))
    named = slots >= 0
    of_message[named] = of_slot[slots[named]]
    return of_slot, of_message


def in_turns(of_message: Whole) -> list[Whole]:
    """Messages in turns, in each of which a cluster comes once at most."""
    _, dense = np.unique(of_message, return_inverse=True)
    return list(turns(dense.astype(np.int64)))


def _spans(store: Store, slots: Whole, messages: Columns) -> tuple[Whole, Whole]:
    """First and last day that each slot has, or may have after any of the messages."""
    first = store.values["starting_date"].copy()
    last = store.values["ending_date"].copy()
    last[last == NULL] = _ALWAYS
    named = slots >= 0
    for name in ("starting_date", "ending_date"):
        said = named & messages.numeric(name)
        days = messages.numbers(name)[said]
        np.minimum.at(first, slots[said], days)
        np.maximum.at(last, slots[said], days)
    types, values = Columns(store.fixed).codes("worker_type")
    if _COUNTED in values:
        last += types == values.index(_COUNTED)
    return first, np.maximum(first, last)


def _groups(store: Store) -> tuple[Whole, Mask]:
    """A number for each employer, worker and type; and which slots have no worker or employer."""
    columns = Columns(store.fixed)
    alone = np.zeros(len(store), dtype=np.bool_)
    groups = np.zeros(len(store), dtype=np.int64)
    for name in ("employer", "inss", "worker_type"):
        codes, values = columns.codes(name)
        _, groups = np.unique(groups * (len(values) + 1) + codes + 1, return_inverse=True)
        groups = groups.astype(np.int64)
        if name != "worker_type":
            alone |= codes < 0
    return groups, alone


def _running_ends(groups: Whole, last: Whole) -> Whole:
    """The latest last day of each group so far, rows being in order of group and first day."""
    # Days fit in 41 bits, so that one running maximum serves all groups.
    shifted = groups * (_ALWAYS << 1) + last
    found: Whole = np.maximum.accumulate(shifted) - groups * (_ALWAYS << 1)
    return found


class Members:
    """The slots of clusters."""

    def __init__(self, of_slot: Whole) -> None:
        self._order = np.argsort(of_slot, kind="stable")
        self._sorted = of_slot[self._order]

    def of(self, wanted: Whole) -> Whole:
        """All slots of some clusters, each once."""
        first = np.searchsorted(self._sorted, wanted, "left")
        count = np.searchsorted(self._sorted, wanted, "right") - first
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        found: Whole = self._order[np.repeat(first, count) + within]
        return found
