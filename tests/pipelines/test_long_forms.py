"""A form in segments gives what it gives as a whole: tables, verdicts, lines, paths, anomalies."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from operators import Operator

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from transforms import cutting
from transforms.survey import survey

SEGMENT = 10_000
"""Some persons of the generated quarter."""

Told = dict[str, list[dict[str, Any]]]
PERSON = re.compile(rb"[ \t]*<NaturalPerson>.*?</NaturalPerson>\r?\n", re.DOTALL)


def everything(operator: Operator) -> Told:
    """All rows of a lake but for what names the run; formulas may be known that no line uses."""
    names = operator.ask("""
        select schema_name || '.' || table_name as name from duckdb_tables()
        where database_name = 'lake' and schema_name in ('dmfa', 'core') and table_name <> 'formula'
        union all select unnest(['ops.form', 'ops.finding', 'ops.control'])
    """)
    return {
        row["name"]: operator.ask(
            f"select columns(c -> c <> 'run_id') from {row['name']} order by all"
        )
        for row in names
    }


def by_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Path, segment: int
) -> Iterator[Told]:
    for name, size in (("whole", 1 << 30), ("segments", segment)):
        monkeypatch.setattr(cutting, "SEGMENT_BYTES", size)
        operator = Operator(tmp_path / name)
        operator.run(path)
        yield everything(operator)


def assert_alike(whole: Told, segments: Told) -> None:
    assert whole.keys() == segments.keys()
    for name, rows in whole.items():
        assert segments[name] == rows, name


@pytest.fixture(scope="session")
def middling(quarter_files: Path) -> int:
    """The number of a file with some persons, not of the largest one."""
    files = sorted(quarter_files.iterdir())
    counts = [path.read_bytes().count(b"<NaturalPerson>") for path in files]
    return counts.index(next(count for count in counts if 5 < count < 20))


def test_a_quarter_in_segments(
    tmp_path: Path, quarter_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, segments = by_both_ways(tmp_path, monkeypatch, quarter_files, 40 * SEGMENT)
    assert_alike(whole, segments)
    assert len(segments["dmfa.natural_person"]) > 10
    found = [
        survey(io.BytesIO(path.read_bytes()), DMFA, Catalogue()) for path in quarter_files.iterdir()
    ]
    assert sum(part.segment is not None for file in found for part in file.ranges) > 5


def person(data: bytes, number: int) -> bytes:
    return bytes(PERSON.findall(data)[number])


def spoilt(data: bytes) -> bytes:
    third = person(data, 3)
    return data.replace(third, third.replace(b"<INSS>", b"<INSS>x", 1))


def misplaced(data: bytes) -> bytes:
    vehicle = (
        b"<CompanyVehicle><CompanyVehicleSequenceNbr>1</CompanyVehicleSequenceNbr></CompanyVehicle>"
    )
    return data.replace(person(data, 2), person(data, 2) + vehicle, 1)


def commented(data: bytes) -> bytes:
    return data.replace(person(data, 3), b"<!-- <NaturalPerson> -->" + person(data, 3), 1)


def twice(data: bytes) -> bytes:
    found = PERSON.findall(data)
    return data.replace(found[-1], found[-1] + found[0], 1)


def another_amount(data: bytes) -> bytes:
    return re.sub(rb"<NetOwedAmount>\d+<", b"<NetOwedAmount>1<", data, count=1)


def late(data: bytes) -> bytes:
    return data.replace(b"<Quarter>20231<", b"<Quarter>20224<", 1)


def cut_short(data: bytes) -> bytes:
    return data.replace(b"</Form>", b"", 1)


def with_carriage_returns(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def on_one_line(data: bytes) -> bytes:
    return re.sub(rb">\s+<", b"><", data)


def with_empty_zones(data: bytes) -> bytes:
    zone = rb"<(OccupationUserReference|NaturalPersonUserReference)>[^<]*</\1>"
    return re.sub(zone, rb"<\1/>", data)


def latin(data: bytes) -> bytes:
    return data.replace(b"UTF-8", b"ISO-8859-1", 1)


CHANGES = (
    spoilt,
    misplaced,
    commented,
    twice,
    another_amount,
    late,
    cut_short,
    with_carriage_returns,
    on_one_line,
    with_empty_zones,
    latin,
)


def test_changed_forms(
    tmp_path: Path,
    form_file: Callable[..., Path],
    middling: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each change in a file of an employer of its own."""
    for number, change in enumerate(CHANGES):
        path = form_file(f"{change.__name__}.xml", of=middling)
        before = re.sub(rb"(<NOSSRegistrationNbr>)\d+", rb"\g<1>%d" % number, path.read_bytes())
        path.write_bytes(change(before))
        assert path.read_bytes() != before
    whole, segments = by_both_ways(tmp_path, monkeypatch, path.parent, SEGMENT)
    assert_alike(whole, segments)
    dispositions = [row["disposition"] for row in segments["ops.form"]]
    assert {name: dispositions.count(name) for name in set(dispositions)} == {
        "accepted": 7,
        "refused": 3,
        "quarantined": 1,
    }
    codes = {row["code"] for row in segments["ops.finding"]}
    assert {"90017-006", "00015-007", "other-quarter", "xml-syntax"} <= codes
