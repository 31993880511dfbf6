"""Text for a person at a terminal."""

from collections.abc import Callable, Iterator
from itertools import groupby

from schemas.compare.checked import Checked, Outcome
from schemas.compare.difference import Difference, Verdict
from schemas.compare.policy import Judged, Level
from schemas.formats.words import (
    VERDICTS,
    change,
    counted,
    effects,
    elsewhere,
    matters,
    place,
    printable,
    proofs,
    short,
    subject,
    summary,
)

Paint = Callable[[str, Level], str]
"""Gives a word the colour of its level."""

_NOWHERE = "in no document"
_INDENT = " " * 13


def _unpainted(text: str, _level: Level) -> str:
    return text


def text(outcome: Outcome, paint: Paint = _unpainted) -> str:
    """Block by block in document order, each difference with its verdict for both sides.

    A check leaves out what changes no document, and counts it.
    """
    lines: list[str] = []
    for one in outcome.checked:
        lines += [*_head(one, paint), *_blocks(one, paint, outcome.against is None), ""]
    if outcome.against is not None:
        lines.append(_total(outcome))
    lines += [f"{paint('warning', Level.WARNING)}: {remark}" for remark in outcome.remarks]
    return "\n".join(lines).rstrip("\n")


def _head(checked: Checked, paint: Paint) -> Iterator[str]:
    if checked.change is None:
        yield f"{printable(checked.before or '')} -> {printable(checked.file)}"
    else:
        before = f", compared with {printable(checked.before)}" if checked.before else ""
        sort = f" ({checked.sort})" if checked.sort else ""
        yield f"{printable(checked.file)}: {checked.change}{sort}{before}"
    for problem in checked.problems:
        yield f"  {paint(problem.level, problem.level)}: {printable(problem.text)}"
    if checked.comparison:
        yield f"  {summary(checked)}"


def _blocks(checked: Checked, paint: Paint, is_whole: bool) -> Iterator[str]:
    """Differences under the element that they stand in."""
    shown = [one for one in checked.judged if is_whole or matters(one)]
    for block, members in groupby(shown, key=lambda one: _block(one.difference)):
        of_block = list(members)
        numbers = (one.difference.parent_number for one in of_block)
        number = next(filter(None, numbers), None) if block != _NOWHERE else None
        yield ""
        yield printable(f"{block} ({number})" if number else block)
        for judged in of_block:
            yield from _difference(judged, paint, is_whole)


def _block(difference: Difference) -> str:
    return difference.path.rpartition("/")[0] or "/" if difference.places else _NOWHERE


def _difference(judged: Judged, paint: Paint, is_whole: bool) -> Iterator[str]:
    difference = judged.difference
    verdict = VERDICTS[difference.verdict]
    told = change(difference)
    title = f"{printable(subject(difference))}{': ' if told else ''}{short(told)}"
    mark = "" if is_whole else f"{paint(judged.level, judged.level)}: "
    head = f"  {paint(f'{verdict:<9}', judged.level)}  {mark}{title}"
    if difference.verdict is Verdict.NONE and judged.level is Level.NOTE:
        reason = f" ({printable(difference.reason)})" if difference.reason else ""
        yield head + reason  # nobody has to look for it
        return
    yield head
    if difference.verdict is not Verdict.NONE:
        yield f"{_INDENT}{effects(difference)}"
    if judged.reason:
        yield f"{_INDENT}{printable(judged.reason)}"
    for line in proofs(difference):
        yield f"{_INDENT}{line}"
    others = elsewhere(difference)
    if others:
        yield f"{_INDENT}also at {others}"
    yield f"{_INDENT}{_where(difference)}id {difference.id}"


def _where(difference: Difference) -> str:
    places = [place(at) for at in (difference.old_at, difference.new_at)]
    told = " -> ".join(printable(one) for one in places if one)
    return f"{told}  " if told else ""


def _total(outcome: Outcome) -> str:
    if not outcome.checked:
        return f"no schema has changed since {outcome.against}"
    told = [level for checked in outcome.checked for level in checked.levels()]
    errors, warnings = told.count(Level.ERROR), told.count(Level.WARNING)
    schemas = counted(len(outcome.checked), "changed schema")
    found = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    return f"{schemas} since {outcome.against}: {found}"
