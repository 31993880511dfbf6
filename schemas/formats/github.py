"""Annotations that GitHub shows beside the lines of a change."""

from collections.abc import Iterator

from schemas.compare.checked import Checked, Outcome
from schemas.compare.policy import Judged, Level
from schemas.formats.words import matters, printable, sentence, subject

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def github(outcome: Outcome) -> str:
    """One command a difference, the worst first: GitHub shows ten of each level a step.

    What has no effect on documents is left out.
    """
    told = [entry for one in outcome.checked for entry in _annotations(one)]
    told += [(Level.WARNING, _command(Level.WARNING, {}, text)) for text in outcome.remarks]
    order = list(Level)
    return "\n".join(line for _, line in sorted(told, key=lambda entry: order.index(entry[0])))


def _annotations(checked: Checked) -> Iterator[tuple[Level, str]]:
    for problem in checked.problems:
        where = {"file": checked.file, "title": "schema"}
        yield problem.level, _command(problem.level, where, problem.text)
    for judged in checked.judged:
        if matters(judged):
            yield judged.level, _annotation(checked, judged)


def _annotation(checked: Checked, judged: Judged) -> str:
    at = judged.difference.new_at
    where = {"file": at.file.as_posix() if at else checked.file}
    if at:
        where["line"] = str(at.line)
    where["title"] = printable(subject(judged.difference))
    return _command(judged.level, where, sentence(judged))


def _command(level: Level, where: dict[str, str], message: str) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    return f"::{_COMMANDS[level]}{' ' if properties else ''}{properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
