"""Limits against hostile or broken input, each with its reason.

Depth and the length of a single text are bounded by libxml2 itself (256 levels, 10 MB), which
is left at its defaults on purpose: a DmfA is nine levels deep.
"""

PROLOG_BYTES = 64 * 1024
"""Everything before the first form: declaration, comments, root tag. Real ones take 300 bytes."""

FORM_BYTES = 512 * 1024 * 1024
"""One form is parsed as one tree. An employer with 100,000 workers takes about 400 MB."""

FINDINGS_PER_FORM = 1000
"""The official offline validator stops there as well; more do not help anyone to mend a form."""

WINDOW_BYTES = 32 * 1024 * 1024
"""Forms that are judged and whose tables are made at once. Measured, a megabyte of XML costs 20.5
CPU milliseconds at 16 MB, 21.3 at 24, 19.5 at 32 and 19.6 at 48; a worker's memory grows with it,
from 0.60 to 0.74 GB."""

SEGMENT_BYTES = 24 * 1024 * 1024
"""A form longer than this is cut between two persons, and its segments are processed apart: an
employer with 60,000 workers keeps several workers busy, and none of them holds it as a whole."""
