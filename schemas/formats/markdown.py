"""Markdown for the discussion of a change: a table, and the proofs folded away below it."""

import re
from collections.abc import Iterator

from schemas.compare.checked import Checked, Outcome
from schemas.compare.difference import Witness
from schemas.compare.policy import Judged, Level
from schemas.formats.words import (
    VERDICTS,
    matters,
    printable,
    short,
    subject,
    summary,
)

MOST = 60_000
"""Characters that a comment of the common platforms holds, with some left for what is around it."""

_MARKS = {Level.ERROR: "❌", Level.WARNING: "⚠️", Level.NOTE: ""}
_SPECIAL = re.compile(r"([\\`*_\[\]#|~@]|^[-+=])")


def markdown(outcome: Outcome) -> str:
    """A section for each schema, the proofs last: they are left out first when it grows long."""
    parts = [_head(outcome), *(_section(one) for one in outcome.checked)]
    parts += [f"⚠️ {_plain(text)}" for text in outcome.remarks]
    return "\n\n".join(
        _within(
            parts, [proof for one in outcome.judged() if matters(one) for proof in _proofs(one)]
        )
    )


def _head(outcome: Outcome) -> str:
    if outcome.against is None:
        return "### Comparison of schemas"
    return f"### Schemas that have changed since {_code(outcome.against)}" + (
        "" if outcome.checked else "\n\nNone."
    )


def _within(parts: list[str], proofs: list[str]) -> Iterator[str]:
    """As many parts as there is room for, and how many there was no room for."""
    length, left_out = 0, 0
    for part in (*parts, *proofs):
        length += len(part) + 2
        if length <= MOST:
            yield part
        else:
            left_out += 1
            length -= len(part) + 2
    if left_out:
        yield f"*There is no room for {left_out} more.*"


def _section(checked: Checked) -> str:
    lines = [f"#### {_MARKS[checked.level]} {_title(checked)}".replace("  ", " ")]
    lines += [f"{_MARKS[one.level]} {_plain(one.text)}".strip() for one in checked.problems]
    if checked.comparison:
        lines.append(_sentence(summary(checked)))
    shown = [one for one in checked.judged if matters(one)]
    if shown:
        lines.append("\n".join((*_TABLE, *_rows(shown))))
    return "\n\n".join(lines)


_TABLE = ("| | Verdict | What | Where | Old | New | |", "|-|-|-|-|-|-|-|")
_ROWS = 200


def _rows(shown: list[Judged]) -> Iterator[str]:
    for judged in shown[:_ROWS]:
        yield _row(judged)
    if len(shown) > _ROWS:
        yield f"| | | *and {len(shown) - _ROWS} more* | | | | |"


def _title(checked: Checked) -> str:
    before = f", compared with {_code(checked.before)}" if checked.before else ""
    change = f" {checked.change}" if checked.change else ""
    sort = f" ({checked.sort})" if checked.sort else ""
    return f"{_code(checked.file)}{change}{sort}{before}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _row(judged: Judged) -> str:
    difference = judged.difference
    cells = (
        _MARKS[judged.level],
        VERDICTS[difference.verdict],
        _plain(subject(difference)),
        _cell(difference.path),
        _cell(difference.old),
        _cell(difference.new),
        "<br>".join(filter(None, (_plain(judged.reason or ""), _code(difference.id)))),
    )
    return f"| {' | '.join(cells)} |"


def _proofs(judged: Judged) -> Iterator[str]:
    difference = judged.difference
    title = f"{_html(subject(difference))} at <code>{_html(difference.path)}</code>"
    shown = (
        ("valid before, refused now", difference.reader_witness),
        ("valid now, refused before", difference.writer_witness),
    )
    for said, witness in shown:
        if witness:
            yield _details(f"{title}: {said}", witness)
    if difference.reason or difference.unproved:
        texts = [_plain(text) for text in (difference.reason, difference.unproved) if text]
        yield "\n\n".join((f"<details><summary>{title}</summary>", *texts, "</details>"))


def _details(title: str, witness: Witness) -> str:
    document = witness.document.decode().rstrip("\n")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", document)), default=0))
    error = f"Line {witness.line}: {_plain(short(witness.error))}"
    block = f"{fence}xml\n{document}\n{fence}"
    return "\n\n".join((f"<details><summary>{title}</summary>", error, block, "</details>"))


def _code(text: str | None) -> str:
    """A code span that holds any text."""
    if not text:
        return ""
    shown = short(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    space = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _cell(text: str | None) -> str:
    """A code span in a table, which is cut into cells first."""
    return _code(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text that Markdown and HTML leave as it is."""
    return _SPECIAL.sub(r"\\\1", _html(text))


def _html(text: str) -> str:
    shown = printable(text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
