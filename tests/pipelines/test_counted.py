"""The lines that batches count as they make them are the lines of the lake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from operators import Operator

from pipelines import survey_step
from pipelines.counted import ContributionCount, added
from pipelines.summary import Summary
from transforms import cutting


def lines_in_lake(operator: Operator, run_id: str) -> list[tuple[Any, ...]]:
    rows = operator.ask(f"""
        select family, outcome, reason, confidence, count(*) as lines,
            cast(coalesce(sum(sign * declared_amount), 0) * 100 as bigint) as declared,
            cast(sum(sign * computed_amount) * 100 as bigint) as computed
        from core.contribution
        where (file_id, form_no) in (
            select (file_id, form_no) from ops.form
            where disposition = 'accepted' and run_id = '{run_id}'
        )
        group by all
    """)
    return [tuple(row.values()) for row in rows]


def as_told(summary: Summary) -> list[tuple[Any, ...]]:
    return [
        (c.family, c.outcome, c.reason, c.confidence, c.lines, c.declared, c.computed)
        for c in summary.contributions
    ]


def assert_told(operator: Operator, summary: Summary) -> None:
    told, found = as_told(summary), lines_in_lake(operator, summary.run_id)
    assert len(told) > 5
    assert sorted(told, key=str) == sorted(found, key=str)
    relations = f"select relations from ops.run where run_id = '{summary.run_id}'"
    assert summary.relations == operator.value(relations)


def test_lines_without_the_forms_that_are_withdrawn(
    operator: Operator,
    form_file: Callable[..., Path],
    quarter_files: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(survey_step, "SHARED_BYTES", 10_000)
    hour = b"<FormCreationHour>"
    again = form_file("again.xml", (hour, b" " + hour), of=1)
    summary = operator.run(quarter_files, again)
    assert summary.forms_refused == 1
    assert_told(operator, summary)
    assert summary.relations == operator.value("select sum(worker_records) from core.relation")


def test_lines_of_a_long_form_that_is_judged_again(
    operator: Operator, quarter_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "SEGMENT_BYTES", 10_000)
    small = min(quarter_files.iterdir(), key=lambda path: path.stat().st_size)
    middling = next(
        p for p in sorted(quarter_files.iterdir()) if 30_000 < p.stat().st_size < 90_000
    )
    content = middling.read_bytes()
    start, end = content.index(b"<NaturalPerson>"), content.index(b"</NaturalPerson>") + 16
    doubtful = tmp_path / "twice.xml"
    doubtful.write_bytes(
        content.replace(b"</NaturalPerson>", b"</NaturalPerson>" + content[start:end], 1)
    )
    summary = operator.run(small, doubtful)
    assert summary.forms_accepted == 2
    assert_told(operator, summary)


def test_counts_add_up_and_nothing_computed_stays_nothing() -> None:
    def one(outcome: str, declared: int, computed: int | None) -> ContributionCount:
        return ContributionCount(None, outcome, None, None, 1, declared, computed)

    counts = [one("b", 1, None), one("a", 2, None), one("b", 3, 4), one("a", 5, None)]
    first, second = added(counts)
    assert (first.outcome, first.lines, first.declared, first.computed) == ("a", 2, 7, None)
    assert (second.outcome, second.lines, second.declared, second.computed) == ("b", 2, 4, 4)
