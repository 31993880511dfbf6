"""Phrases, numbers and dates of a notice in one language; ``texts.yaml`` has the words."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from schemas.quarter import Quarter

LANGUAGES = ("nl", "fr", "en")
_NO_BREAK = "\u00a0"
_UNGROUPED = 4
NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")


class Texts:
    """The phrases of one language.

    A phrase is found by its keys, outermost first, and by the form that is wanted of it. A phrase
    without that form says the same in every form.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise LookupError(f"no language {language!r}: there is {', '.join(LANGUAGES)}")
        self.language = language

    def say(self, *keys: str, **values: str) -> str:
        """A phrase with its values put in; ``KeyError`` for one that does not exist."""
        return self._phrase(keys).format(**values)

    def say_of(self, count: int, *keys: str, **values: str) -> str:
        """A phrase in the form that goes with a number, which is its value ``n``."""
        form = "one" if count == 1 else "many"
        return self.say(*keys, form, n=self.number(str(count)), **values)

    def has(self, *keys: str) -> bool:
        try:
            return bool(self._phrase(keys))
        except KeyError:
            return False

    def number(self, text: str) -> str:
        """A number as the language writes it, grouped from five digits on; other texts as are."""
        match = NUMBER.fullmatch(text)
        if match is None:
            return text
        sign, whole, decimals = match.groups()
        if len(whole) > _UNGROUPED and not whole.startswith("0"):
            whole = f"{int(whole):,}".replace(",", self.say("numbers", "thousands"))
        return sign + whole + (self.say("numbers", "decimals") + decimals if decimals else "")

    def day(self, day: date) -> str:
        month = self.say("when", "months", str(day.month))
        form = "first_day" if day.day == 1 else "day"
        return self.say("when", form, day=str(day.day), month=month, year=str(day.year))

    def quarter(self, quarter: Quarter) -> str:
        return self.say("when", "quarters", str(quarter.number), year=str(quarter.year))

    def joined(self, parts: Sequence[str], how: str = "last") -> str:
        """``a, b and c``; with ``how`` choice, ``a, b or c``."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("lists", how, first=", ".join(parts[:-1]), last=parts[-1])

    def _phrase(self, keys: tuple[str, ...]) -> str:
        found: Any = load()
        for key in keys:
            found = found if self.language in found else found[key]
        text = str(found[self.language])
        return _spaced(text) if self.language == "fr" else text


@cache
def load() -> Mapping[str, Any]:
    """All phrases as they stand in the file."""
    text = files("schemas.notice").joinpath("texts.yaml").read_bytes()
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def _spaced(text: str) -> str:
    """French with no-break spaces where its punctuation stands apart."""
    text = re.sub(r" (?=[:;?!»])", _NO_BREAK, text)
    return text.replace("« ", f"«{_NO_BREAK}")
