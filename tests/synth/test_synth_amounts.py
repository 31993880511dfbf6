"""The generator declares what the rules compute, and its wrong amounts are found as such."""

from collections import Counter
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from lxml import etree

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.rates.book import rate_book
from transforms.reference import NOTHING, Reference
from transforms.shred import Shredder
from transforms.shredded import Shredded
from transforms.synth.batch import Batch
from transforms.synth.defects import BY_NAME, WRONG_AMOUNTS, spread
from transforms.synth.facts import reference
from transforms.synth.figures import figures
from transforms.synth.plan import Draft, Plan, desk_for, drafts_of
from transforms.synth.releases import release_of
from transforms.synth.sizes import jobs_of
from transforms.synth.tables import shredded
from transforms.synth.xml import INDENTED

Row = dict[str, Any]
SEED = 11
QUARTERS = [Quarter.parse(q) for q in ("2022Q2", "2022Q4", "2023Q1", "2023Q3", "2024Q1", "2025Q2")]
EMPLOYERS = [n for n in range(75) if jobs_of(figures(), n)[0] <= 120][:60]
NOT_KEPT = {"file_id", "form_no", "line", "seq", "parent_seq", "net_owed_amount"}


@cache
def made(quarter: Quarter) -> list[Draft]:
    return list(drafts_of(Plan(quarter, 100, seed=SEED), EMPLOYERS))


def read(forms: list[Draft], quarter: Quarter) -> Shredded:
    """The forms as a run reads them, numbered in their order."""
    release = Catalogue().find(DMFA, release_of(quarter).label)
    assert release is not None
    shredder = Shredder(release.layout)
    for number, draft in enumerate(forms):
        shredder.add(etree.fromstring(draft.content), "file", number)
    return shredder.finish()


def known(forms: list[Draft]) -> Reference:
    return reference(figures(), SEED, [draft.facts for draft in forms])


def answers(forms: list[Draft], quarter: Quarter, facts: Reference) -> list[Row]:
    rows: list[Row] = contribute(read(forms, quarter), quarter, rate_book(), facts).to_pylist()
    return rows


@cache
def computed(quarter: Quarter) -> list[Row]:
    """Every line of a sound quarter, with the tables of the generator."""
    return answers(made(quarter), quarter, known(made(quarter)))


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_every_line_is_equal_or_explained(quarter: Quarter) -> None:
    outcomes = Counter(row["outcome"] for row in computed(quarter))
    assert outcomes["different"] == 0
    assert outcomes["equal"] > outcomes["not computed"]
    assert all(row["reason"] for row in computed(quarter) if row["outcome"] == "not computed")
    assert not any("not in force" in (row["reason"] or "") for row in computed(quarter))


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_net_amounts_are_the_sums_of_their_lines(quarter: Quarter) -> None:
    nets = Counter[int]()
    for row in computed(quarter):
        nets[row["form_no"]] += row["sign"] * (row["declared_amount"] or 0)
    for number, draft in enumerate(made(quarter)):
        told = etree.fromstring(draft.content).findtext("EmployerDeclaration/NetOwedAmount")
        assert nets[number] == draft.net_owed == int(told or -1) >= 0


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_most_ordinary_lines_are_computed(quarter: Quarter) -> None:
    ordinary = Counter(r["outcome"] for r in computed(quarter) if r["family"] == "ordinary")
    assert ordinary["equal"] > 0.95 * ordinary.total() > 300


def test_families_are_all_there() -> None:
    families = {r["family"] for q in QUARTERS for r in computed(q) if r["outcome"] == "equal"}
    assert families >= {
        *("ordinary", "employer_lines", "special_contribution", "structural_reduction"),
        *("first_hires", "older_workers", "work_bonus", "students", "company_cars", "unrelated"),
    }


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_no_deduction_of_nothing_is_declared(quarter: Quarter) -> None:
    deductions = [r for r in computed(quarter) if r["sign"] < 0]
    assert deductions
    assert all(r["declared_amount"] for r in deductions if r["outcome"] == "equal")


def test_without_the_tables_less_is_computed_and_nothing_differs() -> None:
    quarter = Quarter(2022, 4)
    rows = answers(made(quarter), quarter, NOTHING)
    assert {row["outcome"] for row in rows} == {"equal", "not computed"}
    equal = [row["outcome"] for row in rows].count("equal")
    assert equal < [row["outcome"] for row in computed(quarter)].count("equal")


