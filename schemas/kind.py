"""Messages and declaration kinds: a specification beside a folder of data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """A message with releases: everything about it that is not in its XSD.

    ``home`` is its folder below ``schemas``, that of its ``releases``. ``facts`` are the folders
    whose ``zones.yaml``, ``blocks.yaml`` and ``titles.yaml`` describe it; what a later one says
    goes.
    ``root`` and ``form`` are element names, forms are direct children of the root and are
    judged one by one. ``schema_file`` is the file name by which documents name their release.
    ``aliases`` maps the label of a release to an earlier one with the same contract.
    ``keys`` are inherited downwards, outermost first. ``repeated`` is the path below the form of
    the block that makes a form long: what identifies the form stands before it, and a form can be
    cut between two of them. ``tables`` says whether its forms can become rows of tables.
    ``release_zone`` picks the release of a document that names none: a zone with a quarter, that of
    the release, or with a day, on which the newest release is taken; "": there is no such zone.
    """

    name: str
    title: str
    home: str
    facts: tuple[str, ...]
    root: str
    form: str
    schema_file: str
    releases: tuple[Quarter, ...]
    aliases: Mapping[Quarter, Quarter] = field(default_factory=dict, hash=False)
    keys: tuple[Key, ...] = ()
    repeated: tuple[str, ...] = ()
    release_zone: str = ""
    tables: bool = True

    def file_name(self, release: Quarter) -> str:
        return self.schema_file.format(release.wire)

    def release_of_file(self, file_name: str) -> Quarter | None:
        """The release that a schema's file name stands for, None when it is no such name."""
        match = _file_names(self.schema_file).fullmatch(file_name)
        return Quarter.parse(match[1]) if match else None

    @property
    def closing(self) -> bytes:
        """End tags of what is open around a repeated block, the form last."""
        around = (*self.repeated[-2::-1], self.form)
        return b"".join(b"</" + name.encode() + b">" for name in around)

    @property
    def folder(self) -> Traversable:
        return files("schemas") / self.home


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(MessageKind):
    """A kind of declaration that is run by quarter: who declares, for which quarter.

    ``duplicate`` is the official anomaly of a second declaration of the same employer,
    trusteeship and quarter.
    """

    identity: IdentityPaths
    duplicate: str


@cache
def _file_names(schema_file: str) -> re.Pattern[str]:
    """Names of schemas of a kind, with the quarter of the release as a group."""
    return re.compile(re.escape(schema_file).replace(r"\{\}", r"(\d{4}[1-4])"))


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a zone beside its XSD: title, unit, and how sure the unit is."""

    name: str
    title: str
    unit: str
    certain: bool


@cache
def zone_facts(message: MessageKind) -> Mapping[str, Fact]:
    """Facts by zone number, from the ``zones.yaml`` of the message."""
    return {
        number: Fact(r["name"], r["title"], r["unit"], r.get("certainty") != "inferred")
        for number, r in _records(message, "zones.yaml")
    }


@cache
def block_titles(message: MessageKind) -> Mapping[str, str]:
    """Titles by block number, from the ``blocks.yaml`` of the message."""
    return {number: record["title"] for number, record in _records(message, "blocks.yaml")}


@cache
def titles(message: MessageKind, language: str) -> Mapping[str, str]:
    """Titles of its zones and blocks by number, in English (``en``) or as ``titles.yaml`` has
    them: ``nl``, ``fr``."""
    if language != "en":
        return {number: record[language] for number, record in _records(message, "titles.yaml")}
    zones = {number: fact.title for number, fact in zone_facts(message).items()}
    return {**zones, **block_titles(message)}


def _records(message: MessageKind, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Records by official number; of two with one number the last is the one that goes."""
    for folder in message.facts:
        yield from yaml.safe_load((files("schemas") / folder / file).read_bytes()).items()
