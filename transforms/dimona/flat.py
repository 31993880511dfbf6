"""Block tables of the Dimona to one row for each form (``schemas.dimona.declaration``)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.declaration import ACTIONS, DECLARATION
from transforms.shredded import Rows, Shredded

Places = tuple[tuple[str, str], ...]
"""Tables and columns where one zone may stand; a form fills at most one of them."""

_EMPLOYERS = tuple(f"{block}_employer_id" for block in tuple(ACTIONS)[:4])
_DATED = ("dimona_in", "dimona_update", "daily_registration_declaration")


def _in(tables: Sequence[str], column: str) -> Places:
    return tuple((table, column) for table in tables)


def _address(table: str, prefix: str) -> dict[str, Places]:
    names = ("street", "house_nbr", "post_box", "zip_code", "city", "country")
    return {f"{prefix}_{name}": ((table, name),) for name in names}


PLACES: Mapping[str, Places] = {
    "period_id": _in(tuple(ACTIONS)[1:], "dimona_period_id"),
    "registration_id": (("daily_registration_declaration", "daily_registration_id"),),
    "daily_status": (("daily_registration_declaration", "attestation_status"),),
    "starting_date": _in(_DATED, "starting_date"),
    "starting_hour": _in(_DATED, "starting_hour"),
    "ending_date": _in((*_DATED, "dimona_out"), "ending_date"),
    "ending_hour": _in(_DATED, "ending_hour"),
    "planned_hours": _in(("dimona_in", "dimona_update"), "planned_hours_nbr"),
    "planned_days": _in(("dimona_in", "dimona_update"), "planned_days_nbr"),
    "noss": _in(_EMPLOYERS, "noss_registration_nbr"),
    "provisional_noss": _in(_EMPLOYERS, "provisional_nsso_nbr"),
    "company": _in(_EMPLOYERS, "company_id"),
    "inss": _in(("natural_person", *tuple(ACTIONS)[1:4]), "inss"),
    "joint_committee": (("dimona_features", "joint_commission_nbr"),),
    "worker_type": (("dimona_features", "worker_type"),),
    "sub_entity": (("dimona_features", "sub_entity_nbr"),),
    "user_joint_committee": (("using_employer", "joint_commission_nbr"),),
    "user_name": (("using_employer", "using_employer_name"),),
    "user_company": (("using_employer", "using_employer_company_id"),),
    **_address("using_employer_address", "user"),
    "first_month_card": (("construction_control_cards", "first_month_c32_a_nbr"),),
    "next_month_card": (("construction_control_cards", "next_month_c32_a_nbr"),),
    "place_denomination": (("student_place_of_work", "denomination"),),
    **_address("student_place_of_work_address", "place"),
    "employment_nature": (("small_statutes_information", "employment_nature"),),
    "activity_with_risk": (("small_statutes_information", "activity_with_risk"),),
    "worker_status": (("small_statutes_information", "worker_status"),),
}

HEAD = (
    *("file_id", "form_no", "line"),
    *("form_creation_date", "form_creation_hour", "attestation_status", "type_form"),
)
"""Columns of the form itself, called so in its table too."""

IDENTITY = (
    *("worker_name", "worker_first_name", "worker_initial", "worker_birthdate"),
    *("worker_birthplace", "worker_birthplace_country", "worker_sex", "worker_street"),
    *("worker_house_nbr", "worker_post_box", "worker_zip_code", "worker_city"),
    *("worker_country", "nationality"),
)
"""Columns of a person, called so in its table too."""

_WIDTHS = {
    "noss": 9,
    "provisional_noss": 10,
    "company": 10,
    "user_company": 10,
    "attestation_status": 1,
    "daily_status": 1,
}
"""Digits of numbers that may be written with fewer or more zeros."""

FLAGS: Mapping[str, tuple[str, ...]] = {
    "has_employer": _EMPLOYERS,
    "has_person": ("natural_person",),
    "has_features": ("dimona_features",),
    "has_user": ("using_employer",),
    "has_user_address": ("using_employer_address",),
    "has_cards": ("construction_control_cards",),
    "has_place": ("student_place_of_work",),
    "has_place_address": ("student_place_of_work_address",),
    "has_small_statute": ("small_statutes_information",),
}

REFERENCES = {
    "1": "own_reference",
    "6": "refused_reference",
    "7": "employer_reference",
    "8": "worker_reference",
}
"""Column by reference type (zone 00221)."""


class _Forms:
    """Where the blocks of each form stand: row of a table by form, -1 for none."""

    def __init__(self, shredded: Shredded) -> None:
        self.shredded = shredded
        self.count = shredded.tables["form"].num_rows
        self._rows: dict[str, Rows] = {}

    def rows(self, table: str) -> Rows:
        if table not in self._rows:
            row = np.full(self.count, -1, dtype=np.int64)
            if self.shredded.has(table):
                owners = self.shredded.owners(table, "form")
                row[owners] = np.arange(len(owners))
            self._rows[table] = row
        return self._rows[table]

    def column(self, places: Places) -> pa.Array:
        """What stands at the one place of each form that is filled."""
        arrays, index, offset = [], np.full(self.count, -1, dtype=np.int64), 0
        for table, column in places:
            if self.shredded.has(table, column):
                array, row = self.shredded.column(table, column), self.rows(table)
                index = np.where(row >= 0, row + offset, index)
                offset += len(array)
                arrays.append(array)
        return pa.concat_arrays(arrays).take(pa.array(index, mask=index < 0))

    def flag(self, tables: Sequence[str]) -> pa.Array:
        return pa.array(np.any([self.rows(table) >= 0 for table in tables], axis=0))


def messages(shredded: Shredded) -> pa.Table:
    """Rows of ``dimona.declaration``, one for each form, in the order of the forms."""
    forms = _Forms(shredded)
    built = {name: forms.column(places) for name, places in PLACES.items()}
    built |= {name: forms.flag(tables) for name, tables in FLAGS.items()}
    built |= {name: forms.column((("natural_person", name),)) for name in IDENTITY}
    built |= {name: shredded.column("form", name) for name in HEAD}
    built |= _references(forms)
    built["inss"] = _unless_zero(built["inss"])
    for name, width in _WIDTHS.items():
        built[name] = _padded(built[name], width)
    built["action"] = _action(forms)
    built["employer"] = employer(built["noss"], built["provisional_noss"], built["company"])
    names = DECLARATION.inside.names
    return pa.table([built[name] for name in names], schema=DECLARATION.inside)


def _action(forms: _Forms) -> pa.Array:
    number = np.full(forms.count, -1, dtype=np.int64)
    for i, block in enumerate(ACTIONS):
        number[forms.rows(block) >= 0] = i
    return pa.array(list(ACTIONS.values())).take(pa.array(number, mask=number < 0))


def _references(forms: _Forms) -> dict[str, pa.Array]:
    """The reference of each type, the last one of a type, and whether a type stands twice."""
    shredded = forms.shredded
    types = pc.utf8_ltrim(shredded.column("reference", "reference_type"), "+0")
    numbers = shredded.column("reference", "reference_nbr")
    owners = shredded.owners("reference", "form")
    built, repeated = {}, np.zeros(forms.count, dtype=np.bool_)
    for kind, name in REFERENCES.items():
        rows = np.flatnonzero(np.asarray(pc.fill_null(pc.equal(types, kind), False)))
        row = np.full(forms.count, -1, dtype=np.int64)
        row[owners[rows]] = rows
        built[name] = numbers.take(pa.array(row, mask=row < 0))
        repeated |= np.bincount(owners[rows], minlength=forms.count) > 1
    return {**built, "reference_repeated": pa.array(repeated)}


def _unless_zero(numbers: pa.Array) -> pa.Array:
    """Null where nothing but zeros stands: the number is not known."""
    return pc.if_else(pc.equal(pc.utf8_ltrim(numbers, "0"), ""), None, numbers)


def employer(noss: pa.Array, provisional: pa.Array, company: pa.Array) -> pa.Array:
    """The key of the employer as the DmfA makes it (``transforms.assemble.employer_key``), with
    the provisional NSSO number where that is what there is; null where there is none."""
    parts = ((noss, 9), (provisional, 10), (company, 10))
    return pc.coalesce(*(_unless_zero(_padded(numbers, width)) for numbers, width in parts))


def _padded(numbers: pa.Array, width: int) -> pa.Array:
    return pc.utf8_lpad(pc.utf8_ltrim(numbers, "+-0"), width, "0")
