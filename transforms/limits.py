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

WINDOW_BYTES = 24 * 1024 * 1024
"""Forms whose tables are made at once. Memory grows with it; measured, contributions cost 7.5
CPU milliseconds a megabyte of XML at 12 MB, 3.9 at 24 and 3.0 at 48."""

SEGMENT_BYTES = 24 * 1024 * 1024
"""A form longer than this is cut between two persons, and its segments are processed apart: an
employer with 60,000 workers keeps several workers busy, and none of them holds it as a whole."""
