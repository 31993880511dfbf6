"""Options and argument types that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from schemas.kind import Kind, MessageKind
from schemas.kinds import KINDS, kind_named, message_named
from schemas.quarter import Quarter
from warehouse.location import Location

Command = TypeVar("Command", bound=Callable[..., Any])
_CATALOG = "kwartaal.catalog"

WIDTH = 110
"""Columns of a summary that goes into a file."""


class QuarterType(click.ParamType[Quarter]):
    """A quarter, written 2023Q1, 2023/1 or 20231."""

    name = "quarter"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else Quarter.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class KindType(click.ParamType[Kind]):
    """A declaration kind by its name."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Kind:
        try:
            return value if isinstance(value, Kind) else kind_named(value)
        except LookupError as error:
            self.fail(str(error.args[0]), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "|".join(kind.name for kind in KINDS)


class MessageType(click.ParamType[MessageKind]):
    """A message by its name: a declaration or one that goes with it."""

    name = "message"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> MessageKind:
        try:
            return value if isinstance(value, MessageKind) else message_named(value)
        except LookupError as error:
            self.fail(str(error.args[0]), param, ctx)


quarter_option = click.option(
    "--quarter", type=QuarterType(), required=True, help="Quarter: 2023Q1, 2023/1 or 20231."
)

kind_argument = click.argument("kind", type=KindType())


def _located(ctx: click.Context, _param: click.Parameter, data: str) -> Location:
    return Location(data, ctx.meta.get(_CATALOG))


def _catalogued(ctx: click.Context, _param: click.Parameter, address: str | None) -> None:
    ctx.meta[_CATALOG] = address


def lake_option(command: Command) -> Command:
    """``--lake`` and ``--catalog``: the command gets both as one ``Location``, ``lake``."""
    lake = click.option(
        "--lake",
        type=click.Path(file_okay=False),
        required=True,
        callback=_located,
        envvar="KWARTAAL_LAKE",
        show_envvar=True,
        help="Directory of the lake, or s3://bucket/prefix.",
    )
    catalog = click.option(
        "--catalog",
        is_eager=True,
        expose_value=False,
        callback=_catalogued,
        metavar="POSTGRESQL_URL",
        envvar="KWARTAAL_CATALOG",
        show_envvar=True,
        help="postgresql://user@host:port/database, when the catalog is in PostgreSQL and not a"
        " file in the lake. The password comes from .pgpass or PGPASSWORD.",
    )
    return lake(catalog(command))


registry_option = click.option(
    "--registry",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(click.get_app_dir("kwartaal"), "schemas"),
    envvar="KWARTAAL_REGISTRY",
    show_envvar=True,
    show_default="a folder of the user",
    help="Folder of registered releases.",
)
