"""Whether one simple type is within another, against texts that libxml2 judges.

``KWARTAAL_FUZZ_SECONDS`` sets how long random types are tried, ``KWARTAAL_FUZZ_SEED`` which.
"""

import os
import random
import re
from collections import Counter
from pathlib import Path
from time import monotonic

import drawn
import pytest
from drawing import Drawing
from drawn_texts import Texts, texts_near
from edits import edited_type
from lxml import etree
from written import schema_of_texts, write

from schemas.compare.candidates import candidates, sample
from schemas.compare.component import Schema
from schemas.compare.difference import Effect
from schemas.compare.facets import value_changes
from schemas.compare.simple import Simple
from schemas.compare.values import decide
from schemas.model import SchemaError

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "1"))
SEED = os.environ.get("KWARTAAL_FUZZ_SEED", "")


class Types:
    """Types as they are read back from a schema, beside libxml2's opinion on texts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = Texts()
        self.count = 0

    def read(self, made: drawn.Simple) -> tuple[Simple, Schema] | None:
        """None for what is no type."""
        self.count += 1
        path = self.folder / f"type{self.count}.xsd"
        try:
            schema_of_texts(made)
            write(drawn.Drawn(drawn.Element("v", made)), path)
            schema = Schema(path)
        except (SchemaError, etree.XMLSchemaParseError):
            return None
        found = schema.globals["v"].type
        assert isinstance(found, Simple)
        return found, schema


def near(made: drawn.Simple, rng: random.Random) -> drawn.Simple:
    """Another type: one to three edits away, or any."""
    if rng.random() < 0.1:
        return Drawing(rng).simple()
    for _ in range(rng.choice((1, 1, 2, 3))):
        made = edited_type(made, rng)
    return made


def is_valid(schema: Schema, text: str) -> bool:
    """What xmlschema says: where it disagrees with libxml2, a text shows nothing."""
    root = etree.Element("v")
    root.text = text
    return bool(schema.xsd.is_valid(root))


def is_plain(text: str) -> bool:
    """Not what XML has no way to write, nor what libraries do not agree on: whether a time of a
    zone is before or behind one without, or even equal, and whether NaN is above a number."""
    is_xml = all(letter >= " " or letter in "\t\n" for letter in text)
    return is_xml and re.search(r"\d(Z|[+-]\d\d:\d\d)\s*$|NaN", text) is None


def test_decisions(tmp_path: Path) -> None:
    rng, seen, types = random.Random(f"types {SEED}"), Counter[str](), Types(tmp_path)
    until, admits = monotonic() + SECONDS, types.texts.admits
    while monotonic() < until:
        one = Drawing(rng).simple()
        two = near(one, rng)
        inner, outer = types.read(one), types.read(two)
        if inner is None or outer is None:
            continue
        decision = decide(inner[0], outer[0])
        tried = {*texts_near(one), *texts_near(two), *list(candidates(inner[0], outer[0]))[:60]}
        shown = [t for t in sorted(tried) if is_plain(t) and admits(one, t) and not admits(two, t)]
        if decision.effect is Effect.BREAKS:
            assert decision.text is not None
            if not is_plain(decision.text):
                continue
            agreed = admits(one, decision.text) and not admits(two, decision.text)
            assert agreed or (
                is_valid(inner[1], decision.text) and not is_valid(outer[1], decision.text)
            ), (one, two, decision)
            seen["libxml2 sees otherwise"] += not agreed
        for text in shown if decision.effect is Effect.KEEPS else ():
            assert is_valid(outer[1], text) or not is_valid(inner[1], text), (one, two, text)
        seen[decision.effect] += 1
        seen[f"{decision.effect}, shown"] += bool(shown)
    assert min(seen[Effect.KEEPS], seen[Effect.BREAKS]) > 2
    assert seen["review, shown"] <= 1 + 0.02 * seen.total()
    assert seen["libxml2 sees otherwise"] <= 1 + 0.02 * seen.total()


def test_own_verdict_on_a_text_is_that_of_libxml2(tmp_path: Path) -> None:
    """``Simple.accepts``, which chooses the texts to try; and a sample is valid."""
    rng, seen, types = random.Random(f"texts {SEED}"), Counter[bool](), Types(tmp_path)
    until = monotonic() + SECONDS
    while monotonic() < until:
        one = Drawing(rng).simple()
        read = types.read(one)
        if read is None:
            continue
        for text in filter(is_plain, sorted(texts_near(one))):
            valid, own = types.texts.admits(one, text), read[0].accepts(text)
            if valid != own:
                assert is_valid(read[1], text) == own, (one, text, valid)
            seen[own] += 1
        found = sample(read[0])
        assert found is None or read[0].accepts(found)
    assert min(seen[True], seen[False]) > 20


def test_changes_of_a_type_say_what_the_types_do(tmp_path: Path) -> None:
    """Some change breaks if the whole types do; the same types have no change."""
    rng, types, seen = random.Random(f"changes {SEED}"), Types(tmp_path), 0
    until = monotonic() + SECONDS / 2
    while monotonic() < until:
        one = Drawing(rng).simple()
        old, new = types.read(one), types.read(near(one, rng))
        if old is None or new is None:
            continue
        assert not list(value_changes(old[0], old[0]))
        changes = list(value_changes(old[0], new[0]))
        for inner, outer, effects in (
            (old[0], new[0], {change.reader for change in changes}),
            (new[0], old[0], {change.writer for change in changes}),
        ):
            whole = decide(inner, outer).effect
            assert whole is not Effect.BREAKS or effects - {Effect.KEEPS}, (inner, outer)
            if inner.variety == outer.variety == "atomic":
                assert whole is not Effect.REVIEW or effects - {Effect.KEEPS}, (inner, outer)
            assert whole is not Effect.KEEPS or effects <= {Effect.KEEPS}, (inner, outer)
        seen += bool(changes)
    assert seen > 2


@pytest.mark.parametrize(("text", "is_admitted"), [("1 2", True), ("12", False)])
def test_facets_of_an_item_are_not_those_of_the_list(
    tmp_path: Path, text: str, is_admitted: bool
) -> None:
    item = drawn.Simple("integer", [{"totalDigits": ["1"]}])
    read = Types(tmp_path).read(drawn.Simple("list", item=item))
    assert read is not None
    assert read[0].accepts(text) is is_admitted
    assert read[0].total_digits is None


def test_a_listed_value_that_is_none_is_told(tmp_path: Path) -> None:
    """libxml2 takes a date for base64Binary."""
    path = tmp_path / "type.xsd"
    made = drawn.Simple("base64Binary", [{"enumeration": ["2022-01-01"]}])
    write(drawn.Drawn(drawn.Element("v", made)), path)
    with pytest.raises(SchemaError, match=r"type\.xsd does not load"):
        Schema(path)
