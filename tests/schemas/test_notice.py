"""Change notices: real ones as they are kept, and every kind of difference in every language."""

import re
from dataclasses import replace
from itertools import product

import notices
import pytest
from lxml import etree

from schemas.compare.difference import OF_LISTS, Comparison, Difference, Effect, Kind, Life
from schemas.notice import LANGUAGES, notice

KEEPS, BREAKS, REVIEW = Effect.KEEPS, Effect.BREAKS, Effect.REVIEW
JARGON = re.compile(
    r"minoccurs|maxoccurs|enumerat|énumér|facet|unbounded|inclusive|restriction|wildcard"
    r"|\bsequence|complextype|simpletype|xsd|xs:|reader|writer|(?-i:\bNone\b)|[{}]|\(so far \)|  "
    r"|: [.;]|\(\)|;;|\.\.(?!\d)",
    re.IGNORECASE,
)
PLACE = "/Root/Block/Zone"


def difference(kind: Kind, *effects: Effect, about: str = "Zone", places: str = "") -> Difference:
    reader, writer = effects or (KEEPS, BREAKS)
    where = tuple((places or f"/Root/Block/{about}").split())
    parent = (where[0].split("/")[-2] or None) if where else None
    number = "00042" if about == "Zone" else None
    return Difference(
        kind,
        about,
        reader,
        writer,
        number=number,
        parent=parent,
        parent_number="90012",
        places=where,
    )


def told(*differences: Difference, language: str = "en", markup: str = "markdown") -> str:
    comparison = Comparison("A 1", "A 2", ("Root",), differences)
    return notice(comparison, language, titles={"00042": "The <unit>"}, markup=markup)


def section(text: str, heading: str) -> str:
    """The part of a notice below a heading, up to the next of its level."""
    return text.split(f"\n## {heading}", 1)[1].split("\n## ")[0]


@pytest.mark.parametrize("name", notices.NAMES)
def test_the_notices_that_are_kept(name: str) -> None:
    assert notices.written(name) == (notices.GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in OF_LISTS])
def test_every_kind_is_told_in_words(kind: Kind, language: str) -> None:
    about = {"attribute": "@code", "root": "Root"}.get(kind.value.split("-")[0], "Zone")
    values = [(None, "1"), ("1", None), ("0..1", "1..1"), ("1", "2023-01-01")]
    effects = [(KEEPS, BREAKS), (BREAKS, KEEPS), (BREAKS, BREAKS), (KEEPS, REVIEW)]
    for (old, new), (reader, writer) in product(values, effects):
        place = "/Root" if about == "Root" else f"/Root/Block/{about}"
        one = difference(kind, reader, writer, about=about, places=place)
        text = told(replace(one, old=old, new=new), language=language)
        assert not JARGON.search(text), text
        assert about in text
        if (reader, writer) == (BREAKS, KEEPS):
            assert re.search(rf"^- (\*\*\w+ 00042|`{about}`)", text, re.MULTILINE), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_in_the_life_of_a_zone_is_told(language: str) -> None:
    kinds = {
        **dict.fromkeys((Life.ADDED, Life.RESERVED), Kind.CHILD_ADDED),
        Life.REMOVED: Kind.CHILD_REMOVED,
    }
    texts = set()
    for life in Life:
        one = difference(kinds.get(life, Kind.OCCURRENCE_CHANGED), KEEPS, KEEPS)
        texts.add(told(replace(one, life=life, old="0..1", new="0..1"), language=language))
    assert len(texts) == len(Life)
    assert not any(JARGON.search(text) for text in texts)


def test_what_must_be_done_comes_first() -> None:
    wider = replace(difference(Kind.MAXIMUM_CHANGED), old="475", new="999")
    gone = replace(
        difference(Kind.ENUMERATION_REMOVED, BREAKS, KEEPS, about="Other"), old="13, 14", new=None
    )
    text = told(wider, gone)
    assert "once A 2 applies: - " not in text
    actions = section(text, "To be adapted once A 2 applies")
    assert actions.strip() == "- `Other`, in block 90012: no longer use codes `13` and `14`."
    changes = section(text, "What changes")
    assert changes.index("Other") < changes.index("00042")
    assert "highest value 999 (so far 475)" in changes


def test_a_new_mandatory_zone_is_asked_for_and_one_in_a_choice_is_not() -> None:
    one = replace(difference(Kind.CHILD_ADDED, BREAKS, BREAKS), new="1..1", life=Life.ADDED)
    assert "has to be given" in told(one)
    assert "new zone, mandatory" in told(one)
    may = told(replace(one, reader=KEEPS))
    assert "To be adapted" not in may
    assert "new zone, optional" in may


