"""Which older schema a new file follows, as its path tells."""

import re
from collections.abc import Iterable, Sequence

_NUMBERS = re.compile(r"\d+(?:[._-]\d+)*")
VERSION = "version"

Key = tuple[object, ...]
Version = tuple[tuple[int, int | str], ...]


def predecessor(
    path: str, others: Iterable[str], rules: Sequence[re.Pattern[str]] = ()
) -> str | None:
    """The file of the same group with the next lower version; None when there is none.

    A rule is an expression for whole paths with a group ``version``; files whose other named groups
    are equal are of one group. The first rule that fits the path decides. Without rules, paths that
    differ in their numbers only are of one group, and these numbers are the version:
    ``shop-1.9/order.xsd`` comes before ``shop-1.10/order.xsd``.
    """
    for rule in rules or (None,):
        found = _placed(path, rule)
        if found is None:
            continue
        group, version = found
        older = [
            (placed[1], other)
            for other in others
            if (placed := _placed(other, rule)) and placed[0] == group and placed[1] < version
        ]
        return max(older)[1] if older else None
    return None


def _placed(path: str, rule: re.Pattern[str] | None) -> tuple[Key, Version] | None:
    """Group and version of a path."""
    if rule is None:
        numbers = tuple(_NUMBERS.findall(path))
        return ((_NUMBERS.sub("#", path),), _version("/".join(numbers))) if numbers else None
    match = rule.fullmatch(path)
    if match is None:
        return None
    group = {name: value for name, value in match.groupdict().items() if name != VERSION}
    return tuple(sorted(group.items())), _version(match[VERSION] or "")


def _version(text: str) -> Version:
    """Numbers count as numbers: 1.9 comes before 1.10, and 1.2 before 1.2.1."""
    parts = re.findall(r"\d+|[^\W\d_]+|/", text)
    return tuple((1, int(part)) if part.isdecimal() else (0, part) for part in parts)
