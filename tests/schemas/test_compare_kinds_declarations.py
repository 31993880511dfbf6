"""What a change of a declaration, or of files that refer to each other, is told as."""

from pathlib import Path

import pytest
from schema_pairs import (
    OF_DECLARATIONS,
    OPTIONAL,
    attribute,
    compared,
    e,
    holding,
    missing,
    schema,
    seq,
    told,
)

TEXT = '<xs:simpleContent><xs:extension base="xs:string">{}</xs:extension></xs:simpleContent>'
MIXED = '<xs:element name="r" {}><xs:complexType mixed="true">{}</xs:complexType></xs:element>'
BASE = '<xs:complexType name="B" {}>{}</xs:complexType>'
SIMPLE = '<xs:simpleType name="T"><xs:restriction base="xs:{}"/></xs:simpleType>'
DERIVED = "<xs:complexContent><xs:{0} base='B'>{1}</xs:{0}></xs:complexContent>"
SUBTYPE = '<xs:complexType name="D">{}</xs:complexType>'.format(
    DERIVED.format("extension", attribute())
)
LONG = (
    '<xs:simpleContent><xs:restriction base="B"><xs:maxLength value="{}"/></xs:restriction>'
    "</xs:simpleContent>"
)
GROUP = '<xs:group name="g">{}</xs:group>' + holding("r", '<xs:group ref="g" {}/>')
ATTRIBUTES = '<xs:attributeGroup name="g">{}</xs:attributeGroup>' + holding(
    "r", '<xs:attributeGroup ref="g"/>'
)
HEAD = holding("r", seq('<xs:element ref="h"/>')) + '<xs:element name="h" type="xs:string" {}/>'
MEMBER = '<xs:element name="{}" type="xs:string" substitutionGroup="h"/>'
STRICT = holding("r", seq('<xs:any namespace="##local" minOccurs="0"/>'))
KEYED = (
    '<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="9">'
    '<xs:complexType><xs:attribute name="id"/></xs:complexType></xs:element></xs:sequence>'
    "</xs:complexType>{}</xs:element>"
)
KEY = '<xs:{0} name="k"><xs:selector xpath="a"/><xs:field xpath="@id"/></xs:{0}>'
TREE = BASE.format("", seq(e("n", OPTIONAL, "B"), e("v", OPTIONAL, "xs:{}"))) + e("r", of="B")
ENDLESS = BASE.format("", seq(e("n", of="B"), "{}")) + e("r", of="B")

PLAIN = HEAD.format("")

