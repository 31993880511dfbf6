"""A release of a message, and what of ours it touches: from two XSD files to the impact."""

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.impact import NO_MESSAGE, impact_of
from pipelines.saved_queries import saved_queries
from schemas.catalogue import Catalogue
from schemas.compare.comparison import compare
from schemas.compare.difference import Comparison
from schemas.dimona import ACRF, DIMONA
from schemas.dmfa import DMFA
from schemas.impact.text import render
from schemas.impact.touched import Change, Impact, Touch, Use
from schemas.kind import MessageKind

Series = Callable[[str], Path]
Query = Callable[[str], Path]


@pytest.fixture
def official(shared: Path) -> Series:
    folder = shared / "official/xsd/dmfa/series-original"
    return lambda quarter: folder / f"DmfAOriginal_{quarter}.xsd"


@pytest.fixture
def query(tmp_path: Path) -> Query:
    """A saved query of the given text."""

    def saved(text: str) -> Path:
        path = tmp_path / f"query_{len(list(tmp_path.glob('*.sql')))}.sql"
        path.write_text(text)
        return path

    return saved


@cache
def compared(old: Path, new: Path) -> Comparison:
    return compare(old, new, with_proofs=False)


def impact(old: Path, new: Path, *queries: Path) -> Impact:
    return impact_of(compared(old, new), old, new, queries)


def of_own(message: MessageKind, edit: Callable[[str], str], folder: Path) -> tuple[Path, Path]:
    """The newest release of ours, and one made of it by an edit of its main file."""
    *_, newest = Catalogue().releases(message).values()
    for file in newest.path.parent.glob("*.xsd"):
        (folder / file.name).write_text(edit(file.read_text()))
    assert any(
        file.read_text() != (newest.path.parent / file.name).read_text()
        for file in folder.glob("*.xsd")
    )
    return newest.path, folder / newest.path.name


def test_release_2023_1_brings_three_blocks_and_fifteen_zones(official: Series) -> None:
    found = impact(official("20224"), official("20231"))
    assert found.message == "dmfa"
    assert found.nowhere == ()
    assert not found.breaks
    blocks = {c.block for c in found.tables if c.change is Change.TABLE_ADDED}
    assert blocks == {"90107", "90022", "90595"}
    zones = {c.zone for c in found.tables if c.change is Change.COLUMN_ADDED}
    assert zones - {"00024"} == {
        *("00131", "00153", "00517", "00518", "00519", "00520", "00522", "00523"),
        *("01185", "01243", "01244", "01250", "01251", "01252", "01254"),
    }
    (values,) = (c for c in found.tables if c.change is Change.VALUES_CHANGED)
    assert values.name == "dmfa.occupation_informations.suppl_pension_contribution_exemption"
    assert all(c.causes for c in found.tables)
    assert found.queries == ()
    assert {reader.name for reader in found.readers} == {"00015-007", "00015-011", "contribute"}
    assert found.alone == ("90313", "90107", "90022", "90578", "90595")
    received = {one.profile: one for one in found.recipients}
    assert received["rva-rights"].inherited == ("90022", "90107", "90313", "90578")
    assert received["inspection"].inherited == ()
    assert "finance-construction" not in received


def test_our_own_releases_tell_the_same(official: Series) -> None:
    old, new = (release.path for release in Catalogue().releases(DMFA).values())
    ours, theirs = impact(old, new), impact(official("20224"), official("20231"))
    assert {(c.change, c.name) for c in ours.tables} == {(c.change, c.name) for c in theirs.tables}


def test_queries_that_release_2023_1_touches(official: Series, query: Query) -> None:
    kind = "suppl_pension_contribution_exemption"
    everything = query("SELECT * FROM dmfa.activation_information")
    counts = query(
        f"SELECT {kind} AS k, count(*) AS n FROM dmfa.occupation_informations GROUP BY 1"
    )
    picks = query(f"SELECT inss FROM dmfa.occupation_informations WHERE {kind} = '1'")
    other = query("SELECT inss, count(*) FROM dmfa.occupation GROUP BY ALL")
    found = impact(official("20224"), official("20231"), everything, counts, picks, other)
    told = {one.name: one.touches for one in found.queries}
    assert {name: [(t.touch, t.outputs) for t in touches] for name, touches in told.items()} == {
        str(everything): [(Touch.COLUMNS, ("activation_percentage_status",))],
        str(counts): [(Touch.VALUES, ("k",))],
        str(picks): [(Touch.VALUES, ())],
    }
    assert told[str(counts)][0].uses == (Use.OUTPUT, Use.GROUP)
    assert told[str(picks)][0].uses == (Use.FILTER,)
    assert not found.breaks


def test_queries_of_columns_that_are_no_more(official: Series, query: Query) -> None:
    view = query(
        "CREATE VIEW nominated AS SELECT inss, definitive_nomination_date AS since"
        " FROM dmfa.occupation_informations"
    )
    reader = query("SELECT year(since) AS year, count(*) AS n FROM nominated GROUP BY ALL")
    other = query("SELECT inss FROM dmfa.occupation_informations")
    found = impact(official("20221"), official("20222"), view, reader, other)
    assert found.breaks
    told = {one.name: one for one in found.queries}
    assert set(told) == {str(view), str(reader)}
    (touch,) = told[str(reader)].touches
    assert (touch.touch, touch.outputs, touch.through) == (
        Touch.BREAKS,
        ("year",),
        ("temp.nominated",),
    )


