"""Random edits of schemas that were drawn."""

import copy
import random
from collections.abc import Callable, Sequence
from contextlib import suppress

from drawing import NUMBERS, OTHERS, TEXTS, TIMES, Drawing
from drawn import (
    Attribute,
    Complex,
    Drawn,
    Element,
    Group,
    Particle,
    Simple,
    attributes_of,
    content_of,
    elements,
    particles,
    text_of,
)
from lxml import etree


class NothingToEdit(Exception):
    """The schema has no such place."""


def edited(schema: Drawn, rng: random.Random) -> Drawn:
    """A copy with one change; it may happen to mean the same, or not to be a schema at all."""
    while True:
        changed = copy.deepcopy(schema)
        try:
            rng.choice(_EDITS)(changed.root, Drawing(rng))
        except (NothingToEdit, etree.XMLSchemaParseError):
            continue
        return changed


def edited_type(made: Simple, rng: random.Random) -> Simple:
    """A copy with one change, which may be no type at all."""
    while True:
        root = Element("R", Complex(text=copy.deepcopy(made)))
        with suppress(NothingToEdit):
            rng.choice(_OF_TYPES)(root, Drawing(rng))
            changed = text_of(root)
            assert changed is not None
            return changed


def _pick(rng: random.Random, found: Sequence[object]) -> object:
    if not found:
        raise NothingToEdit
    return rng.choice(found)


def _a_particle(root: Element, drawing: Drawing) -> Particle:
    found = [p for e in elements(root) for p in particles(content_of(e))]
    one = _pick(drawing.rng, found)
    assert isinstance(one, Particle)
    return one


def _a_group(root: Element, drawing: Drawing) -> tuple[Particle, Group]:
    found = [p for e in elements(root) for p in particles(content_of(e))]
    one = _pick(drawing.rng, [p for p in found if isinstance(p.term, Group)])
    assert isinstance(one, Particle)
    assert isinstance(one.term, Group)
    return one, one.term


def _a_simple(root: Element, drawing: Drawing) -> Simple:
    texts = [t for e in elements(root) if (t := text_of(e)) is not None]
    texts += [a.type for e in elements(root) for a in attributes_of(e)]
    one = _pick(drawing.rng, [*texts, *(m for t in texts for m in (*t.members, t.item) if m)])
    assert isinstance(one, Simple)
    return one


def _an_element(root: Element, drawing: Drawing) -> Element:
    return drawing.rng.choice(elements(root))


def _a_complex(root: Element, drawing: Drawing) -> Complex:
    found = [e.type for e in elements(root) if isinstance(e.type, Complex)]
    return drawing.rng.choice(found)


def _edit_occurs(root: Element, drawing: Drawing) -> None:
    one = _a_particle(root, drawing)
    large = 0.02 if isinstance(one.term, Group) else 0.12
    one.low, one.high = drawing.occurs(large)


def _edit_bound(root: Element, drawing: Drawing) -> None:
    """One bound by one, where counts are large as well."""
    one = _a_particle(root, drawing)
    step = drawing.rng.choice((-1, 1))
    if one.high is None or drawing.chance(0.4):
        one.low = max(0, one.low + step)
    else:
        one.high = max(0, one.high + step)
    if one.high is not None and one.low > one.high:
        raise NothingToEdit


def _remove_part(root: Element, drawing: Drawing) -> None:
    _, group = _a_group(root, drawing)
    if not group.parts:
        raise NothingToEdit
    group.parts.remove(drawing.rng.choice(group.parts))


def _add_part(root: Element, drawing: Drawing) -> None:
    _, group = _a_group(root, drawing)
    added = drawing.leaf(1, "abcdefghxyz")
    if drawing.chance(0.15):
        added = Particle(*drawing.occurs(), drawing.wildcard())
    group.parts.insert(drawing.rng.randint(0, len(group.parts)), added)


def _swap_parts(root: Element, drawing: Drawing) -> None:
    _, group = _a_group(root, drawing)
    if len(group.parts) < 2:
        raise NothingToEdit
    one, other = drawing.rng.sample(range(len(group.parts)), 2)
    group.parts[one], group.parts[other] = group.parts[other], group.parts[one]


def _wrap(root: Element, drawing: Drawing) -> None:
    """Put some neighbours into a group of their own."""
    _, group = _a_group(root, drawing)
    start = drawing.rng.randint(0, len(group.parts))
    end = drawing.rng.randint(start, len(group.parts))
    kind = drawing.rng.choice(("sequence", "choice", group.kind))
    group.parts[start:end] = [Particle(*drawing.occurs(0.02), Group(kind, group.parts[start:end]))]


