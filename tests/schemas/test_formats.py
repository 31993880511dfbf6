"""What was found, in every form, parsed back."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from differences import ALL, BROKEN, NARROWED, TEXT, UNDECIDED, WIDENED, comparison, difference
from lxml import etree
from markdown_it import MarkdownIt

from schemas.compare.checked import Change, Checked, Outcome, Problem
from schemas.compare.difference import Comparison, Kind, Location, Witness
from schemas.compare.policy import Level, Sort, Waiver, judge
from schemas.compare.policy_file import read_policy
from schemas.formats import CHECK_FORMATS, DIFF_FORMATS
from schemas.formats.text import text
from schemas.formats.words import change, printable

HOSTILE = "%0A::error::]]>|`<b>&amp;\n\x1b[31m\u202e\u009b\ud7ff,:x``|é"
POLICY = read_policy(
    b"version: 1\nwaivers: [{id: %s, reason: nobody has one, expires: 2026-12-31}]"
    % BROKEN.id.encode(),
    "policy.yaml",
)


def outcome(*, remarks: tuple[str, ...] = ()) -> Outcome:
    """A changed schema with a waiver, a defective one and one that is new."""
    judged = judge(ALL, Sort.FIX, "library.xsd", POLICY, date(2026, 3, 1))
    changed = Checked(
        "library.xsd", "1a2b:library.xsd", Change.CHANGED, Sort.FIX, comparison(*ALL), judged
    )
    defective = Checked(
        "shop.xsd",
        "1a2b:shop.xsd",
        Change.CHANGED,
        Sort.FIX,
        problems=(Problem(Level.ERROR, "defective: shop.xsd, line 3: element 'Book' is missing"),),
    )
    new = Checked(
        "new.xsd",
        None,
        Change.NEW,
        Sort.RELEASE,
        problems=(Problem(Level.NOTE, "new, and follows no schema that is known"),),
    )
    return Outcome((changed, defective, new), "main (1a2b)", remarks)


def hostile() -> Comparison:
    """Everything that comes from a schema tries to be something else."""
    document = f"<r>\n{HOSTILE}</r>".encode("utf-8", "replace")
    one = difference(
        Kind.PATTERN_CHANGED,
        place=f"/r/{HOSTILE}",
        about=HOSTILE,
        old=HOSTILE,
        new=f"``` {HOSTILE}",
        reason=HOSTILE,
        reader_witness=Witness(document, HOSTILE, 2),
        new_at=Location(Path("a,b:c %.xsd"), 7),
    )
    return Comparison(HOSTILE, HOSTILE, ("r",), (one,))


# --- text ----------------------------------------------------------------------------------------


def test_text_of_a_comparison() -> None:
    assert DIFF_FORMATS["text"](comparison(*ALL)) == TOLD


TOLD = f"""\
HEAD~1:library.xsd -> library.xsd
  5 differences (1 breaking, 1 narrowing, 1 review, 1 widening, 1 no effect): \
the new schema may refuse old documents; the old schema may refuse new documents

/Library
  review     @code: pattern changed: \\w+ -> \\i+
             a person has to see whether old documents stay valid; \
a person has to see whether new documents pass the old schema
             to be looked at: \\i
             id {UNDECIDED.id}

/Library/Book (00012)
  narrowing  Genre (00123): enumeration removed: novel, poésie -> novel
             the new schema may refuse old documents; new documents pass the old schema
             old document that is refused now: line 3: <Genre>poésie</Genre> \
(Element 'Genre': 'poésie' is not accepted.)
             also at /Library/Loan/Book/Genre
             library.xsd:12 -> library.xsd:14  id {NARROWED.id}
  widening   Weight: child added: 0..1
             old documents stay valid; the old schema may refuse new documents
             not proved: too deep
             id {WIDENED.id}
  no effect  Genre: documentation changed: a book -> A book.

