"""What is found in a schema."""

import hashlib
from dataclasses import dataclass
from typing import Any

from schemas.compare.difference import Location
from schemas.lint.rules import RULES, Rule, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or will surprise.

    ``message`` says what is the case, ``advice`` what to do about it. ``path``: the declaration
    that it is found in, from the global one down (``OrderType/line/@unit``); empty for what
    concerns the whole file. ``number``: the number that its annotation gives, if any. ``also``:
    further places that belong to it, such as the first of two declarations.
    """

    rule: Rule
    message: str
    advice: str
    at: Location
    path: str = ""
    number: str | None = None
    also: tuple[Location, ...] = ()

    @property
    def severity(self) -> Severity:
        return RULES[self.rule].severity

    @property
    def id(self) -> str:
        """Stable while rule, path and message are, wherever the lines move to."""
        text = "\n".join((self.rule, self.path, self.message))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, Any]:
        """The finding for JSON; what does not apply is left out."""
        told = {
            "id": self.id,
            "rule": self.rule.value,
            "severity": self.severity.value,
            "message": self.message,
            "advice": self.advice,
            "path": self.path or None,
            "number": self.number,
            "at": _located(self.at),
            "also": [_located(place) for place in self.also] or None,
        }
        return {key: value for key, value in told.items() if value is not None}


def _located(location: Location) -> dict[str, Any]:
    return {"file": str(location.file), "line": location.line}
