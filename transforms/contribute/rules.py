"""A contribution family as data: its cases, its formulas by date, its rounding points.

Each family has a YAML file beside its Python file. The YAML says what is computed (steps that a
lawyer can read), with which numbers of the rate book, how each step is rounded, since when, and
where that is written; the Python file says which lines and whose pay it is about.

``cases`` are alternatives; names joined by ``+`` are taken together (a deduction code and a
category). ``shares`` names a file whose cases belong to the family too. A formula holds for the
quarter, for each month of it (``each: month``, added up), or for each item of a line (``each:
item``). ``gaps`` say where a case is not known; ``limits`` say in words what the family leaves
alone in every quarter, ``needs`` which reference tables it asks for. ``as_of`` takes the numbers of
an earlier day; ``new`` says that the case did not exist before its first day. ``excluded`` names
what ``exclusions.yaml`` says of the family: lines that are due as 0, cases ``excluded/<name>``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from schemas.quarter import Quarter
from transforms.formula import Formula, Gap, Given, Input, Rounding, Step, names_in
from transforms.rates.book import Confidence, NoRate, RateBook, RateFileError, read_yaml

_SCALES = {"EUR": 100, "days or hours": 100, "fraction": 100, "count": 1}
"""Units of inputs, and how many parts of a unit the stored whole number counts."""
_NEEDED = {"family", "title", "law", "inputs", "cases", "formulas", "rounding"}
_CASE_KEYS = {"parameters", "first", "gaps", "absent", "as_of", "new"}
_FORMULA_KEYS = {"parameters", "steps", "before", "each"}
_EXCLUSION_KEYS = {"title", "when", "codes", "parameters", "abolished"}
EXCLUSIONS = "exclusions.yaml"
EXCLUDED = "excluded/"
"""How the name of a case begins whose lines are due as 0."""


_APPLIED: "dict[tuple[str, str, str, str], Formula | str]" = {}
"""Formulas by family, case, quarter and rate book; or what is missing."""


KNOWN_THROUGH = Quarter(2025, 4)
"""The last quarter that anybody has looked at: what a rate file leaves open is open up to here."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that holds from a day on (to another); the rest of its entry is ``content``."""

    first: date
    last: date | None
    confidence: Confidence
    reference: str
    content: Mapping[str, Any]

    def covers(self, first: date, last: date) -> bool:
        return self.first <= first and (self.last is None or last <= self.last)


@dataclass(frozen=True, slots=True)
class Family:
    """The rules of one family. ``apply`` gives the formula of a case in a quarter.

    ``excluded``: what is due as 0, in the order in which it is asked; ``facts``: its inputs.
    """

    name: str
    title: str
    law: str
    inputs: tuple[Input, ...]
    cases: Mapping[str, tuple[Dated, ...]]
    formulas: tuple[Dated, ...]
    roundings: Mapping[str, tuple[Dated, ...]]
    shared: Mapping[str, tuple[Dated, ...]]
    limits: tuple[str, ...]
    needs: tuple[str, ...]
    excluded: Mapping[str, tuple[Dated, ...]]
    facts: tuple[Input, ...]
    fingerprint: str

    def exclusions(self, quarter: Quarter) -> Iterator[tuple[str, Dated]]:
        """Name and content of what is excluded in the quarter, in order."""
        for name, eras in self.excluded.items():
            for era in eras:
                if era.covers(quarter.first_day, quarter.last_day):
                    yield name, era

    def apply(self, case: str, quarter: Quarter, book: RateBook) -> Formula:
        """The formula with every number in it; ``NoRate`` says what is not known.

        Kept for good: a batch of a run asks for the same few.
        """
        key = (self.fingerprint, case, str(quarter), book.fingerprint)
        if key not in _APPLIED:
            try:
                _APPLIED[key] = _Resolving(self, case, quarter, book).formula()
            except NoRate as missing:
                _APPLIED[key] = str(missing)
        found = _APPLIED[key]
        if isinstance(found, str):
            raise NoRate(found)
        return found

    def exists(self, case: str, quarter: Quarter) -> bool:
        """Whether the law knows the case in the quarter at all."""
        begins = self.cases.get(case) or self.shared[case]
        return not begins[0].content.get("new") or begins[0].first <= quarter.first_day

    def rounding(self, step: str, first: date, last: date) -> Rounding | None:
        """How a step is rounded; ``None`` when it is not."""
        for entry in self.roundings.get(step, ()):
            if entry.covers(first, last):
                to, mode = Decimal(entry.content["to"]), entry.content["mode"]
                return Rounding(to, mode, entry.confidence, entry.reference)
        if step in self.roundings:
            raise NoRate(f"no rounding of {step} of {self.name} for {first} to {last}")
        return None


