"""What changed between two releases of a code list or of a table of checks, and what it breaks.

The outcome is that of two schemas: a code that is closed narrows what documents may say, from a
date on; a check that became blocking refuses documents that passed. What a column means for
documents is known of validity, presence and severity only; any other is for a person to look at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

from schemas.compare.difference import Comparison, Difference, Effect, Kind, Life, Location
from schemas.compare.list_entries import Entry, Key, Side, bare, spelled
from schemas.compare.list_shape import (
    Effects,
    Shape,
    effect_of_gain,
    effect_of_loss,
    effect_of_value,
    resolved,
)
from schemas.compare.listing import read_listing
from schemas.compare.validity import ALWAYS, Period, merged, without

_BREAKS, _REVIEW = Effect.BREAKS, Effect.REVIEW
_UNPROVED = "it follows from the list: there is no schema that could show it"


def compare_lists(
    old: Path,
    new: Path,
    *,
    shape: Shape | None = None,
    labels: tuple[str, str] | None = None,
    encoding: str = "utf-8",
) -> Comparison:
    """Compare two releases of a list, CSV or YAML; ``ListError`` for one that cannot be."""
    before, after = read_listing(old, encoding), read_listing(new, encoding)
    meant = resolved(shape or Shape(), before, after)
    lists = _Lists(meant, Side(before, meant), Side(after, meant))
    names = labels or (old.name, new.name)
    return Comparison(*names, (), tuple(lists.differences()))


@dataclass(frozen=True)
class _Lists:
    shape: Shape
    old: Side
    new: Side

    def differences(self) -> Iterator[Difference]:
        yield from self._columns()
        respelled = self._respelled()
        yield from self._spelling(respelled)
        met = set(respelled.values())
        for key, entries in self.old.entries.items():
            now = self.new.entries.get(respelled.get(key, key))
            if now is None:
                yield self._removed(key, entries)
            else:
                yield from self._validity(key, entries, now)
                yield from self._values(key, entries, now)
        for key, entries in self.new.entries.items():
            if key not in self.old.entries and key not in met:
                yield self._added(key, entries)

    def _columns(self) -> Iterator[Difference]:
        before, after = self.old.listing.columns, self.new.listing.columns
        for column in (c for c in before if c not in after):
            yield self._of_list(Kind.COLUMN_REMOVED, column, column, None)
        for column in (c for c in after if c not in before):
            yield self._of_list(Kind.COLUMN_ADDED, column, None, column)

    def _of_list(self, kind: Kind, about: str, old: str | None, new: str | None) -> Difference:
        return Difference(
            kind,
            about,
            _REVIEW,
            _REVIEW,
            parent=self.new.listing.path.stem,
            old=old,
            new=new,
            reason="what the column means for a document is not known",
            old_at=Location(self.old.listing.path, 1),
            new_at=Location(self.new.listing.path, 1),
        )

    def _respelled(self) -> dict[Key, Key]:
        """Keys that only one side has, and that differ in leading zeros only."""
        gone = _by_bare(key for key in self.old.entries if key not in self.new.entries)
        come = _by_bare(key for key in self.new.entries if key not in self.old.entries)
        return {
            keys[0]: come[number][0]
            for number, keys in gone.items()
            if len(keys) == 1 and len(come.get(number, ())) == 1
        }

    def _spelling(self, respelled: dict[Key, Key]) -> Iterator[Difference]:
        if respelled:
            old, new = next(iter(respelled.items()))
            about = ", ".join(self.shape.key)
            found = self._of_list(Kind.SPELLING_CHANGED, about, spelled(old), spelled(new))
            reason = (
                f"{len(respelled)} of {len(self.old.entries)} entries are written with other"
                " leading zeros: are they compared as numbers or as text?"
            )
            yield replace(found, reason=reason)

    def _removed(self, key: Key, entries: Sequence[Entry]) -> Difference:
        until = max(entry.period.last for entry in entries)
        ended = "" if until == date.max else f"; it was valid until {until}"
        return self._difference(
            Kind.ENTRY_REMOVED,
            spelled(key),
            self._loss(entries, f"it is no longer listed{ended}"),
            (entries[-1], None),
            (self._described(entries[-1]), None),
            Life.REMOVED,
        )

    def _added(self, key: Key, entries: Sequence[Entry]) -> Difference:
        since = min(entry.period.first for entry in entries)
        reason = "it is listed now" if since == date.min else f"it is valid from {since}"
        return self._difference(
            Kind.ENTRY_ADDED,
            spelled(key),
            self._gain(entries, reason),
            (None, entries[-1]),
            (None, self._described(entries[-1])),
            Life.ADDED,
        )

    def _loss(self, entries: Sequence[Entry], reason: str) -> Effects:
        return effect_of_loss(self.shape, self._severities(entries), reason)

    def _gain(self, entries: Sequence[Entry], reason: str) -> Effects:
        return effect_of_gain(self.shape, self._severities(entries), reason)

    def _severities(self, entries: Sequence[Entry]) -> set[str]:
        column = self.shape.severity
        return {entry.row.values[column] for entry in entries} if column else set()

    # ------------------------------------------------------------------ validity

    def _validity(
        self, key: Key, old: Sequence[Entry], new: Sequence[Entry]
    ) -> Iterator[Difference]:
        before = merged(entry.period for entry in old)
        after = merged(entry.period for entry in new)
        shown = ", ".join(map(str, before)), ", ".join(map(str, after))
        for lost in without(before, after):
            kind = Kind.ENTRY_CLOSED if lost.last == before[-1].last else Kind.VALIDITY_CHANGED
            effects = self._loss(new, f"not valid any more {_within(lost)}")
            life = Life.RETIRED if kind is Kind.ENTRY_CLOSED else None
            pair = _pair(old, new, lost)
            yield self._difference(kind, spelled(key), effects, pair, shown, life)
        for gained in without(after, before):
            is_later = gained.first > before[-1].last
            kind = Kind.ENTRY_REOPENED if is_later else Kind.VALIDITY_CHANGED
            effects = self._gain(new, f"valid now {_within(gained)}")
            life = Life.REACTIVATED if is_later else None
            pair = _pair(old, new, gained)
            yield self._difference(kind, spelled(key), effects, pair, shown, life)

    # ------------------------------------------------------------------ other columns

    def _values(self, key: Key, old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Difference]:
        said: set[tuple[str, str, str]] = set()
        for before, after in product(old, new):
            both = before.period.overlap(after.period)
            if both is None:
                continue
            for column in self._compared(before, after):
                pair = before.row.values[column], after.row.values[column]
                if pair[0] != pair[1] and (column, *pair) not in said:
                    said.add((column, *pair))
                    yield self._value(key, column, (before, after), both)

    def _compared(self, old: Entry, new: Entry) -> Iterator[str]:
        """Columns to compare. Some lists say a bound twice, as a day and as a quarter: what goes
        with a bound that moved was told by it."""
        shape = self.shape
        bounds = [bound for bound in (shape.valid_from, shape.valid_to) if bound is not None]
        moved = [f"{b}_" for b in bounds if old.row.values[b] != new.row.values[b]]
        for column in self.new.listing.columns:
            is_old = column in self.old.listing.columns
            is_told = column in (*shape.key, *bounds) or column.startswith(tuple(moved))
            if is_old and not is_told and not shape.is_ignored(column):
                yield column

    def _value(self, key: Key, column: str, pair: tuple[Entry, Entry], both: Period) -> Difference:
        old, new = (entry.row.values[column] for entry in pair)
        about = spelled(key) if column == self.shape.severity else f"{spelled(key)}, {column}"
        kind, (reader, writer, reason) = effect_of_value(self.shape, column, old, new)
        when = None if both == ALWAYS else _within(both)
        told = "; ".join(filter(None, (reason, when))) or None
        return self._difference(
            kind, about, (reader, writer, told), pair, (old or None, new or None)
        )

    # ------------------------------------------------------------------ telling

    def _described(self, entry: Entry) -> str:
        """An entry for somebody who does not know it: severity, period, first text."""
        values = entry.row.values
        texts = (v for c, v in values.items() if self.shape.is_text(c) and v)
        parts = [values[self.shape.severity]] if self.shape.severity else []
        parts += [] if entry.period == ALWAYS else [str(entry.period)]
        return " ".join((*parts, next(texts, ""))).strip() or "listed"

    def _difference(
        self,
        kind: Kind,
        about: str,
        effects: Effects,
        pair: tuple[Entry | None, Entry | None],
        shown: tuple[str | None, str | None],
        life: Life | None = None,
    ) -> Difference:
        reader, writer, reason = effects
        before, after = pair
        return Difference(
            kind,
            about,
            reader,
            writer,
            parent=self.new.listing.path.stem,
            old=shown[0],
            new=shown[1],
            life=life,
            reason=reason,
            unproved=_UNPROVED if _BREAKS in (reader, writer) else None,
            old_at=self.old.at(before) if before else None,
            new_at=self.new.at(after) if after else None,
        )


def _pair(old: Sequence[Entry], new: Sequence[Entry], at: Period) -> tuple[Entry, Entry]:
    """The entries of both sides next to a period that one of them lacks."""
    return _next_to(old, at), _next_to(new, at)


def _next_to(entries: Sequence[Entry], at: Period) -> Entry:
    within = (entry for entry in entries if entry.period.overlap(at) is not None)
    before = [entry for entry in entries if entry.period.last < at.first]
    latest = max(before, key=lambda entry: entry.period.last, default=entries[0])
    return next(within, latest)


def _within(span: Period) -> str:
    if span.is_open:
        return "at any time" if span.first == date.min else f"from {span.first} on"
    if span.first == date.min:
        return f"until {span.last}"
    return f"from {span.first} to {span.last}"


def _by_bare(keys: Iterable[Key]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = {}
    for key in keys:
        found.setdefault(tuple(map(bare, key)), []).append(key)
    return found
