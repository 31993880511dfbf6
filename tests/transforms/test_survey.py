"""The first look at a file: ranges of forms, the release, and hostile input as ordinary refusal."""

import hashlib
import io
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from declared import (
    CATALOGUE,
    DMFA,
    Q1_2023,
    Q2_2022,
    XSI,
    document,
    form,
    outcome,
    root_tag,
    unrelated,
    usual_form,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.quarter import Quarter
from transforms import cutting, limits, streamed, survey
from transforms.survey import Survey

FORMS = [usual_form(reference=letter) for letter in "ABCDEF"]
GOOD = document(*FORMS)


def surveyed(data: bytes) -> Survey:
    return survey.survey(io.BytesIO(data), DMFA, CATALOGUE)


def test_a_good_file() -> None:
    found = surveyed(GOOD)
    assert found.file_id == hashlib.sha256(GOOD).hexdigest()
    assert (found.size, found.codec, found.forms) == (len(GOOD), "utf-8", 6)
    assert (found.release, found.refused, found.set_aside) == (Q1_2023, None, None)
    pieces = [GOOD[part.start : part.end].strip().decode() for part in found.ranges]
    assert pieces == FORMS
    assert [part.form_no for part in found.ranges] == [1, 2, 3, 4, 5, 6]


def test_employers_are_what_the_bytes_seem_to_say() -> None:
    number = "<NOSSRegistrationNbr>112367321</NOSSRegistrationNbr>"
    other = FORMS[0].replace(number, number.replace("112367321", "77"))
    hidden = FORMS[0].replace(number, f"<!-- {number} -->")
    found = surveyed(document(FORMS[0], other, hidden, "<Form/>"))
    assert [part.employer for part in found.ranges[:2]] == ["112367321", "000000077"]
    assert found.ranges[3].employer == ""


def test_ranges_are_forms_in_order() -> None:
    found = surveyed(GOOD)
    numbers, end = 1, found.ranges[0].start
    for part in found.ranges:
        assert (part.form_no, part.start) == (numbers, end)
        assert part.line == GOOD.count(b"\n", 0, part.start) + 1
        assert GOOD[part.start : part.end].count(b"<Form>") == part.forms == 1
        numbers, end = numbers + part.forms, part.end
    assert numbers == 7
    assert GOOD[end:].strip() == b"</DmfAOriginal>"


class Slowly:
    """A stream that gives less than it is asked for, as pipes and sockets do."""

    def __init__(self, data: bytes, most: int) -> None:
        self._stream = io.BytesIO(data)
        self._most = most

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, self._most))


@pytest.mark.parametrize("most", [1, 100, 5000])
def test_short_reads_change_nothing(most: int) -> None:
    found = survey.survey(Slowly(GOOD, most), DMFA, CATALOGUE)
    assert found == surveyed(GOOD)


def test_hash_and_size_are_those_of_the_file_when_it_is_refused() -> None:
    for data in (b"", b"nonsense" * 100_000, GOOD + b"junk", GOOD[:-30]):
        found = surveyed(data)
        assert found.refused is not None
        assert (found.file_id, found.size) == (hashlib.sha256(data).hexdigest(), len(data))


# --- the release ---------------------------------------------------------------------------------


def without_location(quarter: str) -> bytes:
    return document(form(unrelated(1), quarter=quarter), release=None)


@pytest.mark.parametrize(
    ("quarter", "release"),
    [("20222", Q2_2022), ("20223", Q2_2022), ("20224", Q2_2022), ("20231", Q1_2023)],
)
def test_without_a_schema_the_quarter_tells(quarter: str, release: Quarter) -> None:
    assert surveyed(without_location(quarter)).release == release


@pytest.mark.parametrize(
    ("location", "release"),
    [
        ("DmfAOriginal_20222.xsd", Q2_2022),
        ("DmfAOriginal_20224.xsd", Q2_2022),
        (" DmfAOriginal_20231.xsd ", Q1_2023),
        ("schemas/DmfAOriginal_20231.xsd", Q1_2023),
        (r"C:\schemas\DmfAOriginal_20231.xsd", Q1_2023),
        ("file:///a/DmfAOriginal_20231.xsd", Q1_2023),
    ],
)
def test_the_schema_that_is_named_counts_before_the_quarter(
    location: str, release: Quarter
) -> None:
    data = GOOD.replace(b"DmfAOriginal_20231.xsd", location.encode())
    assert surveyed(data).release == release


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (without_location("20031"), "unknown-release"),
        (without_location("20991"), "unknown-release"),
        (GOOD.replace(b"_20231.xsd", b"_20031.xsd"), "unknown-release"),
        (GOOD.replace(b"DmfAOriginal_20231.xsd", b"DmfAUpdate_20231.xsd"), "unknown-release"),
        (GOOD.replace(b"DmfAOriginal_20231.xsd", b""), "unknown-release"),
        (without_location("first"), "no-release"),
        (without_location(""), "no-release"),
        (document("<Form/>", release=None), "no-release"),
    ],
)
def test_a_file_without_known_release_is_set_aside(data: bytes, code: str) -> None:
    found = surveyed(data)
    assert found.refused is None
    assert found.set_aside is not None
    assert (found.set_aside.code, found.release, found.ranges) == (code, None, ())
    assert found.forms == data.count(b"<Form>") + data.count(b"<Form/>")


