"""The work of ``kwartaal run`` without Beam: the same functions, called by a pool of processes.

What comes before and after the batches is ``pipelines.run`` itself, and what is committed is the
same. The difference in time to ``kwartaal run`` is what Beam costs, its import included.
"""

import getpass
import io
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from itertools import repeat
from multiprocessing import get_context

import click
from rich.console import Console

from pipelines.cli.options import quarter_option
from pipelines.handover import keep_receipts, write_plan
from pipelines.process_step import process
from pipelines.progress import Progress
from pipelines.request import Request
from pipelines.run import run
from pipelines.survey_step import file_groups, plan, survey_files
from pipelines.work import Job
from schemas.quarter import Quarter


def through_pool(
    pool: Executor, job: Job, inputs: tuple[str, ...], known: AbstractSet[str]
) -> Mapping[str, int]:
    """An engine: survey in the pool, plan here, process in the pool."""
    surveyed = [*pool.map(survey_files, file_groups(inputs), repeat(job))]
    planned, batches = plan(surveyed, frozenset(known), job)
    write_plan(planned, job.place)
    keep_receipts(pool.map(process, batches, repeat(job)), job)
    return {}


@click.command()
@quarter_option
@click.option("--input", "inputs", required=True)
@click.option("--lake", required=True)
@click.option("--processes", default=2, show_default=True)
def main(quarter: Quarter, inputs: str, lake: str, processes: int) -> None:
    """Runs a quarter and prints its summary as JSON."""
    request = Request("dmfa", quarter, (inputs,), lake, None, getpass.getuser())
    silent = Progress(Console(file=io.StringIO()))
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        click.echo(run(request, silent, partial(through_pool, pool)).to_json())


if __name__ == "__main__":
    main()
