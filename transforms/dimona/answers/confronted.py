"""Notifications to declarations of a quarter in which a confrontation with the Dimona found
something: how many workers both have, and what differs, with the periods concerned."""

import pyarrow as pa
import pyarrow.compute as pc

from transforms.dimona.answers.anomalies import quota_features, reports
from transforms.dimona.answers.codes import confronted_error, confronted_label
from transforms.dimona.answers.head import (
    FINAL,
    NSSO,
    SENDER,
    Telling,
    employer,
    file_reference,
    identification,
    reference,
)
from transforms.dimona.answers.markup import (
    ByKey,
    Texts,
    block,
    element,
    escaped,
    flat,
    repeated,
    together,
    where,
)
from transforms.dimona.answers.names import form_tickets
from transforms.dimona.answers.notification import OK, lines
from transforms.dimona.answers.periods import dimona_periods

_MOST_HOURS, _MOST_DAYS = 999, 50
"""What can be told of a student (zones 01158 and 00078)."""


def confronted_forms(
    forms: pa.Table, findings: pa.Table, periods: pa.Table, files: pa.Table, telling: Telling
) -> Texts:
    """The answer to each form, a line of text each.

    ``forms``: ``file_id``, ``form_no``, ``quarter`` (2023Q1), ``noss``, ``company``, ``reference``,
    and when it was made. ``findings``: rows of ``core.confrontation`` of these forms. ``periods``:
    rows of ``PERIOD`` that they name. ``files``: ``file_id`` and ``name``.
    """
    keys = _key(forms)
    ids, numbers = flat(forms.column("file_id")), flat(forms.column("form_no"))
    told = _reports(findings, periods, telling.language)
    quarters = element("Quarter", _quarters(forms))
    none = pa.nulls(forms.num_rows, pa.string())
    return lines(
        block(
            "Form",
            identification(telling, "NOTI001", repeated(FINAL, forms.num_rows)),
            file_reference(files, ids),
            block(
                "HandledOriginalForm",
                repeated("<Identification>DMFA</Identification>", forms.num_rows),
                element("FormCreationDate", forms.column("form_creation_date")),
                element("FormCreationHour", forms.column("form_creation_hour")),
            ),
            reference("Reference", "1", SENDER, escaped(forms.column("reference"))),
            employer(flat(forms.column("noss")), none, flat(forms.column("company"))),
            element("ConcernedQuarter", quarters),
            reference("HandledReference", "1", NSSO, form_tickets(ids, numbers)),
            ByKey(_key(findings), _workers(findings)).of(keys),
            block(
                "HandlingResult",
                repeated(f"<ResultCode>{OK}</ResultCode>", forms.num_rows),
                ByKey(_key(findings), told).of(keys),
            ),
        )
    )


def _quarters(table: pa.Table) -> Texts:
    """20231 for 2023Q1."""
    return pc.replace_substring(flat(table.column("quarter")), "Q", "")


def _workers(findings: pa.Table) -> Texts:
    """The numbers of workers, where they are what differs."""
    counts = block(
        "DeclarationComplInformations",
        element("DMFAWorkersNbr", findings.column("dmfa_number")),
        element("DIMONAWorkersNbr", findings.column("dimona_number")),
    )
    return where(pc.equal(findings.column("measure"), "workers"), counts)


def _reports(findings: pa.Table, periods: pa.Table, language: str) -> Texts:
    coded = pc.dictionary_encode(flat(findings.column("code")))
    known = coded.dictionary.to_pylist()
    errors, words = (
        pa.array(told, pa.string()).take(coded.indices)
        for told in (
            [confronted_error(code) for code in known],
            [confronted_label(code, language) for code in known],
        )
    )
    return reports(
        errors,
        findings.column("element"),
        flat(findings.column("inss")),
        findings.column("class"),
        escaped(words),
        findings.column("line"),
        _path(findings),
        block(
            "AnomalyComplInformation",
            _student(findings),
            _periods(findings, periods),
            _over(findings),
        ),
    )


def _path(findings: pa.Table) -> Texts:
    """Who and what is meant, by keys."""
    number = flat(findings.column("employer"))
    is_noss = pc.equal(pc.utf8_length(number), 9)
    return block(
        "Path",
        element("Quarter", _quarters(findings)),
        element("NOSSRegistrationNbr", pc.if_else(is_noss, number, None)),
        element("CompanyID", pc.if_else(is_noss, None, number)),
        element("INSS", findings.column("inss")),
        element("EmployerClass", findings.column("employer_class")),
        element("WorkerCode", findings.column("worker_code")),
    )


def _student(findings: pa.Table) -> Texts:
    """Hours or days of a student in both."""
    measure, dmfa, dimona = (
        flat(findings.column(name)) for name in ("measure", "dmfa_number", "dimona_number")
    )
    dmfa, dimona = pc.fill_null(dmfa, 0), pc.fill_null(dimona, 0)
    hours = together(
        element("StudentHoursNbr", pc.min_element_wise(dmfa, _MOST_HOURS)),
        element("InQuotaPlannedHoursNbr", pc.min_element_wise(dimona, _MOST_HOURS)),
    )
    days = together(
        element("StudentNbrDays", pc.min_element_wise(dmfa, _MOST_DAYS)),
        element("PlannedDaysNbr", pc.min_element_wise(dimona, _MOST_HOURS)),
    )
    of_hours = pc.and_(pc.equal(measure, "hours"), pc.is_null(findings.column("quota")))
    return block(
        "DmfADimonaConfrontation", where(of_hours, hours), where(pc.equal(measure, "days"), days)
    )


def _over(findings: pa.Table) -> Texts:
    """Hours of a student beyond the quota of the year."""
    beyond = flat(pc.subtract(findings.column("dmfa_number"), findings.column("quota")))
    told = quota_features(repeated("STUDENT", findings.num_rows), beyond)
    return where(pc.is_valid(beyond), told)


def _periods(findings: pa.Table, periods: pa.Table) -> Texts:
    """The periods concerned."""
    named = flat(findings.column("period_ids"))
    row = pc.index_in(pc.list_flatten(named), value_set=flat(periods.column("period_id")))
    told = dimona_periods(periods).take(row)
    owners = pc.list_parent_indices(named)
    return ByKey(owners, told).of(pa.array(range(findings.num_rows), owners.type))


def _key(table: pa.Table) -> Texts:
    ids, numbers = flat(table.column("file_id")), flat(table.column("form_no"))
    return pc.binary_join_element_wise(ids, numbers.cast(pa.string()), " ")