/Library
  breaking   Owner: child removed: was 1..1
             the new schema may refuse old documents; the old schema may refuse new documents
             library.xsd:30  id {BROKEN.id}"""


def test_text_of_a_check_counts_what_changes_no_document() -> None:
    told = text(outcome(remarks=("policy.yaml:3: not needed",)))
    assert "library.xsd: changed (fix), compared with 1a2b:library.xsd" in told
    assert "1 no effect" in told
    assert "documentation changed" not in told
    assert "error: Genre (00123): enumeration removed: novel, poésie -> novel" in told
    assert "narrowing is not allowed in a fix" in told
    assert "waived until 2026-12-31: nobody has one" in told
    assert "  error: defective: shop.xsd, line 3: element 'Book' is missing" in told
    assert "3 changed schemas since main (1a2b): 4 errors, 0 warnings" in told
    assert told.endswith("warning: policy.yaml:3: not needed")


def test_text_when_nothing_has_changed() -> None:
    assert text(Outcome((), "main (1a2b)")) == "no schema has changed since main (1a2b)"
    assert "  no difference" in DIFF_FORMATS["text"](comparison())


def test_text_is_painted_by_level() -> None:
    told = text(outcome(), lambda word, level: f"<{level}>{word}</>")
    assert "<error>narrowing</>" in told
    assert "<note>breaking </>" in told


def test_what_no_document_reaches_has_a_place_of_its_own() -> None:
    unused = difference(Kind.DECLARATION_REMOVED, about="Shelf", places=())
    assert "\nin no document\n" in DIFF_FORMATS["text"](comparison(unused))


def test_a_terminal_gets_nothing_that_steers_it() -> None:
    told = DIFF_FORMATS["text"](hostile())
    assert all(one.isprintable() or one == "\n" for one in told)
    assert "\\x1b[31m\\u202e\\x9b" in told


def test_long_values_are_cut_in_text_only() -> None:
    long = comparison(replace(NARROWED, old="x" * 5000))
    assert len(DIFF_FORMATS["text"](long)) < 3000
    assert "x" * 5000 in DIFF_FORMATS["json"](long)


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        (Kind.OCCURRENCE_CHANGED, "0..1", "1..1", "0..1 -> 1..1"),
        (Kind.MAXIMUM_CHANGED, None, "1", "none -> 1"),
        (Kind.MAXIMUM_CHANGED, "1", None, "1 -> none"),
        (Kind.CHILD_ADDED, None, "1..1", "1..1"),
        (Kind.ENUMERATION_DROPPED, "a, b", None, "was a, b"),
        (Kind.ROOT_REMOVED, None, None, ""),
    ],
)
def test_values_as_they_are_told(kind: Kind, old: str | None, new: str | None, told: str) -> None:
    assert change(difference(kind, old=old, new=new)) == told


# --- JSON ----------------------------------------------------------------------------------------


def test_json_of_a_comparison() -> None:
    told = json.loads(DIFF_FORMATS["json"](comparison(*ALL)))
    assert (told["format"], told["version"]) == ("kwartaal.schema-diff", 1)
    assert told["verdict"] == "breaking"
    narrowed = told["differences"][1]
    assert narrowed == NARROWED.as_dict()
    assert narrowed["reader_witness"]["document"].splitlines()[2] == "    <Genre>poésie</Genre>"


def test_json_of_a_check() -> None:
    told = json.loads(CHECK_FORMATS["json"](outcome(remarks=("one",))))
    assert (told["format"], told["version"], told["level"]) == ("kwartaal.schema-check", 1, "error")
    changed, defective, new = told["schemas"]
    assert (changed["change"], changed["sort"], changed["verdict"]) == (
        "changed",
        "fix",
        "breaking",
    )
    assert [one["level"] for one in changed["differences"]] == [
        *("error", "error", "error", "note", "note")
    ]
    assert changed["differences"][4]["policy"] == "waived until 2026-12-31: nobody has one"
    assert defective["problems"][0]["level"] == "error"
    assert (new["level"], "compared_with" in new) == ("note", False)
    assert told["remarks"] == ["one"]


def test_json_keeps_every_character() -> None:
    (told,) = json.loads(DIFF_FORMATS["json"](hostile()))["differences"]
    assert (told["old"], told["about"]) == (HOSTILE, HOSTILE)


# --- JUnit ---------------------------------------------------------------------------------------

# The structure that build servers read, in our own words: order, attributes, what may be empty.
JUNIT = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:attributeGroup name="counts">
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="xs:decimal" use="required"/>
  </xs:attributeGroup>
  <xs:complexType name="result"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="message" type="xs:string"/>
    <xs:attribute name="type" type="xs:string"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="testcase"><xs:complexType>
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="skipped" type="result"/>
      <xs:element name="error" type="result"/>
      <xs:element name="failure" type="result"/>
      <xs:element name="system-out" type="xs:string"/>
    </xs:choice>
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="classname" type="xs:string" use="required"/>
    <xs:attribute name="time" type="xs:decimal"/>
  </xs:complexType></xs:element>
  <xs:element name="testsuite"><xs:complexType>
    <xs:sequence><xs:element ref="testcase" maxOccurs="unbounded"/></xs:sequence>
    <xs:attributeGroup ref="counts"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
  </xs:complexType></xs:element>
  <xs:element name="testsuites"><xs:complexType>
    <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attributeGroup ref="counts"/>
  </xs:complexType></xs:element>
</xs:schema>
"""


