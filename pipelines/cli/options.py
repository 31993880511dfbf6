"""Options and argument types that several commands share."""

from pathlib import Path
from typing import Any

import click

from schemas.kind import Kind
from schemas.kinds import KINDS, kind_named
from schemas.quarter import Quarter


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


quarter_option = click.option(
    "--quarter", type=QuarterType(), required=True, help="Quarter: 2023Q1, 2023/1 or 20231."
)

kind_argument = click.argument("kind", type=KindType())

lake_option = click.option(
    "--lake",
    type=click.Path(file_okay=False),
    required=True,
    envvar="KWARTAAL_LAKE",
    show_envvar=True,
    help="Directory of the lake.",
)

registry_option = click.option(
    "--registry",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(click.get_app_dir("kwartaal"), "schemas"),
    envvar="KWARTAAL_REGISTRY",
    show_envvar=True,
    show_default="a folder of the user",
    help="Folder of registered releases.",
)
