"""The personnel file of an employer, from a lake."""

import pyarrow as pa

from transforms.dimona.answers.head import Telling
from transforms.dimona.answers.personnel_file import MOST_PERIODS, personnel_file
from transforms.dimona.answers.request import Request
from transforms.dimona.idflux import former, resolve, resolved
from warehouse.register import Register


def consult(register: Register, request: Request, telling: Telling) -> bytes:
    """The answer to a request as a document. Raises ``LakeError``."""
    employers = _known_as(register, request.employers)
    periods = register.of_employer(employers, request.first, request.last, MOST_PERIODS + 1)
    beyond = register.beyond(_ids(periods, request))
    return personnel_file(request, periods, beyond, telling)


def _known_as(register: Register, employers: list[str]) -> list[str]:
    """All numbers that an employer had or has: periods are filed under that of their time."""
    leads = resolved(register.aliases())["employer"]
    valid = resolve(pa.array(employers, pa.string()), leads)
    return sorted({*employers, *valid.to_pylist(), *former(valid, leads).to_pylist()})


def _ids(periods: pa.Table, request: Request) -> pa.Array:
    """Numbers of the periods of which quotas are asked for."""
    return periods.column("period_id").combine_chunks().slice(0, None if request.quotas else 0)
