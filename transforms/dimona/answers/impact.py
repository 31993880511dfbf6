"""What an accepted declaration changed: the period, or the daily registration, before and after.

What became of a period that is cancelled is told by there being none afterwards (derived: the
schema has no flag there). Control cards and addresses are kept in the log alone, so only a start
tells them.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from transforms.dimona.answers.given import Given
from transforms.dimona.answers.markup import Texts, block, element, escaped, flag, together, where

Column = Callable[[str], pa.Array]
"""A column by its name, whichever table it is of."""

NOT_TOLD = ("ALT",)
"""Types of worker of a declaration (release 2023/1) that the schema of an answer (release 2022/3)
does not know: the type is left out."""

_ADDRESS = {
    "Street": "street",
    "HouseNbr": "house_nbr",
    "PostBox": "post_box",
    "ZIPCode": "zip_code",
    "City": "city",
    "Country": "country",
}


def impact_report(given: Given) -> Texts:
    """The block ImpactReport; null where nothing changed."""
    return block(
        "ImpactReport",
        where(pc.invert(given.action_is("DAILY")), _period(given)),
        where(given.action_is("DAILY"), _registration(given)),
    )


def _period(given: Given) -> Texts:
    periods = given.of_periods

    def told(name: str) -> pa.Array:
        return pc.coalesce(periods.column(name), _of_starts(given, name))

    def of_starts(name: str) -> pa.Array:
        return _of_starts(given, name)

    report = together(
        element("DimonaPeriodId", given.said("of_period")),
        flag("IsLocked", periods.column("is_locked")),
        features(told, address(of_starts, "user")),
        block(
            "ConstructionControlCards",
            element("FirstMonthC32ANbr", of_starts("first_month_card")),
            element("NextMonthC32ANbr", of_starts("next_month_card")),
        ),
        block(
            "StudentPlaceOfWork",
            element("Denomination", escaped(of_starts("place_denomination"))),
            address(of_starts, "place"),
        ),
        small_statutes(told),
        block("DimonaPeriodBefore", *span(given.said, "before_")),
        where(
            pc.invert(given.action_is("CANCEL")),
            block("DimonaPeriodAfter", *span(given.said, "after_")),
        ),
    )
    return element("DimonaImpactReport", pc.if_else(given.accepted, report, None))


def _of_starts(given: Given, name: str) -> pa.Array:
    """What the declaration says itself, where it is a start."""
    return pc.if_else(given.action_is("IN"), given.said(name), None)


def features(column: Column, *user_address: Texts) -> Texts:
    """The block DimonaFeatures of a period."""
    types = column("worker_type")
    types = pc.if_else(pc.is_in(types, value_set=pa.array(NOT_TOLD)), None, types)
    user = block(
        "UsingEmployer",
        element("JointCommissionNbr", column("user_joint_committee")),
        element("UsingEmployerName", escaped(column("user_name"))),
        element("UsingEmployerCompanyID", column("user_company")),
        *user_address,
    )
    return block(
        "DimonaFeatures",
        element("JointCommissionNbr", column("joint_committee")),
        element("WorkerType", types),
        element("SubEntityNbr", column("sub_entity")),
        user,
    )


def small_statutes(column: Column) -> Texts:
    """The block SmallStatutesInformation of a period."""
    return block(
        "SmallStatutesInformation",
        element("EmploymentNature", column("employment_nature")),
        element("ActivityWithRisk", column("activity_with_risk")),
        element("WorkerStatus", column("worker_status")),
    )


def address(column: Column, prefix: str) -> Texts:
    """The block Address."""
    zones = (element(tag, escaped(column(f"{prefix}_{name}"))) for tag, name in _ADDRESS.items())
    return block("Address", *zones)


def span(column: Column, prefix: str = "") -> tuple[Texts, ...]:
    """When a period runs, and how much of it is planned: hours or days, not both."""
    hours = column(f"{prefix}planned_hours")
    days = pc.if_else(pc.is_valid(hours), None, column(f"{prefix}planned_days"))
    return (
        *_times(column, prefix),
        element("PlannedHoursNbr", hours),
        element("PlannedDaysNbr", days),
    )


def _times(column: Column, prefix: str = "") -> tuple[Texts, ...]:
    return (
        element("StartingDate", column(f"{prefix}starting_date")),
        element("StartingHour", column(f"{prefix}starting_hour")),
        element("EndingDate", column(f"{prefix}ending_date")),
        element("EndingHour", column(f"{prefix}ending_hour")),
    )


def _registration(given: Given) -> Texts:
    """How a daily registration is afterwards, where nothing changed it since; how it was before is
    not kept."""
    wanted = pc.if_else(given.accepted, given.said("of_registration"), None)
    days = given.beside(given.registrations, "registration_id", wanted)
    untouched = pc.equal(days.column("last_receipt"), given.said("receipt"))
    remains = pc.not_equal(given.said("daily_status"), CANCELS)
    report = together(
        element("DailyRegistrationId", given.said("of_registration")),
        element("AttestationStatus", given.said("daily_status")),
        element("DimonaPeriodId", given.said("of_period")),
        where(pc.and_(untouched, remains), block("DailyRegistrationAfter", *_times(days.column))),
    )
    return element("DailyRegistrationDclImpactReport", pc.if_else(given.accepted, report, None))


CANCELS = "3"
"""Status of a daily registration that takes it back (zone 00110)."""
