"""Where a form lies in a file, as a whole or as one segment of a long one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """Some of the repeated blocks of a long form.

    ``number``: from 0; ``head``, ``inner``, ``tail``: offsets in the file of what stands before
    the first repeated block of the form, of the blocks of this segment, and behind the last of the
    form. ``line``: of the form's tag. ``blocks`` and ``lines``: how many blocks and line breaks the
    inner parts of the segments before this one have; for the first segment, which has the tail,
    those of the segments that follow.
    """

    number: int
    head: tuple[int, int]
    inner: tuple[int, int]
    tail: tuple[int, int]
    line: int
    blocks: int
    lines: int


@dataclass(frozen=True, slots=True)
class Range:
    """Whole forms that lie together in a file: bytes, first line, number of the first form.

    ``employer``: of the first form as its bytes seem to say, "" when they say nothing. It decides
    where a form is processed, so that the parts of the lake are in order of employer. A range with
    a ``segment`` is part of one long form, and ``forms`` is 1 for the first of these only.
    """

    start: int
    end: int
    line: int
    form_no: int
    forms: int
    employer: str = ""
    segment: Segment | None = None
