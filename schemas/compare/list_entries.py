"""The entries of a list: what is valid in which period, under which key."""

from dataclasses import dataclass

from schemas.compare.difference import Location
from schemas.compare.list_shape import Shape
from schemas.compare.listing import ListError, Listing, Row
from schemas.compare.validity import Period, period

Key = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One row: what is valid in one period."""

    row: Row
    period: Period


class Side:
    """A list with its entries by key, in the order of the file."""

    def __init__(self, listing: Listing, shape: Shape) -> None:
        self.listing = listing
        self.entries: dict[Key, list[Entry]] = {}
        for row in listing.rows:
            key = tuple(_key_part(row, column, shape) for column in shape.key)
            found = self.entries.setdefault(key, [])
            entry = Entry(row, self._period(row, shape))
            for other in found:
                if other.period.overlap(entry.period) is not None:
                    raise ListError(self._twice(shape, key, other.row, row))
            found.append(entry)

    def _period(self, row: Row, shape: Shape) -> Period:
        first = row.values[shape.valid_from] if shape.valid_from else ""
        last = row.values[shape.valid_to] if shape.valid_to else ""
        try:
            return period(first, last)
        except ValueError as error:
            raise ListError(f"{self.listing.path.name}, line {row.line}: {error}") from error

    def _twice(self, shape: Shape, key: Key, one: Row, other: Row) -> str:
        more = [c for c in self.listing.columns if one.values[c] != other.values[c]]
        advice = f"; they differ in {', '.join(more)}" if more else "; they are the same"
        return (
            f"{self.listing.path.name}: lines {one.line} and {other.line} both are"
            f" {spelled(key)} at the same time{advice}. Name the columns that tell entries apart"
            f" (now {', '.join(shape.key)}), or mend the list"
        )

    def at(self, entry: Entry) -> Location:
        return Location(self.listing.path, entry.row.line)


def _key_part(row: Row, column: str, shape: Shape) -> str:
    value = row.values[column]
    return bare(value) if column in shape.numbers else value


def bare(text: str) -> str:
    """A number without leading zeros."""
    return text.lstrip("0") or "0" if text.isdigit() else text


def spelled(key: Key) -> str:
    return " / ".join(part or "(empty)" for part in key)
