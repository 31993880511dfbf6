"""The rate book: every parameter by its name, with a fingerprint of where it all comes from."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas.quarter import Quarter
from transforms.rates.reading import RateFileError, read_topic, read_yaml
from transforms.rates.values import Confidence, NoRate, Parameter, Value

__all__ = [
    "Confidence",
    "NoRate",
    "Overlay",
    "Parameter",
    "RateBook",
    "RateFileError",
    "Value",
    "rate_book",
    "read_book",
    "read_yaml",
]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What-if values by name of parameter, in order of time."""

    title: str
    values: Mapping[str, tuple[Value, ...]]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RateBook:
    """An unknown name is a ``KeyError``: a bug, where ``NoRate`` is a gap in what is known."""

    parameters: Mapping[str, Parameter]
    fingerprint: str

    def at(self, name: str, quarter: Quarter) -> Value:
        """The value that holds the whole quarter; ``NoRate`` when there is none."""
        return self.parameters[name].at(quarter)

    def during(self, name: str, first: date, last: date) -> Value:
        """The value that holds from ``first`` to ``last``; ``NoRate`` when there is none."""
        return self.parameters[name].during(first, last)

    def overlaid(self, overlay: Overlay) -> "RateBook":
        """A book where the overlay's values hold on the days that they cover."""
        changed = {n: self.parameters[n].overlaid(over) for n, over in overlay.values.items()}
        both = f"{self.fingerprint} {overlay.fingerprint}"
        return RateBook({**self.parameters, **changed}, fingerprint(both.encode()))


@cache
def rate_book() -> RateBook:
    """The rates that kwartaal ships."""
    folder = files("transforms.rates")
    return read_book(f for f in folder.iterdir() if f.name.endswith(".yaml"))


def read_book(sources: Iterable[Traversable]) -> RateBook:
    """All parameters of some rate files; ``RateFileError`` for a name in two of them."""
    parameters: dict[str, Parameter] = {}
    read = b""
    for source in sorted(sources, key=lambda f: f.name):
        content = source.read_bytes()
        for parameter in read_topic(content, source.name):
            if parameter.name in parameters:
                other = parameters[parameter.name].topic
                raise RateFileError(f"{source.name}: {parameter.name} stands in {other}.yaml too")
            parameters[parameter.name] = parameter
        read += content
    return RateBook(parameters, fingerprint(read))


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
