"""What is proven to be a value, libxml2 takes for one.

``KWARTAAL_FUZZ_SECONDS`` sets how long each release is tried.
"""

import os
import random
from collections import Counter
from time import monotonic
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest
from declared import RELEASES, release_of
from documents import reachable, read_element
from lxml import etree

from schemas.catalogue import Release
from schemas.model import Facets, Zone
from schemas.quarter import Quarter
from transforms.grammar import Grammar
from transforms.values import Values

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "1"))
ODD = ("", " ", "\t", "+", "-", ".", "0", "00", "9", "١", "é", "漢", "x", "1e3", "0x10", "--", "_")


def zones(release: Release) -> dict[str, Zone]:
    form = next(block for block in release.message.blocks if block.name == release.kind.form)
    return {zone.name: zone for _, block in form.walk() for zone in block.zones}


def is_value(release: Release, zone: str, text: str) -> bool:
    """The verdict of libxml2: every element of these schemas may be a root."""
    try:
        root = etree.fromstring(f"<{zone}>{escape(text)}</{zone}>")
    except etree.XMLSyntaxError:
        return False
    return bool(release.validator.validate(root))


def varied(text: str, rng: random.Random) -> str:
    at = rng.randint(0, len(text))
    return rng.choice(
        (
            text,
            text[:at] + rng.choice(ODD) + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + str(rng.randint(0, 99)) + text[at + 1 :],
            str(int(text) + rng.choice((-1, 1))) if text.isascii() and text.isdigit() else text,
            str(rng.randint(0, 10 ** rng.randint(1, 20))),
            f"{rng.randint(0, 9999):04}-{rng.randint(0, 13):02}-{rng.randint(0, 32):02}",
            f"{rng.randint(0, 2100):04}-{rng.randint(0, 13):02}",
        )
    )


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_what_is_proven_is_valid(release: Quarter) -> None:
    """One text at a time, and many in a column of which some are no values."""
    found, rng = release_of(release), random.Random(f"values {release}")
    by_name = zones(found)
    drawn = {e.name: e.values for e in reachable(read_element(found.path, "DmfAOriginal"))}
    bounds = {name: (z.facets.minimum, z.facets.maximum) for name, z in by_name.items()}
    until, seen = monotonic() + SECONDS, Counter[tuple[bool, bool]]()
    names = sorted(by_name)
    while monotonic() < until:
        name = rng.choice(names)
        rule = Values.of(by_name[name].facets)
        assert rule is not None
        sample = drawn[name]
        assert sample is not None
        seeds = [sample.draw(rng), *(bound for bound in bounds[name] if bound)]
        texts = [varied(rng.choice(seeds), rng) for _ in range(6)]
        verdicts = [is_value(found, name, text) for text in texts]
        for chosen in (texts, *([text] for text in texts)):
            unproven = rule.unproven(pa.array([None, *chosen]))
            proven = [True] * (len(chosen) + 1) if unproven is None else list(~unproven)
            assert proven[0]
            for text, verdict in zip(chosen, proven[1:], strict=True):
                valid = verdicts[texts.index(text)]
                assert valid or not verdict, (name, text)
                seen[valid, bool(verdict)] += 1
    assert min(seen[True, True], seen[False, False]) > 100


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_every_zone_of_a_shipped_release_has_a_rule(release: Quarter) -> None:
    grammar = Grammar.of(release_of(release))
    assert grammar is not None
    assert all(rule is not None for rule in grammar.values)


@pytest.mark.parametrize(
    "facets",
    [
        Facets("integer"),
        Facets("hexBinary", exact=True),
        Facets("string", patterns=("[a",), exact=True),
    ],
    ids=["more than its facets", "another type", "a pattern that does not translate"],
)
def test_what_is_not_understood_has_no_rule(facets: Facets) -> None:
    assert Values.of(facets) is None


def test_plain_values_are_proven() -> None:
    """The fast way would otherwise be off without a word."""
    rule = Values.of(Facets("integer", minimum="1", maximum="500", total_digits=3, exact=True))
    assert rule is not None
    assert rule.unproven(pa.array(["1", "0500", None, "42"])) is None
    unproven = rule.unproven(pa.array(["0", "501", "+5", " 5", "", None, "7"]))
    assert unproven is not None
    assert unproven.tolist() == [True, True, True, True, True, False, False]
