"""Whether the schema loads: what xmlschema and libxml2 say of it that no rule here says better."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from schemas.compare.difference import Location
from schemas.lint.finding import Finding
from schemas.lint.rules import Rule, Severity
from schemas.lint.sources import Source
from schemas.lint.subject import Subject, label_of
from schemas.model import XSD, first_line

_AS_SAID = "See XML Schema 1.0, part 1 and 2; the processor's words are quoted."


def invalid(subject: Subject, so_far: Iterable[Finding]) -> Iterator[Finding]:
    """Faults that make the schema unusable, except where a finding stands already."""
    told = {finding.at for finding in so_far if finding.severity is Severity.ERROR}
    if subject.failure is not None and not told:
        yield from _failed(subject, subject.failure)
    if subject.schema is None:
        return
    said = set()
    for error in subject.schema.maps.all_errors:
        element = _place(subject, error)
        if _is_told(subject, element, told):
            continue
        message = f"{label_of(element)}: {_plain(error)}"
        if (element, message) not in said:
            said.add((element, message))
            yield subject.finding(Rule.INVALID_SCHEMA, element, message, _advice(element))


def not_portable(subject: Subject, so_far: Iterable[Finding]) -> Iterator[Finding]:
    """What libxml2 refuses of a schema that otherwise loads. Nothing is fetched for it."""
    main, sources = subject.sources.main, subject.sources
    is_sound = not any(finding.severity is Severity.ERROR for finding in so_far)
    is_whole = sources.is_complete and sources.is_local and not sources.unknown
    if main is None or not (is_whole and is_sound):
        return
    for element, message in _of_libxml2(main):
        yield subject.finding(
            Rule.NOT_PORTABLE,
            element,
            f"libxml2 (xmllint, lxml, PHP and others) refuses the schema: {message}",
            "Write it in a way that every processor takes.",
        )


def _failed(subject: Subject, why: str) -> Iterator[Finding]:
    """Of a schema that xmlschema cannot make anything of: libxml2's reasons, if it has any."""
    main = subject.sources.main
    assert main is not None
    reasons = list(_of_libxml2(main)) if subject.sources.is_local else []
    for element, message in reasons or [(main.root, why)]:
        text = f"the schema does not load: {message}"
        yield subject.finding(Rule.INVALID_SCHEMA, element, text, _AS_SAID)


def _of_libxml2(main: Source) -> Iterator[tuple[etree._Element, str]]:
    """What libxml2 says of a schema, at most one thing of each line."""
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
    try:
        etree.XMLSchema(etree.parse(str(main.path), parser))
    except etree.XMLSchemaParseError as error:
        words = {entry.line: _short(entry.message) for entry in error.error_log}
        elements = {element.sourceline: element for element in reversed(list(main.root.iter("*")))}
        for line, message in (words or {1: _short(first_line(error))}).items():
            yield elements.get(line, main.root), message


def _place(subject: Subject, error: Any) -> etree._Element:
    found, main = subject.twin(error.elem), subject.sources.main
    assert main is not None
    return main.root if found is None else found


def _is_told(subject: Subject, element: etree._Element, told: set[Location]) -> bool:
    """Whether something was said of the element or, unless it is the whole schema, of what is in
    it."""
    within = [element] if element.tag == XSD + "schema" else element.iter("*")
    return any(subject.at(one) in told for one in within)


def _plain(error: object) -> str:
    message = str(getattr(error, "message", error))
    return re.sub(r"\s+", " ", message.split("\n\nSchema component")[0]).strip()


def _advice(element: etree._Element) -> str:
    if element.tag == XSD + "pattern":
        return "A pattern of XML Schema has no anchors, no lazy quantifiers, no (?: and no \\b."
    if any(element.getroottree().getroot().iter(*_LATER)):
        return "Some of it is of XML Schema 1.1 (assert, override, alternative): write it in 1.0."
    return _AS_SAID


_LATER = tuple(XSD + name for name in ("assert", "assertion", "override", "alternative"))


def _short(message: str) -> str:
    return message.replace(XSD, "xs:").strip()
