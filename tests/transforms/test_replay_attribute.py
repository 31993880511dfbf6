"""What libxml2 says of a document leads to the difference that it follows from, and to no other.

The schemas are about books, in a namespace: nothing of a declaration is assumed.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from schemas.compare.comparison import compare
from schemas.compare.difference import Difference, Effect, Kind
from schemas.given import Side
from transforms.replay.tally import Tally
from transforms.replay.verdict import Bench, Origin, count_tree, verdicts

SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:books"
    targetNamespace="urn:books" elementFormDefault="qualified">
  <xs:element name="Shelf">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Book" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="Title" type="xs:string"/>
              <xs:element name="Author" type="xs:string" minOccurs="0" maxOccurs="3"/>
              <xs:element name="Genre" type="Genre" minOccurs="0"/>
              <xs:element name="Pages" type="Pages" minOccurs="0" nillable="true"/>
              <xs:element ref="Note" minOccurs="0"/>
              <xs:any namespace="##other" processContents="skip" minOccurs="0"/>
            </xs:sequence>
            <xs:attribute name="isbn" type="Isbn"/>
            <xs:attribute name="shop" type="xs:string"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="Box" type="xs:string"/>
  <xs:element name="Note" type="xs:string"/>
  <xs:simpleType name="Genre">
    <xs:restriction base="xs:string">
      <xs:enumeration value="crime"/><xs:enumeration value="poetry"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Pages">
    <xs:restriction base="xs:decimal"><xs:maxInclusive value="5000"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Isbn"><xs:restriction base="xs:string"/></xs:simpleType>
</xs:schema>
"""

BOOK = "/Shelf/Book"
FULL = """<b:Book isbn="90-1" shop="here"><b:Title>One</b:Title><b:Author>Ann</b:Author>
<b:Author>Bo</b:Author><b:Genre>poetry</b:Genre><b:Pages>1200.5</b:Pages><b:Note>n</b:Note></b:Book>"""
PLAIN = "<b:Book><b:Title>Two</b:Title></b:Book>"
NIL = '<b:Book><b:Title>T</b:Title><b:Pages i:nil="true"/></b:Book>'
OTHER = "<b:Book><b:Title>T</b:Title><o:x xmlns:o='urn:o'/></b:Book>"


def shelf(*books: str) -> bytes:
    instance = "http://www.w3.org/2001/XMLSchema-instance"
    return f"<b:Shelf xmlns:b='urn:books' xmlns:i='{instance}'>{''.join(books)}</b:Shelf>".encode()


def difference(
    kind: Kind, place: str, old: str | None = None, new: str | None = None
) -> Difference:
    about = place.rpartition("/")[2]
    return Difference(kind, about, Effect.BREAKS, Effect.BREAKS, places=(place,), old=old, new=new)


TITLE = '<xs:element name="Title" type="xs:string"/>'
AUTHOR = '<xs:element name="Author" type="xs:string" minOccurs="0" maxOccurs="3"/>'
GENRE = '<xs:element name="Genre" type="Genre" minOccurs="0"/>'
PAGES = '<xs:element name="Pages" type="Pages" minOccurs="0" nillable="true"/>'
NOTE = '<xs:element ref="Note" minOccurs="0"/>'
OF_NOTE = '<xs:element name="Note" type="xs:string"/>'
ANY = '<xs:any namespace="##other" processContents="skip" minOccurs="0"/>'
ISBN = '<xs:attribute name="isbn" type="Isbn"/>'
OF_ISBN = '<xs:simpleType name="Isbn"><xs:restriction base="xs:string"/></xs:simpleType>'