@pytest.mark.parametrize(
    "told",
    [
        CHECK_FORMATS["junit"](outcome(remarks=(HOSTILE,))),
        CHECK_FORMATS["junit"](Outcome((), "main")),
        DIFF_FORMATS["junit"](comparison()),
        DIFF_FORMATS["junit"](comparison(*ALL)),
        DIFF_FORMATS["junit"](hostile()),
    ],
    ids=["check", "nothing", "no difference", "comparison", "hostile"],
)
def test_junit_has_the_structure_that_build_servers_read(told: str) -> None:
    schema = etree.XMLSchema(etree.fromstring(JUNIT))
    schema.assertValid(etree.fromstring(told.encode()))


def test_junit_counts() -> None:
    suites = ElementTree.fromstring(CHECK_FORMATS["junit"](outcome(remarks=("told",))))
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("8", "3", "1")
    changed, defective, new, policy = suites
    assert (changed.get("tests"), changed.get("failures"), changed.get("skipped")) == (
        "5",
        "3",
        "1",
    )
    failure = changed.findall("testcase/failure")[1]
    assert failure.get("type") == "narrowing"
    assert failure.get("message") == "narrowing is not allowed in a fix"
    assert "<Genre>poésie</Genre>" in str(failure.text)
    error = defective.find("testcase/error")
    assert error is not None
    assert "'Book' is missing" in str(error.get("message"))
    assert new.find("testcase/error") is None
    assert policy.findtext("testcase/system-out") == "told"


def test_junit_names_each_difference_once() -> None:
    suites = ElementTree.fromstring(DIFF_FORMATS["junit"](comparison(*ALL)))
    names = [case.get("name") for case in suites.iter("testcase")]
    assert len(set(names)) == len(ALL)
    assert names[1] == f"Genre (00123): enumeration removed at /Library/Book/Genre [{NARROWED.id}]"


# --- SARIF ---------------------------------------------------------------------------------------


