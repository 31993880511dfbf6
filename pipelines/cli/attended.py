"""Declarations that a command judges again: with progress, interruptible, told as a section."""

import os

import click
from rich.console import Console

from pipelines.cli.failing import FAILED, fail
from pipelines.cli.run import quiet_beam, reason_of
from pipelines.replay.result import Replayed
from pipelines.replay.run import ReplayRequest, tidy
from pipelines.replay.run import replay as judge_again
from pipelines.storage import InputError
from schemas.compare.difference import Comparison
from schemas.formats.sections import Section
from schemas.model import SchemaError
from warehouse.errors import LakeError


def section_of(replayed: Replayed) -> Section:
    """A replay as a part of what is told of a comparison."""
    lines = tuple(replayed.text())
    return Section("replay", lines, replayed.as_dict(), replayed.has_findings)


def attended(request: ReplayRequest, comparison: Comparison) -> Replayed:
    """A replay with its progress on a terminal; what goes wrong becomes an exit code."""
    quiet_beam()
    from pipelines.interrupt import interruptible
    from pipelines.progress import Progress

    progress = Progress(Console(stderr=True))
    try:
        with interruptible(progress, FAILED, "nothing was counted to the end", tidy):
            return judge_again(request, comparison, progress)
    except (InputError, SchemaError) as error:
        raise click.UsageError(str(error)) from error
    except LakeError:
        raise
    except Exception as error:
        if os.environ.get("KWARTAAL_TRACEBACK"):
            raise
        fail(f"the replay failed: {reason_of(error)}")
