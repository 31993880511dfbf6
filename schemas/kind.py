"""A declaration kind: its specification beside its folder of data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from schemas.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Key:
    """A column that every table below ``block`` inherits; made of zones of that block.

    ``reading`` says how: ``text`` is the zone as it is, ``quarter`` is shown as 2023Q1,
    ``employer`` is the NSSO number on 9 digits or, when that is 0, the enterprise number on 10.
    """

    column: str
    block: str
    zones: tuple[str, ...]
    reading: str = "text"


@dataclass(frozen=True, slots=True)
class IdentityPaths:
    """Where a form says who and what it is about: paths below the form element."""

    quarter: str
    employer: str
    company: str
    trusteeship: str
    reference: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything about a kind of declaration that is not in its XSD.

    ``root`` and ``form`` are element names, forms are direct children of the root and are
    judged one by one. ``schema_file`` is the file name by which documents name their release.
    ``aliases`` maps the label of a release to an earlier one with the same contract.
    ``release_zone`` is the zone whose quarter picks the release of a document that names none.
    ``keys`` are inherited downwards, outermost first. ``duplicate`` is the official anomaly of a
    second declaration of the same employer, trusteeship and quarter. ``repeated`` is the path below
    the form of the block that makes a form long: what identifies the form stands before it, and a
    form can be cut between two of them.
    """

    name: str
    title: str
    root: str
    form: str
    schema_file: str
    releases: tuple[Quarter, ...]
    keys: tuple[Key, ...]
    release_zone: str
    identity: IdentityPaths
    duplicate: str
    repeated: tuple[str, ...]
    aliases: Mapping[Quarter, Quarter] = field(default_factory=dict, hash=False)

    def file_name(self, release: Quarter) -> str:
        return self.schema_file.format(release.wire)

    def release_of_file(self, file_name: str) -> Quarter | None:
        """The release that a schema's file name stands for, None when it is no such name."""
        pattern = re.escape(self.schema_file).replace(r"\{\}", r"(\d{4}[1-4])")
        match = re.fullmatch(pattern, file_name)
        return Quarter.parse(match[1]) if match else None

    @property
    def closing(self) -> bytes:
        """End tags of what is open around a repeated block, the form last."""
        around = (*self.repeated[-2::-1], self.form)
        return b"".join(b"</" + name.encode() + b">" for name in around)

    @property
    def folder(self) -> Traversable:
        return files("schemas") / self.name


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a zone beside its XSD: title, unit, and how sure the unit is."""

    name: str
    title: str
    unit: str
    certain: bool


@cache
def zone_facts(kind: Kind) -> Mapping[str, Fact]:
    """Facts by zone number, from ``zones.yaml`` of the kind."""
    records = yaml.safe_load((kind.folder / "zones.yaml").read_bytes())
    return {
        number: Fact(r["name"], r["title"], r["unit"], r.get("certainty") != "inferred")
        for number, r in records.items()
    }


@cache
def block_titles(kind: Kind) -> Mapping[str, str]:
    """Titles by block number, from ``blocks.yaml`` of the kind."""
    records = yaml.safe_load((kind.folder / "blocks.yaml").read_bytes())
    return {number: record["title"] for number, record in records.items()}
