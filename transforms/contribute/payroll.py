"""The declared quarter as the families read it: pay, time and category of each occupation.

Everything is laid out by row of the block tables and computed once, when first asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.quarter import Quarter
from transforms.contribute.claim import Doubts
from transforms.contribute.codes import Coded, CodeLists, code_lists
from transforms.contribute.lines import Lines
from transforms.contribute.rules import family
from transforms.contribute.standing import Standing, standing
from transforms.exact import Exact, Truth
from transforms.formula import Column
from transforms.money import Cents, sum_by
from transforms.rates.book import Confidence, RateBook
from transforms.reference import NOTHING, UNKNOWN, Reference
from transforms.shredded import Rows, Shredded

NOT_COVERED = "no rule for this worker code in this employer class yet"
OPEN_CATEGORY = "the joint committee leaves the structural category open"
_WEEKS = 13
CATEGORIES = ("category_1", "category_2", "category_3_moderated", "category_3_unmoderated")
UNDECIDED, NOT_MODELLED = -1, -2
"""Category of records whose committees leave it open, and of those no ordinary rule covers."""
_WEEKDAYS = 5
_UNBORN = 9999_12_31
"""A date of birth after every day that is asked about."""


@dataclass
class Payroll:
    """One set of forms in a quarter, the lines they declare, the law, and what else is known."""

    shredded: Shredded
    lines: Lines
    quarter: Quarter
    book: RateBook
    reference: Reference = NOTHING
    lists: CodeLists = field(default_factory=code_lists)

    # --- tables and owners ---------------------------------------------------------------------

    @cached_property
    def records(self) -> int:
        return int(self.shredded.tables["worker_record"].num_rows)

    @cached_property
    def occupations(self) -> int:
        return int(self.shredded.tables["occupation"].num_rows)

    @cached_property
    def record_of(self) -> Rows:
        """Worker record of each occupation."""
        return self.shredded.owners("occupation", "worker_record")

    @cached_property
    def person_of(self) -> Rows:
        """Natural person of each worker record."""
        return self.shredded.owners("worker_record", "natural_person")

    @cached_property
    def occupations_of(self) -> Rows:
        """How many occupations each record has."""
        return np.bincount(self.record_of, minlength=self.records)

    @cached_property
    def records_of_person(self) -> Rows:
        """For each record, how many records its person has in the declaration."""
        return np.bincount(self.person_of, minlength=self.records)[self.person_of]

    def codes(self, table: str, column: str) -> Coded:
        return Coded(self.shredded.tables[table].column(column))

    def listed(self, name: str) -> Mapping[str, Confidence]:
        """A code list in this quarter."""
        return self.lists.of(name, self.quarter)

    # --- pay -----------------------------------------------------------------------------------

    @cached_property
    def _remuneration(self) -> tuple[Rows, Coded, Cents]:
        return (
            self.shredded.owners("remun", "occupation"),
            self.codes("remun", "remun_code"),
            self.shredded.numbers("remun", "remun_amount"),
        )

    def pay(self, name: str) -> Cents:
        """Pay of each occupation under the remuneration codes of a list, in cents."""
        owner, codes, amounts = self._remuneration
        counted = codes.among(self.listed(name))
        return sum_by(owner[counted], amounts[counted], self.occupations)

    @cached_property
    def subject(self) -> Cents:
        """Pay of each occupation that is subject to contributions."""
        return self.pay("remuneration_subject")

    @cached_property
    def subject_of_record(self) -> Cents:
        return self.by_record(self.subject)

    @cached_property
    def pay_of_record(self) -> Cents:
        """Pay subject to contributions of each record, that of students included."""
        table = "student_contribution"
        owner = self.shredded.owners(table, "worker_record")
        pay = self.shredded.numbers(table, "student_remun_amount")
        return self.subject_of_record + sum_by(owner, pay, self.records)

    @cached_property
    def doubtful_pay(self) -> Truth:
        """Records with pay of which only an unverified list says that it counts."""
        owner, codes, _ = self._remuneration
        marks = self.listed("remuneration_subject")
        doubtful = {code for code, mark in marks.items() if mark is Confidence.unverified}
        found = np.zeros(self.records, dtype=np.bool_)
        found[self.record_of[owner[codes.among(doubtful)]]] = True
        return found

    @cached_property
    def basis(self) -> Cents:
        """Contribution basis of each occupation: its pay at 100 or 108 %."""
        span = self.quarter.first_day, self.quarter.last_day
        point = family("ordinary").rounding("base", *span)
        assert point is not None
        uplift = Fraction(self.book.parameters["manual_base_uplift"].at(self.quarter).value)
        raised = (Exact(self.subject, 100) * uplift).rounded(Fraction(point.to))
        return np.where(self.manual[self.record_of], raised.whole(100), self.subject)

    @cached_property
    def granted(self) -> Cents:
        """Reductions of each occupation so far; the families add theirs in their order."""
        return np.zeros(self.occupations, dtype=np.int64)

    def by_record(self, values: Column) -> Column:
        """Sums of what occupations have, by worker record."""
        return sum_by(self.record_of, values, self.records)

    # --- who -----------------------------------------------------------------------------------

    @cached_property
    def worker_codes(self) -> Coded:
        return self.codes("worker_record", "worker_code")

    @cached_property
    def manual(self) -> Truth:
        """Records of manual workers, whose pay counts at 108 %."""
        return self.workers("workers_manual") | self.workers("workers_manual_sheltered")

    @cached_property
    def white_collar(self) -> Truth:
        return self.workers("workers_white_collar") | self.workers("workers_white_collar_sheltered")

    @cached_property
    def sheltered(self) -> Truth:
        """Records of workers with a recognised disability: no wage moderation."""
        return self.workers("workers_manual_sheltered") | self.workers(
            "workers_white_collar_sheltered"
        )

    def workers(self, name: str) -> Truth:
        """Records whose worker code is in a list."""
        return self.worker_codes.among(self.listed(name))

    @cached_property
    def category(self) -> npt.NDArray[np.int8]:
        """Index into ``CATEGORIES`` of each record, ``UNDECIDED`` or ``NOT_MODELLED``.

        The reference table of employers decides; else the joint committees of the occupations, if
        all say the same.
        """
        lowest = np.full(self.records, len(CATEGORIES), dtype=np.int8)
        highest = np.full(self.records, UNDECIDED, dtype=np.int8)
        np.minimum.at(lowest, self.record_of, self._category_of_occupation)
        np.maximum.at(highest, self.record_of, self._category_of_occupation)
        found = np.where(lowest == highest, highest, UNDECIDED).astype(np.int8)
        found[self.occupations_of == 0] = UNDECIDED
        found = self._from_reference(found)
        found[(found == 2) & self.sheltered] = 3
        found[(found != 3) & self.sheltered] = UNDECIDED
        modelled = (self.manual | self.white_collar) & self.private
        found[~modelled] = NOT_MODELLED
        return found

    def uncovered(
        self,
        records: Rows,
        doubts: Doubts,
        needs_category: bool = True,
        but: Truth | bool = False,
    ) -> None:
        """Adds why the ordinary rules do not reach some records, one for each doubt."""
        doubts.add((self.category[records] == NOT_MODELLED) & np.logical_not(but), NOT_COVERED)
        if needs_category:
            doubts.add(self.category[records] == UNDECIDED, OPEN_CATEGORY)

    @cached_property
    def private(self) -> Truth:
        """Records in an employer class of the private sector with ordinary rates."""
        classes = self.codes("worker_record", "employer_class")
        return classes.among(self.listed("employer_classes_private"))

    @cached_property
    def committees(self) -> Coded:
        """First three digits of the joint committee of each occupation."""
        column = self.shredded.tables["occupation"].column("joint_commission_nbr")
        return Coded(pc.utf8_slice_codeunits(column, 0, 3))

    @cached_property
    def of_horeca(self) -> Truth:
        return self.committees.among(self.listed("committees_horeca"))

    @cached_property
    def agency(self) -> Truth:
        """Occupations at a recognised agency for temporary work."""
        column = self.shredded.tables["occupation"].column("joint_commission_nbr")
        return Coded(column).among(self.listed("committees_agency"))

    @cached_property
    def _category_of_occupation(self) -> npt.NDArray[np.int8]:
        found = np.zeros(self.occupations, dtype=np.int8)
        for number, name in ((1, "category_2"), (2, "category_3"), (UNDECIDED, "category_open")):
            found[self.committees.among(self.listed(f"committees_{name}"))] = number
        return found

    def _from_reference(self, found: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        said = self.employer_fact(self.reference.structural_category)
        return np.where(said == UNKNOWN, found, said - 1).astype(np.int8)

    def employer_fact(self, facts: Rows) -> Rows:
        """A column of the reference table of employers by worker record, ``UNKNOWN`` without."""
        return np.append(facts, UNKNOWN)[self._employer_rows]

    @cached_property
    def _employer_rows(self) -> Rows:
        """The row of each record's employer in the reference table, -1 without one."""
        employers = self.shredded.tables["worker_record"].column("employer")
        return self.reference.by_employer.find(employers)

    @cached_property
    def own_lines(self) -> Rows:
        """Contribution lines that carry the worker code of their own record."""
        lines = self.lines.of("worker_contribution")
        codes = self.worker_codes.texts_of(self.lines.record[lines])
        own = np.asarray(self.lines.code.texts_of(lines) == codes, dtype=np.bool_)
        return np.asarray(lines[own], dtype=np.int64)

    @cached_property
    def ages(self) -> Rows:
        """Age of the person of each record on the last day of the quarter, -1 when not known."""
        return self.ages_on(self.quarter.last_day)

    def ages_on(self, day: date) -> Rows:
        """Age of the person of each record on a day, -1 when not known."""
        today = (day.year * 100 + day.month) * 100 + day.day
        return np.maximum((today - self._born) // 10_000, -1)

    @cached_property
    def _born(self) -> Rows:
        people = self.shredded.tables["natural_person"].column("inss")
        return _births(people)[self.person_of]

    # --- time ----------------------------------------------------------------------------------

    @cached_property
    def part_time(self) -> Truth:
        """Occupations with fewer hours a week than the reference person."""
        return self._hours_of_worker < self._hours_of_reference

    @cached_property
    def _hours_of_reference(self) -> Rows:
        return self.shredded.numbers("occupation", "ref_mean_working_hours")

    @cached_property
    def _hours_of_worker(self) -> Rows:
        hours = self.shredded.column("occupation", "mean_working_hours")
        return np.asarray(pc.coalesce(hours, pa.array(self._hours_of_reference)), dtype=np.int64)

    @cached_property
    def week(self) -> Rows:
        """D or U in hundredths: days (full time) or hours (part time) of a full-time week."""
        days = self.shredded.numbers("occupation", "working_days_system")
        return np.where(self.part_time, self._hours_of_reference, days)

    @cached_property
    def _services(self) -> tuple[Rows, Coded, Rows]:
        owner = self.shredded.owners("service", "occupation")
        days = self.shredded.numbers("service", "service_nbr_days")
        hours = self.shredded.numbers("service", "service_nbr_hours")
        time = np.where(self.part_time[owner], hours, days)
        return owner, self.codes("service", "service_code"), time

    def time(self, name: str) -> Rows:
        """Days or hours (hundredths) of each occupation under the service codes of a list."""
        owner, codes, amounts = self._services
        counted = codes.among(self.listed(name))
        return sum_by(owner[counted], amounts[counted], self.occupations)

    @cached_property
    def time_unknown(self) -> Truth:
        """Occupations whose time is not declared as it has to be: a part-timer's service without
        hours, or hours a week without those of the reference person."""
        table = self.shredded.tables["occupation"]
        hours = table.column("mean_working_hours")
        lost = pc.and_(pc.is_valid(hours), pc.is_null(table.column("ref_mean_working_hours")))
        found = np.array(lost, dtype=np.bool_)
        owner, codes, _ = self._services
        listed = {*self.listed("services_paid"), *self.listed("services_counted")}
        absent = np.asarray(pc.is_null(self.shredded.column("service", "service_nbr_hours")))
        found[owner[codes.among(listed) & absent & self.part_time[owner]]] = True
        return found

    @cached_property
    def performance_unknown(self) -> Truth:
        """Occupations of persons one of whose occupations has an unknown time: so has mu."""
        person = self.person_of[self.record_of]
        persons = self.shredded.tables["natural_person"].num_rows
        return sum_by(person, self.time_unknown.astype(np.int64), persons)[person] > 0

    @cached_property
    def open_ceiling(self) -> Truth:
        """Occupations with a reduction that was not computed: what it leaves is not known."""
        return np.zeros(self.occupations, dtype=np.bool_)

    @cached_property
    def worked(self) -> Rows:
        """J or H."""
        return self.time("services_paid")

    @cached_property
    def counted(self) -> Rows:
        """X or Z."""
        return self.time("services_counted")

    @cached_property
    def mu_glob(self) -> Rows:
        """Sum of mu, in hundredths, over the occupations of the worker with this employer."""
        point = family("structural_reduction").rounding(
            "mu", self.quarter.first_day, self.quarter.last_day
        )
        assert point is not None
        full = np.maximum(self.week, 1) * _WEEKS
        mu = Exact(self.counted, full).rounded(Fraction(point.to), point.mode == "half-up")
        hundredths = np.where(self.excluded | (self.week == 0), 0, mu.whole(100))
        person = self.person_of[self.record_of]
        persons = self.shredded.tables["natural_person"].num_rows
        return sum_by(person, hundredths, persons)[person]

    @cached_property
    def excluded(self) -> Truth:
        """Occupations whose pay excludes them from every reduction."""
        owner, codes, _ = self._remuneration
        found = np.zeros(self.occupations, dtype=np.bool_)
        found[owner[codes.among(self.listed("remuneration_excluding"))]] = True
        return found

    @cached_property
    def standing(self) -> Standing:
        """Which declared deductions are excluded, and which of the others count."""
        return standing(self)

    @cached_property
    def whole_quarter(self) -> Truth:
        """Occupations that began by its first day and go on to its last day."""
        table = self.shredded.tables["occupation"]
        start = table.column("occupation_starting_date")
        end = table.column("occupation_ending_date")
        first, last = pa.scalar(self.quarter.first_day), pa.scalar(self.quarter.last_day)
        began = pc.fill_null(pc.less_equal(start, first), False)
        goes_on = pc.fill_null(pc.greater_equal(end, last), True)
        return np.asarray(pc.and_(began, goes_on), dtype=np.bool_)

    @cached_property
    def possible(self) -> Rows:
        """Days or hours (hundredths) that a full-time worker has in the quarter: its weekdays."""
        days = np.busday_count(self.quarter.first_day, self.quarter.next().first_day)
        return np.asarray(self.week * days // _WEEKDAYS, dtype=np.int64)


def _births(people: pa.ChunkedArray) -> Rows:
    """Dates of birth (yyyymmdd) from INSS numbers, ``_UNBORN`` where the number does not tell: the
    check digits tell the century."""
    digits = pc.utf8_ltrim(people.combine_chunks(), characters="+")
    numbers = np.asarray(pc.cast(digits, pa.int64()))
    body, check = numbers // 100, numbers % 100
    old = 97 - body % 97 == check
    year = np.where(old, 1900, 2000) + body // 10**7
    month = body // 10**5 % 100 % 20
    known = (month >= 1) & (month <= 12)
    born = (year * 100 + month) * 100 + body // 1000 % 100
    return np.where(known, born, _UNBORN)
