"""What `kwartaal schema lint` finds: one small schema for each thing, of a bookshop."""

from pathlib import Path

import pytest
from shop_schemas import A, B, content, rules, value, write

from schemas.compare.search import Undecided
from schemas.lint.lint import lint
from schemas.lint.rules import RULES, Rule, Severity

MANY = ' minOccurs="0" maxOccurs="unbounded"'

CASES = {
    # name: rule, body, parts of the message
    "element twice": (
        Rule.DECLARED_TWICE,
        '<xs:element name="a" type="xs:int"/>\n<xs:element name="a" type="xs:string"/>',
        ("element a is declared a second time: first in shop.xsd, line 2", "not the same"),
    ),
    "type twice": (
        Rule.DECLARED_TWICE,
        ('<xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType>'
         '<xs:complexType name="t"/>'),
        ("type t is declared a second time",),
    ),
    "unknown type": (
        Rule.UNDECLARED,
        '<xs:complexType name="Price"/>' + content('<xs:element name="a" type="Prise"/>'),
        ("element a refers to type Prise, which is declared nowhere",),
    ),
    "unknown prefix": (
        Rule.UNDECLARED,
        content('<xs:element name="a" type="x:Price"/>'),
        ("the prefix x stands for no namespace",),
    ),
    "unknown built-in type": (
        Rule.UNDECLARED,
        content('<xs:element name="a" type="xs:integr"/>'),
        ("type xs:integr",),
    ),
    "unknown everywhere else": (
        Rule.UNDECLARED,
        '<xs:simpleType name="t"><xs:list itemType="none"/></xs:simpleType>' + content(A % ""),
        ("type none",),
    ),
    "unused element of its own": (
        Rule.UNREACHABLE,
        content(A % "") + '\n<xs:element name="left" type="xs:int"/>',
        ("element left is in no document that begins with shop",),
    ),
    "types that only use each other": (
        Rule.UNREACHABLE,
        content(A % "") + '<xs:complexType name="t"><xs:sequence><xs:element name="u" type="u"/>'
        "</xs:sequence></xs:complexType>"
        '<xs:simpleType name="u"><xs:restriction base="xs:int"/></xs:simpleType>',
        ("type t is in no", "type u is in no", "only type t, unused as well, refers to it"),
    ),
    "unused group": (
        Rule.UNREACHABLE,
        content(A % "") + '<xs:group name="g"><xs:sequence/></xs:group>'
        '<xs:attributeGroup name="g"/>',
        ("group g is", "attribute group g is"),
    ),
    "any root": (
        Rule.ANY_ROOT,
        content('<xs:element ref="a"/>') + '<xs:element name="a" type="xs:int"/>',
        ("elements beside shop are declared globally", "begin with a"),
    ),
    "optional and the same again": (
        Rule.AMBIGUOUS_CONTENT,
        content(A % ' minOccurs="0"' + "\n" + A % ""),
        ("at the beginning", "a (0..1) of line 3 or a (1..1) of line 4"),
    ),
    "repeated and the same again": (
        Rule.AMBIGUOUS_CONTENT,
        content(B % "" + A % ' maxOccurs="2"' + "\n" + A % ""),
        ("after a, the next a may be a (1..2) of line 3 or a (1..1) of line 4",),
    ),
    "branches that begin alike": (
        Rule.AMBIGUOUS_CONTENT,
        content(f"<xs:choice><xs:sequence>{A % ''}{B % ''}</xs:sequence>\n{A % ''}</xs:choice>"),
        ("at the beginning, the next a may be",),
    ),
    "any beside an element": (
        Rule.AMBIGUOUS_CONTENT,
        content('<xs:any minOccurs="0"/>\n' + A % ""),
        ("element of any name (0..1) of line 3",),
    ),
    "a loop that begins as what follows it": (
        Rule.AMBIGUOUS_CONTENT,
        content(f"<xs:sequence{MANY}>{A % ''}{B % ''}</xs:sequence>\n{A % ''}"),
        ("at the beginning, the next a may be a (1..1) of line 3 or a (1..1) of line 4",),
    ),
    "a substitute beside its head": (
        Rule.AMBIGUOUS_CONTENT,
        '<xs:element name="head" type="xs:int"/>'
        '<xs:element name="member" type="xs:int" substitutionGroup="head"/>'
        + content('<xs:element ref="head" minOccurs="0"/>\n<xs:element ref="member"/>'),
        ("the next member may be head (0..1)",),
    ),
    "two types in one content": (
        Rule.INCONSISTENT_TYPES,
        content(A % "" + B % "" + '\n<xs:element name="a" type="xs:string"/>'),
        ("contains a with two types: int in line 3 and string here",),
    ),
    "two types at two places": (
        Rule.SEVERAL_TYPES,
        '<xs:element name="a" type="xs:string"/>' + content(A % "") + content("").replace("p", "w"),
        ("element a has 2 different types, depending on where it stands: string, int",),
    ),
    "nests without end": (
        Rule.UNBOUNDED_RECURSION,
        '<xs:complexType name="Shelf"><xs:sequence><xs:element name="shelf" type="Shelf"'
        ' minOccurs="0"/></xs:sequence><xs:attribute name="n" use="required"/></xs:complexType>'
        + content('<xs:element name="shelf" type="Shelf"/>'),
        ("Shelf contains shelf and so itself",),
    ),
    "never ends": (
        Rule.ENDLESS_CONTENT,
        '<xs:complexType name="A"><xs:sequence><xs:element name="b" type="B"/></xs:sequence>'
        '</xs:complexType><xs:complexType name="B"><xs:sequence><xs:element name="a" type="A"/>'
        "</xs:sequence></xs:complexType>" + content('<xs:element name="a" type="A"/>'),
        ("no document can ever end", "and so itself, and each is required"),
    ),
    "nothing asked for": (
        Rule.EMPTY_CONTENT,
        content(A % ' minOccurs="0"'),
        ("everything in element shop is optional",),
    ),
    "empty texts": (
        Rule.EMPTY_VALUE,
        content('<xs:element name="title" type="xs:string"/><xs:element name="n" type="xs:int"/>'),
        ("required: title",),
    ),
    "absent or nil": (
        Rule.ABSENT_OR_NIL,
        content(A % ' minOccurs="0" nillable="true"' + B % ""),
        ("element a may be absent, and may be there with xsi:nil",),
    ),
    "default of another type": (
        Rule.INVALID_DEFAULT,
        content(A % ' default="many"'),
        ("the default value 'many' of element a is not valid",),
    ),
    "fixed attribute": (
        Rule.INVALID_DEFAULT,
        ('<xs:element name="shop"><xs:complexType><xs:attribute name="n" type="xs:byte"'
         ' fixed="300"/></xs:complexType></xs:element>'),
        ("the fixed value '300' of attribute n",),
    ),
    "bounds crossed": (
        Rule.CONTRADICTING_FACETS,
        value('<xs:minInclusive value="5"/>\n<xs:maxInclusive value="3"/>'),
        ("element price: minInclusive 5 leaves nothing up to maxInclusive 3",),
    ),
    "dates crossed": (
        Rule.CONTRADICTING_FACETS,
        value(
            '<xs:minInclusive value="2024-01-01"/><xs:maxExclusive value="2024-01-01"/>', "xs:date"
        ),
        ("minInclusive 2024-01-01 leaves nothing up to maxExclusive 2024-01-01",),
    ),
    "no whole number between": (
        Rule.CONTRADICTING_FACETS,
        value('<xs:minExclusive value="3"/><xs:maxExclusive value="4"/>'),
        ("minExclusive 3 leaves nothing up to maxExclusive 4",),
    ),
    "lengths crossed": (
        Rule.CONTRADICTING_FACETS,
        value('<xs:minLength value="5"/><xs:maxLength value="3"/>', "xs:string"),
        ("minLength 5 is more than maxLength 3",),
    ),
    "too few digits for the minimum": (
        Rule.CONTRADICTING_FACETS,
        value('<xs:minInclusive value="1000"/><xs:totalDigits value="3"/>'),
        ("totalDigits 3 is too small for minInclusive 1000",),
    ),
    "inherited minimum": (
        Rule.CONTRADICTING_FACETS,
        '<xs:simpleType name="t"><xs:restriction base="xs:integer"><xs:minInclusive value="500"/>'
        "</xs:restriction></xs:simpleType>" + value('<xs:totalDigits value="2"/>', "t"),
        ("totalDigits 2 is too small for minInclusive 500",),
    ),
    "value listed twice": (
        Rule.ENUMERATION_TWICE,
        value('<xs:enumeration value="1"/>\n<xs:enumeration value="2"/>\n'
              '<xs:enumeration value="01"/>'),
        ("the value '01' is listed twice, first in line 4, written '1' there",),
    ),
    "listed but out of bounds": (
        Rule.ENUMERATION_OUTSIDE,
        value('<xs:enumeration value="1"/><xs:enumeration value="9"/>'
              '<xs:maxInclusive value="5"/>'),
        ("the listed value '9' can never be used: maxInclusive 5 refuses it",),
    ),
    "listed but of another pattern": (
        Rule.ENUMERATION_OUTSIDE,
        value('<xs:enumeration value="A"/><xs:enumeration value="b"/>'
              '<xs:pattern value="[A-Z]"/>', "xs:string"),
        ("the listed value 'b' can never be used: pattern [A-Z] refuses it",),
    ),
    "all listed are out of bounds": (
        Rule.NO_VALUE,
        value('<xs:enumeration value="7"/><xs:enumeration value="9"/>'
              '<xs:maxInclusive value="5"/>'),
        ("every listed value is refused by another facet",),
    ),
    "a time for a date": (
        Rule.NO_VALUE,
        value(r'<xs:pattern value="\d{2}:\d{2}"/>', "xs:date"),
        (r"no date is written as pattern \d{2}:\d{2} demands",),
    ),
    "a sign that no number has": (
        Rule.NO_VALUE,
        value(r"""<xs:pattern value="'\d{3}"/>"""),
        ("no integer is written as pattern '",),
    ),
    "too few digits in the pattern": (
        Rule.NO_VALUE,
        value(r'<xs:minInclusive value="100"/><xs:pattern value="\d{1,2}"/>'),
        ("no integer from 100 is written as",),
    ),
    "too many digits in the pattern": (
        Rule.NO_VALUE,
        value(r'<xs:maxInclusive value="99"/><xs:pattern value="[1-9]\d{2,4}"/>'),
        ("no integer up to 99 is written as",),
    ),
    "patterns of two steps": (
        Rule.NO_VALUE,
        '<xs:simpleType name="t"><xs:restriction base="xs:string"><xs:pattern value="A.*"/>'
         "</xs:restriction></xs:simpleType>"
        + value('<xs:pattern value="B.*"/>', "t"),
        ("no string is written as pattern B.* demands",),
    ),
    "a number of fixed width": (
        Rule.LOST_ZEROS,
        value(r'<xs:pattern value="0|\d{3}"/>'),
        ("element price: 001 is valid, and kept as a number it is 1, which is not valid",),
    ),
    "a code listed with zeros": (
        Rule.LOST_ZEROS,
        value('<xs:enumeration value="001"/><xs:enumeration value="020"/>'),
        ("001 is listed with leading zeros, but is the number 1",),
    ),
    "bound beyond the digits": (
        Rule.IDLE_FACET,
        value('<xs:totalDigits value="4"/><xs:maxInclusive value="99999"/>'),
        ("maxInclusive 99999 never decides, as totalDigits 4 ends at 9999",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_found_and_explained(name: str, tmp_path: Path) -> None:
    rule, body, parts = CASES[name]
    found = [one for one in lint(write(tmp_path, body)) if one.rule is rule]
    text = "\n".join(one.message for one in found)
    assert found
    assert [part for part in parts if part not in text] == []
    assert all(one.advice and one.at.file.name == "shop.xsd" for one in found)


SOUND = {
    "exact counts": content(A % ' minOccurs="2" maxOccurs="2"' + A % "" + B % ""),
    "a group that counts": content(
        f'<xs:sequence minOccurs="2" maxOccurs="2">{A % ""}{B % ""}</xs:sequence>{A % ""}'
    ),
    "the same twice": content(A % "" + B % "" + A % ""),
    "bounds and digits": value(
        '<xs:minInclusive value="0"/><xs:maxInclusive value="99"/><xs:totalDigits value="2"/>'
    ),
    "a pattern of dates": value(
        r'<xs:minInclusive value="2000-01-01"/><xs:pattern value="\d{4}-\d{2}-\d{2}"/>', "xs:date"
    ),
    "a width that the minimum needs": value(
        r'<xs:minInclusive value="20031"/><xs:pattern value="\d{4}(1|2|3|4)"/>'
    ),
    "as many digits as one likes": value(r'<xs:pattern value="[+-]?\d{1,15}"/>'),
    "decimals with a fraction": value(
        r'<xs:maxInclusive value="9"/><xs:pattern value="\d\.\d{2}"/>', "xs:decimal"
    ),
    "decimals": value(
        '<xs:minExclusive value="3"/><xs:maxExclusive value="4"/><xs:totalDigits value="4"/>',
        "xs:decimal",
    ),
    "a class of signs": value(
        r'<xs:pattern value="[A-Za-z ,.|]+|\d{2}\.\d{2}|(\+|-).a"/>', "xs:string"
    ),
    "derived by extension": (
        '<xs:complexType name="Base"><xs:sequence><xs:element name="a" type="xs:int"/>'
        '</xs:sequence></xs:complexType><xs:complexType name="More"><xs:complexContent>'
        '<xs:extension base="Base"/></xs:complexContent></xs:complexType>'
        + content('<xs:element name="base" type="Base"/>')
    ),
    "a substitute": (
        '<xs:element name="head" type="xs:int" abstract="true"/>'
        '<xs:element name="member" type="xs:int" substitutionGroup="head"/>'
        + content('<xs:element ref="head"/>')
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_gives_no_error_and_no_doubt(name: str, tmp_path: Path) -> None:
    off = (Rule.NOT_PORTABLE, Rule.ANY_ROOT)
    assert lint(write(tmp_path, SOUND[name]), disabled=off) == ()


def test_every_rule_has_a_severity_and_a_title() -> None:
    assert set(RULES) == set(Rule)
    assert all(about.title for about in RULES.values())


def test_a_finding_says_where_it_is_and_what_it_is_numbered(tmp_path: Path) -> None:
    number = "<xs:annotation><xs:documentation>B-12</xs:documentation></xs:annotation>"
    body = content('<xs:element ref="code"/>') + (
        f'\n<xs:element name="code">{number}<xs:simpleType><xs:restriction base="xs:string">\n'
        '<xs:pattern value="[A,B]"/></xs:restriction></xs:simpleType></xs:element>'
    )
    path = write(tmp_path, body)
    (found,) = [one for one in lint(path, number=r"B-\d+") if "pattern" in one.rule]
    assert (found.path, found.number) == ("code", "B-12")
    assert (found.at.file, found.at.line) == (path, 6)
    told = found.as_dict()
    assert told["rule"] == "suspicious-pattern"
    assert told["severity"] == "warning"
    assert told["at"] == {"file": str(path), "line": 6}
    assert found.severity is Severity.WARNING
    assert lint(path, disabled=tuple(Rule)) == ()


def test_roots_that_are_named_decide_what_is_used(tmp_path: Path) -> None:
    body = content('<xs:element ref="a"/>') + '<xs:element name="a" type="xs:int"/>'
    assert "unreachable" in rules(lint(write(tmp_path, body), roots=["a"]))
    assert "any-root" not in rules(lint(write(tmp_path, body), roots=["a"]))


PATTERNS = {
    r"[0|5]": "also admits the character |",
    r"[2,8]\d{9}": "also admits the character ,",
    r"[A-C,X]": "also admits the character ,",
    r"\d{3}(.)\d{2}": "the dot stands for any character",
    r"1.0": "the dot stands for any character",
    r"[0-9]+.[0-9]{2}": "the dot stands for any character",
    r"^\d+$": "^ is an ordinary character",
    r"\d+$": "$ is an ordinary character",
    r"A | B": "spaces at an end or beside |",
    r"[A-z]+": "between upper and lower case",
    r"[1-12]": "[1-12] is one character",
    r"[0-31]": "[0-31] is one character, and has 1 twice",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_that_looks_wrong_is_doubted(pattern: str, tmp_path: Path) -> None:
    path = write(tmp_path, value(f'<xs:pattern value="{pattern}"/>', "xs:string"))
    found = [one for one in lint(path) if one.rule is Rule.SUSPICIOUS_PATTERN]
    assert any(PATTERNS[pattern] in one.message for one in found), found


@pytest.mark.parametrize(
    "pattern",
    [r"\d\.\d", r"[0-9a-f]", r"(a|b)", r"[^|]", r"a.b", r"\^x\$", r"[ ]a", r"[+-]?\d", r"[\w.-]+"],
)
def test_a_pattern_that_looks_right_is_not(pattern: str, tmp_path: Path) -> None:
    path = write(tmp_path, value(f'<xs:pattern value="{pattern}"/>', "xs:string"))
    assert [one.message for one in lint(path) if one.rule is Rule.SUSPICIOUS_PATTERN] == []


def test_what_takes_too_long_is_not_said_to_be_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def undecided(*_: object) -> None:
        raise Undecided

    monkeypatch.setattr("schemas.compare.search.Search.shortest", undecided)
    body = value('<xs:pattern value="(.*a.{30})"/>', "xs:token")
    assert "not-looked-at" in rules(lint(write(tmp_path, body)))
