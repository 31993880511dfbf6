"""Where differences are told: paths, places, roots, lines; and namespaces and keys, whose proofs
take a document of their own."""

from pathlib import Path

import pytest
from lxml import etree

from schemas.compare.comparison import compare
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Verdict
from schemas.model import SchemaError

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def compared(folder: Path, old: str, new: str, **options: object) -> Comparison:
    files = []
    for name, body in (("old.xsd", old), ("new.xsd", new)):
        text = body if body.startswith("<xs:schema") else f"{HEAD}>{body}</xs:schema>"
        (folder / name).write_text(text)
        files.append(folder / name)
    return compare(*files, **options)  # type: ignore[arg-type]


def only(comparison: Comparison) -> Difference:
    (difference,) = comparison.differences
    return difference


SHELF = """
<xs:element name="shelf"><xs:complexType><xs:sequence>
  <xs:element ref="book" maxOccurs="unbounded"/>
  <xs:element name="locked" minOccurs="0"><xs:complexType><xs:sequence>
    <xs:element ref="book"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="book"><xs:complexType><xs:sequence>
  <xs:element name="title" type="xs:string"/>
  <xs:element name="pages" type="xs:positiveInteger" minOccurs="0"/>
  <!--more-->
</xs:sequence></xs:complexType></xs:element>
"""


def test_a_change_is_told_once_with_all_its_places(tmp_path: Path) -> None:
    new = SHELF.replace("xs:positiveInteger", "xs:integer")
    difference = only(compared(tmp_path, SHELF, new))
    assert difference.kind is Kind.BASE_CHANGED
    assert difference.places == ("/shelf/book/pages", "/shelf/locked/book/pages")
    assert (difference.about, difference.parent) == ("pages", "book")
    assert difference.verdict is Verdict.WIDENING
    assert difference.old_at is not None
    assert difference.old_at.line == 10


def test_roots_are_those_that_nothing_contains(tmp_path: Path) -> None:
    assert compared(tmp_path, SHELF, SHELF).roots == ("shelf",)
    changed = SHELF.replace('name="title"', 'name="heading"')
    from_book = compared(tmp_path, SHELF, changed, roots=["book"])
    assert from_book.roots == ("book",)
    assert {d.path for d in from_book.differences} == {"/book/title", "/book/heading"}
    with pytest.raises(SchemaError, match="neither schema declares an element magazine"):
        compared(tmp_path, SHELF, SHELF, roots=["magazine"])


def test_a_root_that_came_and_one_that_went(tmp_path: Path) -> None:
    old = '<xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int"/>'
    new = '<xs:element name="a" type="xs:string"/><xs:element name="c" type="xs:int"/>'
    went, came = compared(tmp_path, old, new).differences
    assert (went.kind, went.path, went.reader) == (Kind.ROOT_REMOVED, "/b", Effect.BREAKS)
    assert (came.kind, came.path, came.writer) == (Kind.ROOT_ADDED, "/c", Effect.BREAKS)
    assert went.reader_witness is not None
    assert b"<b>" in went.reader_witness.document


def test_what_no_document_reaches_changes_nothing(tmp_path: Path) -> None:
    unused = '<xs:element name="draft"><xs:complexType><xs:sequence>{}</xs:sequence>'
    unused += "</xs:complexType></xs:element>"
    old = SHELF + unused.format('<xs:element ref="draft" minOccurs="0"/>')
    new = SHELF + unused.format('<xs:element ref="draft" minOccurs="0" maxOccurs="2"/>')
    difference = only(compared(tmp_path, old, new))
    assert (difference.places, difference.verdict) == ((), Verdict.NONE)
    assert difference.reason == "no document reaches it"


def test_a_schema_that_contains_itself_is_compared(tmp_path: Path) -> None:
    old = """<xs:element name="part"><xs:complexType><xs:sequence>
      <xs:element name="weight" type="xs:decimal"/>
      <xs:element ref="part" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:complexType></xs:element>"""
    difference = only(compared(tmp_path, old, old.replace("xs:decimal", "xs:integer")))
    assert difference.places == ("/part/weight",)
    assert difference.reader_witness is not None
    assert difference.reader_witness.document == b"<part>\n  <weight>1.5</weight>\n</part>\n"


def test_zones_of_a_new_block_come_along(tmp_path: Path) -> None:
    block = """<xs:element name="author" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>"""
    author, name = compared(tmp_path, SHELF, SHELF.replace("<!--more-->", block)).differences
    assert (author.kind, author.verdict) == (Kind.CHILD_ADDED, Verdict.WIDENING)
    assert (name.kind, name.verdict) == (Kind.DECLARATION_ADDED, Verdict.NONE)
    assert (name.path, name.parent) == ("/shelf/book/author/name", "author")


