"""Control totals: counted in the bytes of a form, on purpose without the shredder.

They are compared with what stands in the tables before a run is committed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from lxml import etree

from transforms.prolog import parser
from transforms.shred_bytes import Markup

_WORD = 8


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


def count_form(content: bytes, markup: Markup | None = None) -> Totals:
    """Totals of one valid form, given as UTF-8 bytes; ``markup``: its tags, where they are at hand.

    Where bytes do not tell the tags the form is parsed and counted in the tree.
    """
    found = markup or Markup.of(content)
    return _count_tree(content) if found is None else _count_tags(found)


def _count_tags(markup: Markup) -> Totals:
    """What a tag is, is looked up by its first eight bytes and then by all of them."""
    content = markup.content
    words = np.ndarray(
        (len(content) - _WORD + 1,), "<u8", buffer=np.frombuffer(content, np.uint8), strides=(1,)
    )
    first = words[np.minimum(markup.opening, len(words) - 1)]

    def places(tag: bytes) -> list[int]:
        found = markup.opening[first == int.from_bytes(tag[:_WORD], "little")]
        return [at + len(tag) for at in found.tolist() if content.startswith(tag, at)]

    def amounts(tag: bytes) -> int:
        return _sum(content[at : content.index(b"<", at)] for at in places(tag))

    return Totals(
        persons=len(places(b"<NaturalPerson>")),
        worker_records=len(places(b"<WorkerRecord>")),
        net_owed=amounts(b"<NetOwedAmount>"),
        remuneration=amounts(b"<RemunAmount>"),
        contributions=amounts(b"<ContributionAmount>"),
    )


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
