"""JSON: everything that was found, for programs."""

import json

from schemas.compare.checked import Outcome
from schemas.compare.difference import Comparison

VERSION = 1
"""Goes up when a program that read the last one could fail; new keys alone do not raise it."""


def as_json(outcome: Outcome) -> str:
    """Of a check of changed schemas."""
    return _written({"format": "kwartaal.schema-check", "version": VERSION} | outcome.as_dict())


def comparison_json(comparison: Comparison) -> str:
    """Of two schemas that were compared."""
    return _written({"format": "kwartaal.schema-diff", "version": VERSION} | comparison.as_dict())


def _written(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)
