"""Where long forms are cut: between repeated blocks, never within one."""

import io
import random
import re

import pytest
from declared import CATALOGUE, DMFA, Q1_2023, document, release_of, unrelated, usual_form
from spelled import valid_documents

from transforms import cutting
from transforms.long_form import rejoined
from transforms.markup import Markup
from transforms.ranges import Range
from transforms.shred import Shredder
from transforms.shred_bytes import count_blocks
from transforms.survey import survey

PERSON = re.compile(rb"<NaturalPerson>.*?</NaturalPerson>", re.DOTALL)


def ranges(data: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Range, ...]:
    monkeypatch.setattr(cutting, "SEGMENT_BYTES", size)
    return survey(io.BytesIO(data), DMFA, CATALOGUE).ranges


def several(persons: int, between: str = "\n", behind: str = "") -> bytes:
    found = PERSON.search(usual_form().encode())
    assert found is not None
    one = found[0].decode()
    return document(usual_form(), usual_form().replace(one, between.join([one] * persons) + behind))


@pytest.mark.parametrize("size", [700, 1500, 4000, 9000, 20_000])
@pytest.mark.parametrize("between", ["", "\n", "\r\n\r\n  "])
def test_segments_hold_every_person_once(
    size: int, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = several(15, between, unrelated(1))
    whole = ranges(data, 1 << 30, monkeypatch)
    parts = ranges(data, size, monkeypatch)
    assert tuple(rejoined(parts)) == whole
    assert sum(part.forms for part in parts) == 2
    segments = [part.segment for part in parts if part.form_no == 2 and part.segment]
    assert len(segments) > 1
    inner = b"".join(data[slice(*segment.inner)] for segment in segments)
    assert PERSON.findall(inner) == PERSON.findall(data)[1:]
    head, tail = segments[0].head, segments[0].tail
    assert data[head[0] : head[1]] + inner + data[tail[0] : tail[1]] == data[head[0] : tail[1]]
    for segment in segments[1:]:
        assert data[slice(*segment.inner)].startswith(b"<NaturalPerson>")
        assert segment.lines == data.count(b"\n", head[1], segment.inner[0])


@pytest.mark.parametrize(
    "between", ["<!-- x -->", "<?x ?>", "<CompanyVehicle/>", "<![CDATA[ ]]>", "x", "<Form>"]
)
def test_what_stands_between_persons_keeps_the_form_together(
    between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = ranges(several(15, between), 1500, monkeypatch)
    assert all(part.segment is None for part in parts if part.form_no > 1)


def test_blocks_are_counted_as_they_are_shredded() -> None:
    """Also blocks without content, and zones without one."""
    layout = release_of(Q1_2023).layout
    rng = random.Random("blocks")
    for data in valid_documents(Q1_2023, "blocks", 40):
        form = data[data.index(b"<Form>") : data.rindex(b"</Form>") + 7]
        if rng.random() < 0.5:
            form = re.sub(rb">\s+<", b"><", form)
        if Markup.of(form) is None or form.count(b"<Form>") > 1:
            continue
        shredder = Shredder(layout)
        shredder._bytes.add(form, "a", 1, 1)
        shredder._walked.append(False)
        rows = sum(table.num_rows for table in shredder.finish().tables.values())
        assert count_blocks(form, layout) == rows
    assert count_blocks(b"<Nobody>1</Nobody><Nothing/>", layout) is None
    assert count_blocks(b"<INSS>1</INSS><!-- -->", layout) is None