def test_a_quarter_in_a_comment_is_not_the_quarter() -> None:
    data = without_location("20231").replace(b"<Form>", b"<!-- <Quarter>20222</Quarter> --><Form>")
    assert surveyed(data).release == Q1_2023


# --- hostile and broken --------------------------------------------------------------------------

END = b"</DmfAOriginal>\n"
BROKEN = {
    "no form": (document(), "no-form"),
    "comment only": (document("<!-- <Form/> -->"), "no-form"),
    "closed root": (b"<DmfAOriginal/>", "no-form"),
    "no end": (GOOD.removesuffix(END), "truncated"),
    "end tag without bracket": (GOOD.removesuffix(b">\n"), "truncated"),
    "cut within a form": (GOOD[: len(GOOD) // 2], "truncated"),
    "cut within a comment": (GOOD.removesuffix(END) + b"<!-- " + END, "truncated"),
    "root tag only": (root_tag().encode(), "truncated"),
    "other end": (GOOD.replace(END, b"</DmfAOriginals>"), "truncated"),
    "text behind": (GOOD + b"x", "xml-syntax"),
    "element behind": (GOOD + b"<Form/>", "xml-syntax"),
    "second root": (GOOD + GOOD, "xml-syntax"),
    "cdata behind": (GOOD + b"<![CDATA[ ]]>", "xml-syntax"),
    "reference behind": (GOOD + b"&#32;", "xml-syntax"),
    "zero behind": (GOOD + b"\x00", "xml-syntax"),
    "double hyphen behind": (GOOD + b"<!-- a -- b -->", "xml-syntax"),
    "double hyphen before the end": (
        GOOD.replace(END, b"<!-- a -- b -->" + END),
        "xml-syntax",
    ),
    "attribute in the end tag": (GOOD.replace(END, b'</DmfAOriginal a="1">'), "xml-syntax"),
    "end tag that closes itself": (GOOD.replace(END, b"</DmfAOriginal/>"), "xml-syntax"),
    "junk in the end tag": (GOOD.replace(END, b"</DmfAOriginal <Form>"), "xml-syntax"),
    "latin-1 behind": (GOOD + b"<!-- \xe9 -->", "encoding"),
    "another message": (GOOD.replace(b"DmfAOriginal", b"DmfAUpdate"), "root-element"),
}


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=list(BROKEN))
def test_a_file_is_refused_as_a_whole(data: bytes, code: str) -> None:
    found = surveyed(data)
    assert found.refused is not None
    assert (found.refused.code, found.ranges, found.set_aside) == (code, (), None)
    assert 1 <= (found.refused.line or 0) <= data.count(b"\n") + 1


@pytest.mark.parametrize(
    "epilog", [b"", b"\n\n", b"<!-- a -->", b"<?a b?>\n", b"<!-- <Form> -->" * 3]
)
def test_what_may_follow_the_root(epilog: bytes) -> None:
    assert outcome(GOOD + epilog).accepted


@pytest.mark.parametrize("end", [b"</DmfAOriginal >", b"</DmfAOriginal\r\n>"])
def test_spellings_of_the_end(end: bytes) -> None:
    assert outcome(GOOD.replace(b"</DmfAOriginal>", end)).accepted


@pytest.mark.parametrize("epilog", [b" " * 50_000, b"\n" * 50_000, b"<!--" + b"x" * 50_000])
def test_a_long_epilog_is_no_exception(epilog: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "FORM_BYTES", 10_000)
    monkeypatch.setattr(cutting, "SEGMENT_BYTES", 5000)
    monkeypatch.setattr(streamed, "CHUNK", 1000)
    monkeypatch.setattr(survey, "PROLOG_BYTES", 1000)
    assert surveyed(GOOD).refused is None
    found = surveyed(GOOD + epilog)
    assert found.size == len(GOOD + epilog)


def test_a_form_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "FORM_BYTES", 4000)
    monkeypatch.setattr(cutting, "SEGMENT_BYTES", 3000)
    monkeypatch.setattr(streamed, "CHUNK", 500)
    monkeypatch.setattr(survey, "PROLOG_BYTES", 1000)
    assert surveyed(GOOD).refused is None
    large = form(*(unrelated(1) for _ in range(200)))
    data = document(FORMS[0], large, FORMS[1])
    found = surveyed(data)
    assert found.refused is not None
    assert (found.refused.code, found.refused.suffix) == ("form-too-large", "184")
    assert (found.ranges, found.size) == ((), len(data))
    line = data.count(b"\n", 0, data.index(large.encode())) + 1
    assert found.refused.line in (line - 1, line)


