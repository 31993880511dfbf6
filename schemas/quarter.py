"""The quarter: the one period that declarations are about."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_SHAPES = re.compile(r"(?P<year>\d{4})(?:Q|/|-|-Q)?(?P<number>[1-4])", re.IGNORECASE)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A civil quarter. Accepted as ``2023Q1``, ``2023/1``, ``20231``; shown as ``2023Q1``."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read one of the accepted shapes; ``ValueError`` names the text that fits none."""
        match = _SHAPES.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a quarter: write it as 2023Q1, 2023/1 or 20231")
        return cls(int(match["year"]), int(match["number"]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def wire(self) -> str:
        """As zone 00013 writes it: ``20231``."""
        return f"{self.year:04}{self.number}"

    @property
    def slash(self) -> str:
        """As the publisher labels releases: ``2023/1``."""
        return f"{self.year}/{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    @property
    def months(self) -> tuple[tuple[date, date], ...]:
        """First and last day of each of its three months."""
        starts = [date(self.year, 3 * self.number - 2 + n, 1) for n in range(3)]
        ends = [day - timedelta(days=1) for day in (*starts[1:], self.next().first_day)]
        return tuple(zip(starts, ends, strict=True))

    def next(self) -> "Quarter":
        if self.number == 4:
            return Quarter(self.year + 1, 1)
        return Quarter(self.year, self.number + 1)

    def __str__(self) -> str:
        return f"{self.year:04}Q{self.number}"
