"""Differences of schemas of a library, made by hand, and their comparison."""

from pathlib import Path
from typing import Any

from schemas.compare.difference import Comparison, Difference, Effect, Kind, Location, Witness

KEEPS, BREAKS, REVIEW = Effect.KEEPS, Effect.BREAKS, Effect.REVIEW

DOCUMENT = "<Library>\n  <Book>\n    <Genre>poésie</Genre>\n  </Book>\n</Library>\n".encode()
GENRE = "/Library/Book/Genre"


def difference(
    kind: Kind = Kind.ENUMERATION_REMOVED,
    reader: Effect = BREAKS,
    writer: Effect = KEEPS,
    place: str = GENRE,
    **told: Any,
) -> Difference:
    """A code of the genre of a book that is no longer allowed, unless told otherwise."""
    given = {"about": place.rpartition("/")[2], "places": (place,)} | told
    return Difference(kind=kind, reader=reader, writer=writer, **given)


NARROWED = difference(
    number="00123",
    parent="Book",
    parent_number="00012",
    places=(GENRE, "/Library/Loan/Book/Genre"),
    old="novel, poésie",
    new="novel",
    reader_witness=Witness(DOCUMENT, "Element 'Genre': 'poésie' is not accepted.", 3),
    old_at=Location(Path("library.xsd"), 12),
    new_at=Location(Path("library.xsd"), 14),
)
WIDENED = difference(
    Kind.CHILD_ADDED, KEEPS, BREAKS, "/Library/Book/Weight", new="0..1", unproved="too deep"
)
UNDECIDED = difference(
    Kind.PATTERN_CHANGED, REVIEW, REVIEW, "/Library/@code", old=r"\w+", new=r"\i+", reason="\\i"
)
BROKEN = difference(
    Kind.CHILD_REMOVED, BREAKS, BREAKS, "/Library/Owner", old="1..1",
    old_at=Location(Path("library.xsd"), 30),
)  # fmt: skip
TEXT = difference(Kind.DOCUMENTATION_CHANGED, KEEPS, KEEPS, old="a book", new="A book.")

ALL = (UNDECIDED, NARROWED, WIDENED, TEXT, BROKEN)


def comparison(*differences: Difference, new: str = "library.xsd") -> Comparison:
    return Comparison("HEAD~1:library.xsd", new, ("Library",), differences)
