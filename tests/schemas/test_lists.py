"""Two releases of a code list or a table of checks, compared."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.compare.difference import Comparison, Difference, Verdict
from schemas.compare.list_shape import Shape
from schemas.compare.listing import ListError, read_listing
from schemas.compare.lists import compare_lists
from schemas.compare.validity import Period, merged, period, without

GENRES = """code,label,shelf,valid_from,valid_to
010,Novels,A,2000-01-01,9999-12-31
020,Poems,A,2000-01-01,9999-12-31
030,Maps,B,2000-01-01,2010-12-31
"""
OPEN = "2000-01-01,9999-12-31"


def compared(
    folder: Path,
    old: str | bytes,
    new: str | bytes,
    shape: Shape | None = None,
    suffix: str = "csv",
) -> Comparison:
    paths = [folder / f"{name}.{suffix}" for name in ("genres-1", "genres-2")]
    for path, text in zip(paths, (old, new), strict=True):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return compare_lists(*paths, shape=shape)


def brief(found: Comparison) -> list[tuple[str, str, str]]:
    return [(d.about, d.kind.value, d.verdict.value) for d in found.differences]


def the(found: Comparison) -> Difference:
    (one,) = found.differences
    return one


CHANGES = {
    # name: what is replaced, by what; about, kind, verdict, reason
    "closed": (
        f"010,Novels,A,{OPEN}",
        "010,Novels,A,2000-01-01,2022-12-31",
        ("010", "entry-closed", "narrowing", "not valid any more from 2023-01-01 on"),
    ),
    "reopened": (
        "030,Maps,B,2000-01-01,2010-12-31",
        "030,Maps,B,2000-01-01,2010-12-31\n030,Maps,B,2024-01-01,",
        ("030", "entry-reopened", "widening", "valid now from 2024-01-01 on"),
    ),
    "extended": (
        "2010-12-31",
        "2012-12-31",
        ("030", "entry-reopened", "widening", "valid now from 2011-01-01 to 2012-12-31"),
    ),
    "started later": (
        "030,Maps,B,2000-01-01",
        "030,Maps,B,2001-01-01",
        (
            *("030", "validity-changed", "narrowing"),
            "not valid any more from 2000-01-01 to 2000-12-31",
        ),
    ),
    "started earlier": (
        "030,Maps,B,2000-01-01",
        "030,Maps,B,1999-01-01",
        ("030", "validity-changed", "widening", "valid now from 1999-01-01 to 1999-12-31"),
    ),
    "removed": (
        "030,Maps,B,2000-01-01,2010-12-31\n",
        "",
        (
            *("030", "entry-removed", "narrowing"),
            "it is no longer listed; it was valid until 2010-12-31",
        ),
    ),
    "added": (
        "030,Maps",
        "025,Plays,A,2024-01-01,\n030,Maps",
        ("025", "entry-added", "widening", "it is valid from 2024-01-01"),
    ),
    "another text": (
        "Novels",
        "Novels and tales",
        ("010, label", "entry-changed", "none", "from 2000-01-01 on"),
    ),
    "another value": (
        "Novels,A",
        "Novels,C",
        (
            *("010, shelf", "entry-changed", "review"),
            "what shelf means for a document is not known; from 2000-01-01 on",
        ),
    ),
    "another value from a day on": (
        f"010,Novels,A,{OPEN}",
        "010,Novels,A,2000-01-01,2022-12-31\n010,Novels,C,2023-01-01,",
        (
            *("010, shelf", "entry-changed", "review"),
            "what shelf means for a document is not known; from 2023-01-01 on",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_an_entry_is_told_with_what_it_breaks(name: str, tmp_path: Path) -> None:
    old, new, (about, kind, verdict, reason) = CHANGES[name]
    found = the(compared(tmp_path, GENRES, GENRES.replace(old, new)))
    assert (found.about, found.kind, found.verdict, found.reason) == (about, kind, verdict, reason)
    assert found.parent == "genres-2"
    assert (found.unproved is not None) == (verdict in ("narrowing", "widening"))


def test_the_same_list_otherwise_written_is_no_change(tmp_path: Path) -> None:
    lines = GENRES.splitlines()
    otherwise = [
        "\n".join([lines[0], *reversed(lines[1:])]),
        GENRES.replace("\n", "\r\n"),
        "\ufeff" + GENRES.replace(",", ";"),
        GENRES.replace("9999-12-31", ""),
        GENRES.replace("9999-12-31", "9999-01-19").replace("010,Novels", '"010"," Novels "'),
    ]
    assert [brief(compared(tmp_path, GENRES, text)) for text in otherwise] == [[]] * 5


def test_places_are_the_lines_of_both_files(tmp_path: Path) -> None:
    old = GENRES.replace("Novels", '"Novels,\nlong ones"')
    found = the(compared(tmp_path, old, old.replace("030,Maps,B", "030,Maps,C")))
    assert found.old_at is not None
    assert found.new_at is not None
    assert (found.old_at.line, found.new_at.line) == (5, 5)


def test_lost_leading_zeros_are_one_difference(tmp_path: Path) -> None:
    new = GENRES.replace("\n0", "\n").replace("Maps", "Charts")
    found = compared(tmp_path, GENRES, new)
    assert brief(found) == [
        ("code", "spelling-changed", "review"),
        ("030, label", "entry-changed", "none"),
    ]
    assert found.differences[0].reason is not None
    assert found.differences[0].reason.startswith("3 of 3 entries")
    as_numbers = compared(tmp_path, GENRES, new, Shape(numbers=("code",)))
    assert brief(as_numbers) == [("30, label", "entry-changed", "none")]


def test_a_key_of_several_columns_tells_entries_apart(tmp_path: Path) -> None:
    old = "kind,code,label\nloan,010,Novels\nsale,010,Novels\n"
    with pytest.raises(ListError, match=r"lines 2 and 3 both are 010 .* they differ in kind"):
        compared(tmp_path, old, old)
    shape = Shape(key=("kind", "code"))
    found = the(compared(tmp_path, old, old.replace("sale,010,Novels\n", ""), shape))
    assert found.about == "sale / 010"


def test_columns_that_come_and_go_are_told(tmp_path: Path) -> None:
    new = GENRES.replace("shelf", "floor")
    assert brief(compared(tmp_path, GENRES, new)) == [
        ("shelf", "column-removed", "review"),
        ("floor", "column-added", "review"),
    ]


def test_bounds_that_are_said_twice_are_told_once(tmp_path: Path) -> None:
    old = "code,valid_to_quarter,valid_to\n1,9999/4,9999-12-31\n"
    closed = "code,valid_to_quarter,valid_to\n1,2022/4,2022-12-31\n"
    assert brief(compared(tmp_path, old, closed)) == [("1", "entry-closed", "narrowing")]
    torn = "code,valid_to_quarter,valid_to\n1,2022/4,9999-12-31\n"
    assert brief(compared(tmp_path, old, torn)) == [
        ("1, valid_to_quarter", "entry-changed", "review")
    ]


PRESENCE = {
    ("optional", "mandatory"): "narrowing",
    ("optional", "forbidden"): "narrowing",
    ("mandatory", "optional"): "widening",
    ("Interdit", "Optionnel"): "widening",
    ("Obligatoire", "Interdit"): "breaking",
    ("mandatory", "conditional"): "review",
    ("mandatory", "Obligatoire"): "none",
}


@pytest.mark.parametrize(("old", "new"), PRESENCE)
def test_presence_is_judged_by_what_it_admits(old: str, new: str, tmp_path: Path) -> None:
    found = the(compared(tmp_path, f"code,unit\n1,{old}\n", f"code,unit\n1,{new}\n"))
    assert (found.kind, found.verdict) == ("presence-changed", PRESENCE[old, new])


CHECKS = "check,severity,title,condition\nA-1,note,Thin,x\nA-2,error,Torn,y\nA-3,warning,Old,z\n"
LEVELS = Shape(key=("check",), levels=("note", "warning", "error"))

SEVERITIES = {
    "A-1,note>A-1,error": ("A-1", "severity-changed", "narrowing"),
    "A-2,error>A-2,warning": ("A-2", "severity-changed", "widening"),
    "A-1,note>A-1,warning": ("A-1", "severity-changed", "none"),
    "A-1,note>A-1,fatal": ("A-1", "severity-changed", "review"),
    "A-2,error,Torn,y\n>": ("A-2", "entry-removed", "widening"),
    "A-3,warning,Old,z\n>": ("A-3", "entry-removed", "none"),
    "A-3,>A-4,error,Wet,w\nA-3,": ("A-4", "entry-added", "narrowing"),
    "A-3,>A-4,note,Wet,w\nA-3,": ("A-4", "entry-added", "none"),
    ",x>,x or y": ("A-1, condition", "entry-changed", "review"),
}


@pytest.mark.parametrize("change", SEVERITIES)
def test_a_check_breaks_what_it_refuses(change: str, tmp_path: Path) -> None:
    before, _, after = change.partition(">")
    found = the(compared(tmp_path, CHECKS, CHECKS.replace(before, after), LEVELS))
    assert (found.about, found.kind.value, found.verdict.value) == SEVERITIES[change]


def test_without_an_order_of_severities_nothing_is_guessed(tmp_path: Path) -> None:
    new = CHECKS.replace("A-1,note", "A-1,error").replace("A-2,error,Torn,y\n", "")
    found = compared(tmp_path, CHECKS, new, Shape(key=("check",)))
    assert {one.verdict for one in found.differences} == {Verdict.REVIEW}
    assert len(found.differences) == 2


YAML = """
genres:
  - {code: 010, label: Novels, valid_from: 2000-01-01}
  - code: 020
    label: Poems
    tags: [short, old]
