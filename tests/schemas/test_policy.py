"""What a policy lets pass, and that a policy file is read strictly."""

from datetime import date
from pathlib import Path

import pytest
from differences import ALL, BROKEN, NARROWED, TEXT, UNDECIDED, WIDENED, difference

from schemas.compare import policy_file
from schemas.compare.difference import Difference, Kind, Verdict
from schemas.compare.globs import matches
from schemas.compare.policy import (
    DEFAULT,
    Judged,
    Level,
    Policy,
    Sort,
    Waiver,
    judge,
    unjudged,
    waiver_remarks,
)
from schemas.compare.policy_file import PolicyError, read_policy
from schemas.kinds import MESSAGES

TODAY = date(2026, 3, 1)
FILE = "orders/library.xsd"


def judged(one: Difference, sort: Sort, policy: Policy = DEFAULT) -> Judged:
    (found,) = judge((one,), sort, FILE, policy, TODAY)
    return found


def read(text: str) -> Policy:
    return read_policy(text.encode(), "policy.yaml")


# --- judging -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "release", "fix"),
    [
        (TEXT, Level.NOTE, Level.NOTE),
        (WIDENED, Level.NOTE, Level.ERROR),
        (NARROWED, Level.ERROR, Level.ERROR),
        (BROKEN, Level.ERROR, Level.ERROR),
        (UNDECIDED, Level.ERROR, Level.ERROR),
    ],
)
def test_without_a_policy_releases_widen_and_fixes_change_no_document(
    one: Difference, release: Level, fix: Level
) -> None:
    assert judged(one, Sort.RELEASE).level is release
    assert judged(one, Sort.FIX).level is fix


def test_an_error_says_what_is_not_allowed_in_what() -> None:
    assert judged(NARROWED, Sort.FIX).reason == "narrowing is not allowed in a fix"
    strict = read("version: 1\nrelease: {refuse-kinds: [documentation-changed]}")
    refused = judged(TEXT, Sort.RELEASE, strict)
    assert refused.level is Level.ERROR
    assert refused.reason == "documentation-changed (none) is not allowed in a release"


def test_what_is_allowed_and_still_hurts_is_a_warning() -> None:
    loose = read(f"version: 1\nrelease: {{allow: [{', '.join(Verdict)}]}}")
    levels = [one.level.value for one in judge(ALL, Sort.RELEASE, FILE, loose, TODAY)]
    assert levels == ["warning", "warning", "note", "note", "warning"]
    by_kind = read("version: 1\nfix: {allow-kinds: [enumeration-removed]}")
    assert judged(NARROWED, Sort.FIX, by_kind).level is Level.WARNING
    assert judged(NARROWED, Sort.RELEASE, by_kind).level is Level.ERROR


def test_a_question_without_a_policy_has_levels_too() -> None:
    levels = [one.level.value for one in unjudged(ALL)]
    assert levels == ["warning", "error", "note", "note", "error"]


def waiver(subject: str, expires: str = "2026-12-31") -> Policy:
    return read(
        f"version: 1\nwaivers:\n  - {{{subject}, reason: nobody uses it, expires: {expires}}}"
    )


@pytest.mark.parametrize(
    "subject",
    [
        f"id: {NARROWED.id}",
        "kind: enumeration-removed",
        "at: '/Library/**'",
        "at: '**/Genre', kind: enumeration-removed, file: '*/library.xsd'",
    ],
)
def test_a_waiver_lets_pass_what_it_covers(subject: str) -> None:
    policy = waiver(subject)
    found = judged(NARROWED, Sort.FIX, policy)
    assert found.level is Level.NOTE
    assert found.reason == "waived until 2026-12-31: nobody uses it"
    assert found.waiver == policy.waivers[0]
    assert waiver_remarks(policy, (found,), TODAY, is_whole=True) == ()


@pytest.mark.parametrize(
    "subject",
    [
        f"id: {BROKEN.id}",
        "kind: child-removed",
        "at: /Library/Book/Genre",  # it shows in a loan too
        "at: '/Library/*'",
        "kind: enumeration-removed, file: library.xsd",
    ],
)
def test_a_waiver_of_something_else_does_not(subject: str) -> None:
    policy = waiver(subject)
    found = judged(NARROWED, Sort.FIX, policy)
    assert (found.level, found.waiver) == (Level.ERROR, None)
    (remark,) = waiver_remarks(policy, (found,), TODAY, is_whole=True)
    assert remark.startswith("policy.yaml:3: the waiver of ")
    assert remark.endswith(" was not needed")
    assert waiver_remarks(policy, (found,), TODAY, is_whole=False) == ()


