"""``kwartaal confront``: the DmfA of a quarter against the Dimona."""

import getpass
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import lake_option, quarter_option
from pipelines.cli.query import WRITERS
from schemas.quarter import Quarter
from warehouse.location import Location

_BELGIUM = ZoneInfo("Europe/Brussels")


@click.command()
@quarter_option
@lake_option
@click.option(
    "--on",
    "moment",
    type=click.DateTime(["%Y-%m-%d"]),
    show_default="today",
    help="Day on which it is asked: what misses in the DmfA is told after its deadline.",
)
@click.option("--author", default=getpass.getuser, show_default="the user", help="Who asks.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text")
def confront(
    quarter: Quarter, lake: Location, moment: datetime | None, author: str, form: str
) -> int:
    """Lay the DmfA of a quarter beside the Dimona, and keep what differs in core.confrontation.

    What was found for the quarter before is replaced. Exit code 1 tells that something differs.
    With --format csv every finding is printed, with the numbers of workers.

    \b
    kwartaal confront --quarter 2023Q1 --lake lake
    kwartaal confront --quarter 2023Q1 --lake lake --on 2023-05-15 --format json
    """
    from pipelines.confront import confronted
    from schemas.dimona.confrontation import CONFRONTATION

    on = moment.date() if moment else datetime.now(_BELGIUM).date()
    told = confronted(lake, quarter, on, author)
    if form == "csv":
        rows = CONFRONTATION.rest.empty_table() if told.rows is None else told.rows
        WRITERS["csv"](rows, sys.stdout)
    else:
        click.echo(told.to_json() if form == "json" else "\n".join(told.text()))
    return FINDINGS if told.counts else 0