"""


def test_yaml_is_read_as_it_is_written(tmp_path: Path) -> None:
    new = YAML.replace("[short, old]", "[short]").replace("010", "015")
    found = compared(tmp_path, YAML, new, suffix="yaml")
    assert brief(found) == [
        ("010", "entry-removed", "narrowing"),
        ("020, tags", "entry-changed", "review"),
        ("015", "entry-added", "widening"),
    ]
    assert found.differences[1].old_at is not None
    assert found.differences[1].old_at.line == 4
    by_name = "010: {label: Novels}\n020: {label: Poems}\n"
    found = compared(tmp_path, by_name, by_name.replace("Poems", "Odes"), suffix="yaml")
    assert brief(found) == [("020, label", "entry-changed", "none")]


BROKEN: Mapping[str, tuple[bytes, str, str]] = {
    "empty": (b"", "csv", "is empty"),
    "mark only": (b"\xef\xbb\xbf\r\n", "csv", "is empty"),
    "header only": (b"code,label\n", "csv", "has no entries"),
    "encoding": (b"code,label\n1,caf\xe9\n", "csv", "line 2: byte 0xe9 is not utf-8"),
    "UTF-16": ("code,label\n1,a\n".encode("utf-16"), "csv", "is not utf-8"),
    "zero bytes": (b"code\n\x00\n", "csv", "no text"),
    "open quote": (b'code,label\n1,"a\n', "csv", "line 2: not well-formed CSV"),
    "too many values": (b"code,label\n1,a,b\n", "csv", "line 2: 3 values for 2 columns"),
    "header twice": (b"code,code\n1,2\n", "csv", "column 'code' twice"),
    "no name": (b"code,\n1,2\n", "csv", "a column without a name"),
    "entry twice": (b"code,label\n1,a\n1,a\n", "csv", "lines 2 and 3 both are 1"),
    "no key": (b"name,label\n1,a\n", "csv", "say which columns name an entry"),
    "no date": (b"code,valid_to\n1,soon\n", "csv", "line 2: 'soon' is no day"),
    "no such day": (b"code,valid_to\n1,2023-02-30\n", "csv", "line 2: '2023-02-30' is no day"),
    "no such month": (b"code,valid_to\n1,2023-13\n", "csv", "line 2:"),
    "backwards": (b"code,valid_from,valid_to\n1,2023,2022\n", "csv", "before it begins"),
    "YAML aliases": (b"a: &a [1]\nb: *a\n", "yaml", "uses aliases"),
    "YAML twice": (b"- {code: 1, code: 2}\n", "yaml", "line 1: 'code' stands there twice"),
    "YAML text": (b"hello\n", "yaml", "a list of entries is expected"),
    "YAML values": (b"- 1\n", "yaml", "line 1: an entry with named values"),
    "YAML syntax": (b"- {code: 1\n- [\n", "yaml", "not well-formed YAML"),
    "YAML deep": (b"[" * 5000, "yaml", "nested more than 20 deep"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_list_that_cannot_be_compared_says_why(name: str, tmp_path: Path) -> None:
    data, suffix, words = BROKEN[name]
    with pytest.raises(ListError) as raised:
        compared(tmp_path, data, data, suffix=suffix)
    assert words in str(raised.value)
    assert "genres-1" in str(raised.value)


def test_a_column_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ListError, match=r"has no column 'kode': it has code, label"):
        compared(tmp_path, GENRES, GENRES, Shape(key=("kode",)))


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("code,label\n1,caf\xe9 \u2013\n".encode("cp1252"))
    assert read_listing(path, "cp1252").rows[0].values["label"] == "café –"
    with pytest.raises(ListError, match="no known encoding"):
        read_listing(path, "nonsense")


# --- periods --------------------------------------------------------------------------------------


def test_texts_of_all_shapes_bound_a_period() -> None:
    assert period("2023/1", "2023Q2") == Period(date(2023, 1, 1), date(2023, 6, 30))
    assert period("2023-02", "2024") == Period(date(2023, 2, 1), date(2024, 12, 31))
    assert period("", "9999/4") == Period()


days = st.dates(date(2020, 1, 1), date(2020, 2, 9))
spans = st.lists(st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair))), max_size=4)


def covered(periods: Sequence[Period]) -> set[int]:
    return {
        day for one in periods for day in range(one.first.toordinal(), one.last.toordinal() + 1)
    }


@given(spans, spans)
def test_what_is_lost_is_what_days_one_by_one_say(old: list[Period], new: list[Period]) -> None:
    assert covered(merged(old)) == covered(old)
    lost = without(old, new)
    assert covered(lost) == covered(old) - covered(new)
    assert merged(lost) == lost


# --- published lists ------------------------------------------------------------------------------


def rewritten(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


KEYS = {
    "annex-2": ("worker_code_kind_fr", "code"),
    "annex-4": (),
    "annex-9": ("nomenclature_version_fr", "employer_class", "code"),
    "annex-28": (),
    "annex-31": (),
    "annex-44": ("code", "used_in_dmfa"),
    "employer_class_worker_code": ("employer_class", "worker_code", "contribution_type"),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_published_list_is_the_same_as_itself(name: str, shared: Path) -> None:
    path = shared / f"official/codelists/{name}.csv"
    assert compare_lists(path, path, shape=Shape(key=KEYS[name])).differences == ()


def test_changes_between_published_glossaries_are_all_found(shared: Path, tmp_path: Path) -> None:
    """The checks of 2022/3, edited as the next glossaries were: exactly that comes out."""
    path = shared / "official/glossary/dmfa_anomalies_2022-3.csv"
    with path.open(newline="") as stream:
        known = {row["anomaly"]: row for row in csv.DictReader(stream)}
    rows = dict(known)
    with (shared / "domain/dmfa_glossary_changes_2022-2023.csv").open(newline="") as stream:
        changes = list(csv.DictReader(stream))
    expected = set()
    empty = dict.fromkeys(next(iter(rows.values())), "")
    for change in changes:
        code = change["anomaly"] or change["zone_or_block"]
        if change["change"] == "anomaly_added":
            severity, _, title = change["after"].partition(" ")
            rows[code] = {**empty, "anomaly": code, "severity": severity, "title_en": title}
            expected.add((code, "entry-added", "narrowing" if severity == "B" else "none"))
        elif change["change"] == "anomaly_removed":
            del rows[code]
            expected.add((code, "entry-removed", "widening"))
        elif change["change"] == "severity_changed":
            before, after = change["before"], change["after"]
            # one of a block that came between: in both releases here
            row = rows.setdefault(code, {**empty, "anomaly": code, "severity": before})
            known.setdefault(code, row)
            assert row["severity"] == before
            rows[code] = {**row, "severity": after}
            expected.add((code, "severity-changed", "narrowing" if after == "B" else "none"))
    old, new = tmp_path / "checks_2022-3.csv", tmp_path / "checks_2023-3.csv"
    old.write_text(rewritten(list(known.values())))
    new.write_text(rewritten(list(rows.values())))
    shape = Shape(key=("anomaly",), levels=("W", "NP", "P", "B"))
    found = compare_lists(old, new, shape=shape)
    assert set(brief(found)) == expected
    assert len(expected) > 15
