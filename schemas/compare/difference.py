"""The vocabulary of a comparison of two schemas: differences, what they break, what proves it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Effect(StrEnum):
    """What a difference does to the documents of one side when the other side judges them."""

    KEEPS = "keeps"
    """Every document stays valid as far as this difference goes."""
    BREAKS = "breaks"
    """Some document is refused for it."""
    REVIEW = "review"
    """Not decided: a person has to look. ``Difference.reason`` says what could not be decided."""


class Verdict(StrEnum):
    """Both effects of a difference as one word."""

    NONE = "none"
    """The same documents are valid: another way to write it, a text, a declaration nobody uses."""
    WIDENING = "widening"
    """Old documents stay valid; new ones may be refused by the old schema."""
    NARROWING = "narrowing"
    """Old documents may be refused; whatever the new schema accepts, the old one does too."""
    BREAKING = "breaking"
    """Documents of both sides may be refused by the other."""
    REVIEW = "review"


class Life(StrEnum):
    """A step in the life of a zone: reserved (0..0), active, retired (0..0), removed.

    ``ACTIVATED`` and ``REACTIVATED`` differ by history only: whether an earlier release had it in
    use. Without a history a zone that leaves 0..0 is ``ACTIVATED``.
    """

    RESERVED = "reserved"
    ADDED = "added"
    ACTIVATED = "activated"
    REACTIVATED = "reactivated"
    RETIRED = "retired"
    REMOVED = "removed"


class Kind(StrEnum):
    """What changed. The value is the stable name in JSON, in policies and in SARIF."""

    # of whole schemas
    NAMESPACE_CHANGED = "namespace-changed"
    ROOT_ADDED = "root-added"
    ROOT_REMOVED = "root-removed"
    DECLARATION_ADDED = "declaration-added"
    DECLARATION_REMOVED = "declaration-removed"
    # of the content of an element
    CHILD_ADDED = "child-added"
    CHILD_REMOVED = "child-removed"
    CHILD_RENAMED = "child-renamed"
    CHILD_MOVED = "child-moved"
    OCCURRENCE_CHANGED = "occurrence-changed"
    STRUCTURE_CHANGED = "structure-changed"
    SUBSTITUTES_CHANGED = "substitutes-changed"
    WILDCARD_ADDED = "wildcard-added"
    WILDCARD_REMOVED = "wildcard-removed"
    WILDCARD_CHANGED = "wildcard-changed"
    CONTENT_KIND_CHANGED = "content-kind-changed"
    MIXED_CHANGED = "mixed-changed"
    # of an element or an attribute
    NILLABLE_CHANGED = "nillable-changed"
    DEFAULT_CHANGED = "default-changed"
    FIXED_CHANGED = "fixed-changed"
    ABSTRACT_CHANGED = "abstract-changed"
    SUBSTITUTION_CHANGED = "substitution-changed"
    ATTRIBUTE_ADDED = "attribute-added"
    ATTRIBUTE_REMOVED = "attribute-removed"
    ATTRIBUTE_USE_CHANGED = "attribute-use-changed"
    ATTRIBUTE_WILDCARD_CHANGED = "attribute-wildcard-changed"
    KEY_ADDED = "key-added"
    KEY_REMOVED = "key-removed"
    KEY_CHANGED = "key-changed"
    # of the values of a simple type
    BASE_CHANGED = "base-changed"
    VARIETY_CHANGED = "variety-changed"
    MEMBERS_CHANGED = "members-changed"
    ENUMERATION_INTRODUCED = "enumeration-introduced"
    ENUMERATION_DROPPED = "enumeration-dropped"
    ENUMERATION_ADDED = "enumeration-added"
    ENUMERATION_REMOVED = "enumeration-removed"
    MINIMUM_CHANGED = "minimum-changed"
    MAXIMUM_CHANGED = "maximum-changed"
    LENGTH_CHANGED = "length-changed"
    MIN_LENGTH_CHANGED = "min-length-changed"
    MAX_LENGTH_CHANGED = "max-length-changed"
    TOTAL_DIGITS_CHANGED = "total-digits-changed"
    FRACTION_DIGITS_CHANGED = "fraction-digits-changed"
    PATTERN_CHANGED = "pattern-changed"
    WHITESPACE_CHANGED = "whitespace-changed"
    # of what is told about it
    NUMBER_CHANGED = "number-changed"
    DOCUMENTATION_CHANGED = "documentation-changed"
    # of code lists and tables of checks
    ENTRY_ADDED = "entry-added"
    ENTRY_REMOVED = "entry-removed"
    ENTRY_CLOSED = "entry-closed"
    ENTRY_REOPENED = "entry-reopened"
    VALIDITY_CHANGED = "validity-changed"
    ENTRY_CHANGED = "entry-changed"
    PRESENCE_CHANGED = "presence-changed"
    SEVERITY_CHANGED = "severity-changed"
    SPELLING_CHANGED = "spelling-changed"
    COLUMN_ADDED = "column-added"
    COLUMN_REMOVED = "column-removed"


OF_LISTS = frozenset(
    (
        Kind.ENTRY_ADDED,
        Kind.ENTRY_REMOVED,
        Kind.ENTRY_CLOSED,
        Kind.ENTRY_REOPENED,
        Kind.VALIDITY_CHANGED,
        Kind.ENTRY_CHANGED,
        Kind.PRESENCE_CHANGED,
        Kind.SEVERITY_CHANGED,
        Kind.SPELLING_CHANGED,
        Kind.COLUMN_ADDED,
        Kind.COLUMN_REMOVED,
    )
)
"""Kinds that only code lists and tables of checks have (``schemas.compare.lists``)."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a declaration stands. ``line`` counts from 1."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A document that one schema accepts and the other refuses, found so by both.

    ``error`` is what the refusing schema says of it, ``line`` where in ``document`` (UTF-8).
    """

    document: bytes
    error: str
    line: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between an old and a new schema.

    ``about``: name of the element, attribute (``@name``) or type that changed. ``number``: the
    number that its annotation gives, if any. ``parent`` and ``parent_number``: the element that it
    stands in. ``places``: paths of the documents that it shows in (``/Root/Block/Zone``,
    ``/Root/@attribute``), shortest first; empty for what no document can reach; ``is_cut`` when
    there are more. ``old`` and ``new``: as a person reads them (``0..1``, ``13, 14``); None where
    there is none.

    ``reader``: are documents of the old schema still valid under the new one. ``writer``: are
    documents of the new schema valid under the old one. Each BREAKS has its witness or the reason
    why there is none, in ``unproved``.
    """

    kind: Kind
    about: str
    reader: Effect
    writer: Effect
    number: str | None = None
    parent: str | None = None
    parent_number: str | None = None
    places: tuple[str, ...] = ()
    is_cut: bool = False
    old: str | None = None
    new: str | None = None
    life: Life | None = None
    reason: str | None = None
    reader_witness: Witness | None = None
    writer_witness: Witness | None = None
    unproved: str | None = None
    old_at: Location | None = None
    new_at: Location | None = None

    @property
    def path(self) -> str:
        """Where it shows first in a document; the bare name of what no document reaches."""
        return self.places[0] if self.places else self.about

    @property
    def verdict(self) -> Verdict:
        return _VERDICTS.get((self.reader, self.writer), Verdict.REVIEW)

    @property
    def id(self) -> str:
        """Stable name of this change of this declaration, for waivers and for tools that track
        findings: twelve hexadecimal digits of kind, path, old and new."""
        text = "\n".join((self.kind, self.path, self.old or "", self.new or ""))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, Any]:
        """The difference for JSON; what does not apply is left out."""
        told = {
            "id": self.id,
            "kind": self.kind.value,
            "path": self.path,
            "about": self.about,
            "number": self.number,
            "parent": self.parent,
            "parent_number": self.parent_number,
            "places": list(self.places),
            "more_places": self.is_cut or None,
            "old": self.old,
            "new": self.new,
            "verdict": self.verdict.value,
            "reader": self.reader.value,
            "writer": self.writer.value,
            "life": self.life.value if self.life else None,
            "reason": self.reason,
            "reader_witness": _told(self.reader_witness),
            "writer_witness": _told(self.writer_witness),
            "unproved": self.unproved,
            "old_at": _located(self.old_at),
            "new_at": _located(self.new_at),
        }
        return {key: value for key, value in told.items() if value is not None}


