"""A comparison told to those who declare, with what is known of the message that it is of."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.schema.sources import Source
from schemas.compare.difference import Comparison
from schemas.dimona import DIMONA
from schemas.dmfa import DMFA
from schemas.kind import titles
from schemas.model import Block, SchemaError, read_message
from schemas.notice import notice
from schemas.quarter import Quarter

_DECLARATIONS = (DMFA, DIMONA)


def notice_of(
    comparison: Comparison,
    old: Source,
    new: Source,
    language: str,
    *,
    since: Quarter | date | None = None,
    markup: str = "markdown",
) -> str:
    """The notice in ``nl``, ``fr`` or ``en``; of a message that kwartaal knows with the titles of
    its zones and blocks. ``since`` is the quarter of the new release where nothing else is said."""
    release = new.named
    kind = release[0] if release else None
    root = comparison.roots[0] if len(comparison.roots) == 1 else None
    return notice(
        replace(comparison, old=_label(old), new=_label(new)),
        language,
        titles=titles(kind, language) if kind else {},
        old=_model(old.path, root),
        new=_model(new.path, root),
        since=since or (release[1] if release else None),
        subject="declaration" if kind in _DECLARATIONS else "message",
        markup=markup,
    ).removesuffix("\n")


def _label(source: Source) -> str:
    if source.named is None:
        return source.path.name
    kind, quarter = source.named
    return f"{Path(kind.schema_file).stem.removesuffix('_{}')} {quarter.slash}"


def _model(path: Path, root: str | None) -> Block | None:
    """None for a message that is no tree, or has several roots: its blocks are named only."""
    try:
        return read_message(path, root) if root else None
    except SchemaError:
        return None