def test_a_waiver_holds_to_the_end_of_its_last_day() -> None:
    assert judged(NARROWED, Sort.FIX, waiver("kind: enumeration-removed", "2026-03-01")).waiver
    expired = waiver("kind: enumeration-removed", "2026-02-28")
    found = judged(NARROWED, Sort.FIX, expired)
    assert found.level is Level.ERROR
    assert waiver_remarks(expired, (found,), TODAY, is_whole=False) == (
        "policy.yaml:3: the waiver of kind enumeration-removed expired on 2026-02-28",
    )


def test_a_waiver_needs_not_cover_what_is_allowed() -> None:
    policy = waiver("kind: documentation-changed")
    found = judged(TEXT, Sort.FIX, policy)
    assert found.waiver is None
    assert "not needed" in waiver_remarks(policy, (found,), TODAY, is_whole=True)[0]


def test_what_no_document_reaches_is_waived_by_its_name() -> None:
    unused = difference(Kind.DECLARATION_REMOVED, about="Shelf", places=())
    assert judged(unused, Sort.FIX, waiver("at: Shelf")).waiver
    assert not judged(unused, Sort.FIX, waiver("at: Shel")).waiver


def test_a_changed_file_is_a_fix_unless_it_is_edited_in_place() -> None:
    policy = read("version: 1\nrelease: {in-place: ['draft/**']}")
    assert policy.sort_of("a.xsd", is_new=True) is Sort.RELEASE
    assert policy.sort_of("a.xsd", is_new=False) is Sort.FIX
    assert policy.sort_of("draft/x/a.xsd", is_new=False) is Sort.RELEASE


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.xsd", "**/*.xsd", True),
        ("a/b/c.xsd", "**/*.xsd", True),
        ("a/b/c.xsd", "*.xsd", False),
        ("a/b/c.xsd", "a/**", True),
        ("a/b/c.xsd", "a/?/c.xsd", True),
        ("a/b/c.xsd", "a/**/c.xsd", True),
        ("a/c.xsd", "a/**/c.xsd", True),
        ("axsd", "a.xsd", False),
        ("/Library/Book/@id", "/Library/*/@id", True),
        ("a\n.xsd", "*.xsd", True),
        ("a+(b).xsd", "a+(b).xsd", True),
    ],
)
def test_globs(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, (pattern,)) is expected


# --- the file ------------------------------------------------------------------------------------

WHOLE = r"""
version: 1
schemas:
  include: ["**/*.xsd"]
  exclude: ["tests/**"]
  number: '\d{5}'
  roots: [Library]
release:
  allow: [none, widening, narrowing]
  allow-kinds: [child-removed]
  refuse-kinds: [documentation-changed]
  follows: ['(?P<name>.+)-(?P<version>[\d.]+)\.xsd']
  in-place: ["draft/*.xsd"]
fix:
  allow: [none]
deletion: allow
waivers:
  - id: 123456789012
    reason: nobody has used it since 2019
    expires: 2026-12-31
  - kind: child-removed
    at: /Library/**
    file: "orders/*.xsd"
    reason: "bücher: no"
    expires: "2027-01-01"
"""


def test_a_whole_policy() -> None:
    policy = read(WHOLE)
    assert policy.looks_at("a/b.xsd")
    assert not policy.looks_at("tests/b.xsd")
    assert (policy.number, policy.roots) == (r"\d{5}", ("Library",))
    assert policy.release.verdicts == {Verdict.NONE, Verdict.WIDENING, Verdict.NARROWING}
    assert policy.release.kinds == {Kind.CHILD_REMOVED}
    assert policy.release.refused == {Kind.DOCUMENTATION_CHANGED}
    assert policy.fix.verdicts == {Verdict.NONE}
    assert policy.deletion
    one, other = policy.waivers
    assert (one.id, one.expires, one.place) == (
        "123456789012",
        date(2026, 12, 31),
        "policy.yaml:18",
    )
    assert other == Waiver(
        kind=Kind.CHILD_REMOVED,
        at="/Library/**",
        file="orders/*.xsd",
        reason="bücher: no",
        expires=date(2027, 1, 1),
        place="policy.yaml:21",
    )


