"""Verdicts from samples whose ratios are known."""

from dataclasses import replace
from pathlib import Path

import pytest
from bench_readme import NoMarkers, table_of, written
from corpora import Contents
from process_tree import Peak
from report import markdown, text
from results import Result, Row, Sample
from targets import MET, MISSED, NATIONAL, ORDINARY, SCALING, UNMEASURED, judged

MEGABYTE = 1_000_000
WORKER = Peak("worker", 900 * MEGABYTE)


def sample(wall: float, *peaks: Peak, cpu: float = 0.0) -> Sample:
    return Sample(wall, cpu or 2 * wall, 100 * MEGABYTE, peaks, {"validate": wall / 2})


@pytest.fixture
def result() -> Result:
    """Runs that meet every target closely; the median of three is not their mean."""
    made = Result("make bench", 2, 3)
    made.corpora = {
        "small": Contents(4000, 4000, 80_000, 300 * MEGABYTE),
        "batch": Contents(1, 4000, 80_000, 300 * MEGABYTE),
        "giant": Contents(1, 1, 60_000, 225 * MEGABYTE),
        "1,000": Contents(1000, 1000, 16_000, 60 * MEGABYTE),
    }
    walls = {"floor": [4.0, 3.9, 9.0], "run": [12.0, 11.0, 20.0], "pool": [11.0], "again": [1.2]}
    for contender, figures in walls.items():
        for wall in figures:
            made.add("small", contender, sample(wall, Peak("driver", 300 * MEGABYTE), WORKER))
    made.add("batch", "run", sample(15.9, WORKER, Peak("worker", 1000 * MEGABYTE)))
    made.add("giant", "run", sample(11.9, WORKER))
    made.add("1,000", "run", sample(2.4, WORKER))
    return made


def verdicts(result: Result) -> dict[str, str]:
    return {row.measure: row.verdict for row in judged(result, ORDINARY)}


def test_everything_is_met_when_each_is_just_within(result: Result) -> None:
    rows = judged(result, ORDINARY)
    assert {row.verdict for row in rows} == {MET}
    assert len(rows) == 8
    assert rows[0].measured.startswith("3.00: 12.0 s (11.0 to 20.0) over 4.0 s (3.9 to 9.0)")


@pytest.mark.parametrize(
    ("corpus", "contender", "wall", "measure"),
    [
        ("small", "floor", 3.99, "wall time of a run"),
        ("small", "pool", 10.9, "overhead of Beam"),
        ("small", "again", 1.21, "correcting nothing"),
        ("batch", "run", 16.1, "throughput of one batch file"),
        ("giant", "run", 12.1, "throughput of one giant"),
        ("1,000", "run", 2.8, "cost per declaration"),
    ],
)
def test_a_little_beyond_a_target_is_a_miss(
    result: Result, corpus: str, contender: str, wall: float, measure: str
) -> None:
    result.samples[corpus][contender] = [sample(wall, WORKER)]
    missed = [name for name, verdict in verdicts(result).items() if verdict == MISSED]
    assert len(missed) == 1
    assert missed[0].startswith(measure)


def test_one_worker_above_a_gigabyte_is_a_miss(result: Result) -> None:
    result.add("giant", "run", sample(11.9, WORKER, Peak("worker", 1001 * MEGABYTE)))
    assert verdicts(result)["peak memory of a worker, one giant employer"] == MISSED


def test_a_driver_is_no_worker(result: Result) -> None:
    result.add("giant", "run", sample(11.9, WORKER, Peak("driver", 5000 * MEGABYTE)))
    assert verdicts(result)["peak memory of a worker, one giant employer"] == MET


def test_without_the_floor_nothing_is_claimed(result: Result) -> None:
    del result.samples["small"]["floor"]
    result.absent["floor"] = "xmllint is not installed"
    row = judged(result, ORDINARY)[0]
    assert (row.verdict, row.measured) == (UNMEASURED, "xmllint is not installed")


def test_larger_declarations_may_cost_more(result: Result) -> None:
    """The same seconds a worker record, in declarations of another size, are flat."""
    result.corpora["1,000"] = replace(result.corpora["1,000"], records=8000)
    result.samples["1,000"]["run"] = [sample(1.2)]
    (row,) = judged(result, SCALING)
    assert row.measured.startswith("0.0 % apart (1,000: 3.00 ms, 4,000: 3.00 ms)")


def test_a_national_quarter_has_six_minutes(result: Result) -> None:
    result.corpora["small"] = Contents(265_000, 265_000, 4_700_000, 18_000 * MEGABYTE)
    result.samples["small"]["run"] = [sample(360.0, WORKER, Peak("driver", MEGABYTE))]
    assert judged(result, NATIONAL)[0].verdict == MET
    result.samples["small"]["run"] = [sample(361.0, WORKER)]
    assert judged(result, NATIONAL)[0].verdict == MISSED


def test_less_than_the_country_meets_no_target_of_the_country(result: Result) -> None:
    run, memory, *_ = judged(result, NATIONAL)
    assert (run.verdict, memory.verdict) == (UNMEASURED, UNMEASURED)
    result.samples["small"]["run"] = [sample(361.0, Peak("worker", 1001 * MEGABYTE))]
    run, memory, *_ = judged(result, NATIONAL)
    assert (run.verdict, memory.verdict) == (MISSED, MISSED)


def test_the_text_shows_every_process_and_where_the_time_goes(result: Result) -> None:
    result.rows = judged(result, ORDINARY)
    shown = text(result)
    assert "worker 900 MB, worker 1,000 MB" in shown
    assert "validate" in shown
    assert "25.0 %" in shown  # half of the wall time, a quarter of two cores


def test_stages_that_took_longer_than_their_cpu_are_told(result: Result) -> None:
    result.samples["small"]["run"] = [sample(20.0, WORKER, cpu=4.0)]
    assert "stages waited 6.0 s or more" in text(result)


def test_rows_go_between_the_markers_of_a_readme(result: Result) -> None:
    table = markdown([Row("speed", "≤ 3", "4", MISSED)])
    before = "# title\n<!-- bench -->\nold\n<!-- /bench -->\nend\n"
    after = written(before, table)
    assert "| speed | ≤ 3 | 4 | **missed** |" in after
    assert "old" not in after
    assert after.startswith("# title\n")
    assert after.endswith("<!-- /bench -->\nend\n")
    assert written(after, table) == after
    with pytest.raises(NoMarkers):
        written("# title\n", table)


def test_of_two_results_the_later_counts(result: Result, tmp_path: Path) -> None:
    paths = []
    for name, measured in (("first", "4"), ("second", "2")):
        result.rows = [Row("speed", "≤ 3", measured, MET), Row(name, "", "", MET)]
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(result.to_json())
    table = table_of(paths)
    assert "| speed | ≤ 3 | 2 | met |" in table
    assert "| 4 |" not in table
    assert "| first |" in table
    assert "`make bench`" in table
