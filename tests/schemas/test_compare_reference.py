"""Twenty years of published schemas, against what a simpler program said of them.

``dmfa_schema_changes_2003-2023.csv`` lists what changed by looking at facets and occurrences one by
one; where it and the comparison disagree, the reason stands here, and the witness decides.
"""

import csv
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from schemas.compare.comparison import compare, compare_schemas
from schemas.compare.component import Schema
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Life, Verdict
from schemas.compare.history import with_history
from schemas.model import SchemaError

SERIES = {"DmfAOriginal": "series-original", "DmfAUpdate": "series-update"}
PARTS = 10
"""In how many tests the transitions are tried, so that they share the loading of schemas."""

KINDS = {
    "zone_added": (Kind.CHILD_ADDED, Kind.DECLARATION_ADDED),
    "block_added": (Kind.CHILD_ADDED, Kind.DECLARATION_ADDED),
    "child_added": (Kind.CHILD_ADDED,),
    "child_retired_maxoccurs_0": (Kind.OCCURRENCE_CHANGED,),
    "child_reactivated_from_maxoccurs_0": (Kind.OCCURRENCE_CHANGED,),
    "occurrence_changed": (Kind.OCCURRENCE_CHANGED,),
    "grouping_changed": (Kind.STRUCTURE_CHANGED, Kind.OCCURRENCE_CHANGED, Kind.CHILD_ADDED),
    "alternative_added_or_removed": (Kind.CHILD_ADDED,),
    "base_type_changed": (Kind.BASE_CHANGED,),
    "enum_value_added": (Kind.ENUMERATION_ADDED,),
    "enum_value_removed": (Kind.ENUMERATION_REMOVED,),
    "enum_introduced": (Kind.ENUMERATION_INTRODUCED,),
    "enum_dropped": (Kind.ENUMERATION_DROPPED,),
    "minInclusive_changed": (Kind.MINIMUM_CHANGED,),
    "minInclusive_lexical_only": (Kind.MINIMUM_CHANGED,),
    "maxInclusive_changed": (Kind.MAXIMUM_CHANGED,),
    "length_changed": (Kind.LENGTH_CHANGED,),
    "maxLength_changed": (Kind.MAX_LENGTH_CHANGED,),
    "totalDigits_changed": (Kind.TOTAL_DIGITS_CHANGED,),
    "pattern_changed": (Kind.PATTERN_CHANGED,),
}

NO_EFFECT = {
    "the values are listed, and the list did not change": (
        "2003/4 maxInclusive_changed 00110",
        "2004/3 maxInclusive_changed 00110",
        "2004/3 maxInclusive_changed 00221",
        "2005/1 maxInclusive_changed 00221",
        "2005/3 maxInclusive_changed 00110",
        "2005/3 minInclusive_changed 00110",
        "2005/3 maxInclusive_changed 00221",
        "2005/3 minInclusive_changed 00221",
        "2005/3 maxInclusive_changed 00298",
        "2005/3 minInclusive_changed 00298",
    ),
    "a maximum of 6 keeps numbers at one digit": ("2003/4 totalDigits_changed 00051",),
    "five digits reach no further than 99999": ("2007/1 maxInclusive_changed 00780",),
    "1 to 6 became the list of 1, 2, 3, 4, 5 and 6": (
        "2004/4 enum_introduced 00051",
        "2004/4 maxInclusive_changed 00051",
        "2004/4 minInclusive_changed 00051",
    ),
    "0 to 4 became the list of 0, 1, 2, 3, 4 and 9; that there is no maximum widens it": (
        "2010/1 enum_introduced 00829",
        "2010/1 minInclusive_changed 00829",
    ),
    "with maxOccurs 0 no document holds it yet": (
        "2016/2 child_added 90313",
        "2016/3 child_added 90003",
        "2016/3 minInclusive_changed 01148",
    ),
}
"""What the list calls widening or narrowing, and the languages prove to change nothing, or nothing
in that direction."""
BREAKS_MORE = {"2003/1 length_changed 00027": "an empty text was valid, and a letter is now asked"}
IN_ANOTHER_BASE = frozenset(
    (
        *(f"2003/1 {what} 00051" for what in ("length_changed", "totalDigits_changed")),
        *(f"2003/1 {side}Inclusive_changed 00051" for side in ("min", "max")),
        "2003/1 length_changed 00028",
        "2003/1 minInclusive_changed 00028",
        "2018/1 maxLength_changed 00728",
    )
)
"""Facets of a text that became a number or a date: told as one change of the base."""
SHADOWED = "2010/1"
"""The transition whose three mandatory children break every document around what else changed."""


@cache
def loaded(path: Path) -> Schema:
    return Schema(path, is_checked=True)


def transitions(shared: Path) -> list[tuple[dict[str, str], Path, Path]]:
    """The transitions whose schemas are at hand."""
    found = []
    for row in _rows(shared, "dmfa_schema_quarters_2003-2023.csv"):
        folder = shared / "official/xsd/dmfa" / SERIES[row["message"]]
        labels = (row[side].replace("/", "") for side in ("from_quarter", "to_quarter"))
        old, new = (folder / f"{row['message']}_{label}.xsd" for label in labels)
        if old.exists() and new.exists():
            found.append((row, old, new))
    return found


