"""JSON: everything that was found, for programs."""

import json
from collections.abc import Mapping
from typing import Any

from schemas.compare.checked import Outcome
from schemas.compare.difference import Comparison

VERSION = 1
"""Goes up when a program that read the last one could fail; new keys alone do not raise it."""


def as_json(outcome: Outcome) -> str:
    """Of a check of changed schemas."""
    return _written({"format": "kwartaal.schema-check", "version": VERSION} | outcome.as_dict())


def comparison_json(comparison: Comparison, more: Mapping[str, Any] | None = None) -> str:
    """Of two schemas that were compared, with what ``more`` was found out."""
    head = {"format": "kwartaal.schema-diff", "version": VERSION}
    return _written(head | comparison.as_dict() | dict(more or {}))


def _written(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)
