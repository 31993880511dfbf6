"""Declarations judged by 2023/1 and by what was made of it: the truth is counted in the XML."""

import io
import json
import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import dimona_forms
import pytest
from click.testing import CliRunner
from derived import derived, restricted
from operators import Operator
from rich.console import Console

from pipelines.cli import cli
from pipelines.interrupt import interruptible
from pipelines.progress import Progress
from pipelines.replay.result import Replayed
from pipelines.replay.run import ReplayRequest, home, replay, tidy
from pipelines.storage import InputError
from schemas.compare.difference import Comparison, Difference, Effect, Kind
from schemas.dimona import DIMONA
from schemas.quarter import Quarter

EMPLOYER = "/DmfAOriginal/Form/EmployerDeclaration"
RECORD = f"{EMPLOYER}/NaturalPerson/WorkerRecord"
MOST = 20_000_000
LOWERED = restricted("00015", "AmountCents15", f'maxInclusive value="{MOST}"')
RETIRED = ("blocks.xsd", '<xs:element ref="OccupationUserReference" minOccurs="0"/>', "")
FULL_TIME = restricted("00050", "Flag", 'enumeration value="0"')


def difference(kind: Kind, place: str, old: str | None, new: str | None) -> Difference:
    name = place.rpartition("/")[2]
    return Difference(kind, name, Effect.BREAKS, Effect.KEEPS, places=(place,), old=old, new=new)


MAXIMUM = difference(
    Kind.MAXIMUM_CHANGED, f"{EMPLOYER}/NetOwedAmount", "999999999999999", str(MOST)
)
CHILD = difference(Kind.CHILD_REMOVED, f"{RECORD}/Occupation/OccupationUserReference", "0..1", None)
CODE = difference(Kind.ENUMERATION_INTRODUCED, f"{RECORD}/Occupation/ContractType", "0, 1", "0")
EDITS = {MAXIMUM: LOWERED, CHILD: RETIRED, CODE: FULL_TIME}


def replayed(
    folder: Path,
    inputs: Sequence[Path],
    *differences: Difference,
    quarter: Quarter | None = None,
    turned: bool = False,
) -> Replayed:
    """A replay over what ``differences`` make of 2023/1, or back to it when ``turned``."""
    old = derived(folder / "old")
    new = derived(folder / "new", *(EDITS[one] for one in differences))
    return judged(*((new, old) if turned else (old, new)), inputs, *differences, quarter=quarter)


def judged(
    old: Path,
    new: Path,
    inputs: Sequence[Path],
    *differences: Difference,
    quarter: Quarter | None = None,
) -> Replayed:
    comparison = Comparison("before", "after", (), differences)
    request = ReplayRequest(old, new, tuple(map(str, inputs)), quarter)
    return replay(request, comparison, Progress(Console(file=io.StringIO())))


def texts(folder: Path) -> list[str]:
    return [path.read_text() for path in sorted(folder.iterdir())]


def has_reference(text: str) -> bool:
    return "<OccupationUserReference>" in text


def is_over(text: str) -> bool:
    return int(re.findall(r"<NetOwedAmount>(\d+)", text)[0]) > MOST


def is_part_time(text: str) -> bool:
    return "<ContractType>1<" in text


def test_forms_that_newly_fail_are_those_that_have_what_was_changed(
    tmp_path: Path, quarter_files: Path
) -> None:
    found = replayed(tmp_path, [quarter_files], MAXIMUM, CHILD, CODE)
    files = texts(quarter_files)
    met = [(has_reference(one), is_over(one), is_part_time(one)) for one in files]
    failing = sum(any(one) for one in met)
    assert failing > 0
    assert found.totals == {
        "read": len(files),
        "still valid": len(files) - failing,
        "newly failing": failing,
        "newly accepted": 0,
        "invalid in both": 0,
        "unreadable": 0,
    }
    counts = found.tally.failing
    by_difference = (CHILD, MAXIMUM, CODE)
    for at, one in enumerate(by_difference):
        forms = sum(flags[at] for flags in met)
        assert (counts[one.id].forms if forms else counts.get(one.id)) == (forms or None)
        if forms:
            assert counts[one.id].alone == sum(flags[at] and sum(flags) == 1 for flags in met)
    assert counts[CHILD.id].errors == sum(one.count("<OccupationUserReference>") for one in files)
    assert counts[CODE.id].errors == sum(one.count("<ContractType>1<") for one in files)
    assert found.tally.other_failing == {}
    assert found.has_findings


