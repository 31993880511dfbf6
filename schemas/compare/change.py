"""What changed at one declaration, before it is known where in a document that shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.compare.difference import Effect, Kind, Life


@dataclass(frozen=True)
class Wanted:
    """What has to be inside an element though nothing asks for it: children by name, with what has
    to be in each, ``times`` times; names of attributes."""

    times: int = 1
    children: "Mapping[str, Wanted]" = field(default_factory=dict)
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Recipe:
    """How an element is filled so that one schema accepts it and the other does not.

    ``text``: of an element or, with ``attribute``, of that attribute. ``children``: names in order.
    ``attributes``: values by name, None for one that has to be absent. ``is_nil``: xsi:nil.
    ``wanted``: what has to be inside.
    """

    text: str | None = None
    attribute: str | None = None
    children: tuple[str, ...] | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    is_nil: bool = False
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Change:
    """One change, relative to the element or the type that it is found in.

    ``about``: a child or an attribute (``@name``) that changed; the element itself without.
    ``reader_recipe`` and ``writer_recipe`` are the ideas of a proof, if there are any.
    """

    kind: Kind
    reader: Effect
    writer: Effect
    old: str | None = None
    new: str | None = None
    about: str | None = None
    number: str | None = None
    life: Life | None = None
    reason: str | None = None
    reader_recipe: Recipe | None = None
    writer_recipe: Recipe | None = None
    old_node: Any = None
    new_node: Any = None
