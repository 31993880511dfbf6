"""Releases that an operator adds: judged by from then on, or refused with a reason."""

import re
import shutil
from pathlib import Path

import pytest
from declared import (
    DMFA,
    Q1_2023,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    release_of,
    remun,
    usual_form,
    zone,
)

from schemas.catalogue import Catalogue
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from schemas.model import SchemaError
from schemas.quarter import Quarter
from schemas.registry import register
from schemas.units import UNKNOWN
from transforms.shred import Shredder

NEXT = Quarter(2023, 2)
NEW_ZONE = """\
   <xs:element name="GreenMileage">
      <xs:annotation><xs:documentation>09999</xs:documentation></xs:annotation>
      <xs:simpleType><xs:restriction base="xs:integer"><xs:minInclusive value="0"/>
      <xs:maxInclusive value="999"/></xs:restriction></xs:simpleType>
   </xs:element>
"""


def with_new_zone(text: str) -> str:
    """The schema with one more zone, optional, at the end of the remuneration."""
    changed, times = re.subn(
        r'(<xs:element ref="RemunAmount"\s*/>)',
        r'\1<xs:element minOccurs="0" ref="GreenMileage"/>',
        text,
    )
    assert times == 1
    return changed.replace("</xs:schema>", f"{NEW_ZONE}</xs:schema>")


@pytest.fixture
def received(shared: Path, tmp_path: Path) -> Path:
    """A new release as the publisher would send it: one file."""
    official = shared / "official" / "xsd" / "dmfa" / "series-original" / DMFA.file_name(Q1_2023)
    file = tmp_path / "received" / DMFA.file_name(NEXT)
    file.parent.mkdir()
    file.write_text(with_new_zone(official.read_text(encoding="utf-8")), encoding="utf-8")
    return file


@pytest.fixture
def in_parts(tmp_path: Path) -> Path:
    """A new release in several files, made of the ones that are shipped."""
    folder = tmp_path / "parts"
    shutil.copytree(release_of().path.parent, folder)
    file = folder / DMFA.file_name(NEXT)
    (folder / DMFA.file_name(Q1_2023)).rename(file)
    blocks = folder / "blocks.xsd"
    text = with_new_zone(blocks.read_text(encoding="utf-8"))
    blocks.write_text(text, encoding="utf-8")
    return file


def mileage(value: object) -> bytes:
    pay = remun(100).replace("</RemunAmount>", f"</RemunAmount>{zone('GreenMileage', value)}")
    return document(form(person(record(occupation(pay)))), release=NEXT)


