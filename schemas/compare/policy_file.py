"""Reads a policy for changes of schemas, and refuses whatever it does not know, with its line.

    version: 1
    schemas:                 # which files are looked at
      include: ["**/*.xsd"]
      exclude: ["tests/**"]
      number: '\\d{5}'        # what a text looks like that numbers a declaration
      roots: [Library]       # otherwise the elements that no other contains
    release:                 # of a new schema file
      allow: [none, widening]                 # verdicts
      allow-kinds: [enumeration-removed]      # whatever their verdict
      refuse-kinds: [documentation-changed]   # whatever is allowed
      follows: ['(?P<name>.+)-(?P<version>[\\d.]+)\\.xsd']
      in-place: ["draft/*.xsd"]               # files whose every change is a release
    fix:                     # of an existing schema file
      allow: [none]
    deletion: refuse         # or allow
    waivers:
      - id: 0123456789ab     # or kind: and/or at: a glob for paths of documents
        file: "orders/*.xsd" # if only there
        reason: nobody has used it since 2019
        expires: 2026-12-31

What is left out is as in ``policy.DEFAULT``.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import yaml

from schemas.compare.difference import Kind, Verdict
from schemas.compare.policy import DEFAULT, Allowance, Policy, Waiver
from schemas.compare.predecessor import VERSION

VERSIONS = (1,)
_ID = re.compile(r"[0-9a-f]{12}")
_DELETION = {"allow": True, "refuse": False}

T = TypeVar("T")


class PolicyError(ValueError):
    """A policy file breaks the rules; says where."""


@dataclass(frozen=True)
class _Place:
    """A node of the file with the way to it: ``release.allow``."""

    node: yaml.Node
    file: str
    way: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def error(self, text: str) -> PolicyError:
        return PolicyError(f"{self}: {self.way}: {text}" if self.way else f"{self}: {text}")

    def below(self, node: yaml.Node, name: str) -> "_Place":
        return _Place(node, self.file, f"{self.way}.{name}".lstrip("."))


def read_policy(content: bytes, file: str) -> Policy:
    """The policy in a file of this name; ``PolicyError`` says which line breaks which rule."""
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise PolicyError(f"{file}{line}: not YAML: {said}") from error
    if node is None:
        raise PolicyError(f"{file}: empty: a policy says at least its version (version: 1)")
    return _policy(_Place(node, file))


def _policy(place: _Place) -> Policy:
    known = ("version", "schemas", "release", "fix", "deletion", "waivers")
    given = _mapping(place, known, needed=("version",))
    _version(given["version"])
    schemas = _section(given, "schemas", ("include", "exclude", "number", "roots"))
    allowed = ("allow", "allow-kinds", "refuse-kinds")
    release = _section(given, "release", (*allowed, "follows", "in-place"))
    fix = _section(given, "fix", allowed)
    return Policy(
        release=_allowance(release, DEFAULT.release),
        fix=_allowance(fix, DEFAULT.fix),
        include=_maybe(schemas, "include", _texts, DEFAULT.include),
        exclude=_maybe(schemas, "exclude", _texts, DEFAULT.exclude),
        roots=_maybe(schemas, "roots", _texts, DEFAULT.roots),
        number=_maybe(schemas, "number", _expression, re.compile(DEFAULT.number)).pattern,
        releases=_maybe(release, "follows", _rules, DEFAULT.releases),
        in_place=_maybe(release, "in-place", _texts, DEFAULT.in_place),
        deletion=_maybe(given, "deletion", _deletion, DEFAULT.deletion),
        waivers=_maybe(given, "waivers", _waivers, DEFAULT.waivers),
    )


def _version(place: _Place) -> None:
    value = _value(place)
    if type(value) is not int or value not in VERSIONS:
        raise place.error(f"{value!r} is no version that is known: {_listed(map(str, VERSIONS))}")


def _deletion(place: _Place) -> bool:
    return _DELETION[_one_of(place, tuple(_DELETION))]


def _allowance(given: Mapping[str, _Place], otherwise: Allowance) -> Allowance:
    def verdicts(place: _Place) -> frozenset[Verdict]:
        return frozenset(Verdict(_one_of(item, tuple(Verdict))) for item in _items(place))

    def kinds(place: _Place) -> frozenset[Kind]:
        return frozenset(Kind(_one_of(item, tuple(Kind))) for item in _items(place))

    return Allowance(
        _maybe(given, "allow", verdicts, otherwise.verdicts),
        _maybe(given, "allow-kinds", kinds, otherwise.kinds),
        _maybe(given, "refuse-kinds", kinds, otherwise.refused),
    )


def _rules(place: _Place) -> tuple[re.Pattern[str], ...]:
    rules = tuple((item, _expression(item)) for item in _items(place))
    for item, rule in rules:
        if VERSION not in rule.groupindex:
            raise item.error(f"the expression needs a group (?P<{VERSION}>...)")
    return tuple(rule for _, rule in rules)


def _waivers(place: _Place) -> tuple[Waiver, ...]:
    return tuple(_waiver(item) for item in _items(place))


def _waiver(place: _Place) -> Waiver:
    known = ("id", "kind", "at", "file", "reason", "expires")
    given = _mapping(place, known, needed=("reason", "expires"))
    if not given.keys() & {"id", "kind", "at"}:
        raise place.error("a waiver names what it is for: id, kind or at")
    return Waiver(
        id=_maybe(given, "id", _id, None),
        kind=_maybe(given, "kind", lambda at: Kind(_one_of(at, tuple(Kind))), None),
        at=_maybe(given, "at", _text, None),
        file=_maybe(given, "file", _text, None),
        reason=_text(given["reason"]),
        expires=_day(given["expires"]),
        place=str(place),
    )


def _id(place: _Place) -> str:
    written = str(place.node.value)  # 123456789012 and 1234567890e1 are no numbers here
    if not isinstance(place.node, yaml.ScalarNode) or not _ID.fullmatch(written):
        raise place.error("an id is the twelve hexadecimal digits that a comparison shows")
    return written


def _day(place: _Place) -> date:
    value = _value(place)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise place.error("a day is written 2026-12-31")
    return value


# --- what a YAML file is made of -----------------------------------------------------------------


def _section(given: Mapping[str, _Place], name: str, known: Sequence[str]) -> Mapping[str, _Place]:
    return _mapping(given[name], known) if name in given else {}


def _maybe(given: Mapping[str, _Place], name: str, read: Callable[[_Place], T], otherwise: T) -> T:
    return read(given[name]) if name in given else otherwise


def _mapping(
    place: _Place, known: Sequence[str], needed: Iterable[str] = ()
) -> Mapping[str, _Place]:
    if not isinstance(place.node, yaml.MappingNode):
        raise place.error(f"expected are {_listed(known)}")
    found: dict[str, _Place] = {}
    for key, value in place.node.value:
        at = _Place(key, place.file, place.way)
        name = str(key.value)
        if not isinstance(key, yaml.ScalarNode) or name not in known:
            raise at.error(f"{name!r} is not known here: expected are {_listed(known)}")
        if name in found:
            raise at.error(f"{name!r} is given twice")
        found[name] = place.below(value, name)
    missing = [name for name in needed if name not in found]
    if missing:
        raise place.error(f"{_listed(missing)} has to be given")
    return found


def _items(place: _Place) -> tuple[_Place, ...]:
    if not isinstance(place.node, yaml.SequenceNode):
        raise place.error("a list is expected")
    return tuple(place.below(node, str(number)) for number, node in enumerate(place.node.value, 1))


def _texts(place: _Place) -> tuple[str, ...]:
    return tuple(_text(item) for item in _items(place))


def _text(place: _Place) -> str:
    value = _value(place)
    if not isinstance(value, str) or not value.strip():
        raise place.error("a text is expected")
    return value.strip()


def _expression(place: _Place) -> re.Pattern[str]:
    try:
        return re.compile(_text(place))
    except re.error as error:
        raise place.error(f"no regular expression: {error}") from error


def _one_of(place: _Place, values: Sequence[str]) -> str:
    value = _value(place)
    if value is None and isinstance(place.node, yaml.ScalarNode):
        value = place.node.value
    if value not in values:
        raise place.error(f"{value!r} is none of {_listed(values)}")
    return str(value)


def _value(place: _Place) -> Any:
    """What a plain value is in YAML: a text, a number, a date."""
    if not isinstance(place.node, yaml.ScalarNode):
        raise place.error("one value is expected")
    try:
        return yaml.SafeLoader("").construct_object(place.node)
    except (ValueError, yaml.YAMLError) as error:
        raise place.error(f"not a value: {error}") from error


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
