"""What is checked in every simulation, and said with its result."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from schemas.simulation import BREAKDOWNS
from transforms.simulate.replay import Replayed
from transforms.simulate.sums import ALL
from transforms.simulate.tally import Tally


@dataclass(frozen=True, slots=True)
class Check:
    """``holds`` is None where there is nothing to compare with."""

    what: str
    holds: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the lake has of the quarter: lines that runs computed, their cents, and the
    fingerprints of the rules of these runs."""

    lines: int
    cents: int
    rules: Collection[str]


def checks(tally: Tally, stored: Stored, rules: str, replayed: Replayed) -> tuple[Check, ...]:
    """All checks. ``rules``: fingerprint of the rules that the base was computed by."""
    return (*_sums(tally), _base(tally, stored, rules), _replay(replayed))


def _sums(tally: Tally) -> Iterator[Check]:
    total = tally.total
    for name in (ALL, *BREAKDOWNS):
        groups = tally.figures(name)
        lines = sum(one.lines for one in groups)
        base, variant = (sum(getattr(one, side) for one in groups) for side in ("base", "variant"))
        holds = (lines, base, variant) == (total.lines, total.base, total.variant)
        said = f"{lines:,} lines in {len(groups)}" if holds else "another sum than the total"
        what = "persons and employers add" if name == ALL else f"groups by {name} add"
        yield Check(f"{what} up to the total, before suppression", holds, said)


def _base(tally: Tally, stored: Stored, rules: str) -> Check:
    what = "base is what the runs of the quarter stored"
    if set(stored.rules) != {rules}:
        return Check(what, None, "the rules have changed since: not compared")
    lines = tally.total.base_lines - stored.lines
    cents = tally.total.base_everywhere - stored.cents
    if not lines and not cents:
        return Check(what, True, f"{stored.lines:,} lines, to the cent")
    said = f"{lines:+,} lines, {cents:+,} cents (were the reference tables of the runs others?)"
    return Check(what, False, said)


def _replay(replayed: Replayed) -> Check:
    said = f"{replayed.amounts:,} amounts, {replayed.wrong:,} come out otherwise"
    return Check("derivations replay to the amounts", replayed.wrong == 0, said)
