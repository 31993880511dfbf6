"""The search in bytes gives the tables of the walk over the tree, or leaves the form to it.

``KWARTAAL_FUZZ_SECONDS`` sets how long each release is tried.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest
from declared import (
    Q1_2023,
    RELEASES,
    contribution,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    release_of,
    remun,
    usual_form,
)
from documents import mutate
from spelled import naming, sprinkled, valid_documents

from schemas.quarter import Quarter
from transforms.judge import Judged
from transforms.lines import tag_lines
from transforms.markup import Markup
from transforms.shred import Shredder
from transforms.shred_walk import WalkShredder
from transforms.shredded import Shredded

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "1"))
_LEAF = re.compile(rb"<(\w+)>([^<>]*)</\1>")


def by_both_routes(forms: Sequence[Judged], release: Quarter) -> tuple[Shredded, Shredded]:
    walk = WalkShredder(release_of(release).layout)
    either = Shredder(release_of(release).layout)
    for number, one in enumerate(forms, 1):
        assert one.element is not None
        place = "a", number, one.line_shift, one.block_lines
        walk.add(one.element, *place)
        either.add(one.element, *place, one.content)
    return walk.finish(), either.finish()


def assert_alike(walked: Shredded, found: Shredded) -> None:
    assert found.tables.keys() == walked.tables.keys()
    for name, table in walked.tables.items():
        assert found.tables[name].equals(table), name
        assert np.array_equal(found.parents[name], walked.parents[name]), name


def loosened(data: bytes, rng: random.Random) -> bytes:
    """The same content with other blanks: still nothing but elements and texts."""
    if rng.random() < 0.3:
        data = data.replace(b"\n", b"\r\n")
    if rng.random() < 0.3:
        data = re.sub(rb">\s+<", b"><", data)

    def leaf(found: "re.Match[bytes]") -> bytes:
        name, text = found[1], found[2]
        draw = rng.random()
        if draw < 0.04 and text.strip():
            return b"<%b>\n %b\t</%b>" % (name, text, name)
        if draw < 0.06 and not text:
            return b"<%b/>" % name
        if draw < 0.08:
            return b"<%b>%b</%b\n>" % (name, text, name)
        return found[0]

    return _LEAF.sub(leaf, data) if rng.random() < 0.5 else data


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_both_routes_give_the_same_tables(release: Quarter) -> None:
    rng = random.Random(f"bytes {release}")
    until, seen = monotonic() + SECONDS, Counter[str]()
    documents = valid_documents(release, f"bytes {release}", 10**9)
    while monotonic() < until or len(seen) < 2:  # a busy machine may not come to either in time
        accepted: list[Judged] = []
        for _ in range(rng.randint(1, 4)):
            data = next(documents)
            if rng.random() < 0.3:
                data = naming(mutate(data, rng)[0], release)
            judged = outcome(loosened(data, rng)).judged
            accepted += [one for one in judged if one.element is not None]
        for one in accepted:
            seen["searched" if Markup.of(one.content) else "walked"] += 1
        assert_alike(*by_both_routes(accepted, release))
    assert seen["searched"] > 0
    assert seen["walked"] > 0


def test_forms_of_both_routes_keep_their_order() -> None:
    plain = usual_form()
    unusual = plain.replace("<INSS>", "<!-- who --><INSS>", 1)
    forms = outcome(document(plain, unusual, plain, unusual, unusual, plain)).judged
    assert [Markup.of(one.content) is None for one in forms] == [0, 1, 0, 1, 1, 0]
    walked, found = by_both_routes(forms, Q1_2023)
    assert_alike(walked, found)
    assert found.column("form", "form_no").to_pylist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "changed",
    [
        ("<INSS>", "<INSS >"),
        ("</INSS>", "</INSS\n>"),
        ("<INSS>", "<!-- <INSS> -->\n<INSS>"),
        ("<INSS>", "<?INSS ?><INSS>"),
        ("00010100125", "0001010012&#53;"),
        ("00010100125", "<![CDATA[00010100125]]>"),
        ("<Empty/>", "<a:Empty/>"),
        ("Wetstraat", "5 > 4"),
        ("Wetstraat", "a = b"),
        ("Wetstraat", "Wet\r\nstraat"),
    ],
)
def test_what_is_not_understood_is_left_to_the_walk(changed: tuple[str, str]) -> None:
    content = "<Form>\n<INSS>00010100125</INSS>\r\n<Street>Wetstraat</Street>\n<Empty/>\n</Form>"
    assert Markup.of(content.encode()) is not None
    assert Markup.of(content.replace(*changed).encode()) is None


def test_a_form_with_more_lines_than_a_tree_can_count() -> None:
    """Beyond 65,535 lines libxml2 loses count; the bytes do not."""
    pay = [remun(1000 + n, number=n % 99 + 1) for n in range(14_000)]
    long = form(person(record(occupation(*pay), contribution(381, 1000))))
    (swift,) = outcome(document(long)).judged
    assert swift.plain
    names = {block.path[-1] for block in release_of(Q1_2023).layout}
    lines = tag_lines(swift.content, swift.line_shift + 1, names)
    walked, found = by_both_routes([replace(swift, block_lines=lines)], Q1_2023)
    assert_alike(walked, found)
    assert found.tables["remun"].num_rows == len(pay)
    (slow,) = outcome(document(long.replace("<INSS>", "<!-- who --><INSS>", 1))).judged
    assert slow.block_lines is not None
    assert np.array_equal(slow.block_lines, lines)


def test_sprinkled_documents_are_walked() -> None:
    rng = random.Random(5)
    data = sprinkled(document(usual_form()), rng)
    (judged,) = outcome(data).judged
    assert_alike(*by_both_routes([judged], Q1_2023))
