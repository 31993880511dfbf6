"""Who receives which blocks."""

import pytest
import yaml

from schemas.catalogue import Catalogue
from schemas.impact.recipients import alone, around, recipients
from schemas.impact.touched import Change, ColumnChange
from schemas.institutions import (
    EVERYTHING,
    InstitutionsError,
    institutions,
    read_institutions,
)
from schemas.kinds import MESSAGES

SAID = """
blocks:
  A: {title: one, certainty: official, contains: {m: {"1": all}}}
  B: {title: two, certainty: derived, contains: {m: {"2": ["00002"]}}}
  ALL: {title: all, certainty: derived, contains: {m: {"*": all}}}
profiles:
  first: {institution: I, purpose: p, blocks: [A], mode: [push], identity: inss, basis: b,
          certainty: published, source: s}
  second: {institution: J, purpose: q, blocks: [B], mode: [pull], identity: inss, basis: b,
           certainty: secondary, source: s, only: own}
  third: {institution: K, purpose: r, blocks: [ALL], mode: [pull], identity: inss, basis: b,
          certainty: secondary, source: s}
"""
KNOWN = read_institutions(SAID.encode())


def a_change(block: str, zone: str | None = None, table: str = "m.t") -> ColumnChange:
    return ColumnChange(Change.VALUES_CHANGED, table, "c" if zone else None, block, zone)


def received(*changes: ColumnChange, **tables: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    blocks = {f"m.{name}": above for name, above in tables.items()}
    found = recipients("m", changes, blocks, KNOWN)
    return {one.profile: one.inherited for one in found}


def test_blocks_and_zones_go_to_those_who_receive_them() -> None:
    assert received(a_change("1")) == {"first": (), "third": ()}
    assert received(a_change("1", "00009")) == {"first": (), "third": ()}
    assert received(a_change("2", "00002")) == {"second": (), "third": ()}
    assert received(a_change("2", "00003")) == {"third": ()}
    assert received(a_change("2")) == {"second": (), "third": ()}


def test_a_block_of_which_nothing_is_said_may_go_with_the_one_around_it() -> None:
    inner = a_change("9", "00001", "m.inner")
    assert received(inner, inner=("8", "1")) == {"first": ("9",), "third": ()}
    assert received(inner, inner=("8",)) == {"third": ()}


def test_certainty_travels() -> None:
    found = recipients("m", [a_change("1")], {}, KNOWN)
    assert [(one.profile, one.certainty) for one in found] == [
        ("first", "published"),
        ("third", "derived"),
    ]


def test_other_messages_are_no_one_s() -> None:
    assert recipients("other", [a_change("1")], {}, KNOWN) == ()


def test_blocks_that_no_profile_names_are_told() -> None:
    changes = (
        ColumnChange(Change.TABLE_ADDED, "dmfa.employer_compensation", block="90595"),
        ColumnChange(Change.VALUES_CHANGED, "dmfa.occupation", "c", "90015", "00046"),
    )
    found = recipients("dmfa", changes, {})
    assert alone(found, changes) == ("90595",)


def test_every_block_that_is_named_exists() -> None:
    numbers: dict[str, set[str | None]] = {}
    zones: dict[tuple[str, str], set[str | None]] = {}
    for message in MESSAGES:
        for release in Catalogue().releases(message).values():
            for _, block in release.message.walk():
                numbers.setdefault(message.name, {EVERYTHING}).add(block.number)
                own = zones.setdefault((message.name, block.number or ""), set())
                own |= {zone.number for zone in block.zones}
    for group in institutions().groups:
        for message_name, blocks in group.contains.items():
            assert set(blocks) <= numbers[message_name], group.name
            for number, named in blocks.items():
                assert (named or set()) <= zones.get((message_name, number), set()), group.name


def test_every_group_is_received_or_known_to_be_no_one_s() -> None:
    used = {group.name for profile in institutions().profiles for group in profile.blocks}
    unused = {group.name for group in institutions().groups} - used
    assert unused == {"DIM-USER", "DIM-PLAN", "DIM-PLACE", "DMFA-CONT", "DMFA-RED", "DMFA-2P"}


def test_unemployment_looks_at_occupations() -> None:
    (profile,) = (p for p in institutions().profiles if p.name == "rva-rights")
    assert profile.groups_of("dmfa", "90015", "00046")
    assert not profile.groups_of("dmfa", "90001")


def test_the_blocks_around_a_table() -> None:
    from schemas.dmfa import DMFA

    *_, newest = Catalogue().releases(DMFA).values()
    blocks = around(newest.layout)
    assert blocks["dmfa.remun"] == ("90015", "90012", "90017", "90007", "90059")
    assert blocks["dmfa.form"] == ()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("profiles", "first", "blocks"), ["C"], "first: no blocks are called C"),
        (("profiles", "first", "certainty"), "sure", "first: certainty is one of"),
        (("profiles", "first", "source"), "", "first: source is not said"),
        (("profiles", "first", "colour"), "red", "first: colour means nothing here"),
        (("blocks", "A", "certainty"), "maybe", "A: certainty is one of"),
    ],
)
def test_what_is_not_said_or_not_there_is_refused(
    path: tuple[str, str, str], value: object, said: str
) -> None:
    record = yaml.safe_load(SAID)
    part, name, field = path
    record[part][name][field] = value
    with pytest.raises(InstitutionsError, match=said):
        read_institutions(yaml.safe_dump(record).encode())
