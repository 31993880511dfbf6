"""Rows of messages as the XML that says the same, and operators who send it."""

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from declared import block, zones
from dimona_forms import document
from operators import IN_THIS_PROCESS

from pipelines.register import counting, folding, planning, reading, routing
from pipelines.register.collect import keep_files, keep_folded
from pipelines.register.run import Engine, run
from pipelines.register.summary import RegisterSummary
from pipelines.register.work import FILE, KNOWN_FILE, RegisterJob
from pipelines.request import RegisterRequest
from warehouse.location import Location

Row = dict[str, Any]
_BLOCKS = {
    "IN": "DimonaIn",
    "OUT": "DimonaOut",
    "UPDATE": "DimonaUpdate",
    "CANCEL": "DimonaCancel",
    "DAILY": "DailyRegistrationDeclaration",
}
_IDENTITY = {
    "WorkerName": "worker_name",
    "WorkerFirstName": "worker_first_name",
    "WorkerBirthdate": "worker_birthdate",
    "WorkerSex": "worker_sex",
    "WorkerStreet": "worker_street",
    "WorkerHouseNbr": "worker_house_nbr",
    "WorkerZIPCode": "worker_zip_code",
    "WorkerCity": "worker_city",
    "WorkerCountry": "worker_country",
}


def form_of(row: Row) -> str:
    """A form that becomes this row again, but for its place and its reception."""
    action, says = row["action"], row.get
    head = zones(
        Identification="DIMONA",
        FormCreationDate=says("form_creation_date"),
        FormCreationHour=says("form_creation_hour"),
        AttestationStatus=0,
        TypeForm="SU",
    )
    own = row.get("own_reference")
    told = zones(ReferenceType=1, ReferenceOrigin=1, ReferenceNbr=own)
    reference = block("Reference", told) if own else ""
    named = zones(
        AttestationStatus=says("daily_status"),
        DailyRegistrationId=says("registration_id"),
        DimonaPeriodId=says("period_id"),
    )
    times = zones(
        StartingDate=says("starting_date"),
        StartingHour=says("starting_hour"),
        EndingDate=says("ending_date"),
        EndingHour=says("ending_hour"),
    )
    planned = zones(PlannedHoursNbr=says("planned_hours"))
    employer = block("EmployerId", zones(NOSSRegistrationNbr=says("noss")))
    employer = employer if says("has_employer") else ""
    inss = zones(INSS=says("inss"))
    if action != "IN":
        order = (named, times, inss, planned, employer)
    else:
        identity = zones(**{name: says(column) for name, column in _IDENTITY.items()})
        person = block("NaturalPerson", inss, identity)
        committee = zones(JointCommissionNbr=says("joint_committee"))
        features = block("DimonaFeatures", committee, zones(WorkerType=says("worker_type")))
        order = (times, planned, employer, person, features)
    return block("Form", head, reference, block(_BLOCKS[action], *order))


def write(folder: Path, batches: Sequence[Sequence[Row]], since: datetime, number: int = 0) -> None:
    """A file for each batch, changed one hour after another."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, rows in enumerate(batches, number):
        path = folder / f"FI.DIMN.123456.{since:%Y%m%d}.{file:05}.T.1.1"
        path.write_bytes(document(*map(form_of, rows)))
        moment = since.timestamp() + 3600 * file
        os.utime(path, (moment, moment))


def one_after_another(job: RegisterJob, inputs: tuple[str, ...]) -> None:
    """The steps of a run without Beam, which takes a second: what ``graph`` does, in order."""
    known = frozenset(json.loads((job.place / KNOWN_FILE).read_text()))
    groups = reading.file_groups(inputs)
    parts = [reading.read_files(n, group, known, job) for n, group in enumerate(groups)]
    _, files, routes = planning.plan(parts, job)
    keep_files(parts, files, job)
    by_group = defaultdict(list)
    for routed in (routed for one in routes for routed in routing.route(one, job)):
        by_group[routed.group].append(routed)
    shares = defaultdict(list)
    for number, some in sorted(by_group.items()):
        for share, brought in folding.fold_group(number, some, job):
            shares[share].append(brought)
    counted = [
        one for share in sorted(shares) for one in counting.count_share(share, shares[share], job)
    ]
    if counted:
        keep_folded(counted, job)


def take_in(
    lake: Path, *inputs: Path, reception: str = FILE, engine: Engine | None = one_after_another
) -> RegisterSummary:
    """A run that takes files into the register, in this process; by Beam without ``engine``."""
    from io import StringIO

    from rich.console import Console

    from pipelines.progress import Progress

    request = RegisterRequest(
        tuple(map(str, inputs)), Location.of(lake), None, "tester", reception, IN_THIS_PROCESS
    )
    return run(request, Progress(Console(file=StringIO())), engine)
