"""The verdicts of both schemas on one tree, and what the one that refuses it alone says of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from schemas.compare.difference import Difference
from schemas.given import Side
from transforms.faults import CONTENT, Fault, Unjudgeable, faults, prefixed_at
from transforms.replay.attribute import Attribution, Direction, listed_values, upwards
from transforms.replay.steps import Step, step_of
from transforms.replay.tally import Count, Example, Tally, put, put_words
from transforms.shredded import Rows

MOST_ERRORS = 10_000
"""Errors of one form that are looked at: a giant employer may have one 60,000 times."""


@dataclass(frozen=True)
class Bench:
    """Both schemas, and the differences between them."""

    old: Side
    new: Side
    differences: tuple[Difference, ...]

    @cached_property
    def failing(self) -> Attribution:
        return Attribution(self.differences, Direction.FAILING)

    @cached_property
    def accepted(self) -> Attribution:
        return Attribution(self.differences, Direction.ACCEPTED)


@dataclass(frozen=True)
class Origin:
    """Where a tree comes from: its file, the number of the form in it (0: all of it), and what has
    to be added to its lines. ``lines``: of every element below the root, where a tree is too long
    to number them."""

    file: str
    form: int = 0
    line_shift: int = 0
    lines: Rows | None = None

    def example(self, step: Step, fault: Fault, root: etree._Element, value: str | None) -> Example:
        line = self._line(fault, root)
        return Example(self.file, self.form, line, step.path, step.shape, value)

    def _line(self, fault: Fault, root: etree._Element) -> int:
        """In the file."""
        wanted = None if self.lines is None else prefixed_at(root, fault.path)
        if self.lines is None or wanted is None or wanted is root:
            return fault.line + self.line_shift
        below = enumerate(root.iterdescendants(etree.Element))
        return int(self.lines[next(number for number, one in below if one is wanted)])


@dataclass(frozen=True)
class Verdicts:
    """Whether each schema accepts a form."""

    old: bool
    new: bool

    def count(self, tally: Tally) -> None:
        tally.still_valid += self.old and self.new
        tally.newly_failing += self.old and not self.new
        tally.newly_accepted += self.new and not self.old
        tally.invalid_in_both += not self.old and not self.new


def verdicts(root: etree._Element, bench: Bench, known: Verdicts | None = None) -> Verdicts:
    """What both say of a tree; ``known``: what is beyond doubt already where it says yes.

    Raises ``Unjudgeable`` where libxml2 fails on the content.
    """
    old = (known is not None and known.old) or _is_valid(root, bench.old)
    return Verdicts(old, (known is not None and known.new) or _is_valid(root, bench.new))


def _is_valid(root: etree._Element, side: Side) -> bool:
    try:
        return bool(side.validator.validate(root))
    except etree.XMLSchemaValidateError as error:
        raise Unjudgeable from error


def count_tree(
    root: etree._Element, found: Verdicts, bench: Bench, origin: Origin, tally: Tally
) -> None:
    """Counts a tree, by difference where exactly one schema refuses it."""
    found.count(tally)
    if found.old == found.new:
        return
    refusing = bench.new if found.old else bench.old
    listed = _faults(root, refusing)
    tally.partly_read += len(listed) >= MOST_ERRORS
    count_faults(listed, root, found, bench, origin, tally)


def _faults(root: etree._Element, side: Side) -> list[Fault]:
    """All faults where an element means the same anywhere; else those before which nothing was
    left out."""
    if side.is_flat:
        return faults(root, side.validator, MOST_ERRORS)[:MOST_ERRORS]
    side.validator.validate(root)
    log = side.validator.error_log
    return [Fault(one.type_name, one.message, one.path or "", one.line) for one in log][
        :MOST_ERRORS
    ]


def count_faults(
    listed: list[Fault],
    root: etree._Element,
    found: Verdicts,
    bench: Bench,
    origin: Origin,
    tally: Tally,
) -> None:
    """Counts the faults of a form that one schema refuses, each by the difference that explains it
    or by its words."""
    newly = Direction.FAILING if found.old else Direction.ACCEPTED
    attribution = bench.failing if newly is Direction.FAILING else bench.accepted
    explained: dict[str, Count] = {}
    other: dict[str, Count] = {}
    unknown: set[str] = set()
    for fault in _of_their_own(listed):
        if unknown and not unknown.isdisjoint(upwards(fault.path)):
            continue  # what an element holds that has no place there does not matter
        step = step_of(fault, root)
        difference = attribution.of(step, _occurrences(root, fault))
        if difference is not None and fault.stops and attribution.has_no_place(step, difference):
            unknown.add(fault.path)
        into, key = (other, step.shape) if difference is None else (explained, difference.id)
        count = into.setdefault(key, Count(forms=1))
        count.errors += 1
        if not count.examples:
            count.examples = (origin.example(step, fault, root, _code(step, difference)),)
    causes = len(explained) + len(other)
    for count in (*explained.values(), *other.values()):
        count.alone = int(causes == 1)
    is_failing = newly is Direction.FAILING
    tally.unexplained += is_failing and not explained
    for key, count in explained.items():
        put(tally.failing if is_failing else tally.accepted, key, count)
    for key, count in other.items():
        put_words(tally.other_failing if is_failing else tally.other_accepted, key, count)


_TYPES = ("SCHEMAV_CVC_DATATYPE_VALID", "SCHEMAV_CVC_IDC")


def _of_their_own(listed: list[Fault]) -> Iterator[Fault]:
    """Without what libxml2 says of a value a second time: when a facet refuses it, then the value
    does not fit its type either, and no key can be made of it."""
    errors: Counter[str] = Counter(one.path for one in listed if not one.kind.startswith(_TYPES))
    typed: set[str] = set()
    for fault in listed:
        follows = fault.kind.startswith(_TYPES) and (fault.path in typed or errors[fault.path])
        if "DATATYPE" in fault.kind:
            typed.add(fault.path)
        if not follows or "attribute '" in fault.message[:300]:
            yield fault


def _occurrences(root: etree._Element, fault: Fault) -> int:
    """How many elements of this name stand up to and including this one, where that may matter."""
    if fault.kind != CONTENT or not fault.stops:
        return 1
    element = prefixed_at(root, fault.path)
    if element is None:
        return 1
    return 1 + sum(1 for _ in element.itersiblings(str(element.tag), preceding=True))


def _code(step: Step, difference: Difference | None) -> str | None:
    """The value, when it is a code that one of the schemas lists: that names no person."""
    if difference is None or step.value is None:
        return None
    return step.value if step.value in listed_values(difference) else None
