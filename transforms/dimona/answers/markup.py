"""XML as columns: each function makes the text of one element or block for all rows at once.

A text is null where the element does not stand. No tree is built and no row is looked at: whatever
is free text has to pass ``escaped`` first, everything else is digits, dates and codes.
"""

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = pa.Array
"""A column of strings."""

ZONE = "Europe/Brussels"
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""What no XML document may hold, such as a file's name might."""


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def escaped(values: pa.Array | pa.ChunkedArray) -> Texts:
    """Free text as it stands between two tags."""
    if values.null_count == len(values):
        return flat(values)
    found = pc.replace_substring_regex(flat(values), _FORBIDDEN, "\ufffd")
    for character, entity in _ENTITIES:
        found = pc.replace_substring(found, character, entity)
    return found


def escaped_text(value: str) -> str:
    """As ``escaped``, of one value."""
    found: str = escaped(pa.array([value], pa.string()))[0].as_py()
    return found


def element(name: str, values: pa.Array | pa.ChunkedArray) -> Texts:
    """``<name>value</name>``; numbers and dates as XML writes them."""
    if values.null_count == len(values):
        return pa.nulls(len(values), pa.string())
    return pc.binary_join_element_wise(f"<{name}>", _text(values), f"</{name}>", "")


def flag(name: str, values: pa.Array | pa.ChunkedArray) -> Texts:
    """1 or 0; 0 where nothing is known."""
    told = pc.if_else(pc.fill_null(flat(values), False), "1", "0")
    return element(name, told)


def together(*parts: Texts) -> Texts:
    """What stands of some parts, one behind the other; empty where none does."""
    there = [part for part in parts if part.null_count < len(part)]
    if not there:
        return repeated("", len(parts[0]))
    # "skip" would drop rows that have no part at all (pyarrow 25).
    return pc.binary_join_element_wise(*there, "", null_handling="replace", null_replacement="")


def block(name: str, *parts: Texts) -> Texts:
    """``<name>...</name>``, where any of its parts stands."""
    inside = together(*parts)
    return element(name, pc.if_else(pc.equal(inside, ""), None, inside))


def where(mask: pa.Array | pa.ChunkedArray, texts: Texts) -> Texts:
    """The texts of some rows only."""
    return pc.if_else(pc.fill_null(flat(mask), False), texts, None)


def repeated(text: str, count: int) -> Texts:
    """The same text for every row."""
    return pa.repeat(pa.scalar(text), count)


def moments(values: pa.Array | pa.ChunkedArray) -> tuple[Texts, Texts]:
    """Day and hour of moments, in Belgian time."""
    zoned = flat(values).cast(pa.timestamp("us", ZONE))
    told = pc.cast(pc.local_timestamp(zoned), pa.string())
    return pc.utf8_slice_codeunits(told, 0, 10), pc.utf8_slice_codeunits(told, 11, 23)


class ByKey:
    """Texts of which a key may have several: all of them that stand, one behind the other."""

    def __init__(self, keys: pa.Array | pa.ChunkedArray, texts: Texts) -> None:
        there = pc.is_valid(flat(texts))
        texts = flat(texts).filter(there)
        coded = pc.dictionary_encode(flat(keys).filter(there))
        number = np.asarray(coded.indices, dtype=np.int64)
        order = np.argsort(number, kind="stable")
        counts = np.bincount(number, minlength=len(coded.dictionary))
        ends = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
        lists = pa.ListArray.from_arrays(ends, texts.take(pa.array(order)))
        self._keys = coded.dictionary
        self._joined = pc.binary_join(lists, "")

    def of(self, keys: pa.Array | pa.ChunkedArray) -> Texts:
        """The texts of each key; null where there are none."""
        return self._joined.take(pc.index_in(flat(keys), value_set=self._keys, skip_nulls=True))


def _text(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    told = flat(values)
    return told if pa.types.is_string(told.type) else told.cast(pa.string())
