"""Measuring in rounds: every contender once a round, and each round starts with another one.

Before each measurement the files are read once and what others wrote is on disk; a lake is new for
every run and gone after it. "again" is the same run into the lake that was just made.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from contenders import Contender
from corpora import Corpus
from process_tree import measure
from results import Result, Sample

Told = Callable[[str], None]


def rotated(units: Sequence[Sequence[Contender]], number: int) -> list[Sequence[Contender]]:
    """The units of round ``number``: each is first as often as the others."""
    first = number % len(units) if units else 0
    return [*units[first:], *units[:first]]


def run_round(
    result: Result,
    corpus: Corpus,
    units: Sequence[Sequence[Contender]],
    number: int,
    work: Path,
    tell: Told,
) -> None:
    """One round over a corpus: a unit is a contender, with those that follow on its lake."""
    corpus.warm()
    for unit in rotated(units, number):
        lake = work / f"lake-{corpus.name}"
        try:
            for contender in unit:
                sample = measured(contender, corpus, lake, result.processes)
                result.add(corpus.name, contender.name, sample)
                tell(f"  round {number + 1}, {corpus.name}, {contender.name}: {sample.wall:.1f} s")
        finally:
            shutil.rmtree(lake, ignore_errors=True)


def measured(contender: Contender, corpus: Corpus, lake: Path, processes: int) -> Sample:
    """One command, that did the work it should: ``WrongWork`` otherwise."""
    os.sync()
    found = measure(contender.command(corpus, lake, processes))
    stages = contender.told(found.output, corpus.contents)
    return Sample(found.wall, found.cpu, found.read, found.peaks, stages)
