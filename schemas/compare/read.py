"""Simple types of xmlschema as plain data."""

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.compare.builtin import BOUNDS, Bound, builtin_whitespace, primitive_of
from schemas.compare.simple import Simple
from schemas.model import XSD


def facets_of(xsd: Any) -> Iterator[Any]:
    """The facets that a derivation step writes down itself, as XML elements."""
    element = xsd.elem
    if element is None:
        return
    restriction = element if element.tag == f"{XSD}restriction" else None
    if restriction is None:  # its own, not that of a type inside of it
        paths = (f"{XSD}restriction", f"{XSD}simpleContent/{XSD}restriction")
        restriction = next((r for path in paths for r in element.findall(path)), None)
    for child in restriction if restriction is not None else ():
        if isinstance(child.tag, str) and child.get("value") is not None:
            yield child


def steps(xsd: Any) -> Iterable[Any]:
    """A type and those that it restricts, down to a built-in one, a list or a union."""
    while xsd is not None and not str(xsd.name or "").startswith(XSD):
        if xsd.is_complex():
            xsd = xsd.content
            continue
        yield xsd
        if type(xsd).__name__ in ("XsdList", "XsdUnion"):
            return
        xsd = xsd.base_type


def read_simple(xsd: Any) -> Simple:
    """A simple type (or the simple content of a complex one) of xmlschema as plain data."""
    if xsd.is_complex():
        xsd = xsd.content
    chain = list(steps(xsd))
    last = chain[-1] if chain else xsd
    name = xsd.name if xsd.name and not xsd.name.startswith(XSD) else None
    facets = _collected(chain)
    if xsd.is_list() or xsd.is_union():
        return _compound(xsd, last, name, facets)
    base = last if str(last.name or "").startswith(XSD) else last.base_type
    while base.local_name is None or not str(base.name).startswith(XSD):
        base = base.base_type if not base.is_complex() else base.content
    builtin = str(base.local_name)
    spaces = builtin_whitespace(builtin)
    facets.setdefault("whitespace", spaces)
    if "enumeration" in facets and primitive_of(builtin) == "string":
        restricted = Simple("atomic", builtin, _spaces_listed(chain) or spaces)
        facets["enumeration"] = tuple(map(restricted.normalised, facets["enumeration"]))
    return Simple("atomic", builtin, name=name, **facets)


def _spaces_listed(chain: list[Any]) -> str | None:
    """What the type does with white space whose values an enumeration lists, where a step says."""
    steps = [[(f.tag.rpartition("}")[2], f.get("value")) for f in facets_of(s)] for s in chain]
    listing = next(at for at, facets in enumerate(steps) if "enumeration" in dict(facets))
    below = (pair for facets in steps[listing + 1 :] for pair in facets)
    return next((str(value) for name, value in below if name == "whiteSpace"), None)


def _compound(xsd: Any, last: Any, name: str | None, facets: dict[str, Any]) -> Simple:
    facets["whitespace"] = "preserve" if xsd.is_union() else "collapse"
    while type(last).__name__ == "XsdAtomicRestriction":
        last = last.base_type
    if xsd.is_list():
        if not hasattr(last, "item_type"):  # a built-in list such as NMTOKENS
            last = last.base_type if last.base_type is not None else last
        item = getattr(last, "item_type", None)
        read = read_simple(item) if item is not None else None
        return Simple("list", "anySimpleType", name=name, item=read, **facets)
    members = tuple(read_simple(member) for member in last.member_types)
    return Simple("union", "anySimpleType", name=name, members=members, **facets)


def _collected(chain: list[Any]) -> dict[str, Any]:
    """The facets of all steps, the most derived first: it is the narrowest."""
    found: dict[str, Any] = {}
    patterns: list[tuple[str, ...]] = []
    for step in chain:
        here: dict[str, list[str]] = {}
        for facet in facets_of(step):
            here.setdefault(facet.tag.rpartition("}")[2], []).append(facet.get("value"))
        if "pattern" in here:
            patterns.append(tuple(here.pop("pattern")))
        if "enumeration" in here:
            found.setdefault("enumeration", tuple(here.pop("enumeration")))
        for name, texts in here.items():
            if name in BOUNDS:
                field, inclusive = BOUNDS[name]
                found.setdefault(field, Bound(texts[0].strip(), inclusive))
            elif name in _NUMBERS:
                found.setdefault(_NUMBERS[name], int(texts[0]))
            elif name == "whiteSpace":
                found.setdefault("whitespace", texts[0])
    if patterns:
        found["patterns"] = tuple(patterns)
    return found


_NUMBERS = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}