def sarif(told: str) -> dict[str, Any]:
    """A log whose structure was looked at: what 2.1.0 requires, and what it must not hold."""
    log = json.loads(told)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert driver["name"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            physical = location["physicalLocation"]
            assert physical["region"]["startLine"] >= 1
            artifact = physical["artifactLocation"]
            assert re.fullmatch(r"[A-Za-z0-9_.~:/%-]+", artifact["uri"])
            if ":" not in artifact["uri"]:
                assert artifact["uriBaseId"] in run["originalUriBaseIds"]
    return dict(run)


def test_sarif_of_a_comparison() -> None:
    run = sarif(DIFF_FORMATS["sarif"](comparison(*ALL)))
    narrowed = run["results"][1]
    assert narrowed["ruleId"] == "enumeration-removed"
    assert narrowed["level"] == "error"
    (location,) = narrowed["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "library.xsd"
    assert location["physicalLocation"]["region"] == {"startLine": 14}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == NARROWED.path
    related = narrowed["relatedLocations"][0]["physicalLocation"]
    assert related["region"] == {"startLine": 12}
    prints = [one["partialFingerprints"]["kwartaalDifference/v1"] for one in run["results"]]
    assert prints == [f"library.xsd:{one.id}" for one in ALL]


def test_sarif_shows_what_was_removed_at_the_top_of_the_schema() -> None:
    (removed,) = sarif(DIFF_FORMATS["sarif"](comparison(BROKEN)))["results"]
    physical = removed["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "library.xsd"
    assert physical["region"] == {"startLine": 1}


def test_sarif_of_a_check_has_waivers_defects_and_remarks() -> None:
    run = sarif(CHECK_FORMATS["sarif"](outcome(remarks=("not needed",))))
    waived = run["results"][4]
    assert waived["suppressions"][0]["kind"] == "external"
    assert "nobody has one" in waived["suppressions"][0]["justification"]
    assert [one["ruleId"] for one in run["results"][5:]] == ["schema", "schema"]
    assert run["results"][5]["level"] == "error"
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "not needed"


def test_sarif_escapes_addresses() -> None:
    (result,) = sarif(DIFF_FORMATS["sarif"](hostile()))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%2Cb%3Ac%20%25.xsd"
    shipped = replace(NARROWED, new_at=Location(Path("/usr/lib/é.xsd"), 1))
    (result,) = sarif(DIFF_FORMATS["sarif"](comparison(shipped)))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///usr/lib/%C3%A9.xsd"}


# --- GitHub --------------------------------------------------------------------------------------


def unescaped(command: str) -> tuple[str, dict[str, str], str]:
    """What GitHub makes of a command."""

    def back(text: str) -> str:
        for escaped, meant in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n")):
            text = text.replace(escaped, meant)
        return text.replace("%25", "%")

    match = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", command)
    assert match
    given = [pair.split("=", 1) for pair in (match[2] or "").split(",") if pair]
    return match[1], {key: back(value) for key, value in given}, back(match[3])


def test_annotations_of_a_comparison() -> None:
    commands = [unescaped(line) for line in DIFF_FORMATS["github"](comparison(*ALL)).splitlines()]
    assert [name for name, _, _ in commands] == ["error", "error", "warning", "notice"]
    _, where, message = commands[0]
    assert where == {
        "file": "library.xsd",
        "line": "14",
        "title": "Genre (00123): enumeration removed",
    }
    assert "novel, poésie -> novel\nthe new schema may refuse old documents" in message


def test_annotations_of_a_check() -> None:
    told = CHECK_FORMATS["github"](outcome(remarks=("not: needed",))).splitlines()
    commands = [unescaped(line) for line in told]
    assert [name for name, _, _ in commands].count("error") == 4
    assert ("warning", {}, "not: needed") in commands
    assert ("error", "shop.xsd") in [(name, where.get("file")) for name, where, _ in commands]


def test_an_annotation_cannot_be_broken_out_of() -> None:
    (line,) = DIFF_FORMATS["github"](hostile()).splitlines()
    name, where, message = unescaped(line)
    assert name == "error"
    assert where["file"] == "a,b:c %.xsd"
    assert where["title"].startswith(printable(HOSTILE))
    assert printable(HOSTILE) in message


# --- Markdown ------------------------------------------------------------------------------------


def table(told: str) -> list[list[str]]:
    rows = [line for line in told.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_markdown_of_a_comparison() -> None:
    told = DIFF_FORMATS["markdown"](comparison(*ALL))
    head, _, *rows = table(told)
    assert [row[1] for row in rows] == ["review", "narrowing", "widening", "breaking"]
    assert rows[1][3:6] == ["`/Library/Book/Genre`", "`novel, poésie`", "`novel`"]
    assert all(len(row) == len(head) for row in rows)
    assert "```xml\n<Library>\n  <Book>" in told
    assert told.count("<details>") == told.count("</details>") == 3


def test_markdown_proves_only_what_concerns_documents() -> None:
    told = DIFF_FORMATS["markdown"](comparison(replace(TEXT, reason="comes with a book")))
    assert "<details>" not in told
    assert "1 no effect" in told


def test_markdown_of_a_check() -> None:
    told = CHECK_FORMATS["markdown"](outcome(remarks=("policy.yaml:3: a | b",)))
    assert "#### ❌ `library.xsd` changed (fix), compared with `1a2b:library.xsd`" in told
    assert "❌ defective: shop.xsd, line 3: element 'Book' is missing" in told
    assert "waived until 2026-12-31: nobody has one" in told
    assert "⚠️ policy.yaml:3: a \\| b\n" in told


class Shown(HTMLParser):
    """The text of cells, headings and details, and every tag of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1:] = ["".join((*self.texts[-1:], data))]


def test_hostile_values_are_shown_as_they_are() -> None:
    told = DIFF_FORMATS["markdown"](hostile())
    page = MarkdownIt("commonmark").enable("table").render(told)
    found = Shown(page)
    cells = {"table", "thead", "tbody", "tr", "th", "td"}
    assert found.tags == cells | {"h3", "h4", "p", "code", "pre", "details", "summary"}
    shown = printable(HOSTILE)
    texts = [text.strip() for text in found.texts]
    assert f"{shown}: pattern changed" in texts
    assert f"/r/{shown}" in texts
    assert f"``` {shown}" in texts
    assert texts.count(shown) >= 3
    assert f"<r>\n{HOSTILE}</r>" in texts


def test_a_long_comparison_fits_into_a_comment() -> None:
    long = tuple(replace(NARROWED, places=(f"/Library/Book{n}/Genre",)) for n in range(1000))
    told = DIFF_FORMATS["markdown"](comparison(*long))
    assert len(told) < 65_000
    assert "and 800 more" in told
    assert re.search(r"There is no room for \d+ more", told)


def test_a_waiver_says_what_it_is_for() -> None:
    waiver = Waiver(reason="r", expires=date(2026, 1, 1), place="p:1", id="0" * 12, at="/a/*")
    assert waiver.subject == "id 000000000000, at /a/*"
    assert TEXT.id != WIDENED.id