def _rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "domain" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def listed(shared: Path) -> Callable[[dict[str, str]], list[dict[str, str]]]:
    """The listed changes of a transition."""
    rows = _rows(shared, "dmfa_schema_changes_2003-2023.csv")

    def of(transition: dict[str, str]) -> list[dict[str, str]]:
        keys = "message", "from_quarter"
        return [row for row in rows if all(row[key] == transition[key] for key in keys)]

    return of


def test_all_transitions_are_tried(shared: Path) -> None:
    assert len(transitions(shared)) == 100


@pytest.mark.parametrize("part", range(PARTS))
def test_transitions(part: int, shared: Path, listed: Callable[..., list[dict[str, str]]]) -> None:
    every = transitions(shared)
    size = len(every) // PARTS
    for row, old, new in every[part * size : (part + 1) * size]:
        comparison = compare_schemas(loaded(old), loaded(new), (old.name, new.name))
        told = list(_disagreements(comparison, listed(row)))
        assert not told, f"{row['message']} {row['from_quarter']}: {told}"
        _agrees_in_summary(row, comparison)
        _is_proved(row, comparison, loaded(old), loaded(new))


def _disagreements(comparison: Comparison, rows: list[dict[str, str]]) -> Iterator[str]:
    matched: set[str] = set()
    for row in rows:
        key = f"{row['from_quarter']} {row['change']} {row['zone_or_block']}"
        found = [d for d in comparison.differences if _is_of(d, row)]
        matched.update(difference.id for difference in found)
        if key in IN_ANOTHER_BASE:
            continue
        if not found:
            yield f"{key}: not found"
        elif row["effect_on_documents"] not in ("review", "additive"):
            verdicts = {difference.verdict.value for difference in found}
            if expected(key, row["effect_on_documents"]) not in verdicts:
                yield f"{key}: {row['effect_on_documents']}, and here {verdicts}"
    for difference in comparison.differences:
        if difference.id not in matched and difference.verdict is not Verdict.NONE:
            yield f"only here: {difference.kind} {difference.path}"


def expected(key: str, effect: str) -> str:
    if key in BREAKS_MORE:
        return "breaking"
    if any(key in keys for keys in NO_EFFECT.values()):
        return "none"
    return effect


def _is_of(difference: Difference, row: dict[str, str]) -> bool:
    name = row["object"].rpartition("/")[2]
    is_here = row["zone_or_block"] == difference.number or name in (
        difference.about,
        difference.parent,
    )
    return is_here and difference.kind in KINDS[row["change"]]


def _agrees_in_summary(row: dict[str, str], comparison: Comparison) -> None:
    if row["summary"] in ("identical", "no semantic change"):
        assert comparison.verdict is Verdict.NONE
    elif row["summary"] == "compatible":
        assert comparison.verdict is Verdict.WIDENING
    # What was to be reviewed is decided here: nothing is left open.
    assert Effect.REVIEW not in (comparison.reader, comparison.writer)


def _is_proved(row: dict[str, str], comparison: Comparison, old: Schema, new: Schema) -> None:
    for difference in comparison.differences:
        sides = (
            (difference.reader, difference.reader_witness, old, new),
            (difference.writer, difference.writer_witness, new, old),
        )
        for effect, witness, good, bad in sides:
            assert (witness is not None) <= (effect is Effect.BREAKS)
            if witness is None:
                is_shadowed = difference.unproved and row["from_quarter"] == SHADOWED
                assert effect is Effect.KEEPS or is_shadowed, difference
            else:
                document = etree.fromstring(witness.document)
                assert good.compiled.validate(document)
                assert not bad.compiled.validate(document)


# --- traps, and lives of zones --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["DmfAOriginal_20223.xsd", "DmfAUpdate_20223.xsd"])
def test_declarations_in_another_order_are_no_change(name: str, shared: Path) -> None:
    folder = shared / "official/xsd/dmfa"
    assert compare(folder / name, folder / "reformatted-copies" / name).differences == ()


def test_a_defective_release_is_refused_with_its_reason(shared: Path) -> None:
    folder = shared / "official/xsd/dmfa"
    name = "DmfAOriginal_20222.xsd"
    with pytest.raises(SchemaError, match="ReorgMeasureInformation' does already exist"):
        compare(folder / name, folder / "reformatted-copies" / name)


def test_history_tells_what_is_back_from_what_is_new(shared: Path) -> None:
    folder = shared / "official/xsd/dmfa/series-original"

    def release(label: str) -> Path:
        return folder / f"DmfAOriginal_{label}.xsd"

    def lives(old: str, new: str, *history: str) -> dict[str, Life | None]:
        sides = loaded(release(old)), loaded(release(new))
        found = compare_schemas(*sides, (old, new), with_proofs=False)
        told = with_history(found, map(release, reversed(history)))
        return {difference.about: difference.life for difference in told.differences}

    assert lives("20163", "20164")["StudentHoursNbr"] is Life.RESERVED
    assert lives("20164", "20171")["StudentHoursNbr"] is Life.ACTIVATED
    # The dossier calls it reactivated; in none of the 81 releases before was it in use.
    assert lives("20211", "20212", "20164", "20174")["NewMaribelEmploymentDate"] is Life.ACTIVATED
    # Had the names of workers come back:
    assert lives("20122", "20121")["WorkerName"] is Life.ACTIVATED
    assert lives("20122", "20121", "20114")["WorkerName"] is Life.REACTIVATED
    assert lives("20221", "20222")["DefinitiveNominationDate"] is Life.RETIRED
