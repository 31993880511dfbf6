"""The command line, ``kwartaal``: one module a command, mounted here.

Exit codes: 0 done; 1 done, with findings (something was refused or set aside); 2 wrong usage;
3 failed, and nothing was committed. Commands that need Beam import it when they are called, so
that checking a file or asking a question starts at once.
"""

import os
import sys
from typing import Any

import click

from pipelines.cli.answer import answer
from pipelines.cli.confront import confront
from pipelines.cli.explain import explain
from pipelines.cli.failing import USAGE, fail
from pipelines.cli.personnel_file import personnel_file
from pipelines.cli.query import query
from pipelines.cli.rates import rates
from pipelines.cli.run import run
from pipelines.cli.schema import schema
from pipelines.cli.simulate import simulate
from pipelines.cli.status import status
from pipelines.cli.synth import synth
from pipelines.cli.validate import validate
from pipelines.cli.watch import watch
from warehouse.errors import LakeError, QueryError


class _Commands(click.Group):
    """Commands whose output may be cut short: whoever reads it has enough, nothing failed."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            _to_nowhere()
            return 0


def _to_nowhere() -> None:
    """What is left to write is dropped, at the end of the process too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="kwartaal")
def cli() -> None:
    """A quarter of Belgian employer declarations, from XML to tables that DuckDB answers from."""


for command in (
    *(run, watch, validate, answer, confront, personnel_file, query, explain, simulate, status),
    *(schema, rates, synth),
):
    cli.add_command(command)


def main() -> None:
    """Entry point: runs a command and turns what goes wrong into an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        fail("interrupted")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except QueryError as error:
        fail(str(error), code=USAGE)
    except LakeError as error:
        fail(str(error))
    except OSError as error:
        _to_nowhere()
        fail(f"{error.filename or 'output'}: {error.strerror}")
    except Exception as error:
        if os.environ.get("KWARTAAL_TRACEBACK"):
            raise
        fail(f"unexpected {type(error).__name__}: {error} (KWARTAAL_TRACEBACK=1 shows where)")
    sys.exit(code if isinstance(code, int) else 0)
