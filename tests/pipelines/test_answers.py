"""Answers to the messages of a run, from the lake to files."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from dimona_answers import TELLING, pfreq, valid
from dimona_forms import dimona_in, document, form
from dimona_streams import inss, nsso, number, out, stream, student
from dimona_xml import form_of, take_in, write
from lxml import etree
from operators import single

from pipelines.answers import dimona
from pipelines.answers.dimona import Answered, answer_run, stretches
from pipelines.cli import cli
from schemas.dimona import ACRF, PERSONNEL_FILE_ANSWER
from warehouse.answers import AnsweredFile, Answers
from warehouse.files import place
from warehouse.lake import Lake

SINCE = datetime(2023, 1, 12, 6, tzinfo=UTC)


def answer(lake: Path, run_id: str, output: Path) -> Answered:
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        return answer_run(Answers(opened), run_id, place(str(output)), TELLING)


def answers(folder: Path) -> Iterator[tuple[str, list[etree._Element]]]:
    """Name and forms of each file with answers, by name."""
    for path in sorted(folder.glob("NO.*")):
        yield path.name, list(valid(path.read_bytes()))


ROWS = stream(3, 90)
FILES = (ROWS[:30], ROWS[30:40], ROWS[40:])
EARLIER = next(row for row in ROWS if row.get("own_reference"))
UNREAD = form(dimona_in().replace("<StartingDate>", "<StartingDate>x"))


@pytest.fixture(scope="module", name="lake")
def lake_of_two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A lake and its runs: the second one meets a form of the first again."""
    home = tmp_path_factory.mktemp("answers")
    write(home / "a", FILES, SINCE)
    (home / "a" / "FI.a").write_bytes(document(UNREAD, form(dimona_in())))
    (home / "a" / "FI.b").write_bytes(document(UNREAD, UNREAD))
    (home / "a" / "FI.c").write_bytes(b"<Dimona>")
    write(home / "b" / "x", [[out(91, number(1)), EARLIER]], SINCE, 1)
    write(home / "b" / "y", [[student(92, 700, inss=inss(50))]], SINCE, 1)
    for n, name in enumerate("aab"):  # the second file again, under other names
        path = home / name / f"FI.again{n}"
        path.write_bytes(document(*map(form_of, FILES[1])))
        os.utime(path, (SINCE.timestamp() + 36_000 + n,) * 2)
    runs = [take_in(home / "lake", home / name).run_id for name in "ab"]
    return home / "lake", runs[0], runs[1]