def test_a_new_namespace_is_one_difference_and_hides_no_other(tmp_path: Path) -> None:
    def versioned(number: int, least: int) -> str:
        return f"""{HEAD} xmlns="urn:shop:{number}" targetNamespace="urn:shop:{number}"
            elementFormDefault="qualified">
          <xs:element name="order"><xs:complexType><xs:sequence>
            <xs:element name="note" type="xs:string" minOccurs="{least}"/>
          </xs:sequence></xs:complexType></xs:element></xs:schema>"""

    namespace, note = compared(tmp_path, versioned(1, 0), versioned(2, 1)).differences
    assert (namespace.kind, namespace.verdict) == (Kind.NAMESPACE_CHANGED, Verdict.BREAKING)
    assert (namespace.old, namespace.new) == ("urn:shop:1", "urn:shop:2")
    assert (note.kind, note.verdict) == (Kind.OCCURRENCE_CHANGED, Verdict.NARROWING)
    assert note.reader_witness is not None
    assert note.reader_witness.document == b'<order xmlns="urn:shop:1"/>\n'


KEYED = """<xs:element name="order"><xs:complexType><xs:sequence>
  <xs:element name="line" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
    <xs:attribute name="no" type="xs:integer"/><xs:attribute name="of" type="xs:integer"/>
  </xs:complexType></xs:element>
</xs:sequence></xs:complexType><!--keys--></xs:element>"""
UNIQUE = """<xs:unique name="number">
  <xs:selector xpath="line"/><xs:field xpath="@no"/></xs:unique>"""
REFERENCE = """<xs:keyref name="part" refer="number">
  <xs:selector xpath="line"/><xs:field xpath="@of"/></xs:keyref>"""


def test_a_key_is_shown_by_what_it_refuses(tmp_path: Path) -> None:
    with_key = KEYED.replace("<!--keys-->", UNIQUE)
    difference = only(compared(tmp_path, KEYED, with_key))
    assert (difference.kind, difference.verdict) == (Kind.KEY_ADDED, Verdict.NARROWING)
    assert difference.reader_witness is not None
    lines = etree.fromstring(difference.reader_witness.document).findall("line")
    assert [line.get("no") for line in lines] == ["0", "0"]
    removed = only(compared(tmp_path, with_key, KEYED))
    assert (removed.kind, removed.verdict) == (Kind.KEY_REMOVED, Verdict.WIDENING)


def test_a_reference_is_shown_by_what_it_does_not_find(tmp_path: Path) -> None:
    unreferred = KEYED.replace("<!--keys-->", UNIQUE)
    referred = KEYED.replace("<!--keys-->", UNIQUE + REFERENCE)
    difference = only(compared(tmp_path, unreferred, referred))
    assert difference.verdict is Verdict.NARROWING
    assert difference.reader_witness is not None
    assert b'<line of="0"/>' in difference.reader_witness.document


def test_a_key_that_no_document_shows_is_left_to_a_person(tmp_path: Path) -> None:
    selector = '<xs:unique name="odd"><xs:selector xpath="nothing"/><xs:field xpath="@no"/>'
    odd = KEYED.replace("<!--keys-->", selector + "</xs:unique>")
    difference = only(compared(tmp_path, KEYED, odd))
    assert (difference.reader, difference.verdict) == (Effect.REVIEW, Verdict.REVIEW)
    assert difference.reason is not None


NUMBERED = """<xs:element name="{name}" type="{type}"><xs:annotation>
  <xs:documentation>00012</xs:documentation></xs:annotation></xs:element>"""


def test_a_child_that_was_renamed_is_looked_into(tmp_path: Path) -> None:
    def order(name: str, type_: str) -> str:
        child = NUMBERED.format(name=name, type=type_)
        inside = f"<xs:complexType><xs:sequence>{child}</xs:sequence></xs:complexType>"
        return f'<xs:element name="order">{inside}</xs:element>'

    renamed, base = compared(
        tmp_path, order("code", "xs:string"), order("sku", "xs:int")
    ).differences
    assert (renamed.kind, renamed.verdict) == (Kind.CHILD_RENAMED, Verdict.BREAKING)
    assert (base.kind, base.path) == (Kind.BASE_CHANGED, "/order/sku")


def test_another_name_of_a_key_is_no_change(tmp_path: Path) -> None:
    old = KEYED.replace("<!--keys-->", UNIQUE)
    new = old.replace('name="number"', 'name="no"').replace('xpath="line"', 'xpath="./line"')
    assert compared(tmp_path, old, new).differences == ()


def test_what_is_said_of_attributes_and_of_values_is_compared(tmp_path: Path) -> None:
    def said(text: str) -> str:
        return f"<xs:annotation><xs:documentation>{text}</xs:documentation></xs:annotation>"

    def size(about: str, value: str, *more: str) -> str:
        values = "".join(
            f'<xs:enumeration value="{one}">{said(value)}</xs:enumeration>' for one in ("S", *more)
        )
        simple = f'<xs:restriction base="xs:string">{values}</xs:restriction>'
        return f"""<xs:element name="shirt"><xs:complexType>
          <xs:attribute name="size">{said(about)}<xs:simpleType>{simple}</xs:simpleType>
          </xs:attribute></xs:complexType></xs:element>"""

    old, new = size("a letter", "small"), size("a letter or two", "little", "M")
    told = compared(tmp_path, old, new).differences
    assert [(one.about, one.kind, one.old, one.new) for one in told] == [
        ("@size", Kind.DOCUMENTATION_CHANGED, "a letter", "a letter or two"),
        ("@size", Kind.DOCUMENTATION_CHANGED, "S: small", "S: little"),
        ("@size", Kind.ENUMERATION_ADDED, None, "M"),
    ]
