"""Questions are asked about different keys of a real lake, and all of them have answers."""

import random
from pathlib import Path

import pytest
from bench_queries import ask, quarters
from operators import QUARTER
from quarters import Received, keep
from queries import QUESTIONS, SPAN, Asking, drawn
from targets import MISSED, UNMEASURED

from transforms.synth.documents import documents
from transforms.synth.plan import Plan

EMPLOYERS = 12


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = {name: b"".join(content) for name, content in documents(Plan(QUARTER, EMPLOYERS))}
    return keep(tmp_path_factory.mktemp("asked") / "lake", Received(made))


@pytest.fixture(scope="module")
def asking(lake: Path) -> Asking:
    return Asking.to(f"ducklake:sqlite:{lake / 'catalog.sqlite'}")


def test_keys_are_of_the_lake_and_never_the_same_twice(asking: Asking) -> None:
    for question in QUESTIONS:
        keys = drawn(asking, question, random.Random(1))
        assert keys
        if question.keys is not None:
            assert len(set(map(tuple, keys))) == len(keys)
            answered = [bool(asking.duck.execute(question.sql, key).fetchall()) for key in keys]
            assert sum(answered) > 0.8 * len(keys)  # students have no line of remuneration


def test_every_employer_of_a_small_lake_is_asked_about(asking: Asking) -> None:
    assert len(drawn(asking, QUESTIONS[0], random.Random(1))) == EMPLOYERS


def test_totals_count_every_relation_once(asking: Asking) -> None:
    rows = asking.duck.execute(QUESTIONS[-1].sql, asking.span).fetchall()
    assert sum(row[2] for row in rows) == asking.relations


def test_a_small_lake_says_so_and_meets_nothing(lake: Path) -> None:
    rows, notes = ask(lake)
    assert len(rows) == len(QUESTIONS)
    assert {row.verdict for row in rows} <= {UNMEASURED, MISSED}
    assert "1 quarters (2023Q1 to 2023Q1)" in notes[0]
    assert "8 quarters of the country" in notes[1]


def test_eight_quarters_from_the_oldest_release_on() -> None:
    assert [str(quarter) for quarter in quarters(SPAN)] == [
        "2022Q2",
        "2022Q3",
        "2022Q4",
        "2023Q1",
        "2023Q2",
        "2023Q3",
        "2023Q4",
        "2024Q1",
    ]
