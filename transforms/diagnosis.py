"""Turns what libxml2 says of an invalid document into findings a declarer understands.

Codes are the official anomaly numbers: the zone or block that is wrong, and the suffix of annex
30 for the way in which it is (001 not present, 002 not numeric, 003 invalid, 008 outside the
allowed values, 090 cardinality, 091 sequence, 093 length, 146 not allowed).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from lxml import etree

from schemas.model import Block, Zone
from transforms.findings import Finding, shortened

_STEP = re.compile(r"/([^/\[]+)(?:\[\d+\])?")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")

_FACETS: Mapping[str, tuple[str, str]] = {
    "SCHEMAV_CVC_ENUMERATION_VALID": ("008", "is not one of the allowed values"),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": ("008", "is below the smallest allowed value"),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": ("008", "is above the largest allowed value"),
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": ("008", "is below the smallest allowed value"),
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": ("008", "is above the largest allowed value"),
    "SCHEMAV_CVC_LENGTH_VALID": ("093", "has the wrong length"),
    "SCHEMAV_CVC_MINLENGTH_VALID": ("093", "is too short"),
    "SCHEMAV_CVC_MAXLENGTH_VALID": ("093", "is too long"),
    "SCHEMAV_CVC_TOTALDIGITS_VALID": ("093", "has too many digits"),
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": ("093", "has too many decimals"),
    "SCHEMAV_CVC_PATTERN_VALID": ("003", "does not have the required form"),
}
_TYPE_FAULTS = ("SCHEMAV_CVC_DATATYPE_VALID_1_2_1", "SCHEMAV_CVC_DATATYPE_VALID_1_2_2")
_NUMBERS = ("integer", "decimal")


def diagnose(
    root: etree._Element, log: Iterable[etree._LogEntry], message: Block
) -> Iterator[Finding]:
    """Findings in document order; ``line`` and ``path`` are those of the tree.

    libxml2 reports a facet that fails and then, for the same element, that the value does not
    fit its type: the second says nothing new and is left out.
    """
    explained: set[str] = set()
    for entry in log:
        path = entry.path or ""
        if entry.type_name in _FACETS:
            if path not in explained:
                yield _facet_finding(root, entry, message)
            explained.add(path)
        elif entry.type_name in _TYPE_FAULTS:
            if path not in explained:
                yield _type_finding(root, entry, message)
            explained.add(path)
        elif entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
            yield _content_finding(root, entry, message)
        else:
            yield _other_finding(entry, message)


def _facet_finding(root: etree._Element, entry: etree._LogEntry, message: Block) -> Finding:
    suffix, words = _FACETS[entry.type_name]
    value = _value(root, entry)
    name, number = _named(entry.path or "", message)
    if not value:
        suffix, words = "001", "is empty"
    return _finding(entry, number, suffix, f"{name} {words}", value)


def _type_finding(root: etree._Element, entry: etree._LogEntry, message: Block) -> Finding:
    value = _value(root, entry)
    name, number = _named(entry.path or "", message)
    zone = _at(entry.path or "", message)
    base = zone.facets.base if isinstance(zone, Zone) else "text"
    if not value:
        return _finding(entry, number, "001", f"{name} is empty", value)
    if base in _NUMBERS:
        return _finding(entry, number, "002", f"{name} is not a whole number", value)
    return _finding(entry, number, "003", f"{name} is not a valid {base}", value)


def _content_finding(root: etree._Element, entry: etree._LogEntry, message: Block) -> Finding:
    """Something missing, out of place, too often, or unknown among child elements."""
    path = entry.path or ""
    wanted = _EXPECTED.search(entry.message)
    expected = [name.strip() for name in wanted[1].split(",")] if wanted else []
    if "Missing child element" in entry.message:
        return _missing(entry, path, expected, message)
    parent, _, name = path.rpartition("/")
    name = name.split("[")[0]
    block = _at(parent, message)
    known = block if isinstance(block, Block) else None
    child = _child(known, name)
    label = parent.rpartition("/")[2].split("[")[0]
    if child is None:
        return _finding(
            entry,
            None,
            "146",
            f"{name} is not known in {label}",
            _value(root, entry),
            known.number if known else None,
        )
    if _occurrences(root, path) > (child.max_occurs or 1 << 30):
        return _finding(entry, child.number, "090", f"{name} occurs too often in {label}", None)
    if len(expected) == 1 and _child(known, expected[0]) is not None and expected[0] != name:
        absent = _child(known, expected[0])
        assert absent is not None
        text = f"{expected[0]} is expected before {name} in {label}"
        return _finding(entry, absent.number, "001", text, None)
    return _finding(
        entry, child.number, "091", f"{name} does not belong at this place in {label}", None
    )


def _missing(entry: etree._LogEntry, path: str, expected: list[str], message: Block) -> Finding:
    block = _at(path, message)
    child = _child(block if isinstance(block, Block) else None, expected[0] if expected else "")
    name = _STEP.findall(path)[-1] if path else "the document"
    number = child.number if child is not None and len(expected) == 1 else _number(block)
    what = expected[0] if len(expected) == 1 else "one of " + ", ".join(expected)
    return _finding(entry, number, "001", f"{name} lacks {what}", None)


def _other_finding(entry: etree._LogEntry, message: Block) -> Finding:
    """Attributes, text between elements, and what else the schema language forbids."""
    name, number = _named(entry.path or "", message)
    words = {
        "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "has an attribute that is not allowed",
        "SCHEMAV_CVC_TYPE_3_1_1": "has an attribute that is not allowed",
        "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "holds text between its elements",
        "SCHEMAV_CVC_TYPE_3_1_2": "holds elements where a value is expected",
        "SCHEMAV_CVC_ELT_3_1": "is said to be nil, which is not allowed",
        "SCHEMAV_CVC_ELT_4_2": "names a type (xsi:type) that does not exist",
        "SCHEMAV_CVC_ELT_4_3": "names a type (xsi:type) that is not allowed here",
    }.get(entry.type_name)
    return _finding(entry, number, "146", f"{name} {words}" if words else entry.message, None)


def _finding(
    entry: etree._LogEntry,
    number: str | None,
    suffix: str,
    words: str,
    value: str | None,
    block: str | None = None,
) -> Finding:
    zone = number or block
    return Finding(
        code=f"{zone}-{suffix}" if zone else f"schema-{suffix}",
        message=words,
        suffix=suffix,
        line=entry.line,
        path=entry.path,
        zone=zone,
        value=shortened(value),
    )


def _value(root: etree._Element, entry: etree._LogEntry) -> str | None:
    """The text of the element in question, when it is a leaf."""
    element = element_at(root, entry.path)
    return None if element is None or len(element) else (element.text or "")


def element_at(root: etree._Element, path: str | None) -> etree._Element | None:
    """The element at a path of the document, None when there is none."""
    try:
        found = root.getroottree().xpath(path) if path else []
    except etree.XPathError:
        return None
    return found[0] if isinstance(found, list) and found else None


def _occurrences(root: etree._Element, path: str) -> int:
    """How many elements of this name stand up to and including this one."""
    element = element_at(root, path)
    if element is None:
        return 1
    return 1 + len(list(element.itersiblings(str(element.tag), preceding=True)))


def _named(path: str, message: Block) -> tuple[str, str | None]:
    """Name and official number of the element at a path."""
    steps = _STEP.findall(path)
    return (steps[-1] if steps else "the document"), _number(_at(path, message))


def _number(element: Zone | Block | None) -> str | None:
    return None if element is None else element.number


def _at(path: str, message: Block) -> Zone | Block | None:
    steps = _STEP.findall(path)
    here: Zone | Block | None = message if steps[:1] == [message.name] else None
    for step in steps[1:]:
        here = _child(here, step) if isinstance(here, Block) else None
    return here


@cache
def _children(block: Block) -> Mapping[str, Zone | Block]:
    children: tuple[Zone | Block, ...] = (*block.zones, *block.blocks)
    return {child.name: child for child in children}


def _child(block: Block | None, name: str) -> Zone | Block | None:
    return None if block is None else _children(block).get(name)
