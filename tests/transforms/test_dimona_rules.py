"""Every rule of the Dimona has a declaration that breaks it and one that keeps it."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from schemas.dimona.rule_data import (
    DATASETS,
    STORED_PERIOD,
    STORED_REGISTRATION,
)
from schemas.rules import LANGUAGES
from schemas.tables import Table
from transforms.dimona.anomalies import dimona_rules
from transforms.rules.rule import NOT_RUN, Certainty
from transforms.rules.run import Outcome, run, told

Row = dict[str, Any]
RULES = dimona_rules()
CASES: Row = yaml.safe_load((Path(__file__).parent / "dimona_cases.yaml").read_text("utf-8"))
CLAUSES = {
    f"{rule.code} {clause.name}" if clause.name else rule.code: clause
    for rule in RULES.rules.values()
    for clause in rule.clauses
}
JUDGED = [name for name, clause in CLAUSES.items() if clause.runs]


def declaration(said: Row) -> Row:
    """A declaration with what a sound one that it is like says."""
    like = said.get("like")
    known = {**CASES["bases"], **CASES["sound"]}
    base = declaration(known[like]) if like else CASES["beside"]
    return {**base, **{name: value for name, value in said.items() if name != "like"}}


def of_case(name: str, which: str) -> Row:
    case = CASES["cases"][name]
    return declaration({"like": case["of"], **case.get(which, {})})


def table(rows: list[Row], *tables: Table) -> pa.Table:
    columns = {c.name: c for one in tables for c in one.columns}
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"no such columns: {unknown}"
    schema = pa.schema([(name, column.inside) for name, column in columns.items()])
    return pa.Table.from_pylist(rows, schema=schema)


def judged(rows: list[Row], **options: Any) -> Outcome:
    beside = [d.table for d in DATASETS if (d.beside or d.name) == "declaration"]
    return run(
        RULES,
        {
            "declaration": table(rows, *beside),
            "periods": table(CASES["periods"], STORED_PERIOD),
            "registrations": table(CASES["registrations"], STORED_REGISTRATION),
        },
        **options,
    )


@cache
def found_in_cases() -> dict[tuple[str, str], set[str]]:
    """The clauses found in the declarations of every case: all are judged together."""
    keys = [(name, which) for name in CASES["cases"] for which in ("fails", "passes")]
    outcome = judged([of_case(*key) for key in keys])
    found: dict[tuple[str, str], set[str]] = {key: set() for key in keys}
    for row in outcome.findings.to_pylist():
        clause = f" {row['clause']}" if row["clause"] else ""
        found[keys[row["row"]]].add(row["code"] + clause)
    return found


@pytest.mark.parametrize("name", JUDGED)
def test_a_declaration_breaks_the_rule_and_another_keeps_it(name: str) -> None:
    assert name in CASES["cases"], "no declaration breaks it, or none keeps it"
    found = found_in_cases()
    assert name in found[name, "fails"]
    assert name not in found[name, "passes"]


def test_no_case_is_of_a_clause_that_is_not_judged() -> None:
    assert set(CASES["cases"]) == set(JUDGED)


@pytest.mark.parametrize("name", CASES["sound"])
def test_nothing_is_wrong_with_a_sound_declaration(name: str) -> None:
    outcome = judged([declaration(CASES["sound"][name])])
    assert outcome.findings.column("code").to_pylist() == []


def test_a_finding_says_what_is_wrong_and_how_sure_that_is() -> None:
    row = of_case("00911-014 message", "fails")
    (found,) = judged([declaration({"like": "oth"}), row]).findings.to_pylist()
    assert found == {
        "row": 1,
        "code": "00911-014",
        "clause": "message",
        "class": "B",
        "blocking": True,
        "certainty": "derived",
        "element": "EndingDate",
        "value": "2023-01-09",
    }


def test_a_quota_warns_and_that_of_article_17_would_refuse() -> None:
    classes = {
        clause.name: clause.class_ or RULES.rules["90017-369"].class_at()
        for clause in RULES.rules["90017-369"].clauses
    }
    assert classes == {"student": "NP", "casual": "NP", "article_17": "B"}


def test_a_quota_is_no_surer_than_its_limit() -> None:
    found = {c.name: c.certainty.name for c in RULES.rules["90017-369"].clauses if c.runs}
    assert found == {"student": "official", "casual": "derived"}


def test_an_hour_beyond_the_quota_of_2025_and_none_beyond_that_of_2016() -> None:
    said = {"like": "stu", "student_hours_used": 611}
    dates = {"starting_date": "2025-01-10", "ending_date": "2025-01-31"}
    rows = [declaration({**said, **_days(dates)})]
    assert judged(rows, codes=["90017-369"]).findings.num_rows == 1
    rows = [declaration({**said, "starting_date": _day("2016-12-31")})]
    outcome = judged(rows, codes=["90017-369"])
    assert outcome.findings.num_rows == 0
    reasons = {(doubt.reason, doubt.rows) for doubt in outcome.not_run}
    why = "no value of student_hours_quota on that day, or what was used is not known"
    assert (why, 1) in reasons


def _day(said: str) -> Any:
    return yaml.safe_load(said)


def _days(said: dict[str, str]) -> Row:
    return {name: _day(value) for name, value in said.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_told_in_every_language(language: str) -> None:
    outcome = judged([of_case("00014-003", "fails"), of_case("90378-460", "fails")])
    texts = told(outcome.findings, RULES, language).to_pylist()
    assert len(texts) >= 2
    assert len(set(texts)) == len(set(outcome.findings.column("code").to_pylist()))
    every = [rule.texts[language] for rule in RULES.rules.values()]
    assert all(text[0].isupper() and "{" not in text for text in every)


def test_languages_differ() -> None:
    for rule in RULES.rules.values():
        assert len(set(rule.texts.values())) == len(LANGUAGES), rule.code


def test_what_lacks_is_told_and_nothing_else_is_skipped() -> None:
    row = declaration({"like": "oth"})
    alone = table([{k: v for k, v in row.items() if k in _names()}], DATASETS[0].table)
    outcome = run(RULES, {"declaration": alone})
    skipped = {doubt.code for doubt in outcome.not_run if doubt.missing}
    needed = {
        rule.code
        for rule in RULES.rules.values()
        for clause in rule.clauses
        if clause.runs and clause.needs != ("declaration",)
    }
    assert skipped == needed
    assert {m for doubt in outcome.not_run for m in doubt.missing} == {
        dataset.name for dataset in DATASETS[1:]
    }
    unknown = {doubt.code for doubt in outcome.not_run if not doubt.missing}
    assert unknown == {
        rule.code
        for rule in RULES.rules.values()
        for clause in rule.clauses
        if clause.mechanism == NOT_RUN
    }


def _names() -> set[str]:
    return set(DATASETS[0].table.inside.names)


def test_single_codes_are_judged_alone() -> None:
    outcome = judged([of_case("90378-460", "fails")], codes=["90378-460", "00913-355"])
    assert outcome.findings.column("code").to_pylist() == ["90378-460"]
    assert outcome.not_run == ()


# --- against the list of published anomalies ----------------------------------------------------


def published(shared: Path) -> list[dict[str, str]]:
    with (shared / "domain" / "dimona_anomalies.csv").open(encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["section"] == "dimona_declaration"]


def test_every_published_anomaly_is_a_rule(shared: Path) -> None:
    rows = {row["code"]: row for row in published(shared)}
    assert set(RULES.rules) == set(rows)
    for code, rule in RULES.rules.items():
        row = rows[code]
        told_of = set(row["actions"].split("|"))
        assert (rule.element, rule.level, rule.class_at()) == (
            row["element"],
            row["level"],
            row["class"],
        )
        assert set(rule.actions) == (set() if "ALL" in told_of else told_of), code


def test_no_clause_is_surer_than_what_it_rests_on(shared: Path) -> None:
    """Without a known trigger nothing is run; what we derived is not called official."""
    for row in published(shared):
        clauses = RULES.rules[row["code"]].clauses
        if row["trigger_basis"] in ("legacy", "unknown"):
            assert {clause.mechanism for clause in clauses} == {NOT_RUN}, row["code"]
        if row["trigger_basis"] == "derived":
            sure = {c.name for c in clauses if c.runs and c.certainty is Certainty.official}
            # What these authorities could declare stands in the glossary.
            assert sure <= {"local_authority"}, row["code"]
