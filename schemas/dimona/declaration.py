"""The Dimona as one table: a row for each form, whichever action it carries.

The columns of a start, an end, a change, a cancellation and a daily registration have one name
each, wherever their zone stands in the form. What an action does not have is null. Flags say
whether a block stands in the form at all, where an empty block is something else than none.
"""

import pyarrow as pa

from schemas.core import PLACE
from schemas.tables import Column, Table

ACTIONS = {
    "dimona_in": "IN",
    "dimona_out": "OUT",
    "dimona_update": "UPDATE",
    "dimona_cancel": "CANCEL",
    "daily_registration_declaration": "DAILY",
}
"""The action that each block of a form stands for, by name of the block's table."""

OPEN_END = "9999-12-31"
"""The ending date by which an UPDATE removes the end of a period (zone 00911)."""


def _zone(name: str, zone: str | None, comment: str, of: pa.DataType | None = None) -> Column:
    kind = of or pa.string()
    return Column(name, kind, kind, comment, zone)


def _day(name: str, zone: str, comment: str) -> Column:
    return _zone(name, zone, comment, pa.date32())


def _number(name: str, zone: str, comment: str) -> Column:
    return _zone(name, zone, comment, pa.int64())


def _flag(name: str, comment: str) -> Column:
    return _zone(name, None, comment, pa.bool_())


def _address(prefix: str, whose: str) -> tuple[Column, ...]:
    return (
        _flag(f"has_{prefix}_address", f"The form has the block Address of {whose}"),
        _zone(f"{prefix}_street", "00517", f"Street of {whose}"),
        _zone(f"{prefix}_house_nbr", "00518", f"House number of {whose}"),
        _zone(f"{prefix}_post_box", "00519", f"Post box of {whose}"),
        _zone(f"{prefix}_zip_code", "00520", f"Postal code of {whose}"),
        _zone(f"{prefix}_city", "00522", f"City of {whose}"),
        _zone(f"{prefix}_country", "00523", f"Country of {whose}, 5 digits"),
    )


_FORM = (
    _zone("action", None, "IN, OUT, UPDATE, CANCEL, DAILY; null: the form carries no action"),
    _day("form_creation_date", "00218", "Date on which the form was made"),
    _zone("form_creation_hour", "00299", "Time at which the form was made, hh:mm:ss.SSS"),
    _zone("attestation_status", "00110", "Status of the form"),
    _zone("daily_status", "00110", "Daily registration: 0 create, 1 change, 3 cancel"),
    _zone("type_form", "00297", "Type of form"),
    _zone("own_reference", "00222", "Reference of type 1: of this form"),
    _zone("refused_reference", "00222", "Reference of type 6: of the refused declaration"),
    _zone("employer_reference", "00222", "Reference of type 7: of the employer"),
    _zone("worker_reference", "00222", "Reference of type 8: of the worker"),
    _flag("reference_repeated", "The form has two references of one type"),
)

_PERIOD = (
    _zone("period_id", "00913", "Number of the Dimona period that the form names"),
    _zone("registration_id", "01085", "Number of the daily registration that the form names"),
    _day("starting_date", "00910", "Start"),
    _zone("starting_hour", "00777", "Hour of the start, HHMM"),
    _day("ending_date", "00911", "End; 9999-12-31 in an UPDATE removes it"),
    _zone("ending_hour", "00778", "Hour of the end, HHMM"),
    _number("planned_hours", "01135", "Planned hours"),
    _number("planned_days", "01017", "Planned days"),
)

_EMPLOYER = (
    _flag("has_employer", "The form has the block EmployerId"),
    _zone("noss", "00011", "NSSO number, 9 digits"),
    _zone("provisional_noss", "00948", "Provisional NSSO number, 10 digits"),
    _zone("company", "00014", "Enterprise number, 10 digits"),
    _zone(
        "employer",
        None,
        "Employer as key: NSSO number on 9 digits; else the provisional NSSO number, or the"
        " enterprise number, on 10; null where the form gives none",
    ),
)

_PERSON = (
    _flag("has_person", "The form has the block NaturalPerson"),
    _zone("inss", "00024", "INSS of the worker, 11 digits; null where absent or 0 (unknown)"),
    _zone("worker_name", "00025", "Surname"),
    _zone("worker_first_name", "00026", "First name"),
    _zone("worker_initial", "00027", "Initial of the second first name"),
    _zone("worker_birthdate", "00028", "Date of birth as text; its month and day may be 00"),
    _zone("worker_birthplace", "00168", "Place of birth"),
    _zone("worker_birthplace_country", "00169", "Country of birth, 5 digits"),
    _zone("worker_sex", "00029", "Sex"),
    _zone("worker_street", "00030", "Street"),
    _zone("worker_house_nbr", "00031", "House number"),
    _zone("worker_post_box", "00032", "Post box"),
    _zone("worker_zip_code", "00033", "Postal code"),
    _zone("worker_city", "00034", "City"),
    _zone("worker_country", "00035", "Country, 5 digits"),
    _zone("nationality", "00119", "Nationality"),
)

_FEATURES = (
    _flag("has_features", "The form has the block DimonaFeatures"),
    _zone("joint_committee", "00046", "Joint committee, own"),
    _zone("worker_type", "00655", "Type of worker"),
    _zone("sub_entity", "00652", "Number of the sub-entity"),
    _flag("has_user", "The form has the block UsingEmployer"),
    _zone("user_joint_committee", "00046", "Joint committee of the user of an agency worker"),
    _zone("user_name", "00153", "Name of the user"),
    _zone("user_company", "00131", "Enterprise number of the user, 10 digits"),
    *_address("user", "the user"),
)

_BESIDES = (
    _flag("has_cards", "The form has the block ConstructionControlCards"),
    _zone("first_month_card", "00663", "Number of the C3.2A card of the first month"),
    _zone("next_month_card", "00664", "Number of the C3.2A card of the next month"),
    _flag("has_place", "The form has the block StudentPlaceOfWork"),
    _zone("place_denomination", "00776", "Name of a student's place of work"),
    *_address("place", "a student's place of work"),
    _flag("has_small_statute", "The form has the block SmallStatutesInformation"),
    _zone("employment_nature", "01231", "Nature of the work"),
    _zone("activity_with_risk", "00041", "Activity with risk"),
    _zone("worker_status", "00053", "Status of the worker"),
)

DECLARATION = Table(
    "dimona",
    "declaration",
    "One row per Dimona form: what its action says, in the same columns for every action",
    (*PLACE, *_FORM, *_PERIOD, *_EMPLOYER, *_PERSON, *_FEATURES, *_BESIDES),
)
