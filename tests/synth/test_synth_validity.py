"""What is generated fits the official schemas, and uses all of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from schemas.quarter import Quarter
from transforms.synth.plan import Draft, Plan, forms
from transforms.synth.releases import ROOT, release_labelled, release_of
from transforms.synth.xml import COMPACT, INDENTED, Layout, epilog, prolog

SchemaOf = Callable[[Quarter], etree.XMLSchema]


def document(form: bytes, quarter: Quarter, layout: Layout = INDENTED) -> etree._Element:
    head = prolog(release_of(quarter).schema, ROOT, layout).encode()
    return etree.fromstring(head + form + epilog(ROOT).encode())


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("sample", Quarter(2023, 1)),
        ("older_sample", Quarter(2022, 2)),
        ("winter_sample", Quarter(2022, 4)),
    ],
)
def test_every_form_is_valid(
    name: str, quarter: Quarter, schema_of: SchemaOf, request: pytest.FixtureRequest
) -> None:
    drafts: list[Draft] = request.getfixturevalue(name)
    schema = schema_of(quarter)
    assert len(drafts) > 100
    for draft in drafts:
        assert schema.validate(document(draft.content, quarter)), schema.error_log


@pytest.mark.parametrize("quarter", [Quarter(2022, 3), Quarter(2023, 3), Quarter(2024, 4)])
def test_other_quarters_are_valid_too(quarter: Quarter, schema_of: SchemaOf) -> None:
    schema = schema_of(quarter)
    for form in forms(Plan(quarter, 40, indent=False), 20, 40):
        assert schema.validate(document(form, quarter, COMPACT)), schema.error_log


def test_an_older_release_can_be_asked_for(schema_of: SchemaOf) -> None:
    older = release_labelled(Quarter(2022, 2))
    schema = schema_of(older.label)
    for form in forms(Plan(Quarter(2023, 1), 60, release=older), 30, 60):
        assert schema.validate(document(form, older.label)), schema.error_log


def test_a_release_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="2022/2"):
        release_labelled(Quarter(2021, 1))


def test_every_block_of_the_release_occurs(sample: list[Draft], shared: Path) -> None:
    folder = shared / "official" / "xsd" / "dmfa" / "series-original"
    expected = blocks_in(folder / "DmfAOriginal_20231.xsd") - {ROOT}
    text = b"".join(draft.content for draft in sample)
    missing = {name for name in expected if f"<{name}>".encode() not in text}
    assert not missing


def test_blocks_of_2023_do_not_occur_before(older_sample: list[Draft]) -> None:
    text = b"".join(draft.content for draft in older_sample)
    assert b"<UsingEmployer>" not in text
    assert b"<EmployerCompensation>" not in text


def blocks_in(schema: Path) -> set[str]:
    """Names of the global elements that hold elements."""
    namespace = {"xs": "http://www.w3.org/2001/XMLSchema"}
    tree = etree.parse(schema).getroot()
    types = {t.get("name") for t in tree.iterfind("./xs:complexType", namespace)}
    return {
        str(element.get("name"))
        for element in tree.iterfind("./xs:element", namespace)
        if element.find("xs:complexType", namespace) is not None or element.get("type") in types
    }
