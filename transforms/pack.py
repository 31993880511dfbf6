"""Plain forms side by side in one text, so that numpy finds the elements of all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
import pyarrow as pa

from schemas.layout import Layout
from transforms.assemble import Gathered, assemble
from transforms.elements import PADDING, Elements, Plan, Tags
from transforms.markup import Markup
from transforms.shredded import Rows, Shredded


@dataclass(frozen=True)
class Pack:
    """Forms in UTF-8 of one release, one behind another; ``starts``: where each begins."""

    contents: tuple[bytes, ...]
    markup: Markup
    starts: Rows
    layout: Layout

    @classmethod
    def of(cls, contents: Sequence[bytes], layout: Layout) -> "Pack | None":
        """None when bytes do not tell the tags of all forms. Whether there are names in all tags,
        ``Tags`` tells."""
        markup = Markup.assumed(b"".join([*contents, PADDING]))
        if markup is None:
            return None
        starts = np.array([0, *accumulate(len(content) for content in contents[:-1])])
        return cls(tuple(contents), markup, starts, layout)

    @cached_property
    def plan(self) -> Plan:
        return Plan.of(self.layout)

    @cached_property
    def firsts(self) -> Rows:
        """The number of the first tag of each form."""
        return np.searchsorted(self.markup.opening, self.starts)

    @cached_property
    def tags(self) -> Tags:
        return Tags.of(self.markup, self.plan)

    @cached_property
    def elements(self) -> Elements:
        """Of forms whose tags are sound."""
        return Elements(self.tags, self.plan)

    @cached_property
    def texts(self) -> list[dict[str, pa.Array]]:
        """Texts by node and zone."""
        return self.elements.texts()

    def shredded(
        self, files: Sequence[str], form_nos: Sequence[int], lines: Sequence[int]
    ) -> Shredded:
        """The tables of the forms, which are valid; ``lines``: of their start tags."""
        elements = self.elements
        gathered = [
            Gathered(parent, seq, line, texts)
            for parent, seq, line, texts in zip(
                elements.parents,
                elements.numbers(),
                elements.lines(np.array(lines)),
                self.texts,
                strict=True,
            )
        ]
        return assemble(self.layout, gathered, files, form_nos)