def test_an_example_leads_to_the_line(tmp_path: Path, quarter_files: Path) -> None:
    found = replayed(tmp_path, [quarter_files], CHILD, CODE)
    for one, tag in ((CHILD, "<OccupationUserReference>"), (CODE, "<ContractType>1<")):
        examples = found.tally.failing[one.id].examples
        assert examples
        for example in examples:
            line = Path(example.file).read_text().split("\n")[example.line - 1]
            assert tag in line
            assert example.path == one.path
            assert example.form == 1


def test_the_other_way_round_they_are_newly_accepted(tmp_path: Path, quarter_files: Path) -> None:
    back = replace(CHILD, reader=Effect.KEEPS, writer=Effect.BREAKS, kind=Kind.CHILD_ADDED)
    EDITS[back] = RETIRED
    found = replayed(tmp_path, [quarter_files], back, turned=True)
    failing = sum(map(has_reference, texts(quarter_files)))
    assert found.totals["newly accepted"] == failing == found.tally.accepted[back.id].forms
    assert found.totals["newly failing"] == 0
    assert not found.has_findings


def test_a_lake_says_the_same_as_its_files(
    tmp_path: Path, quarter_files: Path, clean_lake: Operator
) -> None:
    of_files = replayed(tmp_path / "files", [quarter_files], CHILD, CODE)
    quarter = Quarter(2023, 1)
    of_lake = replayed(tmp_path / "lake", [clean_lake.lake], CHILD, CODE, quarter=quarter)
    assert of_lake.totals == of_files.totals
    assert of_lake.source.is_lake
    for one, tag in ((CHILD, "<Occupation>"), (CODE, "<Occupation>")):
        mine, its = of_lake.tally.failing[one.id], of_files.tally.failing[one.id]
        assert (mine.forms, mine.alone, mine.errors) == (its.forms, its.alone, its.errors)
        for example in mine.examples:
            assert tag in Path(example.file).read_text().split("\n")[example.line - 1]
    assert any("written again from rows" in limit for limit in of_lake.limits)


def test_what_cannot_be_judged_is_counted_with_its_reason(
    tmp_path: Path, form_file: Callable[..., Path]
) -> None:
    inbox = form_file("sound.xml").parent
    cut = form_file("cut.xml")
    cut.write_bytes(cut.read_bytes()[:-40])
    form_file("wrong.xml", (b"<TypeForm>SU<", b"<TypeForm>??<"))
    form_file("broken.xml", (b"</TypeForm>", b"</TypoForm>"))
    form_file("old.xml", (b"DmfAOriginal_20231.xsd", b"DmfAOriginal_20111.xsd"))
    (inbox / "empty.xml").write_bytes(b"")
    (inbox / "note.txt").write_text("no XML at all")
    (inbox / "gone.xml").symlink_to(inbox / "nowhere.xml")
    found = replayed(tmp_path, [inbox], MAXIMUM)
    assert found.totals["invalid in both"] == 1
    judged = [inbox / "sound.xml", inbox / "old.xml"]
    assert found.totals["newly failing"] == sum(is_over(one.read_text()) for one in judged)
    assert found.totals["still valid"] + found.totals["newly failing"] == 2
    reasons = {code: count.forms for code, count in found.tally.reasons.items()}
    assert reasons == {"truncated": 1, "xml-syntax": 2, "empty-file": 1, "unreadable": 1}
    assert found.totals["unreadable"] == sum(reasons.values())
    assert sum([*found.totals.values()][1:]) == found.totals["read"] == found.tally.files == 8
    assert found.has_findings


