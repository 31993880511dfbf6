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
from transforms.faults import CONTENT, Fault, element_at
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


def diagnose(root: etree._Element, found: Iterable[Fault], message: Block) -> Iterator[Finding]:
    """Findings in document order; ``line`` and ``path`` are those of the tree.

    libxml2 reports a facet that fails and then, for the same element, that the value does not
    fit its type: the second says nothing new and is left out.
    """
    explained: set[str] = set()
    for fault in found:
        path = fault.path or ""
        if fault.kind in _FACETS:
            if path not in explained:
                yield _facet_finding(root, fault, message)
            explained.add(path)
        elif fault.kind in _TYPE_FAULTS:
            if path not in explained:
                yield _type_finding(root, fault, message)
            explained.add(path)
        elif fault.kind == CONTENT:
            yield _content_finding(root, fault, message)
        else:
            yield _other_finding(fault, message)


def _facet_finding(root: etree._Element, fault: Fault, message: Block) -> Finding:
    suffix, words = _FACETS[fault.kind]
    value = _value(root, fault)
    name, number = _named(fault.path or "", message)
    if not value:
        suffix, words = "001", "is empty"
    return _finding(fault, number, suffix, f"{name} {words}", value)


def _type_finding(root: etree._Element, fault: Fault, message: Block) -> Finding:
    value = _value(root, fault)
    name, number = _named(fault.path or "", message)
    zone = _at(fault.path or "", message)
    base = zone.facets.base if isinstance(zone, Zone) else "text"
    if not value:
        return _finding(fault, number, "001", f"{name} is empty", value)
    if base in _NUMBERS:
        return _finding(fault, number, "002", f"{name} is not a whole number", value)
    return _finding(fault, number, "003", f"{name} is not a valid {base}", value)


def _content_finding(root: etree._Element, fault: Fault, message: Block) -> Finding:
    """Something missing, out of place, too often, or unknown among child elements."""
    path = fault.path or ""
    if "Missing child element" in fault.message:
        return _missing(fault, path, message)
    parent = path.rpartition("/")[0]
    label = _name_of(parent)
    block = _at(parent, message)
    known = block if isinstance(block, Block) else None
    name = _element_name(root, path)
    child = _child(known, name)
    if child is None:
        words = f"{name} is not known in {label}"
        return _finding(fault, None, "146", words, _value(root, fault), _number(known))
    if _occurrences(root, path) > (child.max_occurs or 1 << 30):
        return _finding(fault, child.number, "090", f"{name} occurs too often in {label}", None)
    absent = _wanted(fault, known)
    if absent is not None and absent is not child:
        words = f"{absent.name} is expected before {name} in {label}"
        return _finding(fault, absent.number, "001", words, None)
    words = f"{name} does not belong at this place in {label}"
    return _finding(fault, child.number, "091", words, None)


def _missing(fault: Fault, path: str, message: Block) -> Finding:
    block = _at(path, message)
    absent = _wanted(fault, block if isinstance(block, Block) else None)
    if absent is not None:
        words = f"{_name_of(path)} lacks {absent.name}"
        return _finding(fault, absent.number, "001", words, None)
    words = f"{_name_of(path)} lacks one of {', '.join(_expected(fault))}"
    return _finding(fault, _number(block), "001", words, None)


def _wanted(fault: Fault, block: Block | None) -> Zone | Block | None:
    """The one child that had to come, None when several would do."""
    candidates = [_child(block, name) for name in _expected(fault)]
    if block is None or len(candidates) == 1:
        return candidates[0] if candidates else None
    mandatory = [
        child
        for child in candidates
        if child is not None and child.min_occurs > 0 and child.name not in block.alternatives
    ]
    return mandatory[0] if len(mandatory) == 1 else None


def _expected(fault: Fault) -> list[str]:
    """What libxml2 says it expected: all names, or the first ten of more."""
    found = _EXPECTED.search(fault.message)
    return [name.strip() for name in found[1].split(",")] if found else []


def _name_of(path: str) -> str:
    """The last step of a path, without its number."""
    return path.rpartition("/")[2].split("[")[0] or "the document"


def _element_name(root: etree._Element, path: str) -> str:
    """The name of the element, which a path does not tell of one in a namespace."""
    element = element_at(root, path)
    return _name_of(path) if element is None else etree.QName(element).localname


def _other_finding(fault: Fault, message: Block) -> Finding:
    """Attributes, text between elements, and what else the schema language forbids."""
    name, number = _named(fault.path or "", message)
    words = {
        "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "has an attribute that is not allowed",
        "SCHEMAV_CVC_TYPE_3_1_1": "has an attribute that is not allowed",
        "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "holds text between its elements",
        "SCHEMAV_CVC_TYPE_3_1_2": "holds elements where a value is expected",
        "SCHEMAV_CVC_ELT_3_1": "is said to be nil, which is not allowed",
        "SCHEMAV_CVC_ELT_4_2": "names a type (xsi:type) that does not exist",
        "SCHEMAV_CVC_ELT_4_3": "names a type (xsi:type) that is not allowed here",
    }.get(fault.kind)
    return _finding(fault, number, "146", f"{name} {words}" if words else fault.message, None)


def _finding(
    fault: Fault,
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
        line=fault.line,
        path=fault.path,
        zone=zone,
        value=shortened(value),
    )


def _value(root: etree._Element, fault: Fault) -> str | None:
    """The text of the element in question, when it is a leaf."""
    element = element_at(root, fault.path)
    return None if element is None or len(element) else (element.text or "")


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