@cache
def family(name: str) -> Family:
    """The rules that kwartaal ships, from ``<name>.yaml``."""
    return read_family(_shipped(name), f"{name}.yaml")


def _shipped(name: str) -> bytes:
    return files("transforms.contribute").joinpath(f"{name}.yaml").read_bytes()


def read_family(content: bytes, name: str) -> Family:
    """``RateFileError`` says which rule of these files is broken."""
    record = read_yaml(content, name)
    needed = ", ".join(sorted(_NEEDED))
    more_keys = {"shares", "limits", "needs", "excluded"}
    _needs(set(record) - more_keys == _NEEDED, f"{name}: needs {needed}")
    _needs(name == f"{record['family']}.yaml", f"{name}: the file is named after its family")
    shared, more = {}, b""
    if "shares" in record:
        more = _shipped(record["shares"])
        shared = read_yaml(more, f"{record['shares']}.yaml")
    excluded, facts = _excluded(record.get("excluded", ()), name)
    return Family(
        record["family"],
        record["title"],
        record["law"],
        tuple(_input(key, entry, name) for key, entry in record["inputs"].items()),
        _each(record["cases"], name, _CASE_KEYS),
        _eras(record["formulas"], f"{name}: formulas", _FORMULA_KEYS),
        _roundings({**shared.get("rounding", {}), **record["rounding"]}, name),
        _each(shared.get("cases", {}), name, _CASE_KEYS),
        tuple(record.get("limits", ())),
        tuple(record.get("needs", ())),
        excluded,
        facts,
        hashlib.sha256(content + more + (_exclusions()[0] if excluded else b"")).hexdigest()[:16],
    )


@cache
def _exclusions() -> tuple[bytes, Mapping[str, tuple[Dated, ...]], tuple[Input, ...]]:
    """The file as it stands, its cases, and the inputs that they look at."""
    content = files("transforms.contribute").joinpath(EXCLUSIONS).read_bytes()
    record = read_yaml(content, EXCLUSIONS)
    inputs = tuple(_input(key, entry, EXCLUSIONS) for key, entry in record["inputs"].items())
    return content, _each(record["cases"], EXCLUSIONS, _EXCLUSION_KEYS), inputs


def _excluded(
    named: Sequence[str], name: str
) -> tuple[Mapping[str, tuple[Dated, ...]], tuple[Input, ...]]:
    if not named:
        return {}, ()
    _, known, facts = _exclusions()
    unknown = [one for one in named if one not in known]
    _needs(not unknown, f"{name}: {unknown} not in {EXCLUSIONS}")
    return {one: known[one] for one in named}, facts


def _needs(condition: bool, otherwise: str) -> None:
    if not condition:
        raise RateFileError(otherwise)


def _input(key: str, entry: Mapping[str, Any], name: str) -> Input:
    units = ", ".join(_SCALES)
    known = set(entry) == {"unit", "title"} and entry["unit"] in _SCALES
    _needs(known, f"{name}: input {key} needs a title and a unit, one of {units}")
    return Input(key, entry["title"], entry["unit"], _SCALES[entry["unit"]])


