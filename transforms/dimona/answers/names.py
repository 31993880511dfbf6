"""Names of answer files, and tickets (all derived: no text that we read says how NSSO makes them).

A file ``FI.DIMN.<sender>.<day>.<number>.<R|T>.<part>.<parts>`` is answered by ``NO.`` with the same
behind it, and acknowledged by ``AC.``; one of another name is so too, with its whole name behind.
"""

import hashlib
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.dimona.answers.markup import Texts, flat
from transforms.dimona.numbers import numbers

ANSWERS, ACKNOWLEDGEMENT = "NO", "AC"

NAME_LIMIT = 64
"""Characters of a file's name (zone 00106)."""

_TICKET = "K"
"""Before the receipt: no ticket of NSSO that we saw begins so."""


def file_names(paths: pa.Array | pa.ChunkedArray) -> Texts:
    """Names of files without their folders, not longer than an answer admits."""
    names = pc.replace_substring_regex(flat(paths), r"^.*[/\\]", "")
    return pc.utf8_slice_codeunits(names, 0, NAME_LIMIT)


def answer_name(kind: str, path: str) -> str:
    """Name of the file that answers one; ``kind``: ``ANSWERS`` or ``ACKNOWLEDGEMENT``."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return f"{kind}.{name.removeprefix('FI.')}"


class AnswerNames:
    """Names of the files of a folder: a second one of a name gets a number."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, kind: str, path: str) -> str:
        """As ``answer_name``."""
        name = answer_name(kind, path)
        self._given[name] += 1
        met = self._given[name]
        return name if met == 1 else f"{name}-{met}"


def form_tickets(file_ids: pa.Array, form_nos: pa.Array) -> Texts:
    """A ticket of thirteen characters for forms that have no receipt, from their place."""
    places = zip(file_ids.to_pylist(), form_nos.to_pylist(), strict=True)
    digests = (hashlib.blake2b(f"{f}/{n}".encode(), digest_size=6) for f, n in places)
    return pa.array([f"{_TICKET}{digest.hexdigest().upper()}" for digest in digests], pa.string())


def tickets(receipts: pa.Array) -> Texts:
    """A ticket of thirteen characters for each receipt: a letter and the number of twelve digits
    that a period which began with it has."""
    given = numbers(np.asarray(flat(receipts), dtype=np.int64))
    return pc.binary_join_element_wise(_TICKET, given, "")
