"""The personnel file of an employer (``PFANS``): its periods that touch the days asked for.

Cancelled periods are in it and say so; a start that waits for the identification of its worker has
no period yet. Of workers it has the INSS numbers: names are not kept. What became of measures such
as the flexi-job is not known, and not told.
"""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import PENDING
from transforms.dimona.answers.anomalies import IN_HOURS, quota_features
from transforms.dimona.answers.head import FINAL, Telling, made
from transforms.dimona.answers.impact import features, small_statutes
from transforms.dimona.answers.markup import (
    ByKey,
    Texts,
    block,
    element,
    escaped_text,
    flat,
)
from transforms.dimona.answers.notification import document, lines
from transforms.dimona.answers.periods import period_zones
from transforms.dimona.answers.request import Request

MOST_PERIODS = 10_000
"""Periods that an answer has at most (derived: what NSSO allows is not published)."""

FOUND, NONE, TOO_MANY = "0", "1", "5"
"""Result of the search (ResultCodeResearch)."""


def personnel_file(
    request: Request, periods: pa.Table, beyond: pa.Table, telling: Telling
) -> bytes:
    """The answer to a request as a document.

    ``periods``: rows of ``PERIOD`` of the employer (``touching`` selects those asked for), more
    than ``MOST_PERIODS`` when there are too many. ``beyond``: ``period_id``, ``quota`` and what of
    the period is ``beyond`` it, by what its declarations were answered.
    """
    chosen = touching(request, periods)
    result = FOUND if chosen.num_rows else NONE
    if chosen.num_rows > MOST_PERIODS:
        chosen, result = chosen.slice(0, 0), TOO_MANY
    told = _periods(chosen, beyond if request.quotas else beyond.slice(0, 0)).to_pylist()
    form = f"<Form>{_head(request, telling)}{_consultation(request, result, told)}</Form>\n"
    return document([form], "PersonnelFileConsultationAnswer")


def touching(request: Request, periods: pa.Table) -> pa.Table:
    """The periods that have a day in common with those asked for, by number."""
    chosen = pc.fill_null(pc.not_equal(periods.column("state"), PENDING), True)
    if request.last is not None:
        begins = pc.less_equal(periods.column("starting_date"), pa.scalar(request.last))
        chosen = pc.and_(chosen, begins)
    if request.first is not None:
        ends = pc.greater_equal(periods.column("ending_date"), pa.scalar(request.first))
        chosen = pc.and_(chosen, pc.fill_null(ends, True))
    return periods.filter(chosen).sort_by("period_id").combine_chunks()


def _head(request: Request, telling: Telling) -> str:
    reference = ""
    if request.reference is not None:
        reference = f"<Reference>{_reference('1', escaped_text(request.reference))}</Reference>"
    return (
        f"<Identification>PFANS</Identification>{made(telling)}"
        f"<AttestationStatus>0</AttestationStatus><TypeForm>{FINAL}</TypeForm>"
        "<HandledOriginalForm><Identification>PFREQ</Identification>"
        f"<FormCreationDate>{request.form_creation_date}</FormCreationDate>"
        f"<FormCreationHour>{request.form_creation_hour}</FormCreationHour>"
        "<AttestationStatus>0</AttestationStatus><TypeForm>RE</TypeForm></HandledOriginalForm>"
        f"{reference}"
        f"<HandledReference>{_reference('2', _ticket(request))}</HandledReference>"
    )


def _reference(origin: str, number: str) -> str:
    return (
        f"<ReferenceType>1</ReferenceType><ReferenceOrigin>{origin}</ReferenceOrigin>"
        f"<ReferenceNbr>{number}</ReferenceNbr>"
    )


def _ticket(request: Request) -> str:
    """A request has no receipt: its ticket is made from what it says (derived)."""
    return f"K{request.digest[:12].upper()}"


def _consultation(request: Request, result: str, periods: list[str]) -> str:
    if request.local is not None:
        employer = f"<NOSSLPARegistrationNbr>{request.local}</NOSSLPARegistrationNbr>"
    else:
        employer = f"<NOSSRegistrationNbr>{request.noss}</NOSSRegistrationNbr>"
    first = f"<RefStartingDate>{request.first}</RefStartingDate>" if request.first else ""
    last = f"<RefEndingDate>{request.last}</RefEndingDate>" if request.last else ""
    return (
        f"<PersonnelFileConsult>{employer}<CompanyID>{request.company}</CompanyID>{first}{last}"
        f"<ResultCodeResearch>{result}</ResultCodeResearch>\n{''.join(periods)}"
        "</PersonnelFileConsult>"
    )


def _periods(periods: pa.Table, beyond: pa.Table) -> Texts:
    """The block DimonaPeriod of each period."""

    def column(name: str) -> pa.Array:
        return flat(periods.column(name))

    period = block(
        "DimonaPeriod",
        *period_zones(periods),
        block("NaturalPerson", element("INSS", column("inss"))),
        features(column),
        small_statutes(column),
        _quotas(periods, beyond),
    )
    return lines(period)


def _quotas(periods: pa.Table, beyond: pa.Table) -> Texts:
    """What of each period is beyond a quota, hours not more than it has."""
    row = pc.index_in(beyond.column("period_id"), value_set=flat(periods.column("period_id")))
    hours = flat(periods.column("planned_hours")).take(flat(row))
    told = pc.is_in(beyond.column("quota"), value_set=pa.array(IN_HOURS))
    amount = pc.if_else(
        told, pc.min_element_wise(beyond.column("beyond"), hours), beyond.column("beyond")
    )
    texts = quota_features(beyond.column("quota"), amount)
    return ByKey(beyond.column("period_id"), texts).of(periods.column("period_id"))
