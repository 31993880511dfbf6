"""The way from a schema file to what is wrong with it."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from schemas.lint.ambiguity import ambiguous_content
from schemas.lint.content import (
    absent_or_nil,
    empty_content,
    empty_values,
    inconsistent_types,
    invalid_default,
    several_types,
)
from schemas.lint.declared import declared_twice, undeclared, unqualified_locals
from schemas.lint.facets import contradicting_facets, enumerations, idle_facets
from schemas.lint.finding import Finding
from schemas.lint.loading import invalid, not_portable
from schemas.lint.nesting import nesting
from schemas.lint.patterns import suspicious_patterns
from schemas.lint.reach import any_root, unreachable
from schemas.lint.rules import Rule
from schemas.lint.sources import Sources
from schemas.lint.subject import Subject
from schemas.lint.values import lost_zeros, no_value

Pass = Callable[[Subject], Iterator[Finding]]

OF_FILES: tuple[Pass, ...] = (
    declared_twice,
    undeclared,
    unqualified_locals,
    any_root,
    unreachable,
    suspicious_patterns,
    absent_or_nil,
)
"""Of the files as they are written: nothing has to load for it."""

OF_COMPONENTS: tuple[Pass, ...] = (
    ambiguous_content,
    inconsistent_types,
    nesting,
    several_types,
    empty_content,
    empty_values,
    invalid_default,
    contradicting_facets,
    enumerations,
    idle_facets,
    no_value,
    lost_zeros,
)
"""Of what xmlschema makes of them."""


def lint(
    path: Path,
    *,
    roots: Sequence[str] = (),
    number: str = r"\d+",
    disabled: Collection[Rule] = (),
) -> tuple[Finding, ...]:
    """What is found in a schema, in the order of its lines; never raises for what is in a file.

    ``roots``: local names of the elements that documents begin with; otherwise those that nothing
    refers to. ``number``: what a documentation text looks like that numbers a declaration.
    """
    sources = Sources.read(path)
    found = list(sources.findings)
    subject = Subject(sources, re.compile(number), tuple(roots))
    if sources.main is not None:
        for one in OF_FILES:
            found.extend(one(subject))
        found.extend(_of_components(subject))
        found.extend(invalid(subject, found))
        found.extend(not_portable(subject, found))
    kept = dict.fromkeys(finding for finding in found if finding.rule not in disabled)
    return tuple(sorted(kept, key=lambda finding: _order(finding, path)))


def _order(finding: Finding, main: Path) -> tuple[bool, str, int, int]:
    at = finding.at
    return (at.file != main, str(at.file), at.line, finding.severity.rank)


def _of_components(subject: Subject) -> Iterator[Finding]:
    """The findings of all passes over components. Those of a schema with faults are built in part
    only, in ways that cannot all be foreseen: a pass that meets such a one ends there, which is
    told."""
    is_cut = subject.schema is None
    for one in OF_COMPONENTS:
        try:
            yield from one(subject)
        except Exception:
            if subject.is_sound:
                raise
            is_cut = True
    if is_cut and subject.sources.main is not None:
        yield subject.finding(
            Rule.NOT_LOOKED_AT,
            subject.sources.main.root,
            "types, values and content could not be looked at to the end: the schema has faults",
            "Mend the errors, and look again.",
        )
