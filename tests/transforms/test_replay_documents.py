"""Documents that are too large for a tree, and forms that are too long for its lines."""

import io
from pathlib import Path

import pytest
from declared import DMFA, document, form, occupation, person, record, service
from derived import derived, restricted

from schemas.compare.difference import Difference, Effect, Kind
from schemas.given import Side, message_of_both
from transforms.ranges import Range
from transforms.replay import documents
from transforms.replay.forms import FormOf, tally_forms
from transforms.replay.tally import Tally
from transforms.replay.verdict import Bench
from transforms.together import Received

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Log">
<xs:complexType><xs:sequence><xs:element name="Line" maxOccurs="unbounded"><xs:simpleType>
<xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType>
</xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""

SHORTER = Difference(
    Kind.MAX_LENGTH_CHANGED, "Line", Effect.BREAKS, Effect.KEEPS, places=("/Log/Line",)
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    for name, most in (("old", "9"), ("new", "5")):
        (tmp_path / f"{name}.xsd").write_text(SCHEMA.replace('"9"', f'"{most}"'))
    return Bench(Side(tmp_path / "old.xsd"), Side(tmp_path / "new.xsd"), (SHORTER,))


def counted(text: str, bench: Bench) -> Tally:
    tally = Tally()
    documents.tally_document(io.BytesIO(text.encode()), "log.xml", bench, tally)
    assert tally.forms == tally.files == 1
    return tally


CASES = {
    "still_valid": "<Log><Line>1</Line></Log>",
    "newly_failing": "<Log><Line>1</Line>\n<Line>1234567</Line></Log>",
    "invalid_in_both": "<Log><Line>1234567890</Line></Log>",
    "unreadable": "<Log><Line>1234567</Line>",
}


@pytest.mark.parametrize("tree_bytes", [0, documents.TREE_BYTES])
@pytest.mark.parametrize("what", CASES)
def test_a_large_document_has_the_same_verdict(
    what: str, tree_bytes: int, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TREE_BYTES", tree_bytes)
    tally = counted(CASES[what], bench)
    assert getattr(tally, what) == 1
    if what == "newly_failing":
        (example,) = tally.failing[SHORTER.id].examples
        assert (example.line, example.path) == (2, "/Log/Line")


def test_of_what_no_tree_is_made_the_words_are_counted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TREE_BYTES", 0)
    monkeypatch.setattr(documents, "FORM_BYTES", 0)
    tally = counted(CASES["newly_failing"], bench)
    assert (tally.newly_failing, tally.unexplained, tally.partly_read) == (1, 1, 1)
    (words,) = tally.other_failing
    assert words.startswith("maxLength")


@pytest.mark.parametrize("tree_bytes", [0, documents.TREE_BYTES])
def test_a_document_type_is_not_accepted(
    tree_bytes: int, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "TREE_BYTES", tree_bytes)
    bomb = '<!DOCTYPE Log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    tally = counted(bomb + CASES["still_valid"], bench)
    assert list(tally.reasons) == ["doctype"]


def test_the_line_in_a_long_form_is_that_of_the_file(tmp_path: Path) -> None:
    """libxml2 numbers 65,535 lines."""
    code = Difference(
        Kind.ENUMERATION_INTRODUCED,
        "ContractType",
        Effect.BREAKS,
        Effect.KEEPS,
        places=(
            "/DmfAOriginal/Form/EmployerDeclaration/NaturalPerson/WorkerRecord/Occupation/ContractType",
        ),
        old=None,
        new="0",
    )
    edit = restricted("00050", "Flag", 'enumeration value="0"')
    paths = derived(tmp_path / "old"), derived(tmp_path / "new", edit)
    assert message_of_both(*paths) is DMFA
    bench = Bench(Side(paths[0], DMFA), Side(paths[1], DMFA), (code,))
    full, part = occupation(service(1)), occupation(service(1), number=2, hours=1900)
    text = document(form(person(record(full, part)))).decode()
    data = text[text.index("<Form>") : text.index("</DmfAOriginal>")]
    data = data.replace("<WorkerRecord>", "<WorkerRecord>" + 70_000 * "\n")
    received = Received(data.encode(), Range(0, len(data), 1001, 7, 1), b"<DmfAOriginal>", "utf-8")
    tally = Tally()
    tally_forms([FormOf("long.xml", received)], bench, DMFA, tally)
    (example,) = tally.failing[code.id].examples
    wanted = data[: data.index("<ContractType>1<")].count("\n") + 1001
    assert (example.form, example.line) == (7, wanted)
    assert wanted > 70_000
