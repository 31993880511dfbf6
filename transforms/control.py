"""Control totals: counted in the bytes of a form, on purpose without the shredder.

They are compared with what stands in the tables before a run is committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from lxml import etree

from transforms.elements import PADDING
from transforms.judge import Judged
from transforms.markup import Bytes, Markup
from transforms.names import WORD
from transforms.pack import Pack
from transforms.prolog import parser
from transforms.shredded import Rows


@dataclass(frozen=True, slots=True)
class Totals:
    """Blocks counted and cents summed."""

    persons: int = 0
    worker_records: int = 0
    net_owed: int = 0
    remuneration: int = 0
    contributions: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


_MEASURES = {
    "persons": b"<NaturalPerson>",
    "worker_records": b"<WorkerRecord>",
    "net_owed": b"<NetOwedAmount>",
    "remuneration": b"<RemunAmount>",
    "contributions": b"<ContributionAmount>",
}
_COUNTED = ("persons", "worker_records")
"""Of these the tags are counted; of the others the amounts behind the tags are summed."""


def count_form(content: bytes) -> Totals:
    """Totals of one valid form, given as UTF-8 bytes.

    Where bytes do not tell the tags the form is parsed and counted in the tree.
    """
    markup = Markup.of(content + PADDING)
    return _count_tree(content) if markup is None else count_forms(markup, np.zeros(1, int))[0]


def count_judged(forms: Sequence[Judged], pack: Pack | None) -> list[Totals]:
    """Totals of accepted forms; ``pack``: where the tags of some were found before."""
    found = count_forms(pack.markup, pack.starts) if pack is not None else []
    known = dict(zip(map(id, pack.contents), found, strict=True)) if pack is not None else {}
    return [known.get(id(form.content)) or count_form(form.content) for form in forms]


def count_forms(markup: Markup, starts: Rows) -> list[Totals]:
    """Totals of valid forms side by side, followed by ``PADDING``; ``starts``: where each begins.

    What a tag is, is looked up by all of its bytes, eight at a time.
    """
    data = np.frombuffer(markup.content, np.uint8)
    words = np.ndarray((len(data) - WORD + 1,), "<u8", buffer=data, strides=(1,))
    first = words[markup.opening]
    columns = {}
    for name, tag in _MEASURES.items():
        tags = np.flatnonzero(first == int.from_bytes(tag[:WORD], "little"))
        for at in (*range(WORD, len(tag) - WORD, WORD), len(tag) - WORD):
            word = words[markup.opening[tags] + at]
            tags = tags[word == int.from_bytes(tag[at : at + WORD], "little")]
        places = markup.opening[tags]
        form = np.searchsorted(starts, places, side="right") - 1
        total = np.zeros(len(starts), dtype=np.int64)
        if name in _COUNTED:
            amounts: Rows | int = 1
        else:
            amounts = _amounts(data, places + len(tag), markup.opening[tags + 1])
        np.add.at(total, form, amounts)
        columns[name] = total.tolist()
    return [Totals(*values) for values in zip(*columns.values(), strict=True)]


def _amounts(data: Bytes, begin: Rows, end: Rows) -> Rows:
    """The whole numbers between places; nothing is 0."""
    bounds = np.empty(2 * len(begin) + 1, dtype=np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1] = begin, end, len(data)
    both = pa.StringArray.from_buffers(2 * len(begin), pa.py_buffer(bounds), pa.py_buffer(data))
    texts = both.take(pa.array(np.arange(0, 2 * len(begin), 2)))
    try:
        return np.asarray(texts.cast(pa.int64()))
    except pa.ArrowInvalid:
        return np.array([_sum([text]) for text in texts.to_pylist()], dtype=np.int64)


def _count_tree(content: bytes) -> Totals:
    # A prefix that the root of the file binds is unbound here; nobody asks for it.
    form = etree.fromstring(content, parser(recover=True))

    def texts(name: str) -> list[str]:
        return [element.text or "" for element in form.iter(name)]

    return Totals(
        persons=len(texts("NaturalPerson")),
        worker_records=len(texts("WorkerRecord")),
        net_owed=_sum(texts("NetOwedAmount")),
        remuneration=_sum(texts("RemunAmount")),
        contributions=_sum(texts("ContributionAmount")),
    )


def _sum(amounts: Iterable[bytes | str]) -> int:
    return sum(int(amount) for amount in amounts if amount.strip())
