"""What the annotations of a schema say, as far as it is said to people."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.compare.read import facets_of, steps
from schemas.model import XSD

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def texts(*components: Any) -> Iterator[tuple[str, str]]:
    """(language, text) of each documentation of components of xmlschema, white space normalised."""
    for component in components:
        annotation = component.annotation
        for node in annotation.documentation if annotation is not None else ():
            text = _plain(node)
            if text:
                yield node.get(_LANGUAGE, ""), text


def value_texts(xsd: Any) -> Mapping[str, str]:
    """What is said of each value that a type lists, where something is."""
    found: dict[str, str] = {}
    has_text = xsd.is_simple() or xsd.has_simple_content()
    for step in steps(xsd) if has_text else ():
        for facet in facets_of(step):
            if facet.tag == f"{XSD}enumeration":
                said = " / ".join(filter(None, map(_plain, facet.iter(f"{XSD}documentation"))))
                if said:
                    found.setdefault(facet.get("value"), said)
    return found


def _plain(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