CHANGES = {
    "a child is removed": (
        NOTE, "", shelf(PLAIN, FULL), difference(Kind.CHILD_REMOVED, f"{BOOK}/Note", "0..1"),
    ),
    "a child is retired": (
        NOTE, NOTE.replace('minOccurs="0"', 'minOccurs="0" maxOccurs="0"'), shelf(FULL),
        difference(Kind.OCCURRENCE_CHANGED, f"{BOOK}/Note", "0..1", "0..0"),
    ),
    "a child comes less often": (
        AUTHOR, AUTHOR.replace('"3"', '"1"'), shelf(FULL),
        difference(Kind.OCCURRENCE_CHANGED, f"{BOOK}/Author", "0..3", "0..1"),
    ),
    "a child has to be there, before another": (
        AUTHOR, AUTHOR.replace(' minOccurs="0"', ""),
        shelf("<b:Book><b:Title>T</b:Title><b:Genre>crime</b:Genre></b:Book>"),
        difference(Kind.OCCURRENCE_CHANGED, f"{BOOK}/Author", "0..3", "1..3"),
    ),
    "a child has to be there, at the end": (
        NOTE, NOTE.replace(' minOccurs="0"', ""), shelf(PLAIN),
        difference(Kind.OCCURRENCE_CHANGED, f"{BOOK}/Note", "0..1", "1..1"),
    ),
    "a mandatory child is added": (
        NOTE, f'<xs:element name="Year" type="xs:int"/>{NOTE}', shelf(FULL),
        difference(Kind.CHILD_ADDED, f"{BOOK}/Year", None, "1..1"),
    ),
    "a child is renamed": (
        NOTE, '<xs:element name="Remark" minOccurs="0"/>', shelf(FULL),
        difference(Kind.CHILD_RENAMED, f"{BOOK}/Remark", "Note", "Remark"),
    ),
    "children change places": (
        f"{TITLE}\n              {AUTHOR}", f"{AUTHOR}{TITLE}", shelf(FULL),
        difference(Kind.STRUCTURE_CHANGED, BOOK, "(Title, Author)", "(Author, Title)"),
    ),
    "a wildcard is removed": (
        ANY, "", shelf(OTHER), difference(Kind.WILDCARD_REMOVED, f"{BOOK}/any", "0..1"),
    ),
    "an attribute is removed": (
        ISBN, "", shelf(FULL), difference(Kind.ATTRIBUTE_REMOVED, f"{BOOK}/@isbn", "optional"),
    ),
    "an attribute is required": (
        ISBN, ISBN.replace("/>", ' use="required"/>'), shelf(PLAIN),
        difference(Kind.ATTRIBUTE_USE_CHANGED, f"{BOOK}/@isbn", "optional", "required"),
    ),
    "the value of an attribute has a form": (
        OF_ISBN, OF_ISBN.replace("/></xs:s", '><xs:pattern value="978.*"/></xs:restriction></xs:s'),
        shelf(FULL), difference(Kind.PATTERN_CHANGED, f"{BOOK}/@isbn", None, "978.*"),
    ),
    "a value is no longer listed": (
        '<xs:enumeration value="poetry"/>', "", shelf(FULL),
        difference(Kind.ENUMERATION_REMOVED, f"{BOOK}/Genre", "poetry"),
    ),
    "a maximum is lowered": (
        'maxInclusive value="5000"', 'maxInclusive value="900"', shelf(FULL),
        difference(Kind.MAXIMUM_CHANGED, f"{BOOK}/Pages", "5000", "900"),
    ),
    "a number has no decimals any more": (
        '<xs:restriction base="xs:decimal">', '<xs:restriction base="xs:integer">', shelf(FULL),
        difference(Kind.BASE_CHANGED, f"{BOOK}/Pages", "decimal", "integer"),
    ),
    "a value is fixed": (
        OF_NOTE, OF_NOTE.replace("/>", ' fixed="m"/>'), shelf(FULL),
        difference(Kind.FIXED_CHANGED, f"{BOOK}/Note", None, "m"),
    ),
    "an element may not be nil": (
        PAGES, PAGES.replace(' nillable="true"', ""), shelf(NIL),
        difference(Kind.NILLABLE_CHANGED, f"{BOOK}/Pages", "true", "false"),
    ),
    "a root is removed": (
        '<xs:element name="Box" type="xs:string"/>', "", b"<b:Box xmlns:b='urn:books'>x</b:Box>",
        difference(Kind.ROOT_REMOVED, "/Box"),
    ),
    "titles have to differ": (
        "  <xs:element name=\"Box\"", '  <xs:element name="Box"',
        shelf(PLAIN, PLAIN), difference(Kind.KEY_ADDED, "/Shelf", None, "unique Titles"),
    ),
}  # fmt: skip

_KEY = """</xs:complexType>
    <xs:unique name="Titles"><xs:selector xpath="b:Book" xmlns:b="urn:books"/>
    <xs:field xpath="b:Title" xmlns:b="urn:books"/></xs:unique>
  </xs:element>
  <xs:element name="Box" """


def sides(folder: Path, old: str, new: str) -> Bench:
    changed = SCHEMA.replace(old, new)
    if old == new:
        changed = re.sub(
            r"</xs:complexType>\s*</xs:element>\s*<xs:element name=\"Box\" ", _KEY, SCHEMA
        )
    assert changed != SCHEMA
    paths = folder / "old.xsd", folder / "new.xsd"
    for path, text in zip(paths, (SCHEMA, changed), strict=True):
        path.write_text(text)
    decoys = tuple(
        difference(kind, place, "0..1", "0..0")
        for kind in (Kind.CHILD_REMOVED, Kind.MINIMUM_CHANGED)
        for place in ("/Shelf/Book/Elsewhere", "/Shelf/Book/Title")
    )
    return Bench(Side(paths[0]), Side(paths[1]), decoys)


