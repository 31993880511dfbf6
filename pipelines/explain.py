"""Explanations from a lake: asks for the rows, and has them told (``transforms.explain``)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from schemas.quarter import Quarter
from transforms.contribute.written import read
from transforms.explain.account import declarations, person, tally_of
from transforms.explain.around import Around, Row
from transforms.explain.derive import line_of
from transforms.explain.replayed import Replay
from transforms.explain.tree import Explanation, Line, Person
from transforms.formula import Formula
from warehouse.explain import Evidence

_PERSONS_AT_ONCE = 200


class NotThere(LookupError):
    """What was asked about is not in the lake; the message names no person."""


@dataclass(frozen=True)
class Question:
    """Digits of numbers only. Without ``inss`` the declaration is meant; ``whole``: with the
    derivations of every person."""

    quarter: Quarter
    employer: str
    inss: str | None = None
    code: str | None = None
    whole: bool = False
    as_of: str | None = None


def explained(question: Question, evidence: Evidence) -> Explanation:
    """The answer; ``NotThere`` says which of quarter, employer, person or code is unknown."""
    quarter = str(question.quarter)
    if quarter not in evidence.quarters():
        known = ", ".join(evidence.quarters()) or "none"
        raise NotThere(f"no declaration of {quarter} is in the lake (quarters: {known})")
    asking = _Asking(evidence, question, _employer(question, evidence))
    return asking.one_person() if question.inss else asking.declaration()


def _employer(question: Question, evidence: Evidence) -> str:
    found = evidence.employers(str(question.quarter), question.employer)
    if not found:
        raise NotThere(f"employer {question.employer} has no declaration of {question.quarter}")
    if len(found) > 1:
        names = ", ".join(found)
        raise NotThere(f"employer {question.employer} may be any of {names}: say which")
    return found[0]


def replayed(evidence: Evidence, quarter: Quarter | None, share: float) -> Replay:
    """Every computed line of the lake (or of a quarter) derived again, a batch at a time."""
    formulas = {row["formula"]: read(row) for row in evidence.all_formulas()}
    replay = Replay(formulas, share)
    for batch in evidence.computed(str(quarter) if quarter else None):
        replay.add(batch)
    return replay


@dataclass
class _Asking:
    """One question about one employer, on its way to an explanation."""

    evidence: Evidence
    question: Question
    employer: str
    formulas: dict[str, Formula] = field(default_factory=dict)

    @property
    def quarter(self) -> str:
        return str(self.question.quarter)

    def one_person(self) -> Explanation:
        """All lines of one relation, or those of one code."""
        inss = self.question.inss or ""
        if not self.evidence.has_person(self.quarter, self.employer, inss):
            raise NotThere(
                f"employer {self.employer} declares no person of this INSS number in {self.quarter}"
            )
        lines = self._lines_of([inss]).get(inss, [])
        if self.question.code and not lines:
            raise NotThere(f"the person has no line of code {self.question.code}")
        return self._explanation([], iter([Person(inss, tally_of(lines), tuple(lines))]))

    def declaration(self) -> Explanation:
        """The declarations of the employer, with a line for each person, or everything; or what
        all of them have of one code."""
        rows = self.evidence.people(self.quarter, self.employer)
        if self.question.code:
            found = list(self._whole(rows))
            if not found and not self._lines_of([]):
                raise NotThere(f"the employer has no line of code {self.question.code}")
            return self._explanation(self._forms, iter(found))
        people = self._whole(rows) if self.question.whole else (person(row) for row in rows)
        return self._explanation(self._forms, people)

    def _explanation(self, forms: Sequence[Row], people: Iterator[Person]) -> Explanation:
        unrelated: dict[tuple[str, int], list[Line]] = {}
        for line in self._lines_of([]).get("", []) if forms else ():
            unrelated.setdefault((line.place.file_id, line.place.form_no), []).append(line)
        balances = self.evidence.balances(self.quarter, self.employer) if forms else []
        return Explanation(
            self.quarter,
            self.employer,
            self.question.inss,
            self.question.code,
            self.question.as_of,
            tuple(declarations(forms, balances, unrelated)),
            people,
        )

    def _whole(self, rows: Sequence[Row]) -> Iterator[Person]:
        """Persons with their lines, some at a time: an employer may have very many."""
        for at in range(0, len(rows), _PERSONS_AT_ONCE):
            some = rows[at : at + _PERSONS_AT_ONCE]
            lines = self._lines_of([row["inss"] for row in some])
            for row in some:
                if found := lines.get(row["inss"], []):
                    yield person(row, found)

    def _lines_of(self, inss: Sequence[str]) -> Mapping[str, list[Line]]:
        """Explained lines by person; of no person: those not tied to one, under an empty name."""
        rows = self.evidence.lines(self.quarter, self.employer, inss)
        around = self._around(rows, inss)
        self._learn(rows)
        files = {f["file_id"]: f["file_name"] for f in self._forms if f["file_name"]}
        found: dict[str, list[Line]] = {}
        for row in rows:
            if self._is_wanted(row):
                line = line_of(row, self.formulas, files, around)
                found.setdefault(row["inss"] or "", []).append(line)
        return found

    @cached_property
    def _forms(self) -> Sequence[Row]:
        return self.evidence.forms(self.quarter, self.employer)

    def _is_wanted(self, row: Row) -> bool:
        """Whether it has the code that was asked for; a line without one has its worker's."""
        code = row["code"] or row["worker_code"] or ""
        wanted = self.question.code
        return wanted is None or code.lstrip("0") == wanted.lstrip("0")

    def _around(self, rows: Sequence[Row], inss: Sequence[str]) -> Around:
        if not inss:
            vehicles = self.evidence.vehicles(self.quarter, self.employer)
            return Around(self.question.quarter, rows, vehicles=vehicles)
        blocks = ("worker_record", "occupation", "remun", "service")
        tables = [self.evidence.block(b, self.quarter, self.employer, inss) for b in blocks]
        return Around(self.question.quarter, rows, *tables)

    def _learn(self, rows: Sequence[Row]) -> None:
        """Reads the formulas that were not met yet."""
        names = sorted({r["formula"] for r in rows if r["formula"]} - self.formulas.keys())
        for row in self.evidence.formulas(names) if names else ():
            self.formulas[row["formula"]] = read(row)