def _unwrap(root: Element, drawing: Drawing) -> None:
    _, group = _a_group(root, drawing)
    inner = [part for part in group.parts if isinstance(part.term, Group)]
    one = _pick(drawing.rng, inner)
    assert isinstance(one, Particle)
    assert isinstance(one.term, Group)
    at = group.parts.index(one)
    group.parts[at : at + 1] = one.term.parts


def _edit_kind(root: Element, drawing: Drawing) -> None:
    _, group = _a_group(root, drawing)
    group.kind = drawing.rng.choice(("sequence", "choice", "all"))


def _rename(root: Element, drawing: Drawing) -> None:
    found = elements(root)[1:]
    one = _pick(drawing.rng, found)
    assert isinstance(one, Element)
    one.name = drawing.rng.choice("abcdefghxyz")


def _edit_type(root: Element, drawing: Drawing) -> None:
    found = elements(root)[1:]
    one = _pick(drawing.rng, found)
    assert isinstance(one, Element)
    one.type = drawing.type(1)


def _edit_base(root: Element, drawing: Drawing) -> None:
    one = _a_simple(root, drawing)
    families = (TEXTS, NUMBERS, TIMES, OTHERS)
    family = next((f for f in families if one.base in f), None)
    if family is None:
        raise NothingToEdit
    one.base = drawing.rng.choice(family if drawing.chance(0.7) else drawing.rng.choice(families))


def _edit_facet(root: Element, drawing: Drawing) -> None:
    one = _a_simple(root, drawing)
    if not one.steps:
        one.steps.append({})
    step = drawing.rng.choice(one.steps)
    facet = drawing.rng.choice(drawing.facets(one.base))
    if step and drawing.chance(0.5):
        facet = drawing.rng.choice(sorted(step))
    step[facet] = drawing.values(one.base, facet)


def _drop_facet(root: Element, drawing: Drawing) -> None:
    one = _a_simple(root, drawing)
    step = _pick(drawing.rng, [step for step in one.steps if step])
    assert isinstance(step, dict)
    del step[drawing.rng.choice(sorted(step))]


def _edit_listed(root: Element, drawing: Drawing) -> None:
    one = _a_simple(root, drawing)
    step = _pick(drawing.rng, [s for s in one.steps if "enumeration" in s])
    assert isinstance(step, dict)
    texts = step["enumeration"]
    if len(texts) > 1 and drawing.chance(0.5):
        texts.remove(drawing.rng.choice(texts))
    else:
        texts.append(drawing.value(one.base))


def _edit_nillable(root: Element, drawing: Drawing) -> None:
    one = _an_element(root, drawing)
    one.is_nillable = not one.is_nillable


def _edit_constant(root: Element, drawing: Drawing) -> None:
    """The default or the fixed value of an element or an attribute."""
    found: list[tuple[Element | Attribute, Simple]] = []
    for element in elements(root):
        simple = text_of(element)
        if simple is not None:
            found.append((element, simple))
        found += [(a, a.type) for a in attributes_of(element)]
    one, simple = drawing.rng.choice(found) if found else (None, None)
    if one is None or simple is None:
        raise NothingToEdit
    text = drawing.constant(simple)
    one.default, one.fixed = drawing.rng.choice(((None, None), (text, None), (None, text)))


def _edit_attribute(root: Element, drawing: Drawing) -> None:
    one = _a_complex(root, drawing)
    known = {attribute.name: attribute for attribute in one.attributes}
    name = drawing.rng.choice("pqrs")
    if name not in known:
        one.attributes.append(drawing.attribute(name))
    elif drawing.chance(0.4):
        one.attributes.remove(known[name])
    elif drawing.chance(0.6):
        known[name].use = drawing.rng.choice(("optional", "required", "prohibited"))
    else:
        known[name].type = drawing.simple()


def _edit_mixed(root: Element, drawing: Drawing) -> None:
    one = _a_complex(root, drawing)
    one.is_mixed = not one.is_mixed


_EDITS: tuple[Callable[[Element, Drawing], None], ...] = (
    *(_edit_occurs, _edit_occurs, _edit_bound, _edit_bound, _remove_part, _add_part, _add_part),
    *(_swap_parts, _wrap, _wrap, _unwrap, _edit_kind, _rename, _edit_type, _edit_base, _edit_base),
    *(_edit_facet, _edit_facet, _edit_facet, _drop_facet, _drop_facet, _edit_listed, _edit_listed),
    *(_edit_nillable, _edit_constant, _edit_constant, _edit_attribute, _edit_attribute),
    _edit_mixed,
)
_OF_TYPES = _edit_base, _edit_facet, _edit_facet, _drop_facet, _edit_listed