DECLARATIONS: list[tuple[str, str, str]] = [
    # old and new schema; kind, reader, writer (* with a witness)
    (e("r"), e("r") + e("q"), "root-added K B*"),
    (e("r") + e("q"), e("r"), "root-removed B* K"),
    (e("r") + e("q"), e("r") + e("q", of="xs:int"), "base-changed B* K"),
    (e("r") + SIMPLE.format("string"), e("r") + SIMPLE.format("int"), ""),
    (SIMPLE.format("int"), SIMPLE.format("string"), ""),
    (
        holding("r", seq(e("a"))),
        holding("r", seq(e("a"), holding("b", seq(e("c"))))),
        "child-added B* B*; declaration-added K K",
    ),
    (
        holding("r", seq(holding("b", seq(e("c"))))),
        holding("r", ""),
        "child-removed B* B*; declaration-removed K K",
    ),
    # kinds of content
    (e("r"), holding("r", seq(e("a"))), "content-kind-changed B* B*"),
    (holding("r", seq(e("a", OPTIONAL))), e("r"), "content-kind-changed B* B*"),
    (e("r"), holding("r", ""), "content-kind-changed B* K"),
    (
        e("r"),
        '<xs:element name="r"/>',
        "content-kind-changed K B*; attribute-wildcard-changed K B*",
    ),
    (e("r"), MIXED.format("", ""), "content-kind-changed K K"),
    (e("r", of="xs:int"), MIXED.format("", ""), "content-kind-changed K B*"),
    (
        holding("r", seq(e("a", OPTIONAL))),
        MIXED.format("", seq(e("a", OPTIONAL))),
        "mixed-changed K B*",
    ),
    (MIXED.format('fixed="x"', ""), MIXED.format('fixed="y"', ""), "fixed-changed B* B*"),
    (e("r"), holding("r", TEXT.format(attribute())), "attribute-added K B*"),
    (
        BASE.format("", TEXT.format("")) + holding("r", LONG.format(5)),
        BASE.format("", TEXT.format("")) + holding("r", LONG.format(6)),
        "max-length-changed K B*",
    ),
    # types
    (BASE.format("", seq(e("a"))) + e("r", of="B"), holding("r", seq(e("a"))), ""),
    (
        BASE.format("", seq(e("a"))) + holding("r", DERIVED.format("extension", seq(e("c")))),
        BASE.format("", seq(e("a"), e("b", OPTIONAL)))
        + holding("r", DERIVED.format("extension", seq(e("c")))),
        "child-added K B*",
    ),
    (
        BASE.format("", seq(e("a"), e("b", OPTIONAL)))
        + holding("r", DERIVED.format("restriction", seq(e("a")))),
        holding("r", seq(e("a"))),
        "",
    ),
    (
        BASE.format("", seq(e("a"))) + e("r", of="B"),
        BASE.format('abstract="true"', seq(e("a"))) + e("r", of="B"),
        "abstract-changed B* K",
    ),
    # types that xsi:type may name
    (
        BASE.format("", "") + e("r", of="B"),
        BASE.format("", "") + e("r", of="B") + SUBTYPE,
        "substitutes-changed K ?",
    ),
    (
        BASE.format("", "") + e("r", of="B") + SUBTYPE,
        BASE.format("", "") + e("r", of="B") + SUBTYPE.replace("xs:string", "xs:int"),
        "substitutes-changed ? K",
    ),
    (TREE.format("string"), TREE.format("int"), "base-changed B* K"),
    (ENDLESS.format(""), ENDLESS.format(e("v")), "child-added B B; child-added B B"),
    (
        holding("r", seq('<xs:element ref="r" minOccurs="0"/>')),
        holding("r", seq('<xs:element ref="r"/>')),
        "occurrence-changed B* K",
    ),
    (
        SIMPLE.format("string") + holding("r", seq(e("x", of="T"), e("y", of="T"))),
        SIMPLE.format("int") + holding("r", seq(e("x", of="T"), e("y", of="T"))),
        "base-changed B* K; base-changed B* K",
    ),
    (
        holding("r", seq(holding("x", seq(e("c"))), holding("y", seq(e("c"))))),
        holding("r", seq(holding("x", seq(e("c"))), holding("y", seq(e("c", of="xs:int"))))),
        "base-changed B* K",
    ),
    # groups
    (GROUP.format(seq(e("a")), ""), GROUP.format(seq(e("a"), e("b")), ""), "child-added B* B*"),
    (GROUP.format(seq(e("a")), ""), GROUP.format(seq(e("a")), OPTIONAL), "structure-changed K B*"),
    (GROUP.format(seq(e("a")), ""), holding("r", seq(e("a"))), ""),
    (
        ATTRIBUTES.format(attribute()),
        ATTRIBUTES.format(attribute(of="xs:int")),
        "base-changed B* K",
    ),
    (
        '<xs:attribute name="u" type="xs:int"/>' + holding("r", '<xs:attribute ref="u"/>'),
        holding("r", attribute(of="xs:int")),
        "",
    ),
    # substitution
    (
        PLAIN + MEMBER.format("s"),
        PLAIN + MEMBER.format("s") + MEMBER.format("t"),
        "substitutes-changed K B*",
    ),
    (
        PLAIN + MEMBER.format("s"),
        HEAD.format('abstract="true"') + MEMBER.format("s"),
        "substitutes-changed B* K",
    ),
    (
        PLAIN + MEMBER.format("s"),
        HEAD.format('block="substitution"') + MEMBER.format("s"),
        "substitutes-changed B* K; substitution-changed K K",
    ),
    (
        PLAIN + MEMBER.format("s"),
        PLAIN + MEMBER.format("s").replace("xs:string", "xs:NCName"),
        "base-changed B* K",
    ),
    (
        e("h") + MEMBER.format("s"),
        e("h"),
        "root-removed B* K",
    ),
    (e("h") + MEMBER.format("s"), e("h") + e("s"), "substitution-changed K K"),
    (e("r"), e("r", 'abstract="true"'), "abstract-changed B* K"),
    # global elements behind a wildcard
    (STRICT, STRICT + e("g"), "root-added K B*; wildcard-changed K B*"),
    (STRICT + e("g"), STRICT + e("g", of="xs:int"), "base-changed B* K"),
    (
        STRICT.replace("/>", ' processContents="lax"/>'),
        STRICT.replace("/>", ' processContents="lax"/>') + e("g"),
        "root-added K B*; wildcard-changed ? K",
    ),
    # keys
    (KEYED.format(""), KEYED.format(KEY.format("key")), "key-added B* K"),
    (KEYED.format(KEY.format("key")), KEYED.format(""), "key-removed K B*"),
    (KEYED.format(KEY.format("unique")), KEYED.format(KEY.format("key")), "key-changed ? ?"),
]
INCLUDED = '<xs:include schemaLocation="i.xsd"/>' + e("r", of="t:T")
CHAMELEON = ('targetNamespace="urn:t" xmlns:t="urn:t"',) * 2
IMPORTED = '<xs:import namespace="urn:o" schemaLocation="i.xsd"/>' + holding(
    "r", seq('<xs:element ref="o:o"/>')
)
REDEFINED = (
    '<xs:redefine schemaLocation="i.xsd"><xs:simpleType name="T"><xs:restriction base="T">'
    '<xs:maxLength value="{}"/></xs:restriction></xs:simpleType></xs:redefine>' + e("r", of="T")
)
IN_NAMESPACE = 'targetNamespace="urn:t"'
FILES: list[tuple[str, str, tuple[str, str], tuple[str, str], str]] = [
    # old and new schema, their attributes, the file that they refer to; kind, reader, writer
    (
        INCLUDED,
        INCLUDED,
        CHAMELEON,
        (SIMPLE.format("string"), SIMPLE.format("int")),
        "base-changed B* K",
    ),
    (
        IMPORTED,
        IMPORTED,
        ('xmlns:o="urn:o" targetNamespace="urn:t"',) * 2,
        (e("o"), e("o", of="xs:int")),
        "base-changed B* K",
    ),
    (
        REDEFINED.format(5),
        REDEFINED.format(4),
        ("", ""),
        (SIMPLE.format("string"),) * 2,
        "max-length-changed B* K",
    ),
    (
        holding("r", attribute()),
        holding("r", attribute()),
        (f'{IN_NAMESPACE} attributeFormDefault="qualified"', IN_NAMESPACE),
        ("", ""),
        "attribute-added K B*; attribute-removed B* K",
    ),
    (
        holding("r", seq(e("a"))),
        holding("r", seq(e("a"))),
        (IN_NAMESPACE, 'targetNamespace="urn:u"'),
        ("", ""),
        "namespace-changed B* B*",
    ),
    (
        holding("r", seq(e("a"))),
        holding("r", seq(e("a"))),
        (f'{IN_NAMESPACE} elementFormDefault="qualified"', IN_NAMESPACE),
        ("", ""),
        "child-removed B* B*; child-added B* B*",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), DECLARATIONS)
def test_declarations(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert "; ".join(told(compared(tmp_path, old, new))) == expected


@pytest.mark.parametrize(("old", "new", "attributes", "files", "expected"), FILES)
def test_files(
    old: str,
    new: str,
    attributes: tuple[str, str],
    files: tuple[str, str],
    expected: str,
    tmp_path: Path,
) -> None:
    target = 'targetNamespace="urn:o"' if "import" in old else ""
    before, after = (schema(file, target) for file in files)
    found = compared(tmp_path, old, new, attributes=attributes, others={"i.xsd": (before, after)})
    assert "; ".join(told(found)) == expected


def test_every_kind_has_a_row() -> None:
    assert not missing(
        OF_DECLARATIONS, [*(row[-1] for row in DECLARATIONS), *(row[-1] for row in FILES)]
    )
