"""How a command ends when it cannot do its work."""

import sys
from typing import NoReturn

import click

FINDINGS = 1
USAGE = 2
FAILED = 3


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Says why on stderr and ends the process."""
    click.echo(f"kwartaal: {message}", err=True)
    sys.exit(code)
