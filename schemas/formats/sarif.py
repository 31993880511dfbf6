"""SARIF 2.1.0: findings as code scanners exchange them."""

import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from schemas.compare.checked import Checked, Outcome
from schemas.compare.difference import Kind, Location
from schemas.compare.policy import Judged, Level
from schemas.formats.words import printable, sentence

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "SRCROOT"
DEFECTIVE = "schema"

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}


def sarif(outcome: Outcome) -> str:
    """One run; a rule for every kind of difference that was found, and for whole schemas."""
    rules = sorted({one.difference.kind.value for one in outcome.judged()})
    if any(one.problems for one in outcome.checked):
        rules.append(DEFECTIVE)
    results = [result for one in outcome.checked for result in _results(one, rules)]
    run = {
        "tool": {"driver": _driver(rules)},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(outcome.remarks)],
        "results": results,
    }
    told = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def _driver(rules: Iterable[str]) -> dict[str, Any]:
    try:
        known = {"version": version("kwartaal")}
    except PackageNotFoundError:  # not installed: run from a copy of its files
        known = {}
    return {"name": "kwartaal", **known, "rules": [_rule(rule) for rule in rules]}


def _rule(rule: str) -> dict[str, Any]:
    words = rule.replace("-", " ")
    short = "A schema as a whole." if rule == DEFECTIVE else f"In a schema: {words}."
    return {"id": rule, "name": words.title().replace(" ", ""), "shortDescription": {"text": short}}


def _invocation(remarks: tuple[str, ...]) -> dict[str, Any]:
    told = [{"level": "warning", "message": {"text": printable(text)}} for text in remarks]
    return {"executionSuccessful": True, "toolExecutionNotifications": told}


def _results(checked: Checked, rules: list[str]) -> Iterator[dict[str, Any]]:
    for problem in checked.problems:
        yield {
            "ruleId": DEFECTIVE,
            "ruleIndex": rules.index(DEFECTIVE),
            "level": _LEVELS[problem.level],
            "message": {"text": problem.text},
            "locations": [{"physicalLocation": _physical(PurePosixPath(checked.file), 1)}],
            "partialFingerprints": {"kwartaalSchema/v1": f"{checked.file} {problem.text}"[:200]},
        }
    for judged in checked.judged:
        yield _result(checked, judged, rules)


def _result(checked: Checked, judged: Judged, rules: list[str]) -> dict[str, Any]:
    difference = judged.difference
    kind: Kind = difference.kind
    said = {"old": difference.old, "new": difference.new, "number": difference.number}
    told: dict[str, Any] = {
        "ruleId": kind.value,
        "ruleIndex": rules.index(kind.value),
        "level": _LEVELS[judged.level],
        "message": {"text": sentence(judged)},
        "locations": [_location(checked, judged)],
        "partialFingerprints": {"kwartaalDifference/v1": f"{checked.file}:{difference.id}"},
        "properties": {
            "verdict": difference.verdict.value,
            "reader": difference.reader.value,
            "writer": difference.writer.value,
            **{key: value for key, value in said.items() if value is not None},
        },
    }
    if difference.old_at:
        told["relatedLocations"] = [_related(difference.old_at)]
    if judged.waiver:
        justified = {"kind": "external", "status": "accepted", "justification": judged.reason}
        told["suppressions"] = [justified]
    return told


def _location(checked: Checked, judged: Judged) -> dict[str, Any]:
    """Where it stands now; what was removed is shown at the top of the schema."""
    at = judged.difference.new_at
    path = PurePosixPath(at.file.as_posix() if at else checked.file)
    return {
        "physicalLocation": _physical(path, at.line if at else 1),
        "logicalLocations": [
            {"fullyQualifiedName": judged.difference.path, "name": judged.difference.about}
        ],
    }


def _related(at: Location) -> dict[str, Any]:
    path = PurePosixPath(at.file.as_posix())
    return {"physicalLocation": _physical(path, at.line), "message": {"text": "before"}}


def _physical(path: PurePosixPath, line: int) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": {"startLine": max(line, 1)}}


def _artifact(path: PurePosixPath) -> dict[str, str]:
    """Relative to the repository; a file outside it, such as a shipped release, by its address."""
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": ROOT}
