"""Block tables derived from the schema of a release."""

from pathlib import Path

import pyarrow as pa
import pytest
from declared import CATALOGUE, DMFA, Q1_2023, Q2_2022, RELEASES, release_of

from schemas.dimona import DIMONA
from schemas.kind import MessageKind, zone_facts
from schemas.kinds import MESSAGES
from schemas.layout import BlockTable, Layout, layout_of, merged, snake
from schemas.model import Block, Facets, Group, SchemaError, Zone, read_message
from schemas.quarter import Quarter
from schemas.tables import Column, Table


def layout(quarter: Quarter = Q1_2023) -> Layout:
    return release_of(quarter).layout


def named(name: str, tables: Layout) -> BlockTable:
    return next(block for block in tables if block.table.name == name)


def column(block: BlockTable, name: str) -> Column:
    return next(found for found in block.table.columns if found.name == name)


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("NOSSRegistrationNbr", "noss_registration_nbr"),
        ("INSS", "inss"),
        ("Form", "form"),
        ("PSDDclExemption", "psd_dcl_exemption"),
        ("ContributionUnrelatedToNP", "contribution_unrelated_to_np"),
        ("System5", "system5"),
        ("NOSSLPASocialMaribel", "nosslpa_social_maribel"),
        ("ZIPCode", "zip_code"),
        ("FirstWeekGuaranteedSalaryNbrDays", "first_week_guaranteed_salary_nbr_days"),
    ],
)
def test_snake(element: str, name: str) -> None:
    assert snake(element) == name


@pytest.mark.parametrize("quarter", RELEASES, ids=str)
def test_there_is_one_table_a_path_and_one_name_a_table(quarter: Quarter) -> None:
    tables = layout(quarter)
    walked = [path for path, _ in release_of(quarter).message.walk() if len(path) > 1]
    assert [("DmfAOriginal", *block.path) for block in tables] == walked
    assert len({block.table.name for block in tables}) == len(tables)
    for at, block in enumerate(tables):
        if block.parent is None:
            assert block.path == ("Form",)
        else:
            assert block.parent < at
            assert tables[block.parent].path == block.path[:-1]


def test_a_block_at_two_places_has_two_tables() -> None:
    paths = {block.table.name: block.path[3:] for block in layout()}
    record = ("WorkerRecord",)
    assert {name: path for name, path in paths.items() if "using_employer" in name} == {
        "occupation_using_employer": (*record, "Occupation", "UsingEmployer"),
        "occupation_using_employer_address": (*record, "Occupation", "UsingEmployer", "Address"),
        "student_contribution_using_employer": (*record, "StudentContribution", "UsingEmployer"),
        "student_contribution_using_employer_address": (
            *record,
            "StudentContribution",
            "UsingEmployer",
            "Address",
        ),
    }
    assert paths["worker_contribution"] == (*record, "WorkerContribution")


# --- columns -------------------------------------------------------------------------------------

INHERITED = {
    "Form": [],
    "EmployerDeclaration": ["quarter", "employer"],
    "NaturalPerson": ["quarter", "employer", "inss"],
    "WorkerRecord": ["quarter", "employer", "inss", "employer_class", "worker_code"],
}


@pytest.mark.parametrize("quarter", RELEASES, ids=str)
def test_keys_are_inherited_downwards(quarter: Quarter) -> None:
    for block in layout(quarter):
        nearest = next(step for step in reversed(block.path) if step in INHERITED)
        keys = INHERITED[nearest]
        assert list(block.table.inside.names[: len(keys)]) == keys
        assert [key.column for key in block.keys] == keys
        assert block.table.inside.names[-5:] == ["file_id", "form_no", "seq", "parent_seq", "line"]


@pytest.mark.parametrize("quarter", RELEASES, ids=str)
def test_every_zone_is_a_column_or_a_key(quarter: Quarter) -> None:
    blocks = {path[1:]: block for path, block in release_of(quarter).message.walk()}
    own = {(key.block, key.zones) for key in DMFA.keys}
    for block in layout(quarter):
        zones = {zone.name for zone in blocks[block.path].zones}
        kept = {zone.zone for zone in block.zones}
        assert {z for z in zones if (block.path[-1], (z,)) not in own} == kept
        names = block.table.inside.names
        assert len(set(names)) == len(names)
        assert {zone.column for zone in block.zones} <= set(names)