@pytest.mark.parametrize("quarter", QUARTERS[:3], ids=str)
def test_what_blocks_keep_is_what_shredding_gives(quarter: Quarter) -> None:
    plan = Plan(quarter, 100, seed=SEED)
    batch = Batch(INDENTED, release_of(quarter).label)
    for number in EMPLOYERS[:20]:
        batch.write(desk_for(plan, batch.blocks, number))
    texts = [Draft(s.form.text().encode(), 0, "", 0, 0, 0, 0, 0, s.facts) for s in batch.sheets]
    theirs, ours = read(texts, quarter), shredded(batch.tables, batch.blocks.every)
    for name, table in ours.tables.items():
        if "using_employer" not in name:
            assert ours.parents[name].tolist() == theirs.parents[name].tolist(), name
            assert _kept(table) == _kept(theirs.tables[name]), name


def _kept(table: pa.Table) -> dict[str, list[Any]]:
    return {c: table.column(c).to_pylist() for c in table.column_names if c not in NOT_KEPT}


@pytest.mark.parametrize("defect", WRONG_AMOUNTS, ids=lambda defect: defect.name)
def test_a_wrong_amount_is_found_with_its_code_and_nothing_else_is(defect: Any) -> None:
    quarter = Quarter(2023, 1)
    forms = list(drafts_of(Plan(quarter, 100, SEED, defects={defect.name: 1.0}), EMPLOYERS))
    wrong = [number for number, draft in enumerate(forms) if draft.defect]
    different = [r for r in answers(forms, quarter, known(forms)) if r["outcome"] == "different"]
    assert wrong
    assert [r["form_no"] for r in sorted(different, key=lambda r: r["form_no"])] == wrong
    expected = "00089-044" if defect.name == "negative-class" else defect.code
    assert {r["anomaly"] for r in different} == {expected}
    missing = {r["reason"] == "not declared" for r in different}
    assert missing == {defect.name == "missing-ordinary-line"}
    for number in wrong:
        _is_sound_but_for_one_line(forms[number], made(quarter)[number], defect.name)


def _is_sound_but_for_one_line(wrong: Draft, sound: Draft, name: str) -> None:
    """The net amount follows; only the defect that is about it makes a balance negative."""
    form = etree.fromstring(wrong.content)
    assert int(form.findtext("EmployerDeclaration/NetOwedAmount") or -1) >= 0
    before, after = sound.content.splitlines(), wrong.content.splitlines()
    if name == "missing-ordinary-line":
        assert len(before) - len(after) == 6
    elif name == "repeated-deduction":
        assert len(after) - len(before) in (4, 5)
    else:
        changed = sum(a != b for a, b in zip(before, after, strict=True))
        assert changed == (1 if name == "wrong-basis" else 2)


def test_deductions_of_a_class_may_exceed_its_contributions() -> None:
    quarter = Quarter(2023, 1)
    plan = Plan(quarter, 100, SEED, defects={"negative-class": 1.0})
    forms = list(drafts_of(plan, EMPLOYERS))
    balances = Counter[tuple[int, str]]()
    for row in answers(forms, quarter, known(forms)):
        if row["employer_class"] is not None:
            place = row["form_no"], row["employer_class"]
            balances[place] += row["sign"] * (row["declared_amount"] or 0)
    negative = {number for (number, _), balance in balances.items() if balance < 0}
    assert negative == {number for number, draft in enumerate(forms) if draft.defect}


def test_a_share_is_spread_over_the_kinds_of_wrong_amounts() -> None:
    shares = spread(0.22, WRONG_AMOUNTS)
    assert len(shares) == 12
    assert sum(shares.values()) == pytest.approx(0.22)


def test_the_share_that_is_asked_is_the_share_that_is_wrong() -> None:
    """A kind that a form has no line for makes room for another; every computed form can be
    wrong."""
    quarter = Quarter(2023, 1)
    plan = Plan(quarter, 100, SEED, defects=spread(1.0, WRONG_AMOUNTS))
    forms = list(drafts_of(plan, EMPLOYERS))
    able = {row["form_no"] for row in computed(quarter) if row["outcome"] == "equal"}
    sound = {number for number, draft in enumerate(forms) if draft.defect is None}
    assert not sound & able
    kinds = {draft.defect for draft in forms if draft.defect}
    assert len(kinds) > 6
    found = answers(forms, quarter, known(forms))
    told = {row["form_no"]: row["anomaly"] for row in found if row["outcome"] == "different"}
    assert set(told) == set(range(len(forms))) - sound
    for number, draft in enumerate(forms):
        if draft.defect and draft.defect != "negative-class":
            assert told[number] == BY_NAME[draft.defect].code


def test_a_named_share_is_of_the_forms_that_have_the_kind() -> None:
    quarter = Quarter(2023, 1)
    plan = Plan(quarter, 100, SEED, defects={"wrong-student": 1.0})
    wrong = {n for n, draft in enumerate(drafts_of(plan, EMPLOYERS)) if draft.defect}
    rows = computed(quarter)
    assert wrong == {
        r["form_no"] for r in rows if r["family"] == "students" and r["declared_amount"]
    }