@pytest.mark.parametrize("size", [200_000, 20])
def test_each_file_is_answered_form_by_form(
    lake: tuple[Path, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(dimona.stretches, "__defaults__", (size,))
    monkeypatch.setattr(dimona, "MADE_FORMS", 7)
    done = answer(lake[0], lake[1], tmp_path)
    assert (done.answers, done.acknowledged, done.forms.total()) == (7, 8, 114)
    told = dict(answers(tmp_path))
    for (name, forms), sent in zip(list(told.items())[:3], FILES, strict=True):
        references = [one.findtext("Reference/ReferenceNbr") for one in forms]
        assert references == [row.get("own_reference") for row in sent]
        (file_name,) = {one.findtext("FileReference/FileName") for one in forms}
        assert name == f"NO.{file_name[3:] if file_name else None}"
    for name in ("NO.again0", "NO.again1"):
        assert {one.findtext("FileReference/FileName") for one in told[name]} == {f"FI{name[2:]}"}
        references = [one.findtext("Reference/ReferenceNbr") for one in told[name]]
        assert references == [row.get("own_reference") for row in FILES[1]]
    ticket = "HandledReference/ReferenceNbr"
    unread = {name: [one.find(ticket) is None for one in told[name]] for name in ("NO.a", "NO.b")}
    assert unread == {"NO.a": [False, True], "NO.b": [True, True]}


def test_every_file_is_acknowledged(lake: tuple[Path, str, str], tmp_path: Path) -> None:
    answer(lake[0], lake[1], tmp_path)
    codes = {
        path.name: [one.text for one in valid(path.read_bytes(), ACRF).iter("ErrorID")]
        for path in tmp_path.glob("AC.*")
    }
    assert len(codes) == 8
    assert {name: found for name, found in codes.items() if found} == {"AC.c": ["ACRF-102"]}


def test_a_form_that_came_in_an_earlier_run_is_answered_as_then(
    lake: tuple[Path, str, str], tmp_path: Path
) -> None:
    for at, run_id in enumerate(lake[1:]):
        answer(lake[0], run_id, tmp_path / str(at))
    forms = [one for _, found in answers(tmp_path / "0") for one in found]
    path = "Reference/ReferenceNbr"
    (before,) = [one for one in forms if one.findtext(path) == EARLIER["own_reference"]][:1]
    (_, (_, again)), (name, _), (_, delivered) = answers(tmp_path / "1")
    ticket = "HandledReference/ReferenceNbr"
    assert again.findtext(ticket) == before.findtext(ticket)
    for zone in ("ResultCode", "AnomalyReport/ErrorID", "ImpactReport//DimonaPeriodId"):
        assert again.findtext(f"HandlingResult/{zone}") == before.findtext(f"HandlingResult/{zone}")
    assert len(delivered) == len(FILES[1])
    assert name.endswith("-2")  # both files have the same name


def test_files_are_read_together_and_long_ones_in_parts() -> None:
    def file(name: str, forms: int, first: int | None) -> AnsweredFile:
        return AnsweredFile(name, name, "processed", forms, first, first and first + forms - 1)

    files = [file("a", 4, 1), file("b", 5, 5), file("c", 25, 10), file("d", 3, None)]
    found = [(s.first, s.last, s.ends, len(s.files)) for s in stretches(files, 10)]
    assert found == [
        (1, 9, True, 2),
        (10, 19, False, 1),
        (20, 29, False, 1),
        (30, 34, True, 1),
        (None, None, True, 1),
    ]


def test_the_command(lake: tuple[Path, str, str], tmp_path: Path) -> None:
    said = ["answer", "dimona", "--lake", str(lake[0]), "--output", str(tmp_path)]
    done = CliRunner().invoke(cli, [*said, "--language", "fr"])
    assert done.output.startswith("3 files answered, 13 forms (")
    assert [len(forms) for _, forms in answers(tmp_path)] == [2, 1, 10]
    unknown = CliRunner().invoke(cli, [*said, "--run", "none"])
    assert (unknown.exit_code, "no committed run" in unknown.output) == (2, True)


def test_the_personnel_file_of_an_employer(lake: tuple[Path, str, str], tmp_path: Path) -> None:
    asked, answered = tmp_path / "request.xml", tmp_path / "answer.xml"
    option = "<DataOption><Location>QuotaFeatures</Location></DataOption>"
    asked.write_bytes(pfreq(option, f"<NOSSRegistrationNbr>{nsso(1)}</NOSSRegistrationNbr>"))
    said = ["personnel-file", str(asked), "--lake", str(lake[0])]
    done = CliRunner().invoke(cli, [*said, "--output", str(answered)])
    assert done.exit_code == 0, done.output
    root = valid(answered.read_bytes(), PERSONNEL_FILE_ANSWER)
    with Lake.open(lake[0], read_only=True, connection=single()) as opened:
        rows = opened.ask(
            "SELECT period_id FROM core.period WHERE state <> 'PENDING' AND employer = ?"
            " ORDER BY period_id",
            [nsso(1)],
        )
        beyond = opened.ask(
            "SELECT DISTINCT of_period FROM dimona.quota_answer JOIN dimona.declaration"
            " USING (receipt) WHERE beyond > 0 AND filed_employer = ?",
            [nsso(1)],
        )
    told = [one.findtext("DimonaPeriodId") for one in root.iter("DimonaPeriod")]
    assert told == rows.column("period_id").to_pylist()
    assert told
    exceeding = {
        one.findtext("DimonaPeriodId")
        for one in root.iter("DimonaPeriod")
        if one.find("QuotaFeatures") is not None
    }
    assert exceeding == set(beyond.column("of_period").to_pylist())
    assert exceeding
    asked.write_bytes(b"<Dimona/>")
    assert CliRunner().invoke(cli, said).exit_code == 1
