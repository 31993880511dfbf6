"""What rules of the Dimona may ask for beside the declaration itself.

Most of it stands beside the declarations, row by row, put there by whoever holds the register or
the directory: null where there is nothing. Whatever is not handed in makes the rules that need it
not run.
"""

import pyarrow as pa

from schemas.dimona.declaration import DECLARATION
from schemas.rules import Dataset
from schemas.tables import Column, Table, day, moment, text, whole


def _flag(name: str, comment: str) -> Column:
    return Column(name, pa.bool_(), pa.bool_(), comment)


def _beside(name: str, comment: str, *columns: Column) -> Dataset:
    return Dataset(Table("dimona", name, comment, columns), DECLARATION.name)


_TIME = (
    day("starting_date", "Start"),
    text("starting_hour", "Hour of the start, HHMM"),
    day("ending_date", "End; null while it is open"),
    text("ending_hour", "Hour of the end, HHMM"),
)

_WHO = (
    text("employer", "Employer, as in the declaration"),
    text("inss", "Worker: INSS number"),
    text("worker_type", "Type of worker"),
    text("joint_committee", "Joint committee, own"),
    text("user_joint_committee", "Joint committee of the user of an agency worker"),
)

_PLANNED = (whole("planned_hours", "Planned hours"), whole("planned_days", "Planned days"))

STORED_PERIOD = Table(
    "dimona",
    "periods",
    "Periods as they are known; as a table of its own, those that are not cancelled",
    (
        text("period_id", "Number of the Dimona period"),
        *_WHO,
        text("noss", "NSSO number, 9 digits"),
        text("provisional_noss", "Provisional NSSO number, 10 digits"),
        text("company", "Enterprise number, 10 digits"),
        *_TIME,
        *_PLANNED,
        _flag("is_cancelled", "Cancelled"),
        _flag("is_locked", "Entered by an agent of NSSO"),
        _flag("has_blocking_anomaly", "Carries an anomaly of class B"),
    ),
)

STORED_REGISTRATION = Table(
    "dimona",
    "registrations",
    "Daily registrations as they are known; as a table of its own, those that are not cancelled",
    (
        text("registration_id", "Number of the daily registration"),
        text("period_id", "Number of the Dimona period"),
        *_TIME,
        _flag("is_cancelled", "Cancelled"),
    ),
)


def _prefixed(prefix: str, columns: tuple[Column, ...], of: str) -> tuple[Column, ...]:
    return tuple(
        Column(prefix + c.name, c.inside, c.rest, f"{of}: {c.comment[0].lower()}{c.comment[1:]}")
        for c in columns
    )


AFTER = (*_WHO, *_TIME, *_PLANNED)
"""Columns of a period that a declaration may make or change."""

PERIOD = _beside(
    "period",
    "The stored period that a declaration names, and the period as it would be afterwards",
    _flag("period_known", "There is such a period; null where the declaration names none"),
    *_prefixed("period_", STORED_PERIOD.columns[1:], "Stored period"),
    *_prefixed("after_", AFTER, "Afterwards"),
)

REGISTRATION = _beside(
    "registration",
    "The stored daily registration that a declaration names",
    _flag("registration_known", "There is such a registration; null where none is named"),
    *_prefixed("registration_", STORED_REGISTRATION.columns[1:], "Stored registration"),
)

RECEPTION = _beside(
    "reception",
    "When the declaration was received",
    moment("received_at", "Moment of the reception"),
    day("received_on", "Its day in Belgium"),
)

CHANNEL = _beside(
    "channel",
    "How the declaration was received",
    _flag("secured_channel", "It came through a secured channel"),
)

LATENESS = _beside(
    "lateness",
    "Whether the declaration came in time",
    moment("deadline", "Last moment; null where none is known"),
    _flag("late", "Received after it; null where no deadline is known"),
)

PERSON_REGISTER = _beside(
    "person_register",
    "Who the register of persons holds for the declared worker",
    _flag("person_found", "The identity leads to one person"),
    text("person_name", "Surname"),
    text("person_first_name", "First name"),
    text("person_birthdate", "Date of birth"),
    text("person_sex", "Sex"),
)

EMPLOYER_DIRECTORY = _beside(
    "employer_directory",
    "What the directory of employers holds for the declared employer",
    _flag("directory_found", "The numbers lead to one employer"),
    _flag("directory_noss_known", "The NSSO number is known; null where none is declared"),
    _flag("directory_provisional_known", "The provisional number is known; null where none is"),
    _flag("directory_company_known", "The enterprise number is known; null where none is declared"),
    _flag("directory_user_known", "The enterprise number of the user is known; null as above"),
    text("directory_company", "Enterprise number held for the NSSO number"),
    _flag("directory_is_active", "A registration covers the period"),
    _flag("directory_is_local_authority", "Provincial or local authority"),
    _flag("directory_admits_type", "The type of worker is admitted for this employer"),
    _flag("directory_has_sub_entities", "Declares by sub-entity"),
    _flag("directory_registers_daily", "Chose to register days in the Dimona"),
    _flag("directory_secured_only", "Accepts declarations through secured channels only"),
)

MANDATES = _beside(
    "mandates",
    "Whether the sender may declare for the employer",
    _flag("mandate_held", "The sender is the employer, or holds a mandate on that day"),
)

QUOTA_USE = _beside(
    "quota_use",
    "What was used of quotas before the declaration, and what it adds",
    whole("student_hours_used", "Hours of the student in the year, all employers"),
    whole("student_hours_added", "Hours that the declaration adds"),
    whole("casual_days_used", "Days of the casual worker in the year, all employers"),
    whole("casual_days_added", "Days that the declaration adds for the worker"),
    whole("employer_casual_days_used", "Days of casual work at the employer in the year"),
    whole("employer_casual_days_added", "Days that the declaration adds for the employer"),
)

CAREER = _beside(
    "career",
    "What other declarations tell of a worker with a flexi-job",
    _flag("career_four_fifths", "Worked 4/5 elsewhere three quarters before"),
    _flag("career_flexi_admitted", "Nothing else stands in the way of a flexi-job"),
)

DATASETS = (
    Dataset(DECLARATION),
    PERIOD,
    REGISTRATION,
    Dataset(STORED_PERIOD),
    Dataset(STORED_REGISTRATION),
    RECEPTION,
    CHANNEL,
    LATENESS,
    PERSON_REGISTER,
    EMPLOYER_DIRECTORY,
    MANDATES,
    QUOTA_USE,
    CAREER,
)
"""Everything that rules may need, by name of its table."""
