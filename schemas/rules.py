"""What rules ask for and what they answer, whichever declaration they are about."""

from dataclasses import dataclass

import pyarrow as pa

from schemas.tables import Column, Table, text, whole

LANGUAGES = ("nl", "fr", "de", "en")
CLASSES = {
    "B": "blocking",
    "P": "percentage",
    "NP": "non-percentage",
    "D": "check of the right to a reduction",
    "W": "warning",
    "I": "investigation",
}
"""Anomaly classes (zone 00497). Only B refuses what was declared."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Data that rules need: ``table`` says its columns.

    Where ``beside`` names another table its columns stand in that table, row by row; else it is a
    table of its own, which rules compare rows with.
    """

    table: Table
    beside: str | None = None

    @property
    def name(self) -> str:
        return self.table.name


FOUND = Table(
    "ops",
    "rule_finding",
    "What rules found: one row for each judged row and code",
    (
        whole("row", "Number of the row that was judged, from 0"),
        text("code", "Official code of the anomaly"),
        text("clause", "Which clause of the rule found it; null where the rule has one"),
        text("class", f"Class of the anomaly: {', '.join(CLASSES)}"),
        Column("blocking", pa.bool_(), pa.bool_(), "Whether it refuses what was declared"),
        text("certainty", "What the rule rests on: official, derived, unverified"),
        text("element", "Element of the message that is wrong"),
        text("value", "The value in question; personal data, for the declarer only"),
    ),
)