@pytest.mark.parametrize("quarter", RELEASES, ids=str)
def test_a_comment_says_number_title_and_unit(quarter: Quarter) -> None:
    facts = zone_facts(DMFA)
    for block in layout(quarter):
        for zone in block.zones:
            found = column(block, zone.column)
            assert found.zone is not None
            fact = facts[found.zone]
            assert found.comment.startswith(f"{found.zone} {fact.title} (")
            assert (", unit inferred)" in found.comment) == (not fact.certain)
            assert zone.unit.shown in found.comment
            assert (found.inside, found.rest) == (zone.unit.inside, zone.unit.rest)


def test_some_comments() -> None:
    tables = layout()
    amount = column(named("remun", tables), "remun_amount")
    assert amount.comment == "00070 Remuneration amount (euro)"
    basis = column(named("worker_contribution", tables), "contribution_calculation_basis")
    assert basis.comment == "00084 Contribution calculation basis (euro, unit inferred)"
    assert named("remun", tables).table.comment == "90019 Remun: Remuneration"
    assert named("remun", tables).table.block == "90019"
    key = column(named("remun", tables), "employer")
    assert (key.zone, key.comment) == (
        "00011",
        "00011 NOSSRegistrationNbr or CompanyID of EmployerDeclaration",
    )


def test_a_zone_that_is_called_like_a_key_carries_the_name_of_its_block() -> None:
    """The using employer of an agency worker may be a person, with an INSS of his own."""
    block = named("occupation_using_employer", layout())
    own = column(block, "occupation_using_employer_inss")
    assert (own.zone, column(block, "inss").comment) == ("00024", "00024 INSS of NaturalPerson")
    assert [z.column for z in block.zones if z.zone == "INSS"] == [own.name]


def test_both_numbers_of_the_employer_stay_beside_the_key() -> None:
    names = named("employer_declaration", layout()).table.inside.names
    assert {"employer", "noss_registration_nbr", "company_id"} <= set(names)
    assert names.count("quarter") == 1


# --- Dimona ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("quarter", DIMONA.releases, ids=str)
def test_tables_of_the_dimona(quarter: Quarter) -> None:
    """Each action has its block, and the employer of each action a table of its own."""
    tables = CATALOGUE.releases(DIMONA)[quarter].layout
    assert {block.table.full_name: "/".join(block.path) for block in tables} == {
        "dimona.form": "Form",
        "dimona.reference": "Form/Reference",
        "dimona.dimona_in": "Form/DimonaIn",
        "dimona.dimona_in_employer_id": "Form/DimonaIn/EmployerId",
        "dimona.natural_person": "Form/DimonaIn/NaturalPerson",
        "dimona.dimona_features": "Form/DimonaIn/DimonaFeatures",
        "dimona.using_employer": "Form/DimonaIn/DimonaFeatures/UsingEmployer",
        "dimona.using_employer_address": "Form/DimonaIn/DimonaFeatures/UsingEmployer/Address",
        "dimona.construction_control_cards": "Form/DimonaIn/ConstructionControlCards",
        "dimona.student_place_of_work": "Form/DimonaIn/StudentPlaceOfWork",
        "dimona.student_place_of_work_address": "Form/DimonaIn/StudentPlaceOfWork/Address",
        "dimona.small_statutes_information": "Form/DimonaIn/SmallStatutesInformation",
        "dimona.dimona_out": "Form/DimonaOut",
        "dimona.dimona_out_employer_id": "Form/DimonaOut/EmployerId",
        "dimona.dimona_update": "Form/DimonaUpdate",
        "dimona.dimona_update_employer_id": "Form/DimonaUpdate/EmployerId",
        "dimona.dimona_cancel": "Form/DimonaCancel",
        "dimona.dimona_cancel_employer_id": "Form/DimonaCancel/EmployerId",
        "dimona.daily_registration_declaration": "Form/DailyRegistrationDeclaration",
    }


def test_columns_of_the_start_of_a_period() -> None:
    block = named("dimona_in", CATALOGUE.releases(DIMONA)[Q1_2023].layout)
    assert {c.name: c.inside for c in block.table.columns if c.zone} == {
        "starting_date": pa.date32(),
        "starting_hour": pa.string(),
        "ending_date": pa.date32(),
        "ending_hour": pa.string(),
        "planned_hours_nbr": pa.int64(),
        "planned_days_nbr": pa.int64(),
    }
    hours = column(block, "planned_hours_nbr")
    assert hours.comment == "01135 Planned hours (whole hours)"
    assert block.table.comment == "90373 DimonaIn: Start of a period"
    assert block.keys == ()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_zone_of_a_message_with_tables_has_a_known_unit(message: MessageKind) -> None:
    if not message.tables:
        with pytest.raises(SchemaError, match="no column can hold that"):
            CATALOGUE.tables(message)
        return
    for table in CATALOGUE.tables(message).values():
        assert not [c.comment for c in table.columns if "unknown unit" in c.comment]
        assert "no number" not in table.comment


