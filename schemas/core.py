"""Tables that kwartaal derives: relations and contributions (schema ``core``)."""

from dataclasses import replace

import pyarrow as pa

from schemas.tables import Column, Table, day, euro, hundredths, text, texts, whole

RELATION_KEY = (
    text("quarter", "Declared quarter, 2023Q1"),
    text(
        "employer",
        "Employer: NSSO number on 9 digits, or enterprise number on 10 where the former is 0",
    ),
    text("inss", "Worker: INSS number, 11 digits"),
    text("employer_class", "Employer class (zone 00036)"),
    text("worker_code", "Worker code (zone 00037)"),
)
"""The employer-employee relation of a quarter: these columns join every table below a record."""

PLACE = (
    text("file_id", "SHA-256 of the received file"),
    whole("form_no", "Number of the form in its file, from 1"),
    whole("line", "Line of the start tag in the received file"),
)
"""Where a row stands in what was received."""

RELATION = Table(
    "core",
    "relation",
    "One row per quarter, employer, worker, employer class and worker code",
    (
        *RELATION_KEY,
        day("first_date", "First starting date of its occupations"),
        day("last_date", "Last ending date of its occupations; null while one of them runs on"),
        texts("joint_committees", "Joint committees of its occupations (zone 00046)"),
        hundredths("days", "Declared days, all service codes, and days of students"),
        hundredths("hours", "Declared hours, all service codes, and hours of students"),
        euro("gross_remuneration", "Sum of RemunAmount and StudentRemunAmount"),
        euro("contributions_declared", "Sum of declared contributions of the worker record"),
        euro("deductions_declared", "Sum of declared deductions, record and occupations"),
        whole("worker_records", "Worker records merged into this row (1, or more when repeated)"),
        whole("occupations", "Number of occupations"),
        whole("services", "Number of service lines"),
        whole("remunerations", "Number of remuneration lines"),
        *PLACE,
    ),
)

RELATION_BY_PERSON = replace(
    RELATION,
    name="relation_by_person",
    comment="core.relation once more, in order of person: where somebody worked is found at once",
)
"""The same rows. All other tables are in order of employer, so that a person's are everywhere."""

CONTRIBUTION = Table(
    "core",
    "contribution",
    "Every amount that makes up the net amount of a declaration, declared beside computed",
    (
        *RELATION_KEY,
        text("source_block", "Block of the message that declares the amount"),
        text("code", "Contribution, deduction, unrelated or compensation code"),
        text("type", "Contribution type (zone 00083), null where the block has none"),
        whole("sign", "1 adds to the net amount, -1 lowers it"),
        text("family", "Contribution family that computes the line, null when none does yet"),
        euro("declared_base", "Declared calculation basis"),
        euro("declared_amount", "Declared amount, unsigned; null: due by the rules, not declared"),
        euro("computed_base", "Calculation basis by the rules"),
        euro("computed_amount", "Amount by the rules; null when not computed"),
        euro("difference", "Declared minus computed amount; null when not computed"),
        Column(
            "rate",
            pa.int64(),
            pa.decimal128(12, 8),
            "Combined rate applied, a fraction of the base; null where the rule is no rate",
        ),
        text("confidence", "Weakest mark of what the rate rests on: sourced, derived, unverified"),
        text("outcome", "equal, different, or not computed"),
        text("anomaly", "Official code of the recomputation that differs, beyond the tolerance"),
        text("reason", "Why a line is different in kind or was not computed"),
        text("formula", "Rule applied: a row of core.formula; null when not computed"),
        Column(
            "inputs",
            pa.list_(pa.int64()),
            pa.list_(pa.int64()),
            "What the formula was given, in its order; with the formula it replays to the amount",
        ),
        *PLACE,
        whole("seq", "Number of the declaring block in its form; null when not declared"),
    ),
)

FORMULA = Table(
    "core",
    "formula",
    "Every rule that computed a line: its steps, the numbers of the law in it, its sources",
    (
        text("formula", "Name of the rule, its case, the quarter, and a digest of all it holds"),
        text("quarter", "Quarter it computes, 2023Q1"),
        text("family", "Contribution family"),
        text("case", "Which case of the family"),
        text("title", "What it computes"),
        text("confidence", "Weakest mark of its numbers, its rounding points and the rule itself"),
        text("reference", "Where the rule is written"),
        text("definition", "Inputs, parameters, steps and rounding points as JSON"),
    ),
)

PARAMETER = Table(
    "core",
    "parameter",
    "Every dated number of the law that runs computed with, and what it rests on",
    (
        text("parameter", "Name in the rate book"),
        text("topic", "Topic: the rate file it stands in"),
        text("title", "What it is"),
        day("valid_from", "First day it holds"),
        day("valid_until", "Last day it holds; null while no other is known"),
        Column("value", pa.int64(), pa.decimal128(18, 8), "Its value, exact"),
        text("unit", "Unit of the value"),
        text("confidence", "How sure it is: sourced, derived, unverified"),
        text("reference", "Where it is written"),
        text("rates", "Fingerprint of the rates, as in ops.run: those of the runs that used it"),
    ),
)

TABLES = (RELATION, RELATION_BY_PERSON, CONTRIBUTION, FORMULA, PARAMETER)
