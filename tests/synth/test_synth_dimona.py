"""``kwartaal synth dimona``: periods that agree with ``synth dmfa``, and the truth where not."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from dimona_forms import release_of
from lxml import etree

from pipelines.cli.synth import synth
from schemas.dimona.rule_data import STORED_PERIOD
from schemas.quarter import Quarter
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.deadlines import with_lateness, with_reception_day
from transforms.dimona.flat import messages
from transforms.dimona.numbers import numbers
from transforms.dimona.stored import with_period
from transforms.rules.run import run as judge
from transforms.shred import Shredder
from transforms.synth.dimona.defects import AGAINST_DMFA, REFUSED
from transforms.synth.dimona.plan import DimonaPlan, Sent, begins, sent
from transforms.synth.dimona.wire import number_of
from transforms.synth.plan import Plan, drafts

Q1 = Quarter(2023, 1)
EMPLOYERS = 120
Row = dict[str, Any]
Key = tuple[str, str]
"""NSSO number on 9 digits and INSS."""


def all_in_memory(plan: DimonaPlan) -> list[Sent]:
    """Everything that is sent, with receipts: for quarters that are not large."""
    every = [sent(plan, number) for number in range(plan.senders)]
    for one, first in zip(every, begins(plan, (one.counts() for one in every)), strict=True):
        one.number(first)
    return every


def run(output: Path, *options: str, quarter: str = "2023Q1") -> Result:
    common = ["dimona", "--quarter", quarter, "--seed", "1", "--output", str(output)]
    return CliRunner().invoke(synth, [*common, *options], catch_exceptions=False)


def received(folder: Path) -> list[Path]:
    """The files in order of reception."""
    return sorted(folder.iterdir(), key=lambda file: (file.stat().st_mtime_ns, file.name))


def table_of(folder: Path, first: int = 1) -> pa.Table:
    """Every form with its receipt; each file is valid."""
    release = release_of(Q1)
    shredder, moments = Shredder(release.layout), []
    for file in received(folder):
        root = etree.parse(file).getroot()
        release.validator.assertValid(root.getroottree())
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        for number, element in enumerate(root, start=1):
            shredder.add(element, file.name, number)
            moments.append(at)
    table = messages(shredder.finish())
    receipts = pa.array(np.arange(first, first + len(table)))
    return table.append_column("receipt", receipts).append_column(
        "received_at", pa.array(moments, pa.timestamp("us", "UTC"))
    )


def folded(rows: list[Row]) -> dict[str, Row]:
    """A plain register: periods by their number, as sound declarations leave them."""
    periods: dict[str, Row] = {}
    for row in rows:
        match row["action"]:
            case "IN":
                periods[number_of(row["receipt"])] = dict(row)
            case "CANCEL":
                del periods[row["period_id"]]
            case "OUT" | "UPDATE":
                period = periods[row["period_id"]]
                for name in ("starting_date", "ending_date", "planned_hours"):
                    if row[name] is not None:
                        period[name] = row[name]
                if str(period["ending_date"]) == "9999-12-31":
                    period["ending_date"] = None
    return periods


def by_worker(periods: dict[str, Row]) -> dict[Key, list[Row]]:
    found = defaultdict(list)
    for row in periods.values():
        if row["worker_type"] != "DWD":
            found[row["employer"], row["inss"]].append(row)
    return found


def dmfa_workers(plan: Plan) -> Iterator[tuple[Key, etree._Element]]:
    for draft in drafts(plan):
        for person in etree.fromstring(draft.content).iter("NaturalPerson"):
            yield (draft.nsso, person.findtext("INSS") or ""), person


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter with all its traffic, and nothing that is late or asked for."""
    folder = tmp_path_factory.mktemp("dimona")
    options = ("--employers", str(EMPLOYERS), "--forms-per-file", "40", "--late", "0")
    result = run(
        folder / "files", *options, "--second-delivery", "0", "--truth", str(folder / "truth")
    )
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def table(written: Path) -> pa.Table:
    return table_of(written / "files")


def test_receipts_are_those_that_declarations_name(table: pa.Table) -> None:
    rows = table.to_pylist()
    made = {number_of(row["receipt"]): row for row in rows}
    named = [row for row in rows if row["period_id"] or row["registration_id"]]
    assert {row["action"] for row in named} == {"OUT", "UPDATE", "CANCEL", "DAILY"}
    for row in named:
        about = made[row["period_id"] or row["registration_id"]]
        assert about["action"] == ("IN" if row["period_id"] else "DAILY")
        assert about["receipt"] < row["receipt"]
        assert row["inss"] in (None, about["inss"])


def test_numbers_are_those_of_the_register() -> None:
    receipts = np.array([1, 96, 97, 98, 9_999_999_999])
    assert [number_of(n) for n in receipts.tolist()] == numbers(receipts).to_pylist()


