"""Rule files that say what they must, and what is told of those that do not."""

from pathlib import Path

import pyarrow as pa
import pytest

from schemas.quarter import Quarter
from schemas.rules import Dataset
from schemas.tables import Table, day, text
from transforms.rules.reading import RuleFileError, read_rules
from transforms.rules.rule import Certainty, RuleSet
from transforms.rules.run import run

FILE = """
about: {table: pebbles, scope: action, release: 2023/3, source: law}
sources: {law: "The law of pebbles"}
texts:
  "001": {nl: "{element} a", fr: "{element} b", de: "{element} c", en: "{element} d"}
lists:
  colours: {grey: , red: {until: 2020-12-31}}
presence:
  colour: {rows: [{mandatory: {action: ADD}}]}
rules:
  00001-001:
    element: Colour
    level: zone
    class: {2022/4: P, 2023/3: B}
    actions: [ADD]
    clauses:
      - {name: lacks, condition: no colour, certainty: official, needs: [pebbles],
         mechanism: presence, with: {column: colour, demands: mandatory}, column: colour}
      - {name: known, condition: known, certainty: derived, needs: [pebbles, heap],
         when: {colour: {not: [red]}}, class: NP,
         mechanism: known_already, with: {among: heap, by: [colour]}}
      - {name: odd, condition: odd, certainty: unverified, needs: [pebbles],
         mechanism: not_run, reason: nobody knows}
"""
PEBBLES = Table("t", "pebbles", "", (text("action", ""), text("colour", ""), day("found", "")))
SIZES = Dataset(Table("t", "sizes", "", (text("size", ""),)), "pebbles")
HEAP = Table("t", "heap", "", (text("colour", ""), text("unused", "")))


def read(folder: Path, *contents: str) -> RuleSet:
    for number, content in enumerate(contents):
        (folder / f"{number}.yaml").write_text(content, "utf-8")
    files = sorted(folder.iterdir())
    return read_rules(files, (Dataset(PEBBLES), SIZES, Dataset(HEAP)), {})


def test_rules_are_what_the_file_says(tmp_path: Path) -> None:
    rule = read(tmp_path, FILE).rules["00001-001"]
    assert (rule.table, rule.element, rule.texts["fr"]) == ("pebbles", "Colour", "Colour b")
    lacks, known, odd = rule.clauses
    assert lacks.uses == {"pebbles": {"action", "colour"}}
    assert known.uses == {"pebbles": {"action", "colour"}, "heap": {"colour"}}
    assert (odd.certainty, odd.reason, odd.runs) == (Certainty.unverified, "nobody knows", False)
    assert lacks.source == "law"


def test_a_class_is_that_of_the_release(tmp_path: Path) -> None:
    rule = read(tmp_path, FILE).rules["00001-001"]
    releases = (None, Quarter(2022, 1), Quarter(2023, 2), Quarter(2024, 1))
    assert [rule.class_at(release) for release in releases] == ["B", "P", "P", "B"]


def test_rules_run_on_whatever_tables(tmp_path: Path) -> None:
    rules = read(tmp_path, FILE)
    colours = ["grey", None, "red", None]
    pebbles = pa.table({"action": ["ADD", "ADD", "ADD", "MOVE"], "colour": colours})
    outcome = run(rules, {"pebbles": pebbles}, release=Quarter(2023, 1))
    assert [(doubt.missing, doubt.reason) for doubt in outcome.not_run] == [
        (("heap",), "no heap"),
        ((), "nobody knows"),
    ]
    heap = pa.table({"colour": ["grey", "red"]})
    outcome = run(rules, {"pebbles": pebbles, "heap": heap}, release=Quarter(2023, 1))
    found = [
        (r["row"], r["clause"], r["class"], r["blocking"], r["value"])
        for r in outcome.findings.to_pylist()
    ]
    assert found == [(0, "known", "NP", False, None), (1, "lacks", "P", False, None)]


def test_without_its_table_no_rule_is_run(tmp_path: Path) -> None:
    outcome = run(read(tmp_path, FILE), {})
    assert outcome.findings.num_rows == 0
    assert {doubt.missing for doubt in outcome.not_run} == {("pebbles",)}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("00001-001:\n", "1-001:\n", "no official code"),
        ("class: {2022/4: P, 2023/3: B}", "class: X", "none of B, P"),
        ("    element: Colour\n", "", "element is missing"),
        ("level: zone", "level: zone\n    colour: red", "unknown keys colour"),
        ("en: ", "es: ", "texts are needed in nl, fr, de, en"),
        ("certainty: official", "certainty: sure", "'sure' is none of"),
        ("certainty: official", "certainty: official, source: hearsay", "not described"),
        ("mechanism: presence", "mechanism: magic", "'magic' is none of where"),
        ("demands: mandatory", "wants: mandatory", "no parameter wants"),
        (", demands: mandatory", "", "needs demands"),
        ("{column: colour, demands", "{column: size, demands", "size is not there"),
        ("needs: [pebbles],", "needs: [pebbles, sizes],", "nothing of sizes is used"),
        ("needs: [pebbles],", "needs: [stones],", "one or more of pebbles"),
        ("needs: [pebbles, heap]", "needs: [pebbles]", "heap is used and not needed"),
        ("by: [colour]", "by: [action]", "heap has no action"),
        ("by: [colour]", "by: [unused]", "no data that it needs has unused"),
        ("name: known", "name: lacks", "a name of its own"),
        (", reason: nobody knows", "", "a reason stands where"),
        ("not: [red]", "not: [red], is: absent", "says not, is"),
        ("2020-12-31", "2020", "from and until are dates"),
        ("mandatory: {action: ADD}", "must: {action: ADD}", "says mandatory, forbidden"),
        ("rules:\n", "rulez:\n", "unknown keys rulez"),
        ("sources: {", "sources: {law: x, ", "given twice: law"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in FILE
    with pytest.raises(RuleFileError, match=told):
        read(tmp_path, FILE.replace(right, wrong, 1))


def test_a_name_stands_in_one_file(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match=r"1\.yaml: sources: law stands elsewhere too"):
        read(tmp_path, FILE, "sources: {law: again}")
