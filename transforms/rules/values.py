"""Mechanisms that look at values: presence, lists, forms, check digits, comparisons."""

import numpy as np
import pyarrow.compute as pc

from transforms.rules.columns import Mask, Whole
from transforms.rules.conditions import same
from transforms.rules.digits import SCHEMES
from transforms.rules.question import Column, Listed, PresenceTable, Question
from transforms.rules.rule import Span


def where(question: Question) -> Mask:
    """The condition of the clause says it all."""
    return question.asked


def presence(question: Question, *, column: PresenceTable, demands: str) -> Mask:
    """By the table of presence of a column, what has to be there is not (``mandatory``), or what
    must not be there is (``forbidden``)."""
    return question.demanded(column)[demands]


def incomplete(question: Question, *, columns: tuple[Column, ...]) -> Mask:
    """One of some columns has no value."""
    found = np.zeros(len(question.rows), dtype=np.bool_)
    for name in columns:
        found |= ~question.rows.present(name)
    return found


def not_listed(question: Question, *, column: Column, in_list: Listed) -> Mask:
    """A value that the code list never held."""
    codes, values = question.rows.codes(column)
    listed = question.lists[in_list]
    return np.array([str(value) not in listed for value in values] + [False])[codes]


def not_in_force(question: Question, *, column: Column, in_list: Listed, at: Column) -> Mask:
    """A listed value on a day on which the list does not hold it."""
    codes, values = question.rows.codes(column)
    days, dated = question.rows.numbers(at), question.rows.numeric(at)
    found = np.zeros(len(codes), dtype=np.bool_)
    for code, value in enumerate(values):
        spans = question.lists[in_list].get(str(value), ())
        if spans and spans != (Span(None, None),):
            found |= dated & (codes == code) & ~_within(days, spans)
    return found


def _within(days: Whole, spans: tuple[Span, ...]) -> Mask:
    within = np.zeros(len(days), dtype=np.bool_)
    for span in spans:
        first = np.datetime64(span.first or "0001-01-01", "D").astype(np.int64)
        last = np.datetime64(span.last or "9999-12-31", "D").astype(np.int64)
        within |= (first <= days) & (days <= last)
    return within


def malformed(question: Question, *, column: Column, form: str) -> Mask:
    """A text that is not of a form, given as a regular expression for the whole of it."""
    fits = pc.match_substring_regex(question.rows.array(column), f"^(?:{form})$")
    return np.asarray(pc.invert(pc.fill_null(fits, True)))


def wrong_digits(question: Question, *, column: Column, of: str) -> Mask:
    """An identifier of a kind with other digits than it must have (``digits``)."""
    return SCHEMES[of](question.rows.array(column))


def out_of_bounds(
    question: Question, *, column: Column, first: object = None, last: object = None
) -> Mask:
    """A number or a day below ``first`` or above ``last``."""
    numbers = question.rows.numbers(column)
    found = np.zeros(len(numbers), dtype=np.bool_)
    if first is not None:
        found |= numbers < _number(first)
    if last is not None:
        found |= numbers > _number(last)
    return found & question.rows.numeric(column)


def _number(bound: object) -> int:
    return int(np.datetime64(str(bound), "D").astype(np.int64) if "-" in str(bound) else str(bound))


def equal(question: Question, *, column: Column, other: Column) -> Mask:
    """Two values that must not be the same are."""
    return same(question.rows, column, other)


def differs(question: Question, *, column: Column, other: Column) -> Mask:
    """Two values that must be the same are not; where one lacks nothing is compared."""
    rows = question.rows
    return rows.present(column) & rows.present(other) & ~same(rows, column, other)


def unchanged(question: Question, *, pairs: dict[Column, Column]) -> Mask:
    """Every value that is given is the one that it would replace; one is given at least."""
    rows = question.rows
    given = np.zeros(len(rows), dtype=np.bool_)
    changed = np.zeros(len(rows), dtype=np.bool_)
    for new, old in pairs.items():
        given |= rows.present(new)
        changed |= rows.present(new) & ~same(rows, new, old)
    return given & ~changed