def test_no_number_of_a_person_is_told(tmp_path: Path, form_file: Callable[..., Path]) -> None:
    """Also of a form whose number is what the new schema refuses."""
    path = form_file("one.xml")
    number = re.findall(r"<INSS>(\d+)<", path.read_text())[0]
    old = derived(tmp_path / "old")
    new = derived(tmp_path / "new", restricted("00024", "Inss", 'pattern value="[A-Z]*"'))
    found = judged(old, new, [path])
    assert found.totals["newly failing"] == found.tally.unexplained == 1
    told = "\n".join(found.text()) + json.dumps(found.as_dict())
    assert "pattern" in told
    assert number not in told
    assert not set(re.findall(r"<INSS>(\d+)<", path.read_text())) & set(re.findall(r"\d+", told))


def test_documents_of_any_schema_are_judged_as_a_whole(tmp_path: Path) -> None:
    """Notes in a namespace; the change is that a note has to say to whom."""
    schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:notes"
      elementFormDefault="qualified"><xs:element name="Note"><xs:complexType><xs:sequence>
      <xs:element name="To" type="xs:string" minOccurs="0"/><xs:element name="Text"/>
      </xs:sequence></xs:complexType></xs:element></xs:schema>"""
    old, new = tmp_path / "old.xsd", tmp_path / "new.xsd"
    old.write_text(schema)
    new.write_text(schema.replace(' minOccurs="0"', ""))
    folder = tmp_path / "notes"
    folder.mkdir()
    notes = {
        "named.xml": "<Note xmlns='urn:notes'><To>Ann</To><Text/></Note>",
        "prefixed.xml": "<n:Note xmlns:n='urn:notes'>\n<n:Text>x</n:Text></n:Note>",
        "nobody.xml": "<Note xmlns='urn:notes'>\n\n<Text/></Note>",
        "other.xml": "<Letter/>",
        "broken.xml": "<Note>",
        "typed.xml": "<!DOCTYPE Note><Note xmlns='urn:notes'><To>Ann</To><Text/></Note>",
    }
    for name, text in notes.items():
        (folder / name).write_text(text)
    mandatory = difference(Kind.OCCURRENCE_CHANGED, "/Note/To", "0..1", "1..1")
    found = judged(old, new, [folder], mandatory)
    assert [*found.totals.values()] == [6, 1, 2, 0, 1, 2]
    count = found.tally.failing[mandatory.id]
    assert (count.forms, count.alone, count.errors) == (2, 2, 2)
    assert [(Path(one.file).name, one.line) for one in count.examples] == [
        ("nobody.xml", 3),
        ("prefixed.xml", 2),
    ]
    assert set(found.tally.reasons) == {"xml-syntax", "doctype"}
    assert "documents" in next(found.text())


def test_where_there_is_nothing_to_judge_it_is_said(
    tmp_path: Path, quarter_files: Path, clean_lake: Operator
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="no file in"):
        replayed(tmp_path / "1", [empty])
    with pytest.raises(InputError, match="no such file or directory"):
        replayed(tmp_path / "2", [tmp_path / "nowhere"])
    with pytest.raises(InputError, match=r"no accepted declaration of 2022Q3: it has 2023Q1"):
        replayed(tmp_path / "3", [clean_lake.lake], quarter=Quarter(2022, 3))
    with pytest.raises(InputError, match="--quarter is for a lake"):
        replayed(tmp_path / "4", [quarter_files], quarter=Quarter(2023, 1))
    with pytest.raises(InputError, match="replayed alone"):
        replayed(tmp_path / "5", [clean_lake.lake, quarter_files])


def test_forms_of_one_file_are_shared_out(
    tmp_path: Path, quarter_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file is divided; nothing in it is counted twice or left out."""
    forms = [re.findall(r"<Form>.*</Form>", one, re.DOTALL)[0] for one in texts(quarter_files)]
    head = texts(quarter_files)[0].partition("<Form>")[0]
    one_file = tmp_path / "all.xml"
    one_file.write_text(head + "\n".join(forms) + "\n</DmfAOriginal>")
    monkeypatch.setattr("pipelines.replay.graph.SURVEY_BYTES", one_file.stat().st_size // 4)
    apart = replayed(tmp_path / "apart", [quarter_files], CHILD, CODE)
    shared = replayed(tmp_path / "shared", [one_file], CHILD, CODE)
    assert shared.totals == apart.totals
    assert shared.tally.files == 1
    for one in (CHILD, CODE):
        mine, its = shared.tally.failing[one.id], apart.tally.failing[one.id]
        assert (mine.forms, mine.alone, mine.errors) == (its.forms, its.alone, its.errors)
        for example in mine.examples:
            line = one_file.read_text().split("\n")[example.line - 1]
            assert f"<{example.path.rpartition('/')[2]}>" in line


def test_messages_of_many_forms_are_judged_form_by_form(tmp_path: Path) -> None:
    """Dimona, whose second form of three has a reference that has become too long."""
    short, long = (
        dimona_forms.form(dimona_forms.dimona_in(), references=((1, text),))
        for text in ("A1", "A2345678")
    )
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "three.xml").write_bytes(dimona_forms.document(short, long, short))
    edit = restricted("00222", "NonEmptyText20", 'maxLength value="5"')
    old = derived(tmp_path / "old", kind=DIMONA)
    new = derived(tmp_path / "new", edit, kind=DIMONA)
    place = "/Dimona/Form/Reference/ReferenceNbr"
    shorter = difference(Kind.MAX_LENGTH_CHANGED, place, "20", "5")
    found = judged(old, new, [inbox], shorter)
    assert [*found.totals.values()] == [3, 2, 1, 0, 0, 0]
    (example,) = found.tally.failing[shorter.id].examples
    assert (example.form, example.path) == (2, place)
    line = (inbox / "three.xml").read_text().split("\n")[example.line - 1]
    assert "A2345678" in line


