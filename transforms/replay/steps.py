"""What libxml2 says of an element or an attribute: where it stands, and in which words.

The words are given as a *shape*: without the value of the document, which may be a person's number.
What the schema says of it is kept; where it is not sure who says what, all between quotes goes.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from transforms.faults import Fault, prefixed_at

_INDEX = re.compile(r"\[\d+\]")
_PREFIX = re.compile(r"[^/:@]+:")
_HEAD = re.compile(
    r"Element '(?:\{[^}]*\})?(?P<element>[^']*)'"
    r"(?:, attribute '(?:\{[^}]*\})?(?P<attribute>[^']*)')?: "
    r"(?:\[facet '(?P<facet>\w+)'\] )?"
)
_SAID_ATTRIBUTE = re.compile(r"The attribute '(?:\{[^}]*\})?([^']*)' is (?:required|not allowed)")
_SAID_VALUE = re.compile(
    r"(?P<lead>The value )?'(?P<value>.*)'"
    r"(?P<tail> (?:is not (?:an element of the set|accepted by the pattern|a valid value of)"
    r"|is (?:greater|less) than|must be (?:greater|less) than|has a length of|has more ).*)",
    re.DOTALL,
)
_LONGEST = 160
"""Characters of what is said of a value: a list of codes may have hundreds."""
_QUOTED = re.compile(r"'.*'", re.DOTALL)
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_NAMESPACE = re.compile(r"\{[^}'\s]*\}")
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Step:
    """A fault of a document. ``path``: names from the root, ``/Root/Block/Zone``; ``attribute``:
    of the element there, when it is at fault. ``expected``: names that could have stood there, at
    most ten of more; ``value``: what a facet refused, never to be shown as it is."""

    kind: str
    path: str
    line: int
    shape: str
    attribute: str | None = None
    expected: tuple[str, ...] = ()
    value: str | None = None

    @property
    def place(self) -> str:
        """As places of a difference are written."""
        return self.path if self.attribute is None else f"{self.path}/@{self.attribute}"

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def step_of(fault: Fault, root: etree._Element) -> Step:
    """``root``: of the tree that was judged."""
    path = _names(fault, root)
    shape, attribute, expected, value = _read(fault.message)
    return Step(fault.kind, path, fault.line, shape, attribute, expected, value)


def _names(fault: Fault, root: etree._Element) -> str:
    """Local names from the root. In namespaces libxml2 counts elements and does not name them."""
    if "*" in fault.path:
        element = prefixed_at(root, fault.path)
        if element is not None:
            around = [*element.iterancestors()][::-1]
            return "".join(f"/{etree.QName(one).localname}" for one in (*around, element))
    return _PREFIX.sub("", _INDEX.sub("", fault.path))


@lru_cache(maxsize=4096)
def _read(message: str) -> tuple[str, str | None, tuple[str, ...], str | None]:
    """Shape, attribute, what was expected, and the value of a message."""
    head = _HEAD.match(message)
    rest = message[head.end() :] if head else message
    said = _SAID_ATTRIBUTE.match(rest)
    attribute = said[1] if said else head["attribute"] if head else None
    expected = _EXPECTED.search(rest)
    names = expected[1].split(",") if expected else ()
    value = _SAID_VALUE.match(rest)
    if value:
        shape = f"{value['lead'] or ''}'…'{shorten(value['tail'])}"
    elif said or expected:
        shape = rest
    else:
        shape = _NUMBERS.sub("…", _QUOTED.sub("'…'", rest))
    facet = f"{head['facet']}: " if head and head["facet"] else ""
    listed = tuple(_NAMESPACE.sub("", name).strip() for name in names if name.strip() != "...")
    return (
        facet + _NAMESPACE.sub("", shape).strip(),
        attribute,
        listed,
        value["value"] if value else None,
    )


def shorten(words: str) -> str:
    """Words that are told in one line."""
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
