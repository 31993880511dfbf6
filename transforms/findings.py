"""What can be wrong, as values with a stable code."""

from dataclasses import dataclass

VALUE_LIMIT = 200
"""Characters of an offending value that are kept: enough to recognise it, no smuggled payload."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``code``: an official anomaly number such as ``00024-003`` where the zone is known, else a
    word of ``REFUSALS``. ``suffix``: official suffix of annex 30, if there is one. ``line``: in
    the received file. ``value``: as received; personal data, meant for the declarer only.
    ``certainty``: documented, or derived by us.
    """

    code: str
    message: str
    suffix: str | None = None
    severity: str = "B"
    line: int | None = None
    path: str | None = None
    zone: str | None = None
    value: str | None = None
    certainty: str = "documented"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason of kwartaal's own: official suffix where the batch channel has one."""

    code: str
    suffix: str | None
    meaning: str


REFUSALS = (
    Refusal("unreadable", None, "The file cannot be read"),
    Refusal("empty-file", "134", "The file holds no data"),
    Refusal("compressed", "102", "The file is compressed; send the XML itself"),
    Refusal("encoding", "138", "The encoding is not accepted, or the bytes do not follow it"),
    Refusal("doctype", None, "A document type declaration is not accepted"),
    Refusal("xml-syntax", "102", "The XML is not well-formed"),
    Refusal("namespace", "139", "The message has no namespace"),
    Refusal("root-element", "312", "Another message, or no message at all"),
    Refusal("truncated", "102", "The end of the document is missing"),
    Refusal("no-form", "312", "The document holds no form"),
    Refusal("stray-content", "312", "Something other than a form stands between the forms"),
    Refusal("form-too-large", "184", "The form is larger than the limit"),
    Refusal("unjudgeable", None, "The schema processor fails on the content"),
    Refusal("no-release", "136", "Neither a schema nor a quarter tells the release"),
    Refusal("unknown-release", "137", "The schema of this release is not known here"),
    Refusal("other-quarter", None, "The form declares another quarter than this run is for"),
    Refusal("too-many-findings", None, "More findings than are listed"),
)

_SUFFIXES = {refusal.code: refusal.suffix for refusal in REFUSALS}


def refusal(code: str, message: str, line: int | None = None, value: str | None = None) -> Finding:
    """A finding with one of the codes of ``REFUSALS``."""
    return Finding(code, message, suffix=_SUFFIXES[code], line=line, value=shortened(value))


def shortened(value: str | None) -> str | None:
    return value if value is None else value[:VALUE_LIMIT]