def counted(document: bytes, bench: Bench) -> Tally:
    root = etree.fromstring(document)
    tally = Tally()
    count_tree(root, verdicts(root, bench), bench, Origin("books.xml"), tally)
    return tally


@pytest.mark.parametrize("name", CHANGES)
def test_an_error_leads_to_its_difference(name: str, tmp_path: Path) -> None:
    old, new, document, meant = CHANGES[name]
    bench = sides(tmp_path, old, new)
    bench = replace(bench, differences=(*bench.differences, meant))
    tally = counted(document, bench)
    assert tally.newly_failing == tally.forms == 1
    assert list(tally.failing) == [meant.id]
    assert tally.other_failing == {}
    assert tally.failing[meant.id].alone == 1


@pytest.mark.parametrize("name", CHANGES)
def test_the_other_way_round_it_is_newly_accepted(name: str, tmp_path: Path) -> None:
    old, new, document, meant = CHANGES[name]
    bench = sides(tmp_path, old, new)
    turned = replace(meant, old=meant.new, new=meant.old)
    tally = counted(document, Bench(bench.new, bench.old, (*bench.differences, turned)))
    assert (tally.newly_accepted, tally.newly_failing) == (1, 0)
    assert list(tally.accepted) == [turned.id]
    assert tally.other_accepted == {}


@pytest.mark.parametrize("name", CHANGES)
def test_without_its_difference_it_is_counted_by_its_words(name: str, tmp_path: Path) -> None:
    old, new, document, _ = CHANGES[name]
    tally = counted(document, sides(tmp_path, old, new))
    assert tally.failing == {}
    assert tally.unexplained == 1
    assert sum(count.errors for count in tally.other_failing.values()) >= 1


@pytest.mark.parametrize("name", CHANGES)
def test_a_comparison_explains_it_in_both_directions(name: str, tmp_path: Path) -> None:
    old, new, document, meant = CHANGES[name]
    there = sides(tmp_path, old, new)
    back = Bench(there.new, there.old, ())
    for bench in (there, back):
        compared = compare(bench.old.path, bench.new.path, with_proofs=False)
        tally = counted(document, replace(bench, differences=compared.differences))
        counts = tally.failing if bench is there else tally.accepted
        assert tally.other_failing == tally.other_accepted == {}
        (explained,) = [one for one in compared.differences if one.id in counts]
        around = {place.rpartition("/")[0] for place in explained.places}
        assert around & {meant.path.rpartition("/")[0], meant.path}


def test_a_difference_that_keeps_old_documents_explains_nothing(tmp_path: Path) -> None:
    old, new, document, meant = CHANGES["a maximum is lowered"]
    harmless = replace(meant, reader=Effect.KEEPS)
    tally = counted(document, replace(sides(tmp_path, old, new), differences=(harmless,)))
    assert (tally.failing, tally.unexplained) == ({}, 1)


def test_of_two_codes_that_went_the_one_that_is_met_is_told(tmp_path: Path) -> None:
    enumeration = '<xs:enumeration value="crime"/><xs:enumeration value="poetry"/>'
    bench = sides(tmp_path, enumeration, '<xs:enumeration value="play"/>')
    gone = [
        difference(Kind.ENUMERATION_REMOVED, f"{BOOK}/Genre", one) for one in ("crime", "poetry")
    ]
    tally = counted(shelf(FULL), replace(bench, differences=tuple(gone)))
    assert list(tally.failing) == [gone[1].id]
    (example,) = tally.failing[gone[1].id].examples
    assert example.value == "poetry"


def test_no_value_of_the_document_is_told(tmp_path: Path) -> None:
    """Names, numbers, and texts that look like what libxml2 itself says."""
    secret = "850730' is not an element of the set 85.07.30-033.28"
    genre = '<xs:element name="Genre" type="xs:string" minOccurs="0"/>'
    schema = SCHEMA.replace(GENRE, genre)
    for name, text in (("old.xsd", schema), ("new.xsd", SCHEMA)):
        (tmp_path / name).write_text(text)
    bench = Bench(Side(tmp_path / "old.xsd"), Side(tmp_path / "new.xsd"), ())
    book = f"<b:Book><b:Title>T</b:Title><b:Genre>{secret}</b:Genre></b:Book>"
    tally = counted(shelf(book), bench)
    assert tally.unexplained == 1
    told = repr(tally.as_dict())
    assert "850730" not in told
    assert "85.07" not in told
    assert "enumeration" in told
