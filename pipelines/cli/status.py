"""``kwartaal status``: the runs of a lake."""

import click

from pipelines.cli.options import lake_option
from warehouse.location import Location


@click.command()
@lake_option
def status(lake: Location) -> None:
    """List the committed runs of a lake, newest first."""
    from warehouse.lake import Lake

    with Lake.open(lake, read_only=True) as opened:
        runs = opened.runs().sort_by([("committed_at", "descending")]).to_pylist()
    if not runs:
        click.echo("no run was committed yet")
    for run in runs:
        click.echo(
            f"{run['committed_at']:%Y-%m-%d %H:%M:%S}  {run['kind']} {run['quarter']}"
            f"  {run['forms_accepted']} accepted, {run['forms_refused']} refused,"
            f" {run['forms_quarantined']} quarantined  {run['relations']} relations"
            f"  by {run['author']}  {run['run_id']}"
        )