@pytest.mark.parametrize("source", ["received", "in_parts"])
def test_a_new_release_judges_the_documents_that_name_it(
    source: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(source)
    registry = tmp_path / "registry"
    assert outcome(mileage(12), Catalogue(registry)).code == "unknown-release"

    registered = register(file, registry)
    shutil.rmtree(file.parent)

    catalogue = Catalogue(registry)
    assert registered.path.is_relative_to(registry)
    assert outcome(mileage(12), catalogue).survey.release == NEXT
    assert outcome(mileage(12), catalogue).accepted
    (finding,) = outcome(mileage("far"), catalogue).judged[0].findings
    assert (finding.code, finding.value) == ("09999-002", "far")
    assert not outcome(mileage(12).replace(b"20232.xsd", b"20231.xsd"), catalogue).accepted
    assert outcome(document(usual_form()), catalogue).accepted


def test_a_new_zone_is_a_column(received: Path, tmp_path: Path) -> None:
    register(received, tmp_path)
    catalogue = Catalogue(tmp_path)
    release = catalogue.find(DMFA, NEXT)
    assert release is not None
    column = next(
        c for c in catalogue.tables(DMFA)["dmfa.remun"].columns if c.name == "green_mileage"
    )
    assert (column.zone, column.inside) == ("09999", UNKNOWN.inside)
    assert "09999" in column.comment
    assert "unknown unit" in column.comment

    shredder = Shredder(release.layout)
    (judged,) = outcome(mileage("+012"), catalogue).judged
    assert judged.element is not None
    shredder.add(judged.element, "a", 1, judged.line_shift)
    found = shredder.finish().tables["remun"].column("green_mileage").to_pylist()
    assert found == ["+012"]


def test_a_registered_release_changes_the_fingerprint(received: Path, tmp_path: Path) -> None:
    before = Catalogue(tmp_path).fingerprint(DMFA)
    register(received, tmp_path)
    after = Catalogue(tmp_path).fingerprint(DMFA)
    assert before != after
    received.write_text(received.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")
    register(received, tmp_path, replace=True)
    assert Catalogue(tmp_path).fingerprint(DMFA) not in (before, after)


def test_a_release_is_registered_once(received: Path, tmp_path: Path) -> None:
    register(received, tmp_path)
    with pytest.raises(SchemaError, match=r"2023/2 of dmfa is registered already"):
        register(received, tmp_path)


def test_a_release_can_be_replaced(received: Path, tmp_path: Path) -> None:
    register(received, tmp_path)
    text = received.read_text(encoding="utf-8").replace('value="999"', 'value="9999"')
    received.write_text(text, encoding="utf-8")
    assert not outcome(mileage(1000), Catalogue(tmp_path)).accepted
    register(received, tmp_path, replace=True)
    assert outcome(mileage(1000), Catalogue(tmp_path)).accepted
    assert [path.name for path in (tmp_path / "dmfa").iterdir()] == ["2023-2"]


def test_a_release_that_cannot_serve_replaces_nothing(received: Path, tmp_path: Path) -> None:
    register(received, tmp_path)
    received.write_text("<xs:schema", encoding="utf-8")
    with pytest.raises(SchemaError):
        register(received, tmp_path, replace=True)
    assert outcome(mileage(12), Catalogue(tmp_path)).accepted


@pytest.mark.parametrize("replace", [False, True])
def test_a_shipped_release_is_not_replaced(replace: bool, received: Path, tmp_path: Path) -> None:
    file = received.rename(received.with_name(DMFA.file_name(Q1_2023)))
    with pytest.raises(SchemaError, match="2023/1 of dmfa is part of kwartaal"):
        register(file, tmp_path, replace=replace)


def test_an_alias_may_get_a_schema_of_its_own(received: Path, tmp_path: Path) -> None:
    file = received.rename(received.with_name("DmfAOriginal_20224.xsd"))
    register(file, tmp_path)
    found = Catalogue(tmp_path).named(DMFA, file.name)
    assert found is not None
    assert (found.label, found.shipped) == ("2022/4", False)


# --- refusals ------------------------------------------------------------------------------------


def refused(file: Path, registry: Path) -> str:
    with pytest.raises(SchemaError) as error:
        register(file, registry)
    assert not registry.exists()
    reason = str(error.value)
    assert len(reason) < 1000
    return reason


def test_the_defective_copy_is_refused(shared: Path, tmp_path: Path) -> None:
    """It declares an element twice and lacks several."""
    copies = shared / "official" / "xsd" / "dmfa" / "reformatted-copies"
    file = tmp_path / DMFA.file_name(NEXT)
    shutil.copyfile(copies / "DmfAOriginal_20222.xsd", file)
    assert "does not compile" in refused(file, tmp_path / "registry")


def test_the_sorted_copy_is_as_good_as_the_published_one(shared: Path, tmp_path: Path) -> None:
    folder = shared / "official" / "xsd" / "dmfa"
    tables = []
    for source in ("reformatted-copies", "series-original"):
        registry = tmp_path / source
        register(folder / source / "DmfAOriginal_20223.xsd", registry)
        found = Catalogue(registry).find(DMFA, Quarter(2022, 3))
        assert found is not None
        tables.append(found.layout)
    assert tables[0] == tables[1]


@pytest.mark.parametrize("name", ["dmfa/DmfAUpdate_20223.xsd", "drs/ZIMA001_20231.xsd"])
def test_schemas_of_other_messages_are_refused(name: str, shared: Path, tmp_path: Path) -> None:
    file = shared / "official" / "xsd" / name
    registry = tmp_path / "registry"
    assert "DmfAOriginal_YYYYQ.xsd or Dimona_YYYYQ.xsd or " in refused(file, registry)
    renamed = tmp_path / DMFA.file_name(NEXT)
    shutil.copyfile(file, renamed)
    assert "declares no element DmfAOriginal" in refused(renamed, registry)


@pytest.mark.parametrize("message", MESSAGES[1:], ids=lambda message: message.name)
def test_a_new_release_of_every_message_can_be_registered(
    message: MessageKind, shared: Path, tmp_path: Path
) -> None:
    """And gives the tables of the shipped release, where the message has tables."""
    newest = message.releases[-1]
    official = shared / "official" / "xsd" / "dimona" / message.file_name(newest)
    assert "part of kwartaal" in refused(official, tmp_path / "registry")
    file = tmp_path / message.file_name(NEXT)
    shutil.copyfile(official, file)
    register(file, tmp_path / "registry")
    catalogue = Catalogue(tmp_path / "registry")
    found, shipped = (catalogue.find(message, quarter) for quarter in (NEXT, newest))
    assert found is not None
    assert shipped is not None
    assert found.quarter == NEXT
    if message.tables:
        assert found.layout == shipped.layout
    else:
        with pytest.raises(SchemaError, match="no column can hold that"):
            _ = found.layout


ROOT = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
FORM = (
    '<xs:element name="DmfAOriginal"><xs:complexType><xs:sequence>{}</xs:sequence>'
    "</xs:complexType></xs:element>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "does not"),
        ("not a schema", "does not"),
        ("<html/>", "does not"),
        (ROOT.format(""), "declares no element DmfAOriginal"),
        (ROOT.format('<xs:element name="DmfAOriginal" type="xs:string"/>'), "no child elements"),
        (ROOT.format(FORM.format('<xs:element name="Fax" type="xs:string"/>')), "Form"),
        (ROOT.format(FORM.format('<xs:element name="Form" type="xs:string"/>')), "Form"),
        (ROOT.format(FORM.format("<xs:any/>")), "DmfAOriginal admits any element"),
        (
            ROOT.format(FORM.format('<xs:element name="A" type="xs:date" maxOccurs="2"/>')),
            "DmfAOriginal/A repeats",
        ),
        (ROOT.format('<xs:include schemaLocation="gone.xsd"/>'), ""),
        (ROOT.format('<xs:element name="DmfAOriginal" type="NoSuchType"/>'), "does not compile"),
    ],
)
def test_what_cannot_serve_is_refused(content: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / DMFA.file_name(NEXT)
    file.write_text(content, encoding="utf-8")
    assert reason in refused(file, tmp_path / "registry")


def test_a_block_that_contains_itself_is_refused(tmp_path: Path) -> None:
    form_in_form = FORM.format('<xs:element ref="Form"/>') + FORM.replace(
        "DmfAOriginal", "Form"
    ).format('<xs:element ref="Form" minOccurs="0"/>')
    file = tmp_path / DMFA.file_name(NEXT)
    file.write_text(ROOT.format(form_in_form), encoding="utf-8")
    assert "contain itself" in refused(file, tmp_path / "registry")


def test_includes_have_to_lie_beside_the_file(in_parts: Path, tmp_path: Path) -> None:
    folder = in_parts.parent / "more"
    folder.mkdir()
    (in_parts.parent / "blocks.xsd").rename(folder / "blocks.xsd")
    text = in_parts.read_text(encoding="utf-8").replace('"blocks.xsd"', '"more/blocks.xsd"')
    in_parts.write_text(text, encoding="utf-8")
    (folder / "zones.xsd").write_bytes((in_parts.parent / "zones.xsd").read_bytes())
    (folder / "types.xsd").write_bytes((in_parts.parent / "types.xsd").read_bytes())
    with pytest.raises(SchemaError):
        register(in_parts, tmp_path / "registry")