# --- made-up schemas -----------------------------------------------------------------------------

XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="DmfAOriginal"><xs:complexType><xs:sequence>
    <xs:element ref="Form" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Form"><xs:complexType><xs:sequence>{zones}</xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
"""


def made_up(folder: Path, *zones: tuple[str, str, str]) -> BlockTable:
    """The form table of a schema whose form has these (name, number, type) zones."""
    elements = "".join(
        f'<xs:element name="{name}" type="xs:{kind}"><xs:annotation><xs:documentation>{number}'
        "</xs:documentation></xs:annotation></xs:element>"
        for name, number, kind in zones
    )
    path = folder / "DmfAOriginal_20232.xsd"
    path.write_text(XSD.format(zones=elements), encoding="utf-8")
    (form,) = layout_of(DMFA, read_message(path, "DmfAOriginal"))
    return form


@pytest.mark.parametrize(
    ("number", "kind", "name", "type_"),
    [
        ("00070", "int", "pay", pa.int64()),
        ("00070", "string", "pay_text", pa.string()),
        ("00070", "date", "pay_text", pa.string()),
        ("00070", "integer", "pay_text", pa.string()),
        ("00044", "date", "pay", pa.date32()),
        ("00044", "string", "pay_text", pa.string()),
        ("00024", "integer", "pay", pa.string()),
        ("09999", "integer", "pay", pa.string()),
        ("09999", "string", "pay", pa.string()),
    ],
)
def test_a_unit_that_the_type_cannot_hold_is_not_trusted(
    number: str, kind: str, name: str, type_: pa.DataType, tmp_path: Path
) -> None:
    """An unbounded integer does not fit int64; a text of 00070 must not share its column."""
    form = made_up(tmp_path, ("Pay", number, kind))
    (zone,) = form.zones
    assert (zone.zone, zone.column) == ("Pay", name)
    assert column(form, name).inside == type_
    assert ("unknown unit" in column(form, name).comment) == (
        name.endswith("_text") or number == "09999"
    )


@pytest.mark.parametrize("name", ["Seq", "Line", "FileId", "FormNo", "ParentSeq"])
def test_a_zone_may_be_called_like_a_column_of_ours(name: str, tmp_path: Path) -> None:
    """It is the schema that says how zones are called; no two columns may share a name."""
    form = made_up(tmp_path, (name, "09999", "string"))
    names = form.table.inside.names
    assert len(set(names)) == len(names)


def test_blocks_of_one_name_are_told_apart_by_the_shortest_end() -> None:
    deep = block("C", block("X", zone("Z")))
    message = block("DmfAOriginal", block("Form", block("A", deep), block("B", deep)))
    names = [found.table.name for found in layout_of(DMFA, message)]
    assert names == ["form", "a", "a_c", "a_c_x", "b", "b_c", "b_c_x"]


def block(name: str, *content: Block | Zone) -> Block:
    return Block(name, None, 1, 1, Group("sequence", 1, 1, content))


def zone(name: str) -> Zone:
    return Zone(name, None, Facets("string"), 1, 1)


# --- several releases ----------------------------------------------------------------------------


def test_merged_tables_hold_the_rows_of_every_release() -> None:
    layouts = [layout(Q2_2022), layout(Q1_2023)]
    tables = merged(layouts)
    assert set(tables) == {found.table.full_name for part in layouts for found in part}
    for part in layouts:
        for found in part:
            whole = tables[found.table.full_name].inside
            assert all(whole.field(f.name).type == f.type for f in found.table.inside)


def test_the_newest_release_has_the_last_word_on_comments() -> None:
    old, new = (
        table("t", Column("a", pa.string(), pa.string(), f"{age} a"), comment=age)
        for age in ("old", "new")
    )
    extra = Column("b", pa.int64(), pa.int64(), "only old")
    older = BlockTable(table("t", *old.columns, extra, comment="old"), ("T",), None, (), ())
    newer = BlockTable(new, ("T",), None, (), ())
    (found,) = merged([(older,), (newer,)]).values()
    assert found.comment == "new"
    assert [(c.name, c.comment) for c in found.columns] == [("a", "new a"), ("b", "only old")]


def table(name: str, *columns: Column, comment: str) -> Table:
    return Table("dmfa", name, comment, columns)
