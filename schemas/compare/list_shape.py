"""What the columns of a list mean, and so what a change in one of them breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from schemas.compare.difference import Effect, Kind
from schemas.compare.listing import ListError, Listing

_KEEPS, _BREAKS, _REVIEW = Effect.KEEPS, Effect.BREAKS, Effect.REVIEW

Effects = tuple[Effect, Effect, str | None]
"""Of old documents, of new documents, and why or how."""


@dataclass(frozen=True)
class Shape:
    """What the columns of a list mean; what is left empty is found by the names of the columns.

    ``key``: columns that name an entry, together. ``numbers``: those of them whose leading zeros
    do not count. ``valid_from``, ``valid_to``: first and last day, month, quarter or year.
    ``severity``: column of a table of checks; ``levels``: its values from lenient to strict, the
    last of which refuses a document (or those in ``refusing``). ``texts``: columns, with ``*`` and
    ``?``, that only explain. ``ignored``: columns that are not compared.
    """

    key: Sequence[str] = ()
    numbers: Sequence[str] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    severity: str | None = None
    levels: Sequence[str] = ()
    refusing: Sequence[str] = ()
    texts: Sequence[str] = ()
    ignored: Sequence[str] = ()

    def is_text(self, column: str) -> bool:
        return _matches(column, self.texts)

    def is_ignored(self, column: str) -> bool:
        return _matches(column, self.ignored)


_KEYS = ("code", "id", "key")
_FROM = ("valid_from", "valid_since", "from_date", "start_date", "from", "start", "since")
_TO = ("valid_to", "valid_until", "valid_till", "to_date", "end_date", "until", "end")
_TEXTS = ("*description*", "*label*", "*title*", "*remark*", "*comment*", "*note*", "*meaning*")

_PRESENT, _ABSENT = frozenset(("present",)), frozenset(("absent",))
_PRESENCE = {
    **dict.fromkeys(("mandatory", "required", "obligatoire", "verplicht"), _PRESENT),
    **dict.fromkeys(("optional", "optionnel", "facultatif", "optioneel"), _PRESENT | _ABSENT),
    **dict.fromkeys(("forbidden", "prohibited", "interdit", "verboden"), _ABSENT),
    # what it depends on is not said
    **dict.fromkeys(("conditional", "conditionnel", "voorwaardelijk"), frozenset[str]()),
}


def resolved(shape: Shape, old: Listing, new: Listing) -> Shape:
    both = [column for column in old.columns if column in new.columns]
    told = (*shape.key, *shape.numbers, shape.valid_from, shape.valid_to, shape.severity)
    for column in filter(None, told):
        for listing in (old, new):
            if column not in listing.columns:
                known = ", ".join(listing.columns)
                raise ListError(f"{listing.path.name} has no column {column!r}: it has {known}")
    levels = tuple(shape.levels)
    return replace(
        shape,
        key=tuple(shape.key) or _guessed_key(old, both),
        valid_from=shape.valid_from or _named(both, _FROM),
        valid_to=shape.valid_to or _named(both, _TO),
        severity=shape.severity or ("severity" if "severity" in both else None),
        refusing=tuple(shape.refusing) or levels[-1:],
        texts=(*shape.texts, *_TEXTS),
    )


def _named(columns: Sequence[str], names: Iterable[str]) -> str | None:
    """The first column of one of the names, or that begins with one."""
    exact = [name for name in names if name in columns]
    return next(iter((*exact, *(c for n in names for c in columns if c.startswith(f"{n}_")))), None)


def _guessed_key(old: Listing, columns: Sequence[str]) -> tuple[str, ...]:
    exact = next((name for name in _KEYS if name in columns), None)
    ends = (column for column in columns if column.endswith(tuple(f"_{name}" for name in _KEYS)))
    found = exact or next(ends, None)
    if found is None:
        known = ", ".join(old.columns)
        raise ListError(f"say which columns name an entry of {old.path.name}: it has {known}")
    return (found,)


def effect_of_value(shape: Shape, column: str, old: str, new: str) -> tuple[Kind, Effects]:
    """What a change of a value in a column is, and what it breaks."""
    if column == shape.severity:
        return Kind.SEVERITY_CHANGED, _severity(shape, old, new)
    if shape.is_text(column):
        return Kind.ENTRY_CHANGED, (_KEEPS, _KEEPS, None)
    before, after = _PRESENCE.get(old.lower()), _PRESENCE.get(new.lower())
    if before is not None and after is not None:
        return Kind.PRESENCE_CHANGED, _presence(before, after)
    reason = f"what {column} means for a document is not known"
    return Kind.ENTRY_CHANGED, (_REVIEW, _REVIEW, reason)


def _severity(shape: Shape, old: str, new: str) -> Effects:
    levels = list(shape.levels)
    if old not in levels or new not in levels:
        return _REVIEW, _REVIEW, "which of the two severities is the stricter is not said"
    word = "stricter" if levels.index(new) > levels.index(old) else "more lenient"
    refused, refuses = (level in shape.refusing for level in (old, new))
    if refused == refuses:
        how = "both refuse" if refuses else "neither refuses"
        return _KEEPS, _KEEPS, f"{word}, though {how} a document"
    if refuses:
        return _BREAKS, _KEEPS, f"{word}: what was reported refuses now"
    return _KEEPS, _BREAKS, f"{word}: what refused is reported now"


def effect_of_loss(shape: Shape, severities: set[str], reason: str) -> Effects:
    """What it does that entries go: of codes, to documents that use them; of checks that refuse
    documents, to nobody, but what passes now would have been refused."""
    if shape.severity is None:
        return _BREAKS, _KEEPS, reason
    if not shape.levels or not severities <= set(shape.levels):
        return _REVIEW, _REVIEW, f"{reason}; which severities refuse a document is not said"
    if severities & set(shape.refusing):
        return _KEEPS, _BREAKS, reason
    return _KEEPS, _KEEPS, f"{reason}; it reports, and refuses no document"


def effect_of_gain(shape: Shape, severities: set[str], reason: str) -> Effects:
    """What it does that entries come: the reverse."""
    writer, reader, told = effect_of_loss(shape, severities, reason)
    return reader, writer, told


def _presence(before: frozenset[str], after: frozenset[str]) -> Effects:
    if not before or not after:
        return _REVIEW, _REVIEW, "conditional: when it has to be there is not said"
    return (
        _KEEPS if before <= after else _BREAKS,
        _KEEPS if after <= before else _BREAKS,
        None,
    )


def _matches(column: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(column.lower(), pattern.lower()) for pattern in patterns)
