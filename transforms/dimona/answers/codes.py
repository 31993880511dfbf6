"""By which code a finding is told in an answer, and in which words.

Rules find official codes. What a schema says is coded by zone and the suffixes of annex 30, of
which the glossary of the Dimona has few: there a value of whatever fault is ``003``, an element
out of place ``005``. A code that the glossary does not have either way is left as it is, and its
label says that it is kwartaal's; so are faults of a form or of a file that have no zone.
"""

import re
from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.confrontation import basis
from schemas.rules import LANGUAGES
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.answers.markup import Texts, escaped

LABEL_LIMIT = 500
"""Characters of an anomaly's label (zone 00628)."""

FORM, FILE = "90059", "ACRF"
"""Before the suffix of a fault that has no zone: the block of the form; and of a file as sample
acknowledgements have it (derived)."""

OWN: Mapping[str, str] = {
    "unreadable": "KWART-001",
    "doctype": "KWART-002",
    "unjudgeable": "KWART-003",
    "other-quarter": "KWART-004",
    "too-many-findings": "KWART-005",
    "kwartaal:no_dimona": "KWART-101",
    "kwartaal:no_dmfa": "KWART-102",
    "kwartaal:dates_differ": "KWART-103",
    "kwartaal:days_without_dmfa": "KWART-104",
    "kwartaal:student_over_quota": "KWART-105",
}
"""Reasons of kwartaal (``transforms.findings.REFUSALS``) without a suffix of annex 30, and codes of
a confrontation (``schemas/dimona/confrontation.yaml``) that NSSO has no code for."""

_NEAREST: Mapping[str, str] = {
    "002": "003",
    "008": "003",
    "093": "003",
    "090": "006",
    "091": "005",
    "146": "005",
}
_OFFICIAL = re.compile(r"[0-9]{5}-[0-9]{3}")


def error_id(code: str, suffix: str | None, without_zone: str = FORM) -> str:
    """The code of a finding as answers tell it, nine characters at most. ``without_zone``: what
    stands before the suffix where there is no zone."""
    known = dimona_rules().rules
    if _OFFICIAL.fullmatch(code):
        zone, _, own = code.partition("-")
        nearest = f"{zone}-{_NEAREST.get(own, own)}"
        return nearest if code not in known and nearest in known else code
    return OWN[code] if suffix is None else f"{without_zone}-{suffix}"


@cache
def _words(language: str) -> Mapping[str, str]:
    """What is said of each code of the glossary."""
    return {code: rule.texts[language] for code, rule in dimona_rules().rules.items()}


def label(error: str, language: str, message: str = "") -> str:
    """What a declarer is told of a code: the glossary's, or kwartaal's own ``message``.

    Raises ``KeyError`` for a language that is not one of ``LANGUAGES``.
    """
    words = _words(_known(language)).get(error) or f"kwartaal: {message}"
    return words[:LABEL_LIMIT]


def labels(codes: pa.Array, language: str) -> Texts:
    """Escaped labels of codes that rules found."""
    coded = pc.dictionary_encode(codes)
    told = [label(code, language) for code in coded.dictionary.to_pylist()]
    return escaped(pa.array(told, pa.string())).take(coded.indices)


def confronted_error(code: str) -> str:
    """A code of a confrontation of DmfA and Dimona as answers tell it."""
    return OWN.get(code, code)


def confronted_label(code: str, language: str) -> str:
    """What is said of a code of a confrontation. Raises ``KeyError`` for another language."""
    said = {one.code: one.texts for one in basis().codes}[code][_known(language)]
    return f"kwartaal: {said}" if code in OWN else said


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise KeyError(f"{language} is none of {', '.join(LANGUAGES)}")
    return language