def test_no_rule_finds_anything(table: pa.Table) -> None:
    """In turns, in which each period is named once at most: judged beside what the turns before
    it left."""
    rows = table.to_pylist()
    turns: dict[int, list[int]] = defaultdict(list)
    named: Counter[str] = Counter()
    for place, row in enumerate(rows):
        turns[named[row["period_id"]] if row["period_id"] else 0].append(place)
        named[row["period_id"]] += 1
    starts = [row for row in rows if row["action"] == "IN"]
    done = list[Row]()
    for turn in sorted(turns):
        state = [_stored(*item) for item in folded(starts + done).items()]
        beside = pa.Table.from_pylist(state, schema=STORED_PERIOD.inside)
        judged = with_reception_day(with_period(table.take(turns[turn]), beside))
        timed = {"declaration": with_lateness(judged)}
        assert judge(dimona_rules(), timed).findings.to_pylist() == [], turn
        done += [rows[place] for place in turns[turn] if rows[place]["action"] != "IN"]
    assert len(turns) > 3


def _stored(number: str, row: Row) -> Row:
    same = {name: row.get(name) for name in STORED_PERIOD.inside.names}
    flags = {"is_cancelled": False, "is_locked": False, "has_blocking_anomaly": False}
    return {**same, **flags, "period_id": number}


def test_periods_agree_with_the_dmfa(table: pa.Table) -> None:
    """Every relation has periods that cover it and nothing else, and there are no others."""
    known = by_worker(folded(table.to_pylist()))
    seen, due = set(), 0
    for key, person in dmfa_workers(Plan(Q1, EMPLOYERS, 1)):
        students = [int(n.text or 0) for n in person.iter("StudentHoursNbr")]
        occupations = _occupations(person)
        if not (students or occupations):
            assert key not in known
            continue
        seen.add(key)
        due += 1
        periods = known[key]
        if students:
            assert {p["worker_type"] for p in periods} == {"STU"}
            assert sum(p["planned_hours"] for p in periods) == sum(students)
            continue
        if person.find(".//HorecaExtra") is not None:
            days = person.findtext(".//ServiceNbrDays") or ""
            assert _casual_days(periods) * 100 == int(days)
            assert _span(periods) == occupations[0]
            continue
        _assert_covered(periods, occupations)
    assert due > 1000
    assert seen == known.keys()


def _casual_days(periods: list[Row]) -> int:
    """Days on which a casual worker has a period of that day."""
    assert {p["worker_type"] for p in periods} == {"EXT"}
    assert all(p["starting_date"] == p["ending_date"] for p in periods)
    return len({p["starting_date"] for p in periods})


def _span(periods: list[Row]) -> tuple[str, str]:
    starts, ends = ([str(p[f"{which}_date"]) for p in periods] for which in ("starting", "ending"))
    return min(starts), max(ends)


def _occupations(person: etree._Element) -> list[tuple[str, str | None]]:
    """Start and end of each, but for those of an indemnity after the end."""
    return [
        (occupation.findtext("OccupationStartingDate") or "", occupation.findtext(_END))
        for occupation in person.iter("Occupation")
        if occupation.findtext("Remun/RemunCode") != "003"
    ]


_END = "OccupationEndingDate"


def _assert_covered(periods: list[Row], occupations: list[tuple[str, str | None]]) -> None:
    assert min(str(p["starting_date"]) for p in periods) == min(o[0] for o in occupations)
    ends = [p["ending_date"] for p in periods]
    closed = [str(end) for end in ends if end is not None]
    said = [end for _, end in occupations]
    if None in said:
        assert None in ends or max(closed) == Q1.last_day.isoformat()
    else:
        assert None not in ends
        assert max(closed) == max(end for end in said if end)
    days = sorted((p["starting_date"], p["ending_date"]) for p in periods) if closed else []
    for (_, end), (start, _) in pairwise(days):
        assert (start - end).days == 1


def test_the_truth_is_empty_where_nothing_was_asked_for(written: Path) -> None:
    lines = [json.loads(line) for line in (written / "truth").read_text().splitlines()]
    assert {line["defect"] for line in lines} <= {"not-due", "no-persons", "head-count"}
    alone = {line["employer"] for line in lines if line["defect"] == "no-persons"}
    assert {line["employer"] for line in lines if line["defect"] == "head-count"} == alone


def test_files_are_named_and_dated_as_they_are_sent(written: Path) -> None:
    for file in (written / "files").iterdir():
        match = re.fullmatch(r"FI\.DIMN\.1\d{5}\.(\d{8})\.\d{6}\.T\.1\.1", file.name)
        assert match
        assert datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y%m%d") == match[1]
    assert all(
        file.stat().st_mtime == int(file.stat().st_mtime) for file in received(written / "files")
    )


