"""Each defect does what its row of the table says, and nothing else."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from schemas.quarter import Quarter
from transforms.identifiers import inss_valid
from transforms.synth.damage import Subject
from transforms.synth.defects import AGAINST_SCHEMA, BY_NAME, DEFECTS, chosen, spread
from transforms.synth.documents import document_of, documents, pieces
from transforms.synth.plan import Draft, Plan, drafts, planned_defect
from transforms.synth.releases import ROOT

Q1 = Quarter(2023, 1)
SMALL = (100, 140)


@cache
def sound_forms() -> dict[int, bytes]:
    return {draft.employer: draft.content for draft in drafts(Plan(Q1, 200), *SMALL)}


def damaged(name: str) -> list[tuple[Draft, bytes]]:
    """Forms with this defect, each with its sound original."""
    sound = sound_forms()
    plan = Plan(Q1, 200, defects={name: 1.0})
    found = [(d, sound[d.employer]) for d in drafts(plan, *SMALL) if d.defect == name]
    assert found
    return found


def document(plan: Plan, number: int) -> bytes:
    return b"".join(piece for piece, _ in pieces(plan, document_of(plan, number)))


def around(form: bytes) -> bytes:
    return f"<{ROOT}>".encode() + form + f"</{ROOT}>".encode()


def of_level(level: str) -> list[str]:
    return [defect.name for defect in DEFECTS if defect.level == level]


@pytest.mark.parametrize("name", of_level("syntax"))
def test_syntax_defects_cannot_be_parsed(name: str) -> None:
    for draft, _ in damaged(name):
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(around(draft.content))


@pytest.mark.parametrize("name", of_level("schema"))
def test_schema_defects_parse_and_break_the_schema(
    name: str, schema_of: Callable[[Quarter], etree.XMLSchema]
) -> None:
    schema = schema_of(Q1)
    for draft, sound in damaged(name):
        assert schema.validate(etree.fromstring(around(sound)))
        assert not schema.validate(etree.fromstring(around(draft.content)))


@pytest.mark.parametrize("name", of_level("rules"))
def test_rule_defects_still_fit_the_schema(
    name: str, schema_of: Callable[[Quarter], etree.XMLSchema]
) -> None:
    schema = schema_of(Q1)
    for draft, sound in damaged(name):
        assert schema.validate(etree.fromstring(around(draft.content)))
        assert (draft.content == sound) is (name == "duplicate-declaration")


def test_a_declared_quarter_may_be_the_one_before() -> None:
    for draft, _ in damaged("wrong-quarter"):
        assert b"<Quarter>20224</Quarter>" in draft.content


def test_a_duplicate_declaration_comes_twice() -> None:
    plan = Plan(Q1, 200, defects={"duplicate-declaration": 1.0})
    employers = Counter(draft.employer for draft in drafts(plan, *SMALL))
    assert set(employers.values()) == {2}


def test_one_inss_loses_its_check_digits() -> None:
    for draft, sound in damaged("bad-inss-check-digit"):
        before, after = (re.findall(rb"<INSS>(\d{11})", f) for f in (sound, draft.content))
        assert all(inss_valid(n.decode()) for n in before)
        assert [inss_valid(n.decode()) for n in after].count(False) == 1


def test_two_persons_share_an_inss() -> None:
    pattern = rb"NaturalPersonSequenceNbr>\s*<INSS>(\d{11})"
    for draft, _ in damaged("duplicate-person"):
        persons = re.findall(pattern, draft.content)
        assert persons[0] == persons[1]
        assert len(set(persons)) == len(persons) - 1


def test_the_net_amount_no_longer_adds_up() -> None:
    for draft, sound in damaged("wrong-net-amount"):
        assert net(draft.content) > net(sound) == draft.net_owed


def test_a_wrong_contribution_is_in_the_net_amount_too() -> None:
    for draft, sound in damaged("wrong-contribution"):
        before, after = contributions(sound), contributions(draft.content)
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
        error = sum(after) - sum(before)
        assert 0 < error < 1000
        assert net(draft.content) == net(sound) + error


def test_a_defect_that_does_not_apply_leaves_the_form_sound() -> None:
    plan = Plan(Q1, 200, defects={"duplicate-person": 1.0})
    alone = [draft for draft in drafts(plan, *SMALL) if draft.persons == 1]
    assert alone
    assert {draft.defect for draft in alone} == {None}


def test_document_types_are_declared_before_the_root() -> None:
    text = document(Plan(Q1, 200, defects={"doctype": 1.0}), 100)
    assert text.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE')
    assert etree.fromstring(text).tag == ROOT


def test_a_byte_that_is_not_utf_8_is_in_the_file() -> None:
    with pytest.raises(UnicodeDecodeError):
        document(Plan(Q1, 200, defects={"bad-encoding": 1.0}), 100).decode()


def test_the_root_is_another_one() -> None:
    text = document(Plan(Q1, 200, defects={"wrong-root": 1.0}), 100)
    assert etree.fromstring(text).tag not in (ROOT, "Form")


def test_a_file_shares_the_fate_of_one_form() -> None:
    plan = Plan(Q1, 200, defects={"wrong-root": 0.1}, forms_per_file=20)
    drafts_in_file = [draft for _, draft in pieces(plan, document_of(plan, 5)) if draft]
    assert 0 < [d.defect for d in drafts_in_file].count("wrong-root") < 20
    assert etree.fromstring(document(plan, 5)).tag != ROOT


def test_shares_are_met() -> None:
    plan = Plan(Q1, 3000, defects={"bad-date": 0.1, "wrong-root": 0.05})
    found = Counter(d.name for n in range(3000) if (d := planned_defect(plan, n)))
    assert 240 < found["bad-date"] < 360
    assert 100 < found["wrong-root"] < 200


def test_a_share_is_spread_over_what_breaks_the_schema() -> None:
    shares = spread(0.09, AGAINST_SCHEMA)
    assert sum(shares.values()) == pytest.approx(0.09)
    assert set(shares) == set(of_level("schema"))


@pytest.mark.parametrize(
    "shares", [{"no-such": 0.1}, {"bad-date": 0.6, "doctype": 0.5}], ids=["unknown", "too many"]
)
def test_impossible_plans_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"no-such|more than 1"):
        Plan(Q1, 10, defects=shares)


def test_no_share_no_defect() -> None:
    assert chosen({}, 0.0) is None
    assert chosen({"bad-date": 0.5}, 0.7) is None
    assert chosen({"bad-date": 0.5}, 0.3) is BY_NAME["bad-date"]


def test_names_are_unique_and_said_in_words() -> None:
    assert len(BY_NAME) == len(DEFECTS)
    assert all(defect.meaning for defect in DEFECTS)
    assert {d.level for d in DEFECTS} == {"syntax", "schema", "file", "rules"}
    assert all((d.level == "file") is not bool(d.change or d.falsify) for d in DEFECTS)


def test_a_form_without_what_is_to_be_damaged_is_left_alone() -> None:
    empty = Subject("<Form></Form>", Random(1))
    for name in ("not-well-formed", "bad-inss-check-digit"):
        change = BY_NAME[name].change
        assert change is not None
        assert change(empty) is None


def test_documents_have_names_that_sort(tmp_path: Path) -> None:
    plan = Plan(Q1, 25, forms_per_file=10)
    names = [name for name, _ in documents(plan)]
    assert names == sorted(names) == [f"dmfa-2023Q1-00000{n}.xml" for n in range(3)]


def net(form: bytes) -> int:
    found = re.search(rb"<NetOwedAmount>(\d+)<", form)
    assert found
    return int(found[1])


def contributions(form: bytes) -> list[int]:
    return [int(n) for n in re.findall(rb"<ContributionAmount>(\d+)<", form)]
