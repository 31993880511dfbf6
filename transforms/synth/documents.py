"""Documents: forms with a root around them, as files are sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from transforms.synth.declaration import REFERENCE_PREFIX
from transforms.synth.plan import Draft, Plan, drafts, layout, planned_defect, schema_release
from transforms.synth.releases import ROOT
from transforms.synth.xml import DECLARATION, epilog, prolog

_DOCTYPE = f'\n<!DOCTYPE {ROOT} [<!ENTITY quarter "quarter">]>'
_OTHER_ROOT = "DmfAMystery"
_NOT_UTF8 = b"\xe9"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Document:
    """A file to be: its number, name and the employers in it, ``first`` to before ``last``."""

    number: int
    name: str
    first: int
    last: int


Content = Iterator[tuple[bytes, "Draft | None"]]
"""A file piece by piece: each form with what is known about it, and what is around them."""


def documents(plan: Plan) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of every file of the plan; read one before asking for the next."""
    for document, content in contents(plan, 0, document_count(plan)):
        yield document.name, (piece for piece, _ in content)


def contents(plan: Plan, first: int, last: int) -> Iterator[tuple[Document, Content]]:
    """Files ``first`` up to but not including ``last``; read one before asking for the next.

    Many small files are written together faster than one by one.
    """
    begin, end = document_of(plan, first).first, document_of(plan, last - 1).last
    by_file = groupby(drafts(plan, begin, end), lambda draft: draft.employer // plan.forms_per_file)
    for number, inside in by_file:
        document = document_of(plan, number)
        yield document, _content(plan, document, inside)


def document_count(plan: Plan) -> int:
    return -(-plan.employers // plan.forms_per_file)


def document_of(plan: Plan, number: int) -> Document:
    """The ``number``-th file; names sort in the order of employers."""
    first = number * plan.forms_per_file
    return Document(
        number,
        f"dmfa-{plan.quarter}-{number:0{_DIGITS}}.xml",
        first,
        min(first + plan.forms_per_file, plan.employers),
    )


def pieces(plan: Plan, document: Document) -> Content:
    """The bytes of one file piece by piece, each form with what is known about it."""
    return _content(plan, document, drafts(plan, document.first, document.last))


def _content(plan: Plan, document: Document, inside: Iterable[Draft]) -> Content:
    spoiled = _file_defects(plan, document)
    root = _OTHER_ROOT if "wrong-root" in spoiled else ROOT
    yield _head(plan, root, "doctype" in spoiled), None
    for draft in inside:
        content = draft.content
        if draft.defect == "bad-encoding":
            content = content.replace(REFERENCE_PREFIX.encode(), _NOT_UTF8, 1)
        yield content, draft
    yield epilog(root).encode(), None


def _head(plan: Plan, root: str, doctype: bool) -> bytes:
    text = prolog(schema_release(plan).schema, root, layout(plan))
    if doctype:
        text = text.replace(DECLARATION, DECLARATION + _DOCTYPE, 1)
    return text.encode()


def _file_defects(plan: Plan, document: Document) -> set[str]:
    """Names of the defects of the whole file; each comes from one of its forms."""
    planned = (planned_defect(plan, n) for n in range(document.first, document.last))
    return {defect.name for defect in planned if defect and defect.level == "file"}
