"""What a schema is made of, and which older one a new file follows."""

import re
from collections.abc import Mapping

import pytest
from repositories import include, schema

from schemas.compare.predecessor import predecessor
from schemas.compare.references import closure, entries, references


def names(*paths: str) -> bytes:
    return schema(*map(include, paths)).encode()


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("types.xsd", "orders/types.xsd"),
        ("./types.xsd", "orders/types.xsd"),
        ("../shared/types.xsd", "shared/types.xsd"),
        ("a/../b.xsd", "orders/b.xsd"),
        (" my%20types.xsd ", "orders/my types.xsd"),
        ("types.xsd#part", "orders/types.xsd"),
        ("bücher.xsd", "orders/bücher.xsd"),
        ("../../outside.xsd", None),
        ("../../", None),
        ("/etc/types.xsd", None),
        ("https://example.org/types.xsd", None),
        ("file:///etc/types.xsd", None),
        ("//example.org/types.xsd", None),
        ("", None),
    ],
)
def test_where_a_reference_leads(location: str, path: str | None) -> None:
    assert references("orders/order.xsd", names(location)) == ((path,) if path else ())


def test_every_sort_of_reference_counts() -> None:
    content = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:include schemaLocation="a.xsd"/><xs:import schemaLocation="b.xsd"/>
        <xs:import namespace="urn:x"/><xs:redefine schemaLocation="c.xsd"/>
        <xs:include schemaLocation="a.xsd"/><include schemaLocation="no.xsd"/>
        <xs:element name="r"><xs:annotation><xs:appinfo>
        <xs:include schemaLocation="no.xsd"/></xs:appinfo></xs:annotation></xs:element>
    </xs:schema>"""
    assert references("x.xsd", content.encode()) == ("a.xsd", "b.xsd", "c.xsd")


@pytest.mark.parametrize(
    "content",
    [b"", b"<xs:schema", b"\xff\xfe\x00", b'<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a>&b;'],
)
def test_what_is_not_well_formed_names_nothing(content: bytes) -> None:
    assert references("x.xsd", content) == ()


def test_a_closure_follows_references_at_any_depth_and_round_in_circles() -> None:
    files = {
        "a.xsd": names("b.xsd", "gone.xsd"),
        "b.xsd": names("d/c.xsd"),
        "d/c.xsd": names("../a.xsd"),
        "other.xsd": names(),
    }
    assert set(closure("a.xsd", files.get)) == {"a.xsd", "b.xsd", "d/c.xsd"}
    assert closure("gone.xsd", files.get) == {}


@pytest.mark.parametrize(
    ("made_of", "expected"),
    [
        ({"a": "ab", "b": "b", "c": "cb"}, {"a", "c"}),
        ({"a": "ab", "b": "ab"}, {"a"}),
        ({"a": "abc", "b": "abc", "c": "abc", "d": "dabc"}, {"d"}),
        ({"a": "ax"}, {"a"}),
        ({}, set()),
    ],
)
def test_entries_are_what_nothing_else_is_made_of(
    made_of: Mapping[str, str], expected: set[str]
) -> None:
    assert entries(made_of) == expected


@pytest.mark.parametrize(
    ("path", "others", "expected"),
    [
        ("shop-2.xsd", ["shop-1.xsd", "shop-3.xsd"], "shop-1.xsd"),
        ("shop-1.10.xsd", ["shop-1.9.xsd", "shop-1.2.xsd"], "shop-1.9.xsd"),
        ("shop-1.2.1.xsd", ["shop-1.2.xsd", "shop-1.1.9.xsd"], "shop-1.2.xsd"),
        ("v10/order.xsd", ["v9/order.xsd", "v9/invoice.xsd"], "v9/order.xsd"),
        (
            "r/2023-1/D_20231.xsd",
            ["r/2022-4/D_20224.xsd", "r/2022-2/D_20222.xsd"],
            "r/2022-4/D_20224.xsd",
        ),
        ("shop-1.xsd", ["shop-2.xsd"], None),
        ("shop-2.xsd", ["store-1.xsd", "shop.xsd"], None),
        ("shop.xsd", ["shop.xsd", "shop-1.xsd"], None),
        ("shop-01.xsd", ["shop-1.xsd"], None),
        ("shop-2.xsd", [], None),
    ],
)
def test_what_a_new_file_follows(path: str, others: list[str], expected: str | None) -> None:
    assert predecessor(path, others) == expected


def test_rules_tell_what_names_do_not() -> None:
    rules = (
        re.compile(r"(?P<group>.+)/(?P<version>[a-z]+\d+)/[^/]+\.xsd"),
        re.compile(r"final/(?P<name>\w+)-(?P<version>\d+)(-rc\d)?\.xsd"),
    )
    assert predecessor("a/v2/new.xsd", ["a/v1/old.xsd", "b/v1/new.xsd"], rules) == "a/v1/old.xsd"
    assert predecessor("final/a-2.xsd", ["final/a-1-rc3.xsd"], rules) == "final/a-1-rc3.xsd"
    assert predecessor("elsewhere-2.xsd", ["elsewhere-1.xsd"], rules) is None
