"""``kwartaal answer``: what declarers are told of what they sent."""

from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.cli.options import lake_option, quarter_option
from schemas.dimona import DIMONA
from schemas.quarter import Quarter
from schemas.rules import LANGUAGES
from warehouse.location import Location

language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True
)
output_option = click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the answers; files of the same name are replaced.",
)


@click.group()
def answer() -> None:
    """Write the answers to declarations that a lake took in.

    Answers are for whoever declared: they hold personal numbers, so keep them as you keep the
    declarations.
    """


@answer.command(name="dimona")
@lake_option
@click.option("--run", "run_id", help="Identifier of a committed run; without it the newest one.")
@output_option
@language_option
def answer_dimona(lake: Location, run_id: str | None, output: Path, language: str) -> None:
    """Answer the files of a run that took in Dimona messages.

    Writes an acknowledgement (ACRF) of each file, and a notification with the answer to each form.

    \b
    kwartaal answer dimona --lake lake --output answers
    kwartaal answer dimona --lake lake --run 20230101T060000-a1b2c3 --output answers
    """
    from pipelines.answers.dimona import UNREAD, answer_run
    from schemas.dimona.register import REFUSED
    from transforms.dimona.answers.head import Telling
    from warehouse.answers import Answers
    from warehouse.files import place
    from warehouse.lake import Lake

    with Lake.open(lake, read_only=True) as opened:
        answers = Answers(opened)
        runs = answers.runs_of(DIMONA.name)
        run_id = run_id or next(reversed(runs), "")
        if run_id not in runs:
            told = f"{run_id} is no" if run_id else "there is no"
            raise click.UsageError(f"{told} committed run of {DIMONA.name} in this lake")
        telling = Telling(datetime.now(UTC), language)
        done = answer_run(answers, run_id, place(str(output)), telling)
    refused = done.forms[REFUSED] + done.forms[UNREAD]
    click.echo(
        f"{done.answers} files answered, {done.forms.total()} forms ({refused} refused);"
        f" {done.acknowledged} files acknowledged"
    )


@answer.command(name="dmfa")
@lake_option
@quarter_option
@output_option
@language_option
def answer_dmfa(lake: Location, quarter: Quarter, output: Path, language: str) -> None:
    """Tell declarers of a quarter what differs from the Dimona, as ``kwartaal confront`` found it.

    Writes a notification for each file with declarations that are concerned.

    \b
    kwartaal answer dmfa --lake lake --quarter 2023Q1 --output answers
    """
    from pipelines.answers.dmfa import answer_quarter
    from transforms.dimona.answers.head import Telling
    from warehouse.answers import Answers
    from warehouse.files import place
    from warehouse.lake import Lake

    told = Telling(datetime.now(UTC), language)
    with Lake.open(lake, read_only=True) as opened:
        done = answer_quarter(Answers(opened), str(quarter), place(str(output)), told)
    click.echo(
        f"{done.files} files answered, {done.forms} declarations, {done.findings} findings;"
        f" {done.nowhere} findings are about employers without a declaration"
    )