_VERDICTS: Mapping[tuple[Effect, Effect], Verdict] = {
    (Effect.KEEPS, Effect.KEEPS): Verdict.NONE,
    (Effect.KEEPS, Effect.BREAKS): Verdict.WIDENING,
    (Effect.BREAKS, Effect.KEEPS): Verdict.NARROWING,
    (Effect.BREAKS, Effect.BREAKS): Verdict.BREAKING,
}


@dataclass(frozen=True)
class Comparison:
    """All differences between two schemas, in document order of where they show first.

    ``old`` and ``new`` are the labels that a person gave (a file, a release, a revision); ``roots``
    the root elements that were compared.
    """

    old: str
    new: str
    roots: tuple[str, ...]
    differences: tuple[Difference, ...] = field(default=())

    @property
    def reader(self) -> Effect:
        """Whether documents of the old schema stay valid: the worst of all differences."""
        return _worst(difference.reader for difference in self.differences)

    @property
    def writer(self) -> Effect:
        """Whether documents of the new schema pass the old one: the worst of all differences."""
        return _worst(difference.writer for difference in self.differences)

    @property
    def verdict(self) -> Verdict:
        return _VERDICTS.get((self.reader, self.writer), Verdict.REVIEW)

    def as_dict(self) -> dict[str, Any]:
        return {
            "old": self.old,
            "new": self.new,
            "roots": list(self.roots),
            "verdict": self.verdict.value,
            "reader": self.reader.value,
            "writer": self.writer.value,
            "differences": [difference.as_dict() for difference in self.differences],
        }


def _worst(effects: Iterable[Effect]) -> Effect:
    found = set(effects)
    order = (Effect.BREAKS, Effect.REVIEW)
    return next((effect for effect in order if effect in found), Effect.KEEPS)


def _told(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    text = witness.document.decode()
    return {"document": text, "error": witness.error, "line": witness.line}


def _located(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else {"file": str(location.file), "line": location.line}
