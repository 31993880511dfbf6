"""Rows in turns: what happens to one group after the other."""

from collections.abc import Iterator

import numpy as np

from transforms.rules.columns import Whole


def turns(groups: Whole) -> Iterator[Whole]:
    """Rows of some groups (numbers from 0) in turns, in each of which a group comes once at most:
    its first row in the first turn, its second in the second."""
    order = np.argsort(groups, kind="stable")
    heads = np.flatnonzero(np.diff(groups[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(heads, np.diff(np.append(heads, len(order))))
    for turn in range(int(rank.max(initial=-1)) + 1):
        yield order[rank == turn]
