"""Forms of changes of schemas that programs read: JSON, JUnit, SARIF, annotations of GitHub."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from differences import ALL, BROKEN, NARROWED, comparison
from lxml import etree
from told import HOSTILE, hostile, outcome

from schemas.compare.checked import Outcome
from schemas.compare.difference import Location
from schemas.formats import CHECK_FORMATS, DIFF_FORMATS
from schemas.formats.words import printable

# --- JSON --------------------------------------------------------------------------------------


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


# --- JUnit -------------------------------------------------------------------------------------

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


# --- SARIF -------------------------------------------------------------------------------------


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


# --- GitHub ------------------------------------------------------------------------------------


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
