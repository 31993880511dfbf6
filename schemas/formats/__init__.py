"""What was found about schemas, in the forms that people and tools read.

A format is one function in one of the two tables below; nothing here knows where schemas come from.
Texts of schemas are strangers': every form escapes them, and a terminal gets none that steers it.
"""

from collections.abc import Callable, Mapping

from schemas.compare.checked import Outcome
from schemas.compare.difference import Comparison
from schemas.formats.as_json import as_json, comparison_json
from schemas.formats.github import github
from schemas.formats.junit import junit
from schemas.formats.markdown import markdown
from schemas.formats.sarif import sarif
from schemas.formats.text import text

CHECK_FORMATS: Mapping[str, Callable[[Outcome], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
    "junit": junit,
    "sarif": sarif,
    "github": github,
}
"""Of ``kwartaal schema check``."""


def _as_outcome(form: Callable[[Outcome], str]) -> Callable[[Comparison], str]:
    return lambda comparison: form(Outcome.of(comparison))


DIFF_FORMATS: Mapping[str, Callable[[Comparison], str]] = {
    **{name: _as_outcome(form) for name, form in CHECK_FORMATS.items()},
    "json": comparison_json,
}
"""Of ``kwartaal schema diff``."""