def test_the_same_files_with_several_processes(tmp_path: Path) -> None:
    common = ("--employers", "80", "--late", "0.1", "--second-delivery", "0.1", "--no-stock")
    for name, jobs in (("one", "1"), ("two", "2")):
        truth = ("--truth", str(tmp_path / f"{name}.jsonl"))
        result = run(tmp_path / name, *common, "--refused", "0.1", "--jobs", jobs, *truth)
        assert result.exit_code == 0, result.output
    one, two = (
        [(f.name, f.stat().st_mtime, f.read_bytes()) for f in received(tmp_path / name)]
        for name in ("one", "two")
    )
    assert one == two
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_quarter_follows_on_the_one_before(tmp_path: Path, table: pa.Table) -> None:
    common = ("--employers", "60", "--late", "0", "--second-delivery", "0")
    kept, truth = tmp_path / "open.npy", tmp_path / "truth"
    run(tmp_path / "one", *common, "--open-periods", str(kept))
    before = table_of(tmp_path / "one")
    first = len(before) + 1
    options = ("--follow", str(kept), "--first-receipt", str(first), "--truth", str(truth))
    result = run(tmp_path / "two", *common, *options, quarter="2023Q2")
    assert result.exit_code == 0, result.output
    after = table_of(tmp_path / "two", first)
    assert '"no-dimona"' not in truth.read_text()
    assert max(before["received_at"].to_pylist()) < min(after["received_at"].to_pylist())
    known = by_worker(folded(before.to_pylist() + after.to_pylist()))
    for key, person in dmfa_workers(Plan(Quarter(2023, 2), 60, 1)):
        for start, end in _occupations(person)[:1]:
            periods = known[key]
            assert start in {str(p["starting_date"]) for p in periods} | {"2023-04-01"}
            assert end is None or any(str(p["ending_date"]) >= end for p in periods)


def test_a_second_delivery_is_the_same_file_later(tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    options = ("--employers", "30", "--second-delivery", "0.2", "--truth", str(truth))
    run(tmp_path / "files", *options)
    told = [json.loads(line) for line in truth.read_text().splitlines()]
    again = [line for line in told if line["defect"] == "second-delivery"]
    assert len(again) > 10
    for line in again:
        second, first = (tmp_path / "files" / line[name] for name in ("file", "of"))
        assert second.read_bytes() == first.read_bytes()
        assert second.stat().st_mtime > first.stat().st_mtime


@pytest.fixture(scope="module")
def spoiled() -> tuple[DimonaPlan, list[Any]]:
    """A quarter with a tenth of everything that can be wrong."""
    shares = {defect.name: 0.1 for defect in (*AGAINST_DMFA, *REFUSED)}
    plan = DimonaPlan(Plan(Q1, 500, 1), Q1, forms_per_file=100, stock=False, defects=shares)
    return plan, all_in_memory(plan)


def test_every_defect_occurs_and_is_told_with_its_code(spoiled: tuple[Any, list[Any]]) -> None:
    codes = defaultdict(set)
    for one in spoiled[1]:
        for told in one.told:
            codes[told.defect].add(told.code)
    for defect in (*AGAINST_DMFA, *REFUSED):
        assert defect.code in codes[defect.name], defect.name
    assert codes["head-count"] == {"90007-262", "90007-263"}


def test_employers_whose_numbers_differ_are_all_told() -> None:
    """Workers of the DmfA against those with a period in the quarter that nothing refused."""
    names = ("no-dimona", "no-dmfa", "student-over-quota", "wrong-inss")
    dmfa = Plan(Q1, EMPLOYERS, 1)
    every = all_in_memory(DimonaPlan(dmfa, Q1, 100, defects=dict.fromkeys(names, 0.05)))
    lines = [told for one in every for told in one.told]
    gone = {id(m) for told in lines if told.defect == "wrong-inss" for m in told.about}
    gone |= {id(m.names) for m in _sent(every) if m.action == "CANCEL"}
    workers: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for (nsso, inss), _ in dmfa_workers(dmfa):
        workers[nsso][0].add(inss)
    for m in _sent(every):
        here = m.last is None or m.last >= Q1.first_day.toordinal()
        if m.action == "IN" and m.worker_type != "DWD" and id(m) not in gone and here:
            workers[m.employer.nsso][1].add(m.inss)
    for told in lines:
        both = workers[told.employer.nsso]
        if told.defect == "not-due" and told.inss not in both[1]:
            both[0].discard(str(told.inss))
    found = {n: (len(a), len(b)) for n, (a, b) in workers.items() if len(a) != len(b)}
    numbers = {t.employer.nsso: t.more for t in lines if t.defect == "head-count"}
    assert len(found) > 10
    assert {n: (m["dmfa_workers"], m["dimona_workers"]) for n, m in numbers.items()} == found


def _sent(every: list[Any]) -> Iterator[Any]:
    return (m for one in every for d in one.deliveries if not d.again for m in d.messages)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--defect", "no-such=0.1"), "no-such"),
        (("--defect", "no-dimona=2"), "between 0 and 1"),
        (("--release", "2019/1"), "2023/1"),
        (("--first-receipt", "99999999999"), "9999999999"),
    ],
)
def test_wrong_options_are_usage_errors(
    options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = run(tmp_path, "--employers", "3", *options)
    assert result.exit_code == 2
    assert said in result.output


def test_senders_depend_on_their_employers_alone() -> None:
    small, large = (DimonaPlan(Plan(Q1, n, 1), Q1, stock=False) for n in (200, 10_000))
    assert sent(small, 1).counts() == sent(large, 1).counts()
