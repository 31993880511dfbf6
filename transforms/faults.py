"""Every fault of a document, also behind those at which libxml2 stops.

libxml2 gives up on the children of an element at the first one that does not belong there. What
follows it is validated by itself then: every element of the schemas is declared globally.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from lxml import etree

CONTENT = "SCHEMAV_ELEMENT_CONTENT"
_NOT_DECLARED = "SCHEMAV_CVC_ELT_1"


@dataclass(frozen=True, slots=True)
class Fault:
    """What libxml2 says of one element: kind of error, words, path and line in the tree."""

    kind: str
    message: str
    path: str
    line: int

    @property
    def stops(self) -> bool:
        """Whether libxml2 looked at nothing behind this element in its parent."""
        return self.kind == CONTENT and "Missing child element" not in self.message


class Unjudgeable(Exception):
    """libxml2 fails on the content, or refuses it without a reason."""


def faults(root: etree._Element, validator: etree.XMLSchema, most: int) -> list[Fault]:
    """Faults in document order, none when the document is valid; about ``most`` at the most."""
    found = list(_validated(root, validator))
    waiting = [fault for fault in found if fault.stops]
    while waiting and len(found) < most:
        element = prefixed_at(root, waiting.pop().path)
        if element is None:
            continue
        for sibling in chain((element,), element.itersiblings(etree.Element)):
            further = list(_below(sibling, validator))
            found += further
            waiting += [fault for fault in further if fault.stops]
            if len(found) >= most:
                break
    return sorted(found, key=lambda fault: fault.line)


_PREFIXED = re.compile(r"/([^/:\[\]]+:[^/\[\]]+)")


def _named(step: re.Match[str]) -> str:
    return f"/*[name()='{step[1]}']"


def prefixed_at(root: etree._Element, path: str) -> etree._Element | None:
    """As ``element_at``, in a document that uses prefixes. One may stand for several namespaces:
    it is looked for as it is written."""
    return element_at(root, _PREFIXED.sub(_named, path))


def element_at(root: etree._Element, path: str | None) -> etree._Element | None:
    """The element at a path of the document without prefixes, None when there is none."""
    try:
        found = root.getroottree().xpath(path) if path else []
    except etree.XPathError:
        return None
    return found[0] if isinstance(found, list) and found else None


def _validated(element: etree._Element, validator: etree.XMLSchema) -> Iterator[Fault]:
    try:
        if validator.validate(element):
            return
    except etree.XMLSchemaValidateError as error:
        raise Unjudgeable from error
    if not len(validator.error_log):
        raise Unjudgeable
    for entry in validator.error_log:
        yield Fault(entry.type_name, entry.message, entry.path or "", entry.line)


def _below(element: etree._Element, validator: etree.XMLSchema) -> Iterator[Fault]:
    """Faults of an element validated by itself, with their paths in the whole document."""
    here = element.getroottree().getpath(element)
    for fault in list(_validated(element, validator)):
        if fault.kind != _NOT_DECLARED:
            _, _, rest = fault.path.removeprefix("/").partition("/")
            path = f"{here}/{rest}" if rest else here
            yield Fault(fault.kind, fault.message, path, fault.line)
