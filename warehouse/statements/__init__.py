"""Statements of the lake, one to a file, named for what it finds or does."""

from importlib.resources import files


def statement(name: str) -> str:
    """The text of ``name.sql``."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