def test_who_interrupts_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("pipelines.interrupt.os._exit", ended.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    progress = Progress(Console(file=io.StringIO()))
    with home(), interruptible(progress, 3, "nothing was counted to the end", tidy):
        assert [*tmp_path.iterdir()]
        signal.raise_signal(signal.SIGINT)
        assert not [*tmp_path.iterdir()]
    assert ended == [3]
    assert "interrupted: nothing was counted to the end" in capsys.readouterr().err


def test_a_diff_has_the_replay_beside_it(tmp_path: Path, quarter_files: Path) -> None:
    old, new = derived(tmp_path / "old"), derived(tmp_path / "new", FULL_TIME)
    failing = sum(map(is_part_time, texts(quarter_files)))
    command = ["schema", "diff", str(old), str(new), "--no-proofs", "--replay", str(quarter_files)]
    asked = [*command, "--format", "json", "--exit-code"]
    done = CliRunner().invoke(cli, asked, standalone_mode=False)
    assert done.return_value == 1
    told = json.loads(done.stdout)
    assert told["replay"]["forms"]["newly_failing"] == failing
    (cause,) = told["replay"]["newly_failing"]
    assert cause["path"] == CODE.path
    assert cause["forms"] == cause["alone"] == failing
    assert cause["difference"] in {one["id"] for one in told["differences"]}
    assert told["replay"]["other_newly_failing"] == told["replay"]["unreadable"] == []
    done = CliRunner().invoke(cli, [*command, "--format", "sarif"])
    assert done.exit_code == 2
    assert "--replay is told as" in done.output
    done = CliRunner().invoke(cli, [*command, "--quarter", "2023Q1"])
    assert done.exit_code == 2
    assert "--quarter is for a lake" in done.output


def test_where_nothing_newly_fails_the_exit_code_is_0(tmp_path: Path, quarter_files: Path) -> None:
    old = derived(tmp_path / "old")
    files = ["--no-proofs", "--exit-code", "--replay", str(quarter_files)]
    command = ["schema", "diff", str(old), str(old), *files]
    done = CliRunner().invoke(cli, command, standalone_mode=False)
    assert done.return_value == 0
    assert "still valid" in done.stdout