def test_what_a_policy_leaves_out_is_the_default() -> None:
    assert read("version: 1") == DEFAULT
    assert read("version: 1\nfix: {allow: [none, widening]}").release == DEFAULT.release


def test_the_example_in_the_documentation_can_be_read() -> None:
    example = str(policy_file.__doc__).split("\n\n")[1]
    policy = read("\n".join(line[4:] for line in example.splitlines()))
    assert policy.waivers[0].id == "0123456789ab"
    assert policy.releases[0].fullmatch("order-1.9.xsd")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "empty"),
        ("a: [", 1, "not YAML"),
        ("a: b\nc: \t d", 2, "not YAML"),
        ("- version", 1, "expected are version, schemas, release, fix, deletion, waivers"),
        ("release: {}", 1, "version has to be given"),
        ("version: 2", 1, "version: 2 is no version that is known: 1"),
        ("version: '1'", 1, "'1' is no version"),
        ("version: true", 1, "True is no version"),
        ("version: 1\nrelaese: {}", 2, "'relaese' is not known here: expected are version"),
        ("version: 1\nfix:\n  in-place: []", 3, "fix: 'in-place' is not known here"),
        ("version: 1\nfix: {}\nfix: {}", 3, "'fix' is given twice"),
        ("version: 1\nfix: [none]", 2, "fix: expected are allow, allow-kinds, refuse-kinds"),
        ("version: 1\nfix: {allow: none}", 2, "fix.allow: a list is expected"),
        ("version: 1\nfix:\n  allow:\n  - narowing", 4, "fix.allow.1: 'narowing' is none of none,"),
        ("version: 1\nfix: {allow: [[none]]}", 2, "fix.allow.1: one value is expected"),
        ("version: 1\nfix: {allow-kinds: [x]}", 2, "'x' is none of namespace-changed,"),
        ("version: 1\ndeletion: never", 2, "deletion: 'never' is none of allow, refuse"),
        ("version: 1\nschemas: {include: ['']}", 2, "schemas.include.1: a text is expected"),
        ("version: 1\nschemas: {include: [1]}", 2, "a text is expected"),
        ("version: 1\nschemas: {number: '('}", 2, "schemas.number: no regular expression: "),
        ("version: 1\nrelease: {follows: ['.*']}", 2, "needs a group (?P<version>...)"),
        ("version: 1\nwaivers: [x]", 2, "waivers.1: expected are id, kind, at, file, reason"),
        ("version: 1\nwaivers:\n- {id: 0123456789ab}", 3, "reason, expires has to be given"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(PolicyError) as raised:
        read(text)
    assert str(raised.value).startswith(f"policy.yaml:{line}: " if line else "policy.yaml: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("reason: x, expires: 2026-12-31", "a waiver names what it is for: id, kind or at"),
        ("file: a.xsd, reason: x, expires: 2026-12-31", "a waiver names what it is for"),
        ("id: 0123, reason: x, expires: 2026-12-31", "waivers.1.id: an id is the twelve"),
        ("kind: removed, reason: x, expires: 2026-12-31", "'removed' is none of"),
        ("at: /a, reason: '  ', expires: 2026-12-31", "waivers.1.reason: a text is expected"),
        ("at: /a, reason: 3, expires: 2026-12-31", "waivers.1.reason: a text is expected"),
        ("at: /a, reason: x, expires: never", "waivers.1.expires: a day is written 2026-12-31"),
        ("at: /a, reason: x, expires: 2026-02-30", "waivers.1.expires: not a value"),
        ("at: /a, reason: x, expires: 2026-02-01 10:00:00", "expires: a day is written"),
    ],
)
def test_a_wrong_waiver_is_refused(given: str, said: str) -> None:
    with pytest.raises(PolicyError, match=r"^policy.yaml:3: ") as raised:
        read(f"version: 1\nwaivers:\n- {{{given}}}")
    assert said in str(raised.value)


def test_our_own_policy_can_be_read() -> None:
    file = Path(__file__).resolve().parents[2] / ".kwartaal-schema.yaml"
    policy = read_policy(file.read_bytes(), file.name)
    assert policy.looks_at("schemas/dmfa/releases/2023-1/DmfAOriginal_20231.xsd")
    assert set(policy.roots) == {message.root for message in MESSAGES}
    assert policy.fix.verdicts == {Verdict.NONE}
