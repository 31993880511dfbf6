"""Wrong amounts on purpose: lines that the rules compute are declared otherwise.

Everything else of the form stays right: the net amount follows, and no balance becomes negative
unless that is the point. Where a form has no line of the kind, nothing is changed.
"""

from collections.abc import Callable, Iterator
from copy import copy
from random import Random

from transforms.synth.form import Form
from transforms.synth.kept import Slot

Falsify = Callable[[Form, Random], Form | None]
"""A sound form into a wrong one; ``None`` when the form does not lend itself to it."""

_ERROR_MAX = 900
"""Cents; an error is smaller."""
_ORDINARY = "ordinary"


def another_amount(*families: str) -> Falsify:
    """One amount that these families compute is some cents to some euro too high."""

    def falsify(form: Form, rng: Random) -> Form | None:
        for number in _drawn(form, rng, *families):
            slot = form.slots[number]
            wrong = form.changed(number, _filled(slot, None, slot.amount + _error(rng)))
            return wrong if _balanced(wrong) else None
        return None

    return falsify


def another_basis(form: Form, rng: Random) -> Form | None:
    """The basis of an ordinary line is too high; its amount is right."""
    for number in _drawn(form, rng, _ORDINARY):
        slot = form.slots[number]
        return form.changed(number, _filled(slot, (slot.base or 0) + _error(rng), slot.amount))
    return None


def missing_line(form: Form, rng: Random) -> Form | None:
    """An ordinary line is not declared at all."""
    for number in _drawn(form, rng, _ORDINARY):
        slot = copy(form.slots[number])
        slot.leave_out()
        wrong = form.changed(number, slot)
        if _balanced(wrong):
            return wrong
    return None


def repeated(*families: str) -> Falsify:
    """A deduction that these families compute is declared twice: the second is worth nothing."""

    def falsify(form: Form, rng: Random) -> Form | None:
        for number in _drawn(form, rng, *families):
            slot = copy(form.slots[number])
            slot.repeat()
            wrong = form.changed(number, slot)
            if _balanced(wrong):
                return wrong
        return None

    return falsify


def negative_class(form: Form, rng: Random) -> Form | None:
    """The deductions of one employer class are higher than its contributions."""
    balances, net = form.by_class, form.net
    for number in _drawn(form, rng):
        slot = form.slots[number]
        excess = balances[slot.employer_class or ""] + _error(rng)
        if slot.line.sign < 0 and excess <= net:
            return form.changed(number, _filled(slot, None, slot.amount + excess))
    return None


def _drawn(form: Form, rng: Random, *families: str) -> Iterator[int]:
    """Computed lines of these families, or of any, in an order of chance."""
    numbers = [
        number
        for number, slot in enumerate(form.slots)
        if slot.family is not None and slot.amount and (not families or slot.family in families)
    ]
    return iter(rng.sample(numbers, len(numbers)))


def _filled(slot: Slot, base: int | None, amount: int) -> Slot:
    other = copy(slot)
    other.fill(base, amount)
    return other


def _error(rng: Random) -> int:
    return rng.randrange(1, _ERROR_MAX)


def _balanced(form: Form) -> bool:
    return form.net >= 0 and min(form.by_class.values(), default=0) >= 0
