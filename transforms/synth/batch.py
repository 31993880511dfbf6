"""Forms written together, because their amounts are computed together.

No form depends on its company in a batch: the bytes are the same however forms are divided.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.layout import Layout as Tables
from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.rates.book import rate_book
from transforms.reference import Reference
from transforms.synth.amounts import part
from transforms.synth.blocks import blocks
from transforms.synth.declaration import form
from transforms.synth.desk import Desk
from transforms.synth.facts import Facts, employer_facts, reference, vehicle_facts
from transforms.synth.form import Form, marked
from transforms.synth.kept import Kept, Slot
from transforms.synth.tables import shredded, slots_of
from transforms.synth.xml import Layout

_CREATED_AFTER = timedelta(days=20)
"""From the end of the quarter to the creation of the forms: in the month in which they fall due."""
_SPECIAL = "856"
_INSS_AT = 1
"""Where the INSS stands among the leaves of a person."""


@dataclass(slots=True)
class Sheet:
    """One form of a batch, with what is known about it."""

    desk: Desk
    form: Form
    facts: Facts


class Batch:
    """Forms of one quarter and seed: ``write`` each, then ``fill`` once."""

    def __init__(self, layout: Layout, label: Quarter) -> None:
        self.tables = _tables(label)
        self.blocks = blocks(layout, self.tables)
        self.sheets: list[Sheet] = []
        self.characters = 0

    def write(self, desk: Desk) -> None:
        """Adds the form that is made at a desk with the blocks of this batch."""
        slots, persons = self.blocks.slots, self.blocks.person.items
        first_slot, first_person = len(slots), len(persons)
        employer = desk.employer
        vehicles = [
            vehicle_facts(desk.figures, desk.seed, employer.first_job + n, desk.index)
            for n in range(employer.vehicles)
        ]
        text = form(desk, (desk.quarter.last_day + _CREATED_AFTER).isoformat(), vehicles)
        workers = [str(row[_INSS_AT]) for row in persons[first_person:]]
        facts = Facts(employer_facts(employer), workers, vehicles)
        self.sheets.append(Sheet(desk, marked(text, slots[first_slot:]), facts))
        self.characters += len(text)

    def fill(self) -> list[Sheet]:
        """Puts the amounts that the rules give in place of the shapes, and hands out the forms."""
        if not self.sheets:
            return []
        desk = self.sheets[0].desk
        known = reference(desk.figures, desk.seed, [sheet.facts for sheet in self.sheets])
        self._compute(desk.quarter, known)
        share = desk.figures.whole("compensation_ppm")
        for sheet in self.sheets:
            if sheet.form.slots:
                _compensate(sheet.form, self.blocks.compensation, share)
        self.blocks.forget()
        return self.sheets

    def _compute(self, quarter: Quarter, known: Reference) -> None:
        every = self.blocks.every
        slots = slots_of(self.tables, every)
        answers = contribute(shredded(self.tables, every), quarter, rate_book(), known)
        names = ("seq", "employer_class", "family", "computed_base", "computed_amount")
        columns = [answers.column(name).to_pylist() for name in names]
        for seq, employer_class, family, base, amount in zip(*columns, strict=True):
            if seq is not None:
                slots[seq].employer_class = employer_class
                if amount is not None:
                    _answer(slots[seq], family, base, amount)


def _answer(slot: Slot, family: str, base: int | None, amount: int) -> None:
    """Nothing is declared about a deduction, or a special contribution, of 0."""
    slot.family = family
    slot.fill(base, amount)
    if amount == 0 and (slot.line.sign < 0 or slot.code == _SPECIAL):
        slot.leave_out()


def _compensate(form: Form, block: Kept, share: int) -> None:
    """The compensation comes last; its shape is a share of the net amount."""
    slot = form.slots[-1]
    if slot.line is block:
        amount = part(max(form.net, 0), share)
        slot.fill(None, amount)
        if amount == 0:
            slot.leave_out()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: small objects by the hundred thousand live until the end of a
    batch, and looking for garbage among them again and again takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def _tables(label: Quarter) -> Tables:
    release = Catalogue().find(DMFA, label)
    assert release is not None, "the generator writes releases that kwartaal ships"
    return release.layout
