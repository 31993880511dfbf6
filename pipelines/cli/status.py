"""``kwartaal status``: the runs of a lake."""

from typing import Any

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
            f"{run['committed_at']:%Y-%m-%d %H:%M:%S}  {_what(run)}"
            f"  {run['forms_accepted']} accepted, {run['forms_refused']} refused,"
            f" {run['forms_quarantined']} quarantined{_relations(run)}"
            f"  by {run['author']}  {run['run_id']}"
        )


def _what(run: dict[str, Any]) -> str:
    return f"{run['kind']} {run['quarter']}" if run["quarter"] else str(run["kind"])


def _relations(run: dict[str, Any]) -> str:
    """A run that has no quarter has no relations of one."""
    return "" if run["relations"] is None else f"  {run['relations']} relations"
