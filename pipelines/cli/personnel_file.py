"""``kwartaal personnel-file``: the periods of an employer."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.cli.failing import FINDINGS, fail
from pipelines.cli.options import lake_option
from warehouse.location import Location


@click.command(name="personnel-file")
@click.argument("request", type=click.Path(path_type=Path), metavar="REQUEST.xml")
@lake_option
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; else it is printed."
)
def personnel_file(request: Path, lake: Location, output: Path | None) -> None:
    """Answer a request for the personnel file of an employer (PFREQ) with its periods (PFANS).

    Whoever asks may see all of it: that the request comes from the employer is not checked. The
    answer holds personal numbers.
    """
    from pipelines.answers.personnel_file import consult
    from pipelines.storage import open_file
    from schemas.catalogue import Catalogue
    from transforms.dimona.answers.head import Telling
    from transforms.dimona.answers.request import Request, read_request
    from warehouse.files import place
    from warehouse.lake import Lake
    from warehouse.register import Register

    with open_file(str(request)) as stream:
        asked = read_request(stream, Catalogue())
    if not isinstance(asked, Request):
        told = "; ".join(f"{finding.code} {finding.message}" for finding in asked)
        fail(f"{request}: {told}", FINDINGS)
    with Lake.open(lake, read_only=True) as opened:
        content = consult(Register(opened), asked, Telling(datetime.now(UTC)))
    if output is None:
        sys.stdout.buffer.write(content)
        return
    with place(str(output)).replacing() as sink:
        sink.write(content)
