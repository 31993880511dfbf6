"""Forms written again from their rows: the same rows come out of them, and they are as valid."""

from collections.abc import Iterator
from typing import Any

import pytest
from declared import (
    DMFA,
    Q1_2023,
    RELEASES,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    release_of,
    service,
)
from lxml import etree
from spelled import valid_documents

from schemas.quarter import Quarter
from transforms.judge import Judged
from transforms.rebuild import lines_of, rebuilt
from transforms.shred import Shredder
from transforms.shredded import Shredded


def forms_of(documents: list[bytes]) -> Iterator[Judged]:
    for data in documents:
        found = outcome(data)
        assert found.accepted, found.codes()
        yield from found.judged


def tables_of(documents: list[bytes], release: Quarter) -> Shredded:
    shredder = Shredder(release_of(release).layout)
    for number, one in enumerate(forms_of(documents), 1):
        assert one.element is not None
        shredder.add(one.element, "file", number, one.line_shift, one.block_lines)
    return shredder.finish()


def rows(shredded: Shredded) -> dict[str, list[dict[str, Any]]]:
    """All but lines, which are other ones."""
    return {
        name: table.drop_columns(["line"]).to_pylist() for name, table in shredded.tables.items()
    }


def someone(days: int) -> str:
    return person(record(occupation(service(days)), occupation(number=2)))


def is_full(data: bytes) -> bool:
    """Whether no zone is empty or blank: that is null in a row."""
    leaves = (one for one in etree.fromstring(data).iter(etree.Element) if not len(one))
    return all("".join(one.itertext(etree.Element)).strip() for one in leaves)


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_written_again_has_the_same_rows(release: Quarter) -> None:
    documents = [*filter(is_full, valid_documents(release, f"rebuilt {release}", 90))]
    assert len(documents) > 20
    kept = tables_of(documents, release)
    written = [text.as_py() for text in rebuilt(kept, release_of(release))]
    assert len(written) == kept.tables["form"].num_rows
    again = tables_of([document(one, release=release) for one in written], release)
    assert rows(again) == rows(kept)
    assert sum(len(some) for some in rows(kept).values()) > 300


def test_a_line_of_what_is_written_again_leads_to_the_line_that_was_received() -> None:
    received = document(form(someone(1), someone(2)), form(someone(7)))
    kept = tables_of([received], Q1_2023)
    release = release_of(Q1_2023)
    texts = [text.as_py() for text in rebuilt(kept, release)]
    lines = received.decode().split("\n")
    for row, text in enumerate(texts):
        where = lines_of(kept, release.layout, row)
        written = text.split("\n")
        assert len(where) == len(written)
        for number, line in enumerate(written, 1):
            tag = line[: line.index(">") + 1]
            assert lines[where[number] - 1].strip() == tag


def test_text_that_looks_like_markup_comes_back() -> None:
    reference = "A&amp;B &lt;Form&gt;"
    kept = tables_of([document(form(someone(1), reference=reference))], Q1_2023)
    (text,) = rebuilt(kept, release_of(Q1_2023))
    assert f"<ReferenceNbr>{reference}</ReferenceNbr>" in text.as_py()
    assert DMFA.form in text.as_py()
