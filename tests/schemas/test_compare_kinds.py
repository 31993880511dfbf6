"""What a change of the content of an element is told as."""

from pathlib import Path

import pytest
from schema_pairs import (
    MANY,
    OF_CONTENTS,
    OPTIONAL,
    all_of,
    attribute,
    choice,
    compared,
    e,
    holding,
    missing,
    seq,
    told,
)


def any_of(more: str = "", processing: str = "skip") -> str:
    return f'<xs:any processContents="{processing}" {more}/>'


def any_attribute(processing: str = "skip", more: str = "") -> str:
    return f'<xs:anyAttribute processContents="{processing}" {more}/>'


def noted(text: str, more: str = "", name: str = "a") -> str:
    note = f"<xs:annotation><xs:documentation>{text}</xs:documentation></xs:annotation>"
    return f'<xs:element name="{name}" type="xs:string" {more}>{note}</xs:element>'


CONTENTS: list[tuple[str, str, str]] = [
    # old and new content of the type of the root; kind, reader, writer (* with a witness)
    (seq(e("a")), seq(e("a"), e("b", OPTIONAL)), "child-added K B*"),
    (seq(e("a")), seq(e("a"), e("b")), "child-added B* B*"),
    (seq(e("a"), e("b")), seq(e("a")), "child-removed B* B*"),
    (seq(e("a"), e("b")), seq(e("b"), e("a")), "child-moved B* B*"),
    (seq(e("a"), e("b")), all_of(e("b"), e("a")), "child-moved K B*"),
    (all_of(e("a"), e("b")), all_of(e("b"), e("a")), ""),
    (all_of(e("a"), more=OPTIONAL), all_of(e("a")), "structure-changed B* K"),
    (
        all_of(*(e(f"a{n}", OPTIONAL) for n in range(20))),
        all_of(*(e(f"a{n}", OPTIONAL) for n in range(21))),
        "child-added K B*",
    ),
    (seq(e("a"), e("b")), choice(e("a"), e("b")), "structure-changed B* B*"),
    (choice(e("a"), e("b")), choice(e("b"), e("a"), e("c")), "child-added K B*"),
    (
        choice(e("a"), e("b"), more=f"{OPTIONAL} {MANY}"),
        seq(e("a", OPTIONAL), e("b", OPTIONAL)),
        "occurrence-changed K K; occurrence-changed K K; structure-changed B* K",
    ),
    (seq(e("a"), seq(e("b"), seq(e("c")))), seq(e("a"), e("b"), e("c")), ""),
    (
        seq(e("a"), seq(e("b"), e("c"))),
        seq(e("a"), seq(e("b"), e("c"), more=OPTIONAL)),
        "structure-changed K B*",
    ),
    (seq(e("a"), e("b"), more=MANY), seq(e("a"), e("b")), "structure-changed B* K"),
    (
        choice(seq(e("a"), e("x")), seq(e("b"), e("x"))),
        choice(seq(e("a"), e("x", OPTIONAL)), seq(e("b"), e("x", OPTIONAL))),
        "occurrence-changed K B*",
    ),
    (seq(e("a")), seq(e("a", OPTIONAL)), "occurrence-changed K B*"),
    (seq(e("a", MANY)), seq(e("a", 'maxOccurs="5"')), "occurrence-changed B* K"),
    (seq(e("a", 'maxOccurs="500"')), seq(e("a", 'maxOccurs="600"')), "occurrence-changed K B*"),
    (seq(e("a", 'maxOccurs="99999"')), seq(e("a", 'maxOccurs="100000"')), "occurrence-changed K B"),
    # Counts that add up are not put closer together.
    (
        seq(seq(e("a", 'maxOccurs="2"'), more='maxOccurs="100"')),
        seq(e("a", 'maxOccurs="300"')),
        "occurrence-changed K B*",
    ),
    (
        seq(seq(e("a", 'minOccurs="2" maxOccurs="2"'), more='maxOccurs="200"')),
        seq(e("a", 'minOccurs="2" maxOccurs="400"')),
        "occurrence-changed K B*",
    ),
    (
        seq(choice(e("a"), e("b"), more='minOccurs="0" maxOccurs="160"')),
        seq(e("a", 'minOccurs="0" maxOccurs="90"'), e("b", 'minOccurs="0" maxOccurs="60"')),
        "occurrence-changed K K; occurrence-changed K K; structure-changed B* K",
    ),
    (
        seq(e("a"), e("b", OPTIONAL), more='maxOccurs="500"'),
        seq(e("a"), e("b", OPTIONAL), more='maxOccurs="600"'),
        "structure-changed K B*",
    ),
    (
        seq(*(e(f"a{n}") for n in range(300))),
        seq(*(e(f"a{n}") for n in range(300)), e("b", OPTIONAL)),
        "child-added K B*",
    ),
    (seq(e("a")), seq(e("a"), e("b", 'minOccurs="0" maxOccurs="0"')), "child-added K K"),
    ("", seq(e("a", OPTIONAL)), "child-added K B*"),
    ("", seq(), ""),
    (
        seq(noted("00001")),
        seq(noted("00001", OPTIONAL, "b")),
        "child-renamed B* B*; occurrence-changed K B*",
    ),
    (seq(noted("00001")), seq(noted("00002")), "number-changed K K"),
    (seq(noted("one")), seq(noted("two")), "documentation-changed K K"),
    # wildcards
    (seq(e("a")), seq(e("a"), any_of(OPTIONAL, "lax")), "wildcard-added K B*"),
    (seq(any_of()), "", "wildcard-removed B* B*"),
    (
        seq(any_of('namespace="urn:a urn:b"')),
        seq(any_of('namespace="urn:a"')),
        "wildcard-changed B* K",
    ),
    (seq(any_of('namespace="##other"')), seq(any_of()), "wildcard-changed K B*"),
    (seq(any_of(processing="strict")), seq(any_of(processing="lax")), "wildcard-changed K B*"),
    (seq(any_of(processing="lax")), seq(any_of()), "wildcard-changed K ?"),
    (seq(any_of()), seq(any_of('maxOccurs="2"')), "wildcard-changed K B*"),
    # elements
    (seq(e("a")), seq(e("a", 'nillable="true"')), "nillable-changed K B*"),
    (seq(e("a", of="xs:int")), seq(e("a", 'default="1"', "xs:int")), "default-changed K B*"),
    (seq(e("a", 'default="x"')), seq(e("a", 'default="y"')), "default-changed K K"),
    (seq(e("a")), seq(e("a", 'fixed="x"')), "fixed-changed B* K"),
    (seq(e("a", 'fixed="x"')), seq(e("a", 'fixed="y"')), "fixed-changed B* B*"),
    (seq(e("a", 'fixed="1"', "xs:int")), seq(e("a", of="xs:int")), "fixed-changed B* B*"),
    (
        seq(e("a", 'default="1"', "xs:int")),
        seq(e("a", 'fixed="1"', "xs:int")),
        "default-changed K K; fixed-changed B* K",
    ),
    # attributes
    ("", attribute(), "attribute-added K B*"),
    ("", attribute('use="required"'), "attribute-added B* B*"),
    (attribute(), attribute('use="required"'), "attribute-use-changed B* K"),
    (attribute(), attribute('use="prohibited"'), "attribute-removed B* K"),
    (attribute(), attribute('default="x"'), "default-changed K K"),
    (
        seq(e("a", 'default="x"', "xs:NMTOKENS")),
        seq(e("a", 'fixed="x"', "xs:NMTOKENS")),
        "default-changed K K; fixed-changed B* K",
    ),
    # libxml2 counts the white space of a collapsed type too, against the standard: no witness.
    (
        seq(e("a", 'fixed="x"', "xs:token")),
        seq(e("a", 'fixed="x"')),
        "base-changed K K; fixed-changed B K",
    ),
    (attribute(), attribute('fixed="x"'), "fixed-changed B* K"),
    (attribute('fixed="1"', "xs:int"), attribute('fixed="2"', "xs:int"), "fixed-changed B* B*"),
    (attribute(), attribute(of="xs:int"), "base-changed B* K"),
    ("", any_attribute(), "attribute-wildcard-changed K B*"),
    ("", any_attribute("strict"), "attribute-wildcard-changed K ?"),
    (
        any_attribute(more='namespace="urn:a urn:b"'),
        any_attribute(more='namespace="urn:a"'),
        "attribute-wildcard-changed B* K",
    ),
    (any_attribute("lax"), any_attribute("strict"), "attribute-wildcard-changed B* K"),
    (any_attribute("skip"), any_attribute("lax"), "attribute-wildcard-changed ? K"),
    (any_attribute(), attribute(of="xs:int") + any_attribute(), "attribute-added B* K"),
    (attribute() + any_attribute("lax"), any_attribute("lax"), "attribute-removed K K"),
    (attribute() + any_attribute("strict"), any_attribute("strict"), "attribute-removed B* K"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CONTENTS)
def test_contents(old: str, new: str, expected: str, tmp_path: Path) -> None:
    sides = holding("r", old), holding("r", new)
    assert "; ".join(told(compared(tmp_path, *sides))) == expected


def test_every_kind_has_a_row() -> None:
    assert not missing(OF_CONTENTS, (row[-1] for row in CONTENTS))
