"""What a mechanism is asked, and how it says what its parameters are.

The type of a parameter tells what it names, so that a rule file can be checked: a column of the
judged rows, columns that another table has too, a code list, a table of presence, a limit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NewType

from transforms.rates.values import Parameter
from transforms.rules.columns import Columns, Mask
from transforms.rules.rule import Span

Column = NewType("Column", str)
"""A column of the judged rows."""

Listed = NewType("Listed", str)
"""A code list."""

PresenceTable = NewType("PresenceTable", str)
"""A column that a table of presence is about."""

Limit = NewType("Limit", str)
"""A dated number of the law."""

Others = NewType("Others", str)
"""A table of its own."""

Shared = NewType("Shared", str)
"""A column of that table; the judged rows have it too, with the prefix before its name."""

Itself = NewType("Itself", str)
"""A column of both that says which row of that table a judged row is about."""


@dataclass(frozen=True, slots=True)
class Question:
    """``asked``: the rows that the clause is about; a mechanism may answer for all."""

    rows: Columns
    others: Mapping[str, Columns]
    lists: Mapping[str, Mapping[str, tuple[Span, ...]]]
    limits: Mapping[str, Parameter]
    demanded: Callable[[str], Mapping[str, Mask]]
    asked: Mask


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows where something is wrong, and rows of which that is not known."""

    found: Mask
    unknown: Mask
    why: str