def _each(entries: Mapping[str, Any], name: str, keys: set[str]) -> dict[str, tuple[Dated, ...]]:
    return {key: _eras(entry, f"{name}: {key}", keys) for key, entry in entries.items()}


def _roundings(entries: Mapping[str, Any], name: str) -> dict[str, tuple[Dated, ...]]:
    found = _each(entries, name, {"to", "mode"})
    for key, eras in found.items():
        for era in eras:
            sound = isinstance(era.content.get("to"), str)
            sound = sound and era.content.get("mode") in ("half-up", "down")
            _needs(sound, f"{name}: rounding of {key}: 'to' as a string, 'mode' half-up or down")
    return found


def _eras(entries: Any, where: str, keys: set[str]) -> tuple[Dated, ...]:
    """One entry or a list of them, in order of time and apart."""
    listed = entries if isinstance(entries, list) else [entries]
    found = tuple(_dated(entry, where, keys) for entry in listed)
    for one, following in pairwise(found):
        apart = one.last is not None and one.last < following.first
        _needs(apart, f"{where}: eras overlap or are not in order of time")
    return found


def _dated(entry: Mapping[str, Any], where: str, keys: set[str]) -> Dated:
    content = dict(entry)
    try:
        first, mark = content.pop("from"), Confidence[content.pop("confidence")]
        reference = content.pop("reference")
    except KeyError as missing:
        raise RateFileError(f"{where}: no {missing}") from missing
    _needs(bool(reference) and isinstance(first, date), f"{where}: needs a reference and a day")
    last = content.pop("until", None)
    unknown = sorted(set(content) - keys)
    _needs(not unknown, f"{where}: unknown keys {unknown}")
    return Dated(first, last, mark, reference, content)


