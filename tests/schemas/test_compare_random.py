"""What a comparison says of two random schemas, libxml2 agrees with on random documents.

``KWARTAAL_FUZZ_SECONDS`` sets how long each test tries, ``KWARTAAL_FUZZ_SEED`` which schemas.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from drawing import Drawing
from drawn import Drawn, Group, content_of, elements, particles
from drawn_documents import Documents
from drawn_texts import Texts
from edits import edited
from lxml import etree
from written import write

from schemas.compare.comparison import compare_schemas
from schemas.compare.component import Schema
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Witness
from schemas.model import SchemaError

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "2.5"))
SEED = os.environ.get("KWARTAAL_FUZZ_SEED", "")
DOCUMENTS = 40
"""Documents of each side of a comparison."""


@dataclass(frozen=True)
class Side:
    """A schema as it was drawn, and as it was read back from its file."""

    drawn: Drawn
    read: Schema

    def accepts(self, document: etree._Element) -> bool:
        return bool(self.read.compiled.validate(document))

    @property
    def text(self) -> str:
        return self.read.path.read_text()


def has_never_in_a_choice(schema: Drawn) -> bool:
    """A particle that occurs never is no option of a choice, says the specification, and so does
    the comparison; libxml2 and xmlschema both take it for one that is empty."""
    found = [p.term for e in elements(schema.root) for p in particles(content_of(e))]
    choices = [term for term in found if isinstance(term, Group) and term.kind == "choice"]
    return any(part.high == 0 for choice in choices for part in choice.parts)


def side_of(drawn: Drawn, path: Path, rng: random.Random | None = None) -> Side | None:
    """None for what is no schema."""
    if has_never_in_a_choice(drawn):
        return None
    write(drawn, path, rng)
    try:
        return Side(drawn, Schema(path))
    except SchemaError:
        return None


def pairs(rng: random.Random, folder: Path) -> Iterator[tuple[Side, Side]]:
    """Schemas before and after one to three edits."""
    for number in count():
        old = side_of(Drawing(rng).schema(), folder / f"old{number}.xsd")
        for _ in range(3) if old is not None else ():
            assert old is not None
            changed = old.drawn
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                changed = edited(changed, rng)
            new = side_of(changed, folder / f"new{number}.xsd")
            if new is not None:
                yield old, new


def compared(old: Side, new: Side) -> Comparison:
    return compare_schemas(old.read, new.read, ("old", "new"))


def told(old: Side, new: Side, comparison: Comparison) -> str:
    """Both schemas and what was said of them, for a failing test."""
    lines = [
        f"{d.kind} {d.path} {d.old} -> {d.new}: {d.reader}, {d.writer} {d.reason} {d.unproved}"
        for d in comparison.differences
    ]
    return "\n".join((old.text, new.text, *lines))


def is_disputed(document: etree._Element, good: Side, bad: Side) -> bool:
    """Whether xmlschema sees a document otherwise than libxml2: then it shows nothing."""
    return not good.read.xsd.is_valid(document) or bool(bad.read.xsd.is_valid(document))


def effect_of(difference: Difference, *, is_reader: bool) -> Effect:
    return difference.reader if is_reader else difference.writer


def broken_paths(bad: Side) -> set[str]:
    """The paths of the elements that the last document was refused for."""
    found = set()
    for error in bad.read.compiled.error_log:
        path = re.sub(r"\[\d+\]|\{[^}]*\}|\b\w+:", "", str(error.path))
        found.add(path)
    return found


def fits(difference: Difference, paths: set[str]) -> bool:
    """Whether a difference is at an element that is refused, at its parent, or at a neighbour."""
    if difference.is_cut:
        return True
    near = {*paths, *(path.rpartition("/")[0] for path in paths)}
    return any(
        place in paths or place.rpartition("/")[0] in near or place in near
        for place in difference.places
    )


def check_broken(
    documents: Documents, good: Side, bad: Side, comparison: Comparison, *, is_reader: bool
) -> Counter[str]:
    """A document of one side that the other refuses: the comparison must say so, and where."""
    found: Counter[str] = Counter()
    open_to = [d for d in comparison.differences if effect_of(d, is_reader=is_reader) != "keeps"]
    for _ in range(DOCUMENTS):
        document = etree.fromstring(documents.document())
        if not good.accepts(document):
            found["invalid"] += 1
            continue
        found["valid"] += 1
        if bad.accepts(document):
            continue
        text = etree.tostring(document).decode()
        paths = broken_paths(bad)
        error = bad.read.compiled.error_log[0]
        if any(fits(difference, paths) for difference in open_to):
            found["broken"] += 1
            continue
        if is_disputed(document, good, bad):
            found["disputed"] += 1
            continue
        sides = (good, bad) if is_reader else (bad, good)
        raise AssertionError(f"{text}\n{error.message} {paths}\n{told(*sides, comparison)}")
    return found


def check_witnesses(old: Side, new: Side, comparison: Comparison) -> None:
    for difference in comparison.differences:
        told_of = (difference.reader_witness, old, new), (difference.writer_witness, new, old)
        for witness, good, bad in told_of:
            if witness is not None:
                check_witness(witness, good, bad)
        assert difference.reader_witness is None or difference.reader is Effect.BREAKS
        assert difference.writer_witness is None or difference.writer is Effect.BREAKS


def check_witness(witness: Witness, good: Side, bad: Side) -> None:
    document = etree.fromstring(witness.document)
    assert good.accepts(document), witness
    assert not bad.accepts(document), witness
    errors = [(error.message, error.line) for error in bad.read.compiled.error_log]
    assert (witness.error, witness.line) in errors, witness


def tried(rng: random.Random, folder: Path) -> Counter[str]:
    """Compare one pair after the other until the time is over; what was seen."""
    seen: Counter[str] = Counter()
    until, texts = monotonic() + SECONDS, Texts()
    for old, new in pairs(rng, folder):
        comparison = compared(old, new)
        check_witnesses(old, new, comparison)
        for good, bad, is_reader in ((old, new, True), (new, old, False)):
            documents = Documents(good.drawn, bad.drawn, rng, texts)
            found = check_broken(documents, good, bad, comparison, is_reader=is_reader)
            effect = comparison.reader if is_reader else comparison.writer
            witnessed = any(
                d.reader_witness if is_reader else d.writer_witness for d in comparison.differences
            )
            shown = bool(found["broken"])
            seen += found
            seen["sides"] += 1
            seen[f"{effect}{' shown' * shown}{' witnessed' * witnessed}"] += 1
        seen.update(d.kind for d in comparison.differences)
        if monotonic() > until:
            return seen
    raise AssertionError("pairs never end")


def test_broken_documents_are_foretold(tmp_path: Path) -> None:
    seen = tried(random.Random(f"pairs {SEED}"), tmp_path)
    assert seen["valid"] > seen["invalid"] / 4
    assert seen["broken"] > 0.02 * seen["valid"]
    assert seen["disputed"] < 20 + 0.01 * seen["valid"]
    assert seen["review"] < 4 + 0.1 * seen["sides"]
    assert {Kind.OCCURRENCE_CHANGED, Kind.CHILD_ADDED} & set(seen)


def test_the_same_written_in_other_ways_breaks_nothing(tmp_path: Path) -> None:
    """Prefixes, order of globals, named or inline types, groups, files, white space, comments."""
    rng, compared_pairs = random.Random(f"ways {SEED}"), 0
    until = monotonic() + SECONDS / 2
    for number in count():
        drawn = Drawing(rng).schema()
        one = side_of(drawn, tmp_path / f"one{number}.xsd")
        two = side_of(drawn, tmp_path / f"two{number}.xsd", rng) if one is not None else None
        if one is not None:
            assert compared(one, one).differences == ()
        if one is not None and two is not None:
            comparison = compared(one, two)
            effects = comparison.reader, comparison.writer
            assert effects == (Effect.KEEPS, Effect.KEEPS), told(one, two, comparison)
            compared_pairs += 1
        if monotonic() > until:
            break
    assert compared_pairs > 2


def written(content: str, path: Path, *, attributes: str = "") -> Path:
    start = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"'
    path.write_text(f"{start} {attributes}>{content}</xs:schema>")
    return path


def counted(inner: int, outer: int) -> str:
    part = f'<xs:element name="a" type="xs:string" minOccurs="{inner}" maxOccurs="{inner}"/>'
    group = f'<xs:sequence minOccurs="{outer}" maxOccurs="{outer}">{part}</xs:sequence>'
    whole = f"<xs:sequence>{group}</xs:sequence>"
    return f'<xs:element name="R"><xs:complexType>{whole}</xs:complexType></xs:element>'


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ((51, 2), (120, 1), False),
        ((51, 2), (102, 1), True),
        ((60, 2), (120, 1), True),
        ((2, 60), (1, 120), True),
        ((300, 1), (300, 1), True),
        ((5_000_000, 1), (5_000_001, 1), False),
    ],
)
def test_counts_multiply(
    tmp_path: Path, old: tuple[int, int], new: tuple[int, int], is_same: bool
) -> None:
    sides = [
        Schema(written(counted(*counts), tmp_path / f"{name}.xsd"))
        for name, counts in (("old", old), ("new", new))
    ]
    found = compare_schemas(sides[0], sides[1], ("old", "new"))
    wanted = Effect.KEEPS if is_same else Effect.BREAKS
    assert (found.reader, found.writer) == (wanted, wanted)


def typed(properties: str) -> str:
    return f'<xs:element name="R" type="xs:integer" {properties}/>'


@pytest.mark.parametrize(
    ("old", "new", "effects"),
    [
        ("", 'fixed="1"', (Effect.BREAKS, Effect.BREAKS)),
        ('fixed="1"', 'default="1"', (Effect.KEEPS, Effect.BREAKS)),
        ('default="1"', "", (Effect.BREAKS, Effect.KEEPS)),
        ('default="1"', 'default="2"', (Effect.KEEPS, Effect.KEEPS)),
    ],
)
def test_an_element_with_a_fixed_value_may_be_empty(
    tmp_path: Path, old: str, new: str, effects: tuple[Effect, Effect]
) -> None:
    sides = [
        Schema(written(typed(properties), tmp_path / f"{name}.xsd"))
        for name, properties in (("old", old), ("new", new))
    ]
    found = compare_schemas(sides[0], sides[1], ("old", "new"))
    assert (found.reader, found.writer) == effects
    assert all(d.unproved is None for d in found.differences)


def test_what_is_referred_to_is_no_root(tmp_path: Path) -> None:
    """Neither in a namespace, nor where a file refers to it that is included."""
    root = '<xs:element name="R" type="t:T"/>'
    inner = '<xs:element name="a" type="xs:string"/>'
    kind = '<xs:sequence><xs:element ref="t:a"/></xs:sequence>'
    names = 'xmlns:t="urn:drawn" targetNamespace="urn:drawn"'
    more = f'<xs:complexType name="T">{kind}</xs:complexType>{inner}'
    written(more, tmp_path / "more.xsd", attributes=names)
    included = '<xs:include schemaLocation="more.xsd"/>'
    schema = Schema(written(f"{included}{root}", tmp_path / "one.xsd", attributes=names))
    assert [name.rpartition("}")[2] for name in schema.tops] == ["R"]


def test_a_fixed_value_where_a_pattern_admits_whole_numbers_only(tmp_path: Path) -> None:
    facets = '<xs:minExclusive value="10.05"/><xs:pattern value="[0-9]+"/>'
    kind = f'<xs:restriction base="xs:decimal">{facets}</xs:restriction>'
    sides = []
    for name, properties in (("old", ""), ("new", 'fixed="12"')):
        element = f'<xs:element name="R" {properties}><xs:simpleType>{kind}</xs:simpleType>'
        sides.append(Schema(written(f"{element}</xs:element>", tmp_path / f"{name}.xsd")))
    found = compare_schemas(sides[0], sides[1], ("old", "new"))
    assert found.reader is Effect.BREAKS
    assert found.differences[0].unproved is None
