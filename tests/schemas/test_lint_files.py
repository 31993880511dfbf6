"""Schemas that do not load: what is said instead of a stack of errors."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from lxml import etree
from shop_schemas import HEAD, A, content, rules, write

from schemas.lint.finding import Finding
from schemas.lint.lint import lint
from schemas.lint.rules import Rule

MIXED_HEAD = ' targetNamespace="urn:t" xmlns:t="urn:t"'
MIXED_BODY = r"""
<xs:element name="shop"><xs:complexType><xs:sequence>
<xs:group ref="t:g" minOccurs="0" maxOccurs="3"/><xs:element ref="t:head"/>
<xs:any namespace="##other" minOccurs="0"/><xs:element name="l" type="t:L" default="10 20"/>
<xs:element name="u" type="t:U"/></xs:sequence><xs:attributeGroup ref="t:ag"/></xs:complexType>
<xs:key name="k"><xs:selector xpath="t:l"/><xs:field xpath="@a"/></xs:key></xs:element>
<xs:element name="head" type="t:E" abstract="true"/>
<xs:element name="member" type="t:F" substitutionGroup="t:head"/>
<xs:group name="g"><xs:choice><xs:element name="a" type="xs:int" fixed="3"/>
<xs:element name="b" type="t:S" nillable="true"/></xs:choice></xs:group>
<xs:attributeGroup name="ag"><xs:attribute name="a" type="t:S" use="required"/></xs:attributeGroup>
<xs:simpleType name="S"><xs:restriction base="xs:string"><xs:minLength value="1"/>
<xs:pattern value="[A-Z]+"/><xs:enumeration value="AB"/></xs:restriction></xs:simpleType>
<xs:simpleType name="N"><xs:restriction base="xs:integer"><xs:maxExclusive value="99"/>
<xs:totalDigits value="2"/><xs:pattern value="\d{2}"/></xs:restriction></xs:simpleType>
<xs:simpleType name="L"><xs:list itemType="t:N"/></xs:simpleType>
<xs:simpleType name="U"><xs:union memberTypes="t:N t:S xs:date"/></xs:simpleType>
<xs:complexType name="E"><xs:sequence><xs:element name="x" type="t:N"/></xs:sequence>
</xs:complexType><xs:complexType name="F"><xs:complexContent><xs:extension base="t:E">
<xs:sequence><xs:element name="y" type="t:E"/></xs:sequence></xs:extension></xs:complexContent>
</xs:complexType><xs:complexType name="C"><xs:simpleContent><xs:extension base="t:N">
<xs:attribute name="q" type="xs:date"/></xs:extension></xs:simpleContent></xs:complexType>
"""
MIXED = f"{HEAD}{MIXED_HEAD}>{MIXED_BODY}</xs:schema>"


def raw(folder: Path, data: bytes) -> Path:
    path = folder / "shop.xsd"
    path.write_bytes(data)
    return path


BOMB = b"<!DOCTYPE s [" + b"".join(
    b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 10) for n in range(12)
)

HOSTILE = {
    "nothing": (b"", "unreadable", "the file is empty"),
    "white space": (b" \n\t", "unreadable", "the file is empty"),
    "not XML": (b"price,title\n1,2\n", "not-well-formed", "not well-formed XML"),
    "cut off": (HEAD.encode() + b'><xs:element name="a"', "not-well-formed", "not well-formed"),
    "zip": (b"PK\x03\x04" + bytes(100), "not-well-formed", "not well-formed XML"),
    "HTML": (b"<html><body/></html>", "not-a-schema", "the root element is html"),
    "old schema": (
        b'<schema xmlns="http://www.w3.org/2000/10/XMLSchema"/>',
        "not-a-schema",
        "not XML Schema 1.0",
    ),
    "entities": (BOMB + b"]><s>&e11;</s>", "document-type", "document type declaration"),
    "external": (
        b'<!DOCTYPE s SYSTEM "file:///etc/passwd"><s/>',
        "document-type",
        "document type declaration",
    ),
    "wrong encoding": (
        b'<?xml version="1.0" encoding="UTF-8"?><s n="\xe9"/>',
        "not-well-formed",
        "not well-formed XML",
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="kind-of"?><s/>', "not-well-formed", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_schema_is_one_finding(name: str, tmp_path: Path) -> None:
    data, rule, words = HOSTILE[name]
    (found,) = lint(raw(tmp_path, data))
    assert found.rule == rule
    assert words in found.message
    assert found.at.line >= 1


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (found,) = lint(tmp_path / "none.xsd")
    assert (found.rule, "No such file" in found.message) == (Rule.UNREADABLE, True)


def test_marks_carriage_returns_and_other_encodings_are_read(tmp_path: Path) -> None:
    body = f"{HEAD}>\r\n{content(A % '')}\r\n</xs:schema>".replace("shop", "boutique_é")
    for data in (
        b"\xef\xbb\xbf" + body.encode(),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + body.encode("latin-1"),
        body.encode("utf-16"),
    ):
        assert rules(lint(raw(tmp_path, data))) == []


def test_deep_nesting_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    deep = "<xs:sequence>" * 5000 + "</xs:sequence>" * 5000
    assert rules(lint(write(tmp_path, content(deep)))) == ["not-well-formed"]
    within = "<xs:sequence>" * 100 + A % "" + "</xs:sequence>" * 100
    assert rules(lint(write(tmp_path, content(within)))) == []


def beside_what_was_not_looked_at(findings: Sequence[Finding]) -> list[Finding]:
    """Of a schema that could not be built: what is wrong, and that the rest was not looked at."""
    assert rules(findings).count("not-looked-at") == 1
    return [finding for finding in findings if finding.rule is not Rule.NOT_LOOKED_AT]


def test_an_include_that_is_missing_is_said_and_nothing_guessed_from_it(tmp_path: Path) -> None:
    body = '<xs:include schemaLocation="Types.xsd"/>' + content('<xs:element name="a" type="T"/>')
    path = write(tmp_path, body)
    (found,) = beside_what_was_not_looked_at(lint(path))
    assert found.rule is Rule.BROKEN_INCLUDE
    assert "Types.xsd, which is referred to here, cannot be used" in found.message
    assert found.at.line == 2
    write(tmp_path, '<xs:complexType name="T"/>', "types.xsd")
    (found,) = beside_what_was_not_looked_at(lint(path))
    assert "The file is called types.xsd" in found.advice


def test_a_broken_include_names_both_places(tmp_path: Path) -> None:
    (tmp_path / "types.xsd").write_text(f"{HEAD}>\n\n<xs:element></xs:schema>")
    path = write(tmp_path, '<xs:include schemaLocation="types.xsd"/>' + content(A % ""))
    (found,) = beside_what_was_not_looked_at(lint(path))
    assert found.rule is Rule.BROKEN_INCLUDE
    assert (found.at.file.name, found.also[0].file.name, found.also[0].line) == (
        "shop.xsd",
        "types.xsd",
        3,
    )


def test_findings_of_an_included_file_name_that_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        '\n<xs:simpleType name="T"><xs:restriction base="xs:string">\n<xs:pattern value="[0|5]"/>'
        "</xs:restriction></xs:simpleType>",
        "types.xsd",
    )
    body = '<xs:include schemaLocation="types.xsd"/>' + content('<xs:element name="a" type="T"/>')
    (found,) = lint(write(tmp_path, body))
    assert (found.at.file.name, found.at.line, found.path) == ("types.xsd", 4, "T")


def test_files_that_include_each_other_are_told(tmp_path: Path) -> None:
    write(tmp_path, '<xs:include schemaLocation="shop.xsd"/>', "types.xsd")
    path = write(tmp_path, '<xs:include schemaLocation="types.xsd"/>' + content(A % ""))
    (found,) = [one for one in lint(path) if one.rule is Rule.CIRCULAR_INCLUDE]
    assert "shop.xsd > types.xsd > shop.xsd" in found.message


def test_the_same_file_by_two_ways_declares_nothing_twice(tmp_path: Path) -> None:
    write(
        tmp_path,
        '<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>',
        "base.xsd",
    )
    for name in ("one.xsd", "two.xsd"):
        write(tmp_path, '<xs:include schemaLocation="base.xsd"/>', name)
    body = '<xs:include schemaLocation="one.xsd"/><xs:include schemaLocation="two.xsd"/>'
    path = write(tmp_path, body + content('<xs:element name="a" type="T"/>'))
    assert lint(path) == ()


def test_what_lies_on_another_machine_is_not_fetched(tmp_path: Path) -> None:
    body = (
        '<xs:import namespace="urn:x" schemaLocation="https://schemas.invalid/x.xsd"/>'
        + content('<xs:element ref="x:a" xmlns:x="urn:x"/>')
    )
    found = lint(write(tmp_path, body))
    assert rules(found)[0] == "remote-include"
    assert "undeclared" not in rules(found)


def test_namespaces_that_surprise(tmp_path: Path) -> None:
    types = '<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>'
    write(tmp_path, types, "types.xsd")
    own = ' targetNamespace="urn:shop" xmlns="urn:shop" xmlns:t="urn:types"'
    body = '<xs:include schemaLocation="types.xsd"/>' + content('<xs:element name="a" type="T"/>')
    assert rules(lint(write(tmp_path, body, more=own))) == ["chameleon-include"]

    write(tmp_path, types, "types.xsd", ' targetNamespace="urn:types"')
    (found,) = beside_what_was_not_looked_at(lint(write(tmp_path, body, more=own)))
    assert found.rule is Rule.BROKEN_INCLUDE
    assert "types.xsd is for namespace urn:types, the include for urn:shop" in found.message

    imported = '<xs:import namespace="urn:types"/>' + content('<xs:element name="a" type="t:T"/>')
    assert "import-without-location" in rules(lint(write(tmp_path, imported, more=own)))

    bare = content('<xs:element name="a" type="t:T"/>')
    (found,) = [o for o in lint(write(tmp_path, bare, more=own)) if o.rule is Rule.UNDECLARED]
    assert "type t:T, which is declared nowhere in namespace urn:types" in found.message


def test_children_in_no_namespace_are_a_surprise(tmp_path: Path) -> None:
    path = write(tmp_path, content(A % "" + A.replace('"a"', '"b"') % ""))
    text = path.read_text().replace(' elementFormDefault="qualified"', ' targetNamespace="urn:x"')
    path.write_text(text)
    (found,) = lint(path)
    assert found.rule is Rule.UNQUALIFIED_LOCALS
    assert "a, b" in found.message


INVALID = {
    "not of XML Schema": ('<xs:elemen name="a"/>', "xs:elemen"),
    "more than most": (content(A % ' minOccurs="3" maxOccurs="2"'), "maxOccurs must be"),
    "pattern of another language": (
        content(
            '<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string">'
            '<xs:pattern value="(?:a)+?"/></xs:restriction></xs:simpleType></xs:element>'
        ),
        "unexpected meta character",
    ),
    "derived from itself": (
        '<xs:complexType name="a"><xs:complexContent><xs:extension base="a"/></xs:complexContent>'
        "</xs:complexType>" + content('<xs:element name="x" type="a"/>'),
        "Circular definition",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_what_breaks_a_rule_of_xml_schema_is_told_once(name: str, tmp_path: Path) -> None:
    body, words = INVALID[name]
    found = [one for one in lint(write(tmp_path, body)) if one.rule is Rule.INVALID_SCHEMA]
    assert found
    assert words in found[0].message


def test_what_only_libxml2_refuses_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, content(A % ' minOccurs="2" maxOccurs="2"' + A % ""))
    (found,) = lint(path)
    assert found.rule is Rule.NOT_PORTABLE
    assert "not determinist" in found.message


def test_a_file_name_with_signs_of_addresses_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, content(A % "" + A % ""), "a b#1 50%.xsd")
    assert rules(lint(path)) == []
    path = write(tmp_path, content(A % ' minOccurs="0"'), "a b#1 50%.xsd")
    assert rules(lint(path)) == ["empty-content"]


def test_schemas_with_faults_of_all_sorts_never_stop_it(tmp_path: Path) -> None:
    """Attributes of a sound schema exchanged for one another, with a fixed seed."""
    draw = random.Random(7)
    for _ in range(30):
        path = tmp_path / "shop.xsd"
        path.write_text(MIXED)
        tree = etree.parse(str(path))
        holders = [element for element in tree.iter() if element.attrib]
        for element in draw.sample(holders, 3):
            name = draw.choice(list(element.attrib))
            element.set(name, draw.choice(list(draw.choice(holders).attrib.values())))
        tree.write(str(path))
        assert all(one.message and one.advice for one in lint(path))


def test_findings_come_in_the_order_of_lines(tmp_path: Path) -> None:
    path = write(tmp_path, MIXED_BODY, more=MIXED_HEAD)
    lines = [one.at.line for one in lint(path)]
    assert len(lines) > 2
    assert lines == sorted(lines)


def test_the_defective_release_is_refused_with_every_reason(shared: Path) -> None:
    path = shared / "official/xsd/dmfa/reformatted-copies/DmfAOriginal_20222.xsd"
    found = [one for one in lint(path) if one.severity == "error"]
    assert [(one.rule.value, one.at.line, one.path) for one in found] == [
        ("undeclared", 1885, "ReorgMeasureInformation"),
        ("declared-twice", 2530, "ReorgMeasureInformation"),
        ("undeclared", 2530, "ReorgMeasureInformation"),
        ("undeclared", 2822, "DismissedStatutoryWorkerContributionType/SubjectionStartingDate"),
        ("undeclared", 2984, "ReferenceType/ReferenceNbr"),
        ("undeclared", 3015, "SecondPillarInformationType/MonthlyAdditionalScaleSalary"),
        ("undeclared", 3023, "ServiceType/ServiceSequenceNbr"),
    ]


@pytest.mark.parametrize("name", ["DmfAUpdate_20223", "DmfAOriginal_20223"])
def test_published_releases_have_no_error(name: str, shared: Path) -> None:
    found = lint(shared / f"official/xsd/dmfa/{name}.xsd")
    assert Counter(rules(found)) == {
        "lost-zeros": 11,
        "any-root": 1,
        "suspicious-pattern": 1,
        "empty-content": 1,
        "empty-value": 1,
    }
