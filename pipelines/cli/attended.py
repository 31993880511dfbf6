"""Work that takes its time: with progress on a terminal, interruptible, its failures exit codes."""

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console

from pipelines.cli.failing import FAILED, fail
from warehouse.errors import LakeError

if TYPE_CHECKING:
    from pipelines.progress import Progress

Done = TypeVar("Done")


@dataclass(frozen=True)
class Attended:
    """What is said of work that does not come to its end: when it ``failed``, when somebody
    ``interrupted`` it. ``wrong``: what is raised for something wrong that was asked for. ``undo``
    is called before the end of an interrupted one."""

    failed: str
    interrupted: str
    wrong: tuple[type[Exception], ...]
    undo: Callable[[], None] | None = None


def attended(work: "Callable[[Progress], Done]", about: Attended) -> Done:
    """Do the work; ``UsageError`` for wrong input, ``LakeError`` as it is."""
    from pipelines.interrupt import interruptible
    from pipelines.progress import Progress

    progress = Progress(Console(stderr=True))
    try:
        with interruptible(progress, FAILED, about.interrupted, about.undo):
            return work(progress)
    except about.wrong as error:
        raise click.UsageError(str(error)) from error
    except LakeError:
        raise
    except Exception as error:
        if os.environ.get("KWARTAAL_TRACEBACK"):
            raise
        fail(f"{about.failed}: {reason_of(error)}")


def quiet_beam() -> None:
    """Beam tells on stderr what it does; what goes wrong comes back as an exception."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)


def reason_of(error: Exception) -> str:
    """The last line that says something: runners wrap the cause in their own traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    last = lines[-1] if lines else type(error).__name__
    return re.sub(r"^RuntimeError: | \[while running .*\]$", "", last)
