"""Who receives what of the declarations: institutions, each with a purpose (``institutions.yaml``).

A profile is an institution with a purpose, never an institution alone. The profiles are defaults:
how sure each set of blocks is travels with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

EVERYTHING = "*"
_OF_BLOCKS = ("official", "derived")
_OF_PROFILES = ("published", "secondary", "derived")


class InstitutionsError(ValueError):
    """The file of institutions names what is not there, or leaves out what must be said."""


@dataclass(frozen=True, slots=True)
class BlockGroup:
    """Functional blocks that are received together. ``contains``: by message and official block
    number, or ``EVERYTHING``, the numbers of the zones; None: all of the block."""

    name: str
    title: str
    certainty: str
    contains: Mapping[str, Mapping[str, frozenset[str] | None]]

    def has(self, message: str, block: str, zone: str | None = None) -> bool:
        """Whether it has a zone of a block; without a zone, anything of the block."""
        blocks = self.contains.get(message, {})
        if EVERYTHING in blocks:
            return True
        zones = blocks.get(block, frozenset())
        return zones is None or (bool(zones) if zone is None else zone in zones)

    @property
    def is_everything(self) -> bool:
        return any(EVERYTHING in blocks for blocks in self.contains.values())


@dataclass(frozen=True, slots=True)
class Profile:
    """An institution with a purpose, and what it may see for that.

    ``only``: what narrows the blocks down, in words, None where nothing does. ``certainty``: of
    the set of blocks: published, secondary or derived.
    """

    name: str
    institution: str
    purpose: str
    blocks: tuple[BlockGroup, ...]
    only: str | None
    mode: tuple[str, ...]
    identity: str
    basis: str
    certainty: str
    source: str

    def groups_of(self, message: str, block: str, zone: str | None = None) -> list[BlockGroup]:
        """The groups through which it receives a zone of a block, or anything of the block."""
        return [group for group in self.blocks if group.has(message, block, zone)]


@dataclass(frozen=True, slots=True)
class Institutions:
    """All groups of blocks, whether somebody receives them or not, and all profiles."""

    groups: tuple[BlockGroup, ...]
    profiles: tuple[Profile, ...]

    def names(self, message: str, block: str) -> bool:
        """Whether a group names a block, beside those that are everything."""
        return any(group.has(message, block) for group in self.groups if not group.is_everything)


@cache
def institutions() -> Institutions:
    """Those that kwartaal ships."""
    return read_institutions(files("schemas").joinpath("institutions.yaml").read_bytes())


def read_institutions(content: bytes) -> Institutions:
    """``InstitutionsError`` says what is wrong, and where."""
    said = yaml.safe_load(content)
    groups = {name: _group(name, record) for name, record in said["blocks"].items()}
    profiles = (_profile(name, record, groups) for name, record in said["profiles"].items())
    return Institutions(tuple(groups.values()), tuple(profiles))


def _group(name: str, record: Mapping[str, Any]) -> BlockGroup:
    _check(name, record, ("title", "certainty", "contains"))
    if record["certainty"] not in _OF_BLOCKS:
        raise InstitutionsError(f"{name}: certainty is one of {', '.join(_OF_BLOCKS)}")
    contains = {
        message: {block: _zones(zones) for block, zones in blocks.items()}
        for message, blocks in record["contains"].items()
    }
    return BlockGroup(name, record["title"], record["certainty"], contains)


def _zones(said: str | list[str]) -> frozenset[str] | None:
    return None if said == "all" else frozenset(said)


def _profile(name: str, record: Mapping[str, Any], groups: Mapping[str, BlockGroup]) -> Profile:
    fields = ("institution", "purpose", "blocks", "mode", "identity", "basis", "certainty")
    _check(name, record, (*fields, "source"), ("only",))
    if record["certainty"] not in _OF_PROFILES:
        raise InstitutionsError(f"{name}: certainty is one of {', '.join(_OF_PROFILES)}")
    unknown = [group for group in record["blocks"] if group not in groups]
    if unknown:
        raise InstitutionsError(f"{name}: no blocks are called {', '.join(unknown)}")
    return Profile(
        name,
        record["institution"],
        record["purpose"],
        tuple(groups[group] for group in record["blocks"]),
        record.get("only"),
        tuple(record["mode"]),
        record["identity"],
        record["basis"],
        record["certainty"],
        record["source"],
    )


def _check(
    name: str, record: Mapping[str, Any], wanted: tuple[str, ...], more: tuple[str, ...] = ()
) -> None:
    missing = [field for field in wanted if not record.get(field)]
    if missing:
        raise InstitutionsError(f"{name}: {', '.join(missing)} is not said")
    unknown = sorted(set(record) - {*wanted, *more})
    if unknown:
        raise InstitutionsError(f"{name}: {', '.join(unknown)} means nothing here")
