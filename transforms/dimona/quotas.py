"""What declarations count for which quota, and what of it is beyond it, in order of reception.

A student's planned hours count in the year of the start, over all employers; those declared late
never do: all of them are beyond the quota (NSSO, Students - Dimona). A casual worker in hotels and
catering counts a day for each day on which work starts: two hours are a day, and a night over two
dates is one. Days for an agency count for the user too, whose NSSO number the declaration does not
give: they are left out of the days of an employer. These quotas only warn. Those of article 17
refuse, but their hours were not found, so nothing is computed for them.
"""

from dataclasses import dataclass

from transforms.rules.conditions import Condition, parse


@dataclass(frozen=True, slots=True)
class Quota:
    """``name``: its type in answers (zone 01018). ``by``: whose it is, in each calendar year.
    ``adds``: the column of hours that counts, or None for days. ``limit``: in the rate book."""

    name: str
    when: Condition
    by: tuple[str, ...]
    adds: str | None
    limit: str


_HORECA = {"action": "IN", "worker_type": "EXT", "joint_committee": "302"}
_AGENCY = {**_HORECA, "joint_committee": "322", "user_joint_committee": "302"}

EMPLOYERS = Quota(
    "HORECA_EMPLOYER", parse(_HORECA), ("employer",), None, "horeca_casual_days_employer"
)
"""Days of an employer: the one quota that spans workers."""

QUOTAS = (
    Quota(
        "STUDENT",
        parse({"action": "IN", "worker_type": "STU"}),
        ("inss",),
        "planned_hours",
        "student_hours_quota",
    ),
    Quota("HORECA_WORKER", parse([_HORECA, _AGENCY]), ("inss",), None, "horeca_casual_days_worker"),
    EMPLOYERS,
)
"""Quotas of which the limit is known."""

NOT_COMPUTED = (
    *("A17_PUBTV", "A17_YEAR_SPORT", "A17_QUARTER_SPORT", "A17_STUDENT_SPORT"),
    *("A17_YEAR_OTHER", "A17_QUARTER_OTHER", "A17_STUDENT_OTHER"),
)
"""Quotas of article 17: their hours were not found."""