@dataclass(frozen=True, slots=True)
class _Resolving:
    """One case of a family in one quarter, on its way to a formula."""

    family: Family
    case: str
    quarter: Quarter
    book: RateBook
    given: dict[str, Given] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def formula(self) -> Formula:
        if self.quarter > KNOWN_THROUGH:
            raise NoRate(f"the numbers of the law are known up to {KNOWN_THROUGH}")
        if self.case.startswith(EXCLUDED):
            return self._exclusion(self.case.removeprefix(EXCLUDED))
        cases = [self._case(name) for name in self.case.split("+")]
        eras = []
        for suffix, first, last in self._spans():
            era = self._era(first, last)
            eras.append(era)
            self._span(era, cases, suffix, first, last)
        if len(eras) > 1:
            self._step("amount", "month_1 + month_2 + month_3", *self._quarter())
        rules = [*cases, *eras]
        gaps = tuple(Gap(g["when"], g["reason"]) for c in cases for g in c.content.get("gaps", ()))
        references = "; ".join(dict.fromkeys(rule.reference for rule in rules))
        return self._named(gaps, references, min(rule.confidence for rule in rules))

    def _exclusion(self, name: str) -> Formula:
        """0, since a condition holds: that is its first step."""
        entry = dict(self.family.exclusions(self.quarter)).get(name)
        if entry is None:
            raise NoRate(f"{self.family.name} ({name}) is not known for {self.quarter}")
        for own, parameter in entry.content.get("parameters", {}).items():
            self._give(own, parameter, *self._quarter())
        when = entry.content["when"]
        self.steps.append(Step("excluded", f"1 if {when} else 0"))
        self.steps.append(Step("amount", "0"))
        asked = tuple(one for one in self.family.facts if one.name in names_in(when))
        title = f"{self.family.title}: none, {entry.content['title']}"
        return self._named((), entry.reference, entry.confidence, asked, title)

    def _span(
        self, era: Dated, cases: Sequence[Dated], suffix: str, first: date, last: date
    ) -> None:
        """Parameters and steps of the quarter, or of one of its months."""
        parameters = dict(era.content.get("parameters", {}))
        texts = dict(era.content.get("before", {}))
        days = dict.fromkeys(parameters, (first, last))
        for case in cases:
            own = case.content.get("parameters", {})
            day = case.content.get("as_of")
            days |= dict.fromkeys(own, (day, day) if day else (first, last))
            parameters |= own
            texts |= case.content.get("first", {})
        texts |= era.content["steps"]
        names = set(parameters) | set(texts)
        for name, parameter in parameters.items():
            self._give(name + suffix, parameter.format(case=self.case), *days[name])
        for name, text in texts.items():
            self._step(name + suffix, _suffixed(text, names, suffix), first, last, name)

    def _give(self, name: str, parameter: str, first: date, last: date) -> None:
        known = self.book.parameters[parameter]
        self.given[name] = Given(parameter, known.unit, known.during(first, last))

    def _step(
        self, name: str, text: str, first: date, last: date, rounded_as: str | None = None
    ) -> None:
        rounding = self.family.rounding(rounded_as or name, first, last)
        self.steps.append(Step(name, text, rounding))

    def _named(
        self,
        gaps: tuple[Gap, ...],
        reference: str,
        mark: Confidence,
        inputs: tuple[Input, ...] | None = None,
        title: str | None = None,
    ) -> Formula:
        inputs = self.family.inputs if inputs is None else inputs
        texts = [step.expression for step in self.steps] + [gap.when for gap in gaps]
        used = set().union(*map(names_in, texts))
        given = {name: one for name, one in self.given.items() if name in used}
        marks = [one.value.confidence for one in given.values()]
        marks += [step.rounding.confidence for step in self.steps if step.rounding]
        held = repr((inputs, given, self.steps, gaps, mark, reference))
        digest = hashlib.sha256(held.encode()).hexdigest()[:8]
        return Formula(
            f"{self.family.name}/{self.case}/{self.quarter}/{digest}",
            self.family.name,
            self.case,
            title or self.family.title,
            reference,
            inputs,
            given,
            tuple(self.steps),
            gaps,
            min([mark, *marks]),
            any(era.content.get("each") == "item" for era in self.family.formulas),
            mark,
        )

    def _case(self, name: str) -> Dated:
        for case in (*self.family.cases.get(name, ()), *self.family.shared.get(name, ())):
            if case.covers(*self._quarter()):
                if "absent" in case.content:
                    raise NoRate(case.content["absent"])
                return self._with_shared(name, case)
        raise NoRate(f"{self.family.name} ({name}) is not known for {self.quarter}")

    def _with_shared(self, name: str, case: Dated) -> Dated:
        """A case that the family and what it shares both describe is both together."""
        for other in self.family.shared.get(name, ()):
            if other is not case and other.covers(*self._quarter()):
                content = {
                    key: {**other.content.get(key, {}), **case.content.get(key, {})}
                    for key in ("parameters", "first")
                }
                mark = min(case.confidence, other.confidence)
                return Dated(
                    case.first, case.last, mark, f"{case.reference}; {other.reference}", content
                )
        return case

    def _era(self, first: date, last: date) -> Dated:
        for era in self.family.formulas:
            if era.covers(first, last):
                return era
        raise NoRate(f"no formula of {self.family.name} for {first} to {last}")

    def _quarter(self) -> tuple[date, date]:
        return self.quarter.first_day, self.quarter.last_day

    def _spans(self) -> Iterator[tuple[str, date, date]]:
        """The quarter, or its three months with a suffix for the names of each."""
        if not any(era.content.get("each") == "month" for era in self.family.formulas):
            yield "", *self._quarter()
            return
        for number, (first, last) in enumerate(self.quarter.months, 1):
            yield f"_{number}", first, last


def _suffixed(text: str, names: set[str], suffix: str) -> str:
    """The text with the names of one month; inputs keep theirs."""
    return re.sub(
        r"[A-Za-z_]\w*", lambda name: name[0] + suffix if name[0] in names else name[0], text
    )
