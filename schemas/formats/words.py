"""The words that all formats use of a difference."""

from collections.abc import Iterator, Mapping
from itertools import islice

from schemas.compare.checked import Checked, counts
from schemas.compare.difference import Difference, Effect, Location, Verdict, Witness
from schemas.compare.policy import Judged, Level

OLD_DOCUMENTS: Mapping[Effect, str] = {
    Effect.KEEPS: "old documents stay valid",
    Effect.BREAKS: "the new schema may refuse old documents",
    Effect.REVIEW: "a person has to see whether old documents stay valid",
}
NEW_DOCUMENTS: Mapping[Effect, str] = {
    Effect.KEEPS: "new documents pass the old schema",
    Effect.BREAKS: "the old schema may refuse new documents",
    Effect.REVIEW: "a person has to see whether new documents pass the old schema",
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.NONE: "no effect",
    Verdict.WIDENING: "widening",
    Verdict.NARROWING: "narrowing",
    Verdict.BREAKING: "breaking",
    Verdict.REVIEW: "review",
}

LONGEST = 300
"""Characters of a value that a text shows; JSON has the whole."""


def printable(text: str) -> str:
    """On one line, without anything that a terminal obeys or that hides what is written."""
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def short(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def subject(difference: Difference) -> str:
    """What changed, as a title: ``Genre (00123): occurrence changed, retired``."""
    number = f" ({difference.number})" if difference.number else ""
    kind = difference.kind.replace("-", " ")
    life = "" if difference.life is None or kind.endswith(difference.life) else difference.life
    return f"{difference.about}{number}: {kind}{life and f', {life}'}"


def summary(checked: Checked) -> str:
    """What became of a schema as a whole; ``no difference`` where nothing was found."""
    comparison = checked.comparison
    if comparison is None or not comparison.differences:
        return "no difference"
    numbers = counts(checked.judged)
    told = ", ".join(f"{number} {VERDICTS[verdict]}" for verdict, number in numbers.items())
    documents = f"{OLD_DOCUMENTS[comparison.reader]}; {NEW_DOCUMENTS[comparison.writer]}"
    return f"{counted(len(checked.judged), 'difference')} ({told}): {documents}"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def matters(judged: Judged) -> bool:
    """Whether it can concern a document or is not allowed: a check only counts the others."""
    return judged.difference.verdict is not Verdict.NONE or judged.level is not Level.NOTE


def change(difference: Difference) -> str:
    """``0..1 -> 1..1``; what was added or removed alone; empty for what has no values."""
    old, new = difference.old, difference.new
    if old is None and (new is None or difference.kind.endswith(("added", "introduced"))):
        return new or ""
    if new is None and difference.kind.endswith(("removed", "dropped")):
        return f"was {old}"
    return f"{_value(old)} -> {_value(new)}"


def effects(difference: Difference) -> str:
    """The verdict of both sides, in words."""
    return f"{OLD_DOCUMENTS[difference.reader]}; {NEW_DOCUMENTS[difference.writer]}"


def proofs(difference: Difference) -> Iterator[str]:
    """The essential line of each witness, and what was not decided or not proved."""
    if difference.reader_witness:
        yield f"old document that is refused now: {essence(difference.reader_witness)}"
    if difference.writer_witness:
        yield f"new document that was refused before: {essence(difference.writer_witness)}"
    if difference.reason:
        mark = "to be looked at: " if difference.verdict is Verdict.REVIEW else ""
        yield f"{mark}{printable(difference.reason)}"
    if difference.unproved:
        yield f"not proved: {printable(difference.unproved)}"


def essence(witness: Witness) -> str:
    """The line of the document that is refused, and what is said of it."""
    lines = witness.document.decode().splitlines()
    line = lines[witness.line - 1].strip() if 0 < witness.line <= len(lines) else ""
    return f"line {witness.line}: {short(line)} ({short(witness.error)})"


def elsewhere(difference: Difference, most: int = 3) -> str:
    """Other places of the same difference; empty when there is one."""
    others = difference.places[1:]
    shown = ", ".join(printable(place) for place in islice(others, most))
    more = len(others) - most
    if more > 0 or difference.is_cut:
        shown += (
            f" and {max(more, 0) or 'some'}{'+' if difference.is_cut and more > 0 else ''} more"
        )
    return shown


def sentence(judged: Judged) -> str:
    """Everything that matters about a difference, in lines for a message."""
    difference = judged.difference
    first = f"{printable(subject(difference))} at {printable(difference.path)}"
    told = change(difference)
    lines = [f"{first}: {short(told)}" if told else first, effects(difference)]
    if judged.reason:
        lines.append(printable(judged.reason))
    return "\n".join((*lines, *proofs(difference), f"id {difference.id}"))


def place(location: Location | None) -> str | None:
    return f"{location.file.as_posix()}:{location.line}" if location else None


def _value(value: str | None) -> str:
    return "none" if value is None else value


def _escaped(character: str) -> str:
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(
        character, f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    )
