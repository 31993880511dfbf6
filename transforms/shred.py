"""Shreds accepted forms into the tables of their release.

Two routes give the same tables. The bytes of a form are searched with numpy where that is beyond
doubt (``shred_bytes``); else the parsed tree is walked here: slower, and right for everything that
is XML. Rows of many forms are gathered before Arrow arrays are made, since small files would
otherwise cost more in arrays than in parsing.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from lxml import etree

from schemas.layout import Layout
from transforms.judge import Judged
from transforms.markup import Markup
from transforms.pack import Pack
from transforms.shred_bytes import ByteShredder
from transforms.shred_walk import WalkShredder
from transforms.shredded import Rows, Shredded


class Shredder:
    """Gathers forms of one release: ``take`` or ``add`` each, then ``finish`` once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._bytes = ByteShredder(layout)
        self._walk = WalkShredder(layout)
        self._walked: list[bool] = []

    def take(self, form: Judged, file_id: str) -> None:
        """One accepted form."""
        if form.plain:
            self._walked.append(False)
            self._bytes.add(form.content, file_id, form.form_no, form.line)
            return
        assert form.tree is not None
        place = form.form_no, form.line_shift, form.block_lines
        self.add(form.tree, file_id, *place, form.content)

    def add(
        self,
        form: etree._Element,
        file_id: str,
        form_no: int,
        line_shift: int = 0,
        block_lines: Rows | None = None,
        content: bytes | None = None,
    ) -> None:
        """One accepted form; ``line_shift`` is added to the lines of the tree, unless
        ``block_lines`` gives the line of each block in document order. ``content``: its bytes
        (UTF-8), where they are at hand."""
        is_plain = content is not None and Markup.of(content) is not None
        self._walked.append(not is_plain)
        if content is None or not is_plain:
            self._walk.add(form, file_id, form_no, line_shift, block_lines)
            return
        line = (form.sourceline or 0) + line_shift if block_lines is None else int(block_lines[0])
        self._bytes.add(content, file_id, form_no, line)

    def finish(self, found: Pack | None = None) -> Shredded:
        """Tables of all forms added, in the order of adding. ``found``: elements of some forms,
        where they were found before."""
        if not len(self._bytes):
            return self._walk.finish()
        if not any(self._walked):
            return self._bytes.finish(found)
        return _merged(self._bytes.finish(found), self._walk.finish(), np.array(self._walked))


def _merged(searched: Shredded, walked: Shredded, by_walk: npt.NDArray[np.bool_]) -> Shredded:
    """The forms of both routes in the order of adding; ``by_walk`` says which is which."""
    layout = searched.layout
    moved: dict[str, Rows] = {}
    tables: dict[str, pa.Table] = {}
    parents: dict[str, Rows] = {}
    ordinal = np.concatenate([np.flatnonzero(~by_walk), np.flatnonzero(by_walk)])
    forms: dict[str, Rows] = {}
    for block in layout:
        name = block.table.name
        both = pa.concat_tables([searched.tables[name], walked.tables[name]])
        if block.parent is None:
            form, above = ordinal, np.zeros(len(ordinal), dtype=np.int64)
        else:
            parent = layout[block.parent].table.name
            shift = searched.tables[parent].num_rows
            above = np.concatenate([searched.parents[name], walked.parents[name] + shift])
            form = forms[parent][above]
            above = moved[parent][above]
        order = np.argsort(form, kind="stable")
        forms[name] = form
        moved[name] = np.empty(len(order), dtype=np.int64)
        moved[name][order] = np.arange(len(order))
        tables[name] = both.take(pa.array(order)).combine_chunks()
        parents[name] = above[order]
    return Shredded(layout, tables, parents)


def shred(forms: Iterable[tuple[etree._Element, str, int, int]], layout: Layout) -> Shredded:
    """Tables of (form, file_id, form_no, line_shift), in this order, by the walk."""
    shredder = Shredder(layout)
    for form in forms:
        shredder.add(*form)
    return shredder.finish()