def test_a_zone_that_checks_families_and_views_read(tmp_path: Path) -> None:
    old, new = of_own(DMFA, lambda text: text.replace("RemunAmount", "PayAmount"), tmp_path)
    found = impact(old, new)
    (change,) = (c for c in found.tables if c.name == "dmfa.remun.remun_amount")
    assert change.change is Change.COLUMN_RENAMED
    assert found.breaks
    readers = {(one.kind, one.name) for one in found.readers}
    assert {("stage", "relate"), ("control total", "remuneration cents")} <= readers
    assert ("contribution family", "ordinary") in readers
    assert ("contribution family", "company_cars") not in readers
    register = next(one for one in found.queries if one.name == "core.register")
    assert {touch.touch for touch in register.touches} == {Touch.MEANING}
    assert {touch.through for touch in register.touches} == {("core.relation",)}


def test_rules_and_views_of_the_dimona(tmp_path: Path) -> None:
    old, new = of_own(DIMONA, lambda text: text.replace("StartingHour", "BeginHour"), tmp_path)
    found = impact(old, new)
    assert found.message == "dimona"
    rules = {one.name for one in found.readers if one.kind == "rule"}
    assert {"00777-001", "00777-003"} <= rules
    versions = next(one for one in found.queries if one.name == "core.period_version")
    assert {"starting_hour"} == {name for touch in versions.touches for name in touch.outputs}


def test_a_schema_that_is_no_message_of_ours(tmp_path: Path, query: Query) -> None:
    files = []
    for name, code in (("v1", "State"), ("v2", "Status")):
        files.append(tmp_path / f"{name}.xsd")
        files[-1].write_text(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="orders">'
            f'<xs:complexType><xs:sequence><xs:element name="{code}" type="xs:string"/>'
            "</xs:sequence></xs:complexType></xs:element></xs:schema>"
        )
    asked = query("SELECT state FROM shop.orders"), query("SELECT id FROM shop.orders")
    found = impact(*files, *asked)
    assert (found.message, found.notes, found.tables) == (None, (NO_MESSAGE,), ())
    (told,) = found.queries
    assert told.name == str(asked[0])
    assert not any(touch.is_certain for touch in told.touches)
    assert "by name alone" in "\n".join(render(found))


def test_a_message_without_tables_says_so(tmp_path: Path) -> None:
    old, new = of_own(ACRF, lambda text: text.replace('"ReceptionResult"', '"Result"'), tmp_path)
    found = impact(old, new)
    assert found.message == "acrf"
    assert "without tables" in found.notes[0]
    assert found.tables == ()


def test_a_release_that_no_table_holds_says_so(tmp_path: Path) -> None:
    def repeat(text: str) -> str:
        return text.replace('ref="RemunAmount"', 'ref="RemunAmount" maxOccurs="2"')

    old, new = of_own(DMFA, repeat, tmp_path)
    found = impact(old, new)
    assert found.message == "dmfa"
    assert "RemunAmount repeats: no column can hold that" in found.notes[0]


def test_the_command(official: Series, query: Query) -> None:
    old, new = str(official("20221")), str(official("20222"))
    lost = query("SELECT definitive_nomination_date FROM dmfa.occupation_informations")
    fine = query("SELECT inss FROM dmfa.occupation_informations")
    run = CliRunner()
    command = ["schema", "diff", "--impact", "--exit-code", old, new, "--queries"]
    done = run.invoke(cli, [*command, str(lost)], standalone_mode=False)
    assert done.return_value == 1
    assert f"query {lost}" in done.stdout
    assert "breaks: dmfa.occupation_informations.definitive_nomination_date" in done.stdout
    asked = [*command, str(fine), "--format", "json"]
    told = json.loads(run.invoke(cli, asked, standalone_mode=False).stdout)["impact"]
    assert told["breaks"] is False
    assert told["message"] == "dmfa"
    assert told["queries"] == []
    assert {one["change"] for one in told["tables"]} == {"column-dropped", "values-changed"}


def test_only_formats_with_a_place_for_it_tell_the_impact(official: Series) -> None:
    asked = ["schema", "diff", "--impact", str(official("20221")), str(official("20222"))]
    done = CliRunner().invoke(cli, [*asked, "--format", "sarif"])
    assert done.exit_code == 2
    assert "--impact is told as text or json or markdown, not as sarif" in done.output
    folded = CliRunner().invoke(cli, [*asked, "--format", "markdown"]).output
    assert "<details><summary>Impact</summary>" in folded


def test_saved_queries_are_those_of_the_repository(tmp_path: Path) -> None:
    assert saved_queries(tmp_path) == ()
    (tmp_path / "in").mkdir()
    (tmp_path / ".gitignore").write_text("loose.sql")
    for name in ("new.sql", "in/kept.sql", "loose.sql", "note.txt"):
        (tmp_path / name).write_text("SELECT 1")
    for command in (["init", "-q"], ["add", "in/kept.sql", "note.txt"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert set(saved_queries(tmp_path / "in")) == {tmp_path / "in/kept.sql", tmp_path / "new.sql"}
