"""Patterns of paths as everybody writes them: ``*`` stays within a name, ``**`` does not."""

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKENS = re.compile(
    r"(?P<folders>\*\*/)|(?P<all>\*\*)|(?P<name>\*)|(?P<one>\?)|(?P<other>.)", re.S
)
_MEANING = {"folders": "(?:[^/]*/)*", "all": ".*", "name": "[^/]*", "one": "[^/]"}


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path as a whole is what one of the patterns describes."""
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    found = _TOKENS.finditer(pattern)
    return re.compile(
        "".join(_MEANING.get(str(t.lastgroup)) or re.escape(t[0]) for t in found), re.S
    )
