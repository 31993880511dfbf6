"""The register of the Dimona: what was declared, the periods that follow, and who works where.

Declarations are a log to which is only added. Periods, registrations and employments are made from
it: folding the log in order of receipt gives them again. Whatever is derived by us and not said by
a published text is marked so.
"""

import pyarrow as pa

from schemas.core import PLACE
from schemas.dimona.declaration import DECLARATION
from schemas.dimona.rule_data import STORED_PERIOD, STORED_REGISTRATION
from schemas.rules import FOUND
from schemas.tables import Column, Table, day, moment, text, texts, whole

OPEN, CLOSED, CANCELLED, PENDING = STATES = ("OPEN", "CLOSED", "CANCELLED", "PENDING")
"""Of a period (derived): without an end, with one, cancelled for good, and waiting for the
identification of its worker."""

ACCEPTED, WARNED, REFUSED, WAITING = RESULTS = ("A", "W", "B", "S")
"""Of a declaration, as the REST service of NSSO names them: accepted, accepted with a warning,
refused, and waiting for the identification of the worker."""

OF_EMPLOYERS = "HORECA_EMPLOYER"
"""The one quota whose owner is an employer; of all others it is a worker."""

MUTABLE = (
    *("starting_date", "starting_hour", "ending_date", "ending_hour"),
    *("planned_hours", "planned_days"),
)
"""Columns of a period that a declaration may change; the others stay as its start said them."""


def _flag(name: str, comment: str) -> Column:
    return Column(name, pa.bool_(), pa.bool_(), comment)


RECEIPT = (
    whole("receipt", "Number of the receipt, 1 to 9999999999: orders all receipts, never twice"),
    moment("received_at", "Moment of the reception"),
    text("ticket", "Ticket that NSSO gave the declaration (zone 00222, origin 2); null: none yet"),
)
"""What a reception adds to a declaration."""

MESSAGE = Table(
    "dimona",
    "message",
    "Declarations as they are handed to the register: what they say, and their receipt",
    (*DECLARATION.columns, *RECEIPT),
)

_ZONES = {c.name: c for c in DECLARATION.columns}


def _state(prefix: str, when: str) -> tuple[Column, ...]:
    """The period beside its declaration."""
    said = (_ZONES[name] for name in MUTABLE)
    return (
        text(f"{prefix}_state", f"State of the period {when}; null: there was none"),
        *(
            Column(f"{prefix}_{c.name}", c.inside, c.rest, f"{c.comment}, {when}", c.zone)
            for c in said
        ),
    )


LOG = Table(
    "dimona",
    "declaration",
    "The log: one row per declaration that was received, as it was received, and what became of it",
    (
        *MESSAGE.columns,
        text(
            "delivery",
            "What a second delivery is known by (derived): a digest of all that the form says,"
            " where it has a reference of its own; else file and number of the form",
        ),
        text("filed_employer", "Employer under which it was filed when it was received"),
        text("filed_inss", "Worker under whom it was filed then; null while not identified"),
        text("of_period", "Period that it names, or that it got"),
        text("of_registration", "Daily registration that it names, or that it got"),
        text(
            "result",
            "A accepted, W accepted with a warning (derived: any finding that does not refuse),"
            " B refused, S waiting for the identification of the worker",
        ),
        moment("deadline", "Last moment; null where none is known"),
        _flag("late", "Received after it; null where no deadline is known"),
        *_state("before", "before the declaration"),
        *_state("after", "after the declaration"),
    ),
)

LOG_KEYS = ("delivery", "receipt", "filed_employer", "filed_inss")
"""Columns of the log by which a message is known that was received before or comes behind."""

PERIOD = Table(
    "core",
    "period",
    "One row per Dimona period, as all declarations received so far leave it",
    (
        *STORED_PERIOD.columns,
        text("state", f"{', '.join(STATES)} (derived)"),
        Column(
            "is_late",
            pa.bool_(),
            pa.bool_(),
            "An accepted declaration of the period came late; stays so",
            "01097",
        ),
        text("sub_entity", "Number of the sub-entity"),
        text("user_name", "Name of the user of an agency worker"),
        text("user_company", "Enterprise number of that user, 10 digits"),
        text("employment_nature", "Small statutes: nature of the work"),
        text("activity_with_risk", "Small statutes: activity with risk"),
        text("worker_status", "Small statutes: status of the worker"),
        whole("first_receipt", "Receipt of its start"),
        whole("last_receipt", "Receipt of the last declaration that was accepted"),
        moment("last_update", "When that was received"),
        texts("anomalies", "Codes of what was found in its accepted declarations"),
    ),
)

REGISTRATION = Table(
    "core",
    "daily_registration",
    "One row per daily registration, as all declarations received so far leave it",
    (
        *STORED_REGISTRATION.columns,
        whole("first_receipt", "Receipt of the declaration that made it"),
        whole("last_receipt", "Receipt of the last declaration that was accepted"),
    ),
)

QUOTA_USE = Table(
    "dimona",
    "quota_use",
    "What a declaration adds to a quota (or takes back): used so far is the sum of what was before",
    (
        text("quota", "Type of the quota (zone 01018)"),
        text("owner", "INSS or employer whose quota it is"),
        whole("year", "Calendar year in which it counts"),
        text("counted", "Quota of days: INSS of the worker whose day it is; null for hours"),
        day("day", "Quota of days: the day, which counts once; null for hours"),
        whole("amount", "Hours or times that day that are added; below 0: taken back"),
        text("period_id", "Period that counts"),
        whole("receipt", "Declaration that did so"),
    ),
)

ALIAS = Table(
    "core",
    "alias",
    "Numbers of workers and employers that were replaced, and by which",
    (
        text("kind", "inss or employer"),
        text("outdated", "The number as it was"),
        text("valid", "The number that replaces it; it may be outdated itself"),
        day("since", "Day from which it is so (zone 00813)"),
        text("justification", "Code of the reason (zone 00536)"),
        *PLACE,
        whole("receipt", "Number of the receipt of the IDFLUX: a later one goes"),
    ),
)

FOUND_IN = Table(
    "dimona",
    "finding",
    "What rules found: one row for each declaration and code",
    (
        whole("receipt", "Receipt of the declaration"),
        *(c for c in FOUND.columns if c.name != "row"),
    ),
)

QUOTA_ANSWER = Table(
    "dimona",
    "quota_answer",
    "What a declaration that was accepted does to a quota",
    (
        whole("receipt", "Receipt of the declaration"),
        text("quota", "Type of the quota (zone 01018)"),
        text("owner", "INSS or employer whose quota it is"),
        whole("year", "Calendar year in which it counts"),
        whole("used", "Hours or days used before it"),
        whole("added", "Hours or days that it adds; below 0: gives back"),
        whole(
            "beyond",
            "What of it is beyond the quota (zone 01134), hours declared late among it; null where"
            " the limit of the year is not known",
        ),
    ),
)

REPEATED = Table(
    "dimona",
    "repeated_delivery",
    "Deliveries of what was received before: answered as the first one",
    (*PLACE, *RECEIPT, whole("first_receipt", "Receipt of the first delivery")),
)

PERIOD_NUMBER = Table(
    "core",
    "period_number",
    "Whose each period was when it began, in order of its number: where a number is found at once",
    (
        text("period_id", "Number of the Dimona period"),
        text("inss", "Worker: INSS number when it began; null while not identified"),
    ),
)

TABLES = (
    *(LOG, PERIOD, REGISTRATION, QUOTA_USE, QUOTA_ANSWER, ALIAS, FOUND_IN, REPEATED),
    PERIOD_NUMBER,
)
"""What is kept."""
