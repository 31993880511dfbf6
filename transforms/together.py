"""Judges forms by the hundred: the verdict on most of them from their columns.

Nearly every form is valid, and is written plainly. So the forms of some megabytes are searched for
their tags at once, and accepted where content models and values leave no doubt (``grammar``). All
others are judged one by one (``judge``). A root tag is trusted once libxml2 has accepted a form
behind it: what a form is does not depend on it then.

The design advised against a validator of our own: a prototype had accepted 82 of 4,000 mutated
documents that were invalid, and was no faster. This one only ever says yes, and no more than it can
prove from the bytes: a name it does not know, a text it has no rule for, a reference or a comment,
and the form goes to libxml2. That was an event parser without a tree before, which took 14 CPU
milliseconds a megabyte; shredding what had passed, its totals and its identity took 13 more.
Together it is 12 now, since what is found for the verdict is what the tables are made of.

That it never says yes where libxml2 says no is what ``tests/transforms/test_together.py`` and
``test_values.py`` try with mutated documents (``make fuzz`` for long), and what every run tries:
one form of each window is judged by libxml2 as well, and a run in which they disagree fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.catalogue import Release
from transforms.elements import Truths
from transforms.grammar import Grammar
from transforms.judge import Judged, accepted, judge, judged_segment, plain_content
from transforms.markup import is_text
from transforms.pack import Pack
from transforms.ranges import Range
from transforms.swift import is_valid, sound

_TRUSTED = 256
"""Root tags that are remembered: the files of one sender have the same."""
_ROUNDS = 8
"""After so many times forms in doubt are still found behind others: they are judged one by one."""


@dataclass(frozen=True, slots=True)
class Received:
    """The bytes of a range of forms; ``root_tag`` and ``codec`` as in ``Survey``."""

    data: bytes
    where: Range
    root_tag: bytes
    codec: str


def judge_together(
    received: Sequence[Received], release: Release
) -> tuple[list[tuple[Judged, ...]], Pack | None]:
    """The forms of each range in order, and those accepted by columns, their elements found."""
    contents, pack = _beyond_doubt(received, release)
    swift = set(map(id, pack.contents)) if pack else set()
    judged = [
        (accepted(one.data, one.where, content),)
        if content is not None and id(content) in swift
        else judge(one.data, one.where, one.root_tag, one.codec, release)
        for one, content in zip(received, contents, strict=True)
    ]
    return judged, pack


def are_accepted(received: Sequence[Received], release: Release) -> list[bool]:
    """Of each range whether its form is valid beyond doubt; for the others libxml2 has to say."""
    contents, pack = _beyond_doubt(received, release)
    swift = set(map(id, pack.contents)) if pack else set()
    return [content is not None and id(content) in swift for content in contents]


def _beyond_doubt(
    received: Sequence[Received], release: Release
) -> tuple[list[bytes | None], Pack | None]:
    """Contents of forms that may be judged by columns, in order, and those that are valid so."""
    contents = [_content(one, release) for one in received]
    pack = _accepted([content for content in contents if content is not None], release)
    if pack:
        _spot_check(pack, received[contents.index(pack.contents[0])].root_tag, release)
    return contents, pack


class VerdictError(RuntimeError):
    """A form was accepted by columns that the schema processor does not accept."""


def _spot_check(pack: Pack, root_tag: bytes, release: Release) -> None:
    """Has the first form of a pack judged by libxml2 as well."""
    if len(pack.contents) > 1 and not is_valid(pack.contents[0], root_tag, release):
        raise VerdictError(
            f"a form of {len(pack.contents[0])} bytes is valid by its columns and not by the schema"
            f" of release {release.label}: please report this, nothing was committed"
        )


def judge_segment(
    head: bytes, tail: bytes, received: Received, release: Release
) -> tuple[Judged | None, Pack | None]:
    """As ``judge_together``, of a segment of a long form, whose inner part was received; no form
    when it is not simply valid."""
    parts = head, received.data, tail
    segment = judged_segment(parts, received.where, received.codec, release)
    if segment is None:
        return None, None
    is_trusted = _is_trusted(received.root_tag, segment.content, release)
    pack = _accepted([segment.content], release) if is_trusted else None
    if pack is None and not sound(segment.content, received.root_tag, release):
        return None, None
    return segment, pack


def _content(one: Received, release: Release) -> bytes | None:
    """The form of a range in UTF-8, when it may be judged by columns."""
    content = plain_content(one.data, one.where, one.codec, release)
    if content is None or not _is_trusted(one.root_tag, content, release):
        return None
    return content


_trusted: dict[tuple[str, bytes], None] = {}


def _is_trusted(root_tag: bytes, content: bytes, release: Release) -> bool:
    """Whether libxml2 has accepted a form behind the tag, or does so with this one."""
    key = release.fingerprint, root_tag
    if key in _trusted:
        return True
    # A root that names another type, or says that it is empty, is another thing.
    if b"type" in root_tag or b"nil" in root_tag or not sound(content, root_tag, release):
        return False
    if len(_trusted) >= _TRUSTED:
        _trusted.clear()
    _trusted[key] = None
    return True


def _accepted(contents: Sequence[bytes], release: Release) -> Pack | None:
    """Those of some forms that are valid beyond doubt."""
    grammar = Grammar.of(release)
    if grammar is None:
        return None
    for _ in range(_ROUNDS):
        if not contents:
            return None
        pack = _plain(contents, release)
        if pack is None:
            doubtful = np.array([_plain([one], release) is None for one in contents])
        else:
            doubtful = _doubtful(pack, grammar)
            if not doubtful.any():
                return pack
        # Found by their places, which a form before may have moved: what is left is judged again.
        contents = [one for one, doubt in zip(contents, doubtful, strict=True) if not doubt]
    return None


def _plain(contents: Sequence[bytes], release: Release) -> Pack | None:
    pack = Pack.of(contents, release.layout)
    return pack if pack is not None and is_text(pack.markup.content) else None


def _doubtful(pack: Pack, grammar: Grammar) -> Truths:
    """Which forms are not valid beyond doubt; some more may be when there are any."""
    unsound = pack.tags.unsound(pack.firsts)
    if unsound.any():
        return unsound
    doubtful = np.zeros(len(pack.contents), dtype=np.bool_)
    elements = grammar.doubtful(pack.elements, pack.texts)
    doubtful[pack.elements.form_of(elements)] = True
    return doubtful