def test_a_zone_in_several_blocks_is_told_once() -> None:
    one = replace(difference(Kind.ENUMERATION_ADDED), new="7", old=None)
    other = replace(one, parent="Third", parent_number=None, places=("/Root/Third/Zone",))
    many = replace(one, places=(PLACE, "/Root/Second/Zone", "/Root/Second/Sub/Zone"), is_cut=True)
    text = told(many, other)
    assert text.count("new allowed code `7`") == 1
    assert "### Block 90012" in text
    assert "Also in `Second`, `Sub` and `Third`. Also in other places." in text


def test_two_zones_of_one_name_with_other_codes_stay_two() -> None:
    one = replace(difference(Kind.ENUMERATION_ADDED, about="Code"), new="7")
    other = replace(one, new="8", places=("/Root/Second/Code",))
    text = told(one, other)
    assert "new allowed code `7`" in text
    assert "new allowed code `8`" in text


def test_what_is_not_decided_is_for_a_person() -> None:
    one = replace(
        difference(Kind.PATTERN_CHANGED, REVIEW, KEEPS), old="a|*", new="b", reason="a * b"
    )
    text = told(one)
    assert "Whether all messages stay valid is not yet known" in text
    assert "What changes" not in text
    assert r"Reason (technical): a \* b." in section(text, "Still to be examined")


def test_what_has_no_effect_is_counted_only() -> None:
    same = difference(Kind.DOCUMENTATION_CHANGED, KEEPS, KEEPS)
    for language, nothing in zip(
        LANGUAGES, ("Er verandert niets", "Rien ne change", "Nothing changes"), strict=True
    ):
        text = told(same, same, language=language)
        assert nothing in text
        assert " 2 " in text.splitlines()[-1]
        assert "Zone" not in text
    default = replace(difference(Kind.DEFAULT_CHANGED, KEEPS, KEEPS), old="1", new="2")
    assert "value when nothing is filled in: `2` (so far `1`)" in told(default)


def test_a_block_that_comes_into_another_combination_is_not_new() -> None:
    order = notices.read_order(1)
    one = replace(
        difference(Kind.CHILD_ADDED, about="Line", places="/Order/Line"),
        new="0..1",
        life=Life.ADDED,
    )
    text = notice(Comparison("A", "B", ("Order",), (one,)), "en", old=order, new=order)
    assert "may now also occur in another combination: optional" in text
    assert "In all: 1 changed element." in text
    assert "New element" not in text


def test_html_is_well_formed_and_escapes_what_it_is_given() -> None:
    one = replace(difference(Kind.ENUMERATION_ADDED), new="<b>&")
    for language in LANGUAGES:
        text = told(one, language=language, markup="html")
        page = etree.fromstring(re.sub("<meta[^>]*>", "", text).encode())
        assert page.get("lang") == language
        assert "<b>&" in [code.text for code in page.iter("code")]
        assert "The <unit>" in "".join(page.itertext())


def test_markdown_reads_no_value_as_its_own() -> None:
    one = replace(difference(Kind.ENUMERATION_ADDED, about="a_b"), new="`x``, *y*\n# z")
    text = told(one)
    assert "``` `x`` ```" in text
    assert "`*y* # z`" in text
    assert r"The \<unit\>" in told(difference(Kind.NILLABLE_CHANGED))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(LookupError, match="there is nl, fr, en"):
        told(language="de")


def test_a_thing_to_do_is_said_once_with_all_its_facts() -> None:
    low = replace(difference(Kind.MINIMUM_CHANGED, BREAKS, KEEPS), old="0", new="1")
    high = replace(difference(Kind.MAXIMUM_CHANGED, BREAKS, KEEPS), old="99999", new="12345")
    actions = section(told(low, high), "To be adapted once A 2 applies")
    assert actions.count("see whether your values are still allowed") == 1
    assert "lowest value 1 (so far 0) and highest value 12,345 (so far 99,999)." in actions


def test_a_namespace_is_of_the_message_and_not_of_a_block() -> None:
    one = difference(Kind.NAMESPACE_CHANGED, BREAKS, BREAKS, about="Root", places="/Root")
    text = told(replace(one, old="no namespace", new="urn:a"))
    assert "- `Root`: name the new namespace: " in text
    assert (
        "### General\n\n- `Root`: another namespace of the message: `urn:a` (so far nothing)."
        in text
    )