def test_the_limits_are_in_bytes_and_sane() -> None:
    assert limits.PROLOG_BYTES < limits.WINDOW_BYTES < limits.FORM_BYTES


# --- never an exception --------------------------------------------------------------------------

SHORT = document(form(unrelated(1)))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_give_an_outcome(data: bytes) -> None:
    assert not outcome(data).accepted
    assert not outcome(root_tag().encode() + data + END).accepted


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(SHORT)), st.binary(max_size=6), st.integers(0, 40))
def test_any_change_of_bytes_gives_an_outcome(at: int, new: bytes, cut: int) -> None:
    outcome(SHORT[:at] + new + SHORT[at + cut :])


def test_every_truncation_is_refused() -> None:
    """Only what stands behind the last bracket may be missing."""
    for length in range(len(SHORT.rstrip())):
        found = outcome(SHORT[:length])
        assert found.code is not None, SHORT[:length]


TAGS = (
    b"<Form>",
    b"</Form>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?",
    b"?>",
    b"&",
    b"<",
    b">",
)


PIECES = (
    *("", "\n", " ", "x", "é", "&#32;", "<!-- -->", "<?a b?>", "<![CDATA[ ]]>"),
    *("<Form>", "</Form>", "</Form >", "<Form/>", "<Form a=''>", "<FormCreationDate>"),
    *("</DmfAOriginal>", "</DmfAOriginal >"),
)


def test_a_file_with_one_form_is_surveyed_as_by_the_cutter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, data, quick = random.Random("one form"), document(usual_form()), Counter[bool]()
    marks = [at for at, byte in enumerate(data) if byte in b"<>"]
    documents = [data]
    for _ in range(400):
        at = rng.choice((*marks[:8], *marks[-8:], rng.choice(marks))) + rng.randint(0, 1)
        cut = rng.choice((0, 0, 0, 1, 7, 40))
        documents.append(data[:at] + rng.choice(PIECES).encode() + data[at + cut :])

    def watched(*given: Any) -> cutting.Piece | None:
        found = cutting.only_form(*given)
        quick[found is not None] += 1
        return found

    monkeypatch.setattr(survey, "only_form", watched)
    surveys = [surveyed(one) for one in documents]
    assert min(quick.values()) > 40
    monkeypatch.setattr(survey, "only_form", lambda *_: None)
    assert surveys == [surveyed(one) for one in documents]  # as one of several that are plain
    monkeypatch.setattr(survey, "plain_forms", lambda *_: None)
    assert surveys == [surveyed(one) for one in documents]


def test_plain_forms_are_surveyed_as_by_the_cutter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, quick = random.Random("forms"), Counter[bool]()
    data = document(*(usual_form() for _ in range(3)))
    marks = [at for at, byte in enumerate(data) if byte in b"<>"]
    documents = [data]
    for _ in range(600):
        at = rng.choice((*marks[:8], *marks[-8:], rng.choice(marks))) + rng.randint(0, 1)
        cut = rng.choice((0, 0, 0, 1, 7, 40))
        documents.append(data[:at] + rng.choice(PIECES).encode() + data[at + cut :])

    def watched(*given: Any) -> list[cutting.Piece] | None:
        found = cutting.plain_forms(*given)
        quick[found is not None] += 1
        return found

    monkeypatch.setattr(survey, "plain_forms", watched)
    surveys = [surveyed(one) for one in documents]
    assert min(quick.values()) > 60
    monkeypatch.setattr(survey, "plain_forms", lambda *_: None)
    assert surveys == [surveyed(one) for one in documents]


@pytest.mark.parametrize("seed", range(4))
def test_markup_put_anywhere_gives_an_outcome(seed: int) -> None:
    rng = random.Random(f"markup {seed}")
    for _ in range(250):
        data = bytearray(GOOD if rng.random() < 0.2 else SHORT)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            data[at:at] = rng.choice(TAGS)
        found = outcome(bytes(data))
        assert found.survey.size == len(data)


def test_a_schema_location_is_never_looked_up(tmp_path: Path) -> None:
    """Not even when it names a file that exists and would accept anything."""
    lax = tmp_path / "lax.xsd"
    lax.write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>', encoding="utf-8")
    data = document(form(), release=Q1_2023).replace(
        b"<Form>", f'<Form xsi:noNamespaceSchemaLocation="{lax}">'.encode()
    )
    assert XSI.encode() in data
    assert outcome(data).codes() == [["90007-001"]]
