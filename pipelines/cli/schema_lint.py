"""``kwartaal schema lint``: what is wrong in a schema, or will surprise, without any other."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.schema_output import output_option, written
from schemas.formats.words import counted, printable
from schemas.lint.finding import Finding
from schemas.lint.rules import RULES, Rule, Severity

Found = dict[Path, tuple[Finding, ...]]

FORMAT_VERSION = 1
"""Of the JSON; raised when something in it changes its name or its meaning."""


def _list_rules(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        for rule, about in RULES.items():
            click.echo(f"{rule.value:24} {about.severity.value:8} {about.title}")
        ctx.exit()


@click.command(name="lint")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--disable",
    "disabled",
    multiple=True,
    metavar="RULE",
    type=click.Choice([rule.value for rule in Rule]),
    help="Leave a rule out; may be repeated. --rules lists them.",
)
@click.option(
    "--fail-on",
    type=click.Choice([Severity.ERROR.value, Severity.WARNING.value]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Gravity from which on findings end the command with code 1.",
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    help="Element that documents begin with; may be repeated. Otherwise those that no other uses.",
)
@click.option(
    "--number",
    default=r"\d+",
    show_default=True,
    help="What a documentation text looks like that numbers a declaration.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--rules",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_rules,
    help="List the rules and stop.",
)
@output_option
def lint_command(
    files: tuple[Path, ...],
    disabled: tuple[str, ...],
    fail_on: str,
    roots: tuple[str, ...],
    number: str,
    form: str,
    output: Path | None,
) -> int:
    """Look over XML schemas: does each load, does it contradict itself, will it surprise.

    Works with any XSD 1.0, includes and imports followed. Every finding says where it is, what is
    the case and what to do. Ends with code 1 when one is as grave as --fail-on.
    """
    from schemas.lint.lint import lint

    off = tuple(map(Rule, disabled))
    found = {
        file: _not_of_others(file, files, lint(file, roots=roots, number=number, disabled=off))
        for file in dict.fromkeys(files)
    }
    written(_json(found) if form == "json" else "\n".join(map(printable, _text(found))), output)
    limit = Severity(fail_on).rank
    findings = (finding for one in found.values() for finding in one)
    return FINDINGS if any(finding.severity.rank <= limit for finding in findings) else 0


def _not_of_others(
    file: Path, files: Sequence[Path], findings: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Findings without those of an included file that is looked over itself."""
    others = {other.resolve() for other in files} - {file.resolve()}
    return tuple(one for one in findings if one.at.file.resolve() not in others)


def _json(found: Found) -> str:
    told: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "counts": _counts(found),
        "files": [
            {"file": str(file), "findings": [finding.as_dict() for finding in findings]}
            for file, findings in found.items()
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _counts(found: Found) -> dict[str, int]:
    counted = Counter(finding.severity for findings in found.values() for finding in findings)
    return {severity.value: counted[severity] for severity in Severity}


def _text(found: Found) -> Iterator[str]:
    for findings in found.values():
        for finding in findings:
            yield from _lines(finding)
    counts = (f"{counted(n, severity)}" for severity, n in _counts(found).items())
    yield f"{counted(len(found), 'file')}: {', '.join(counts)}"


def _lines(finding: Finding) -> Sequence[str]:
    number = f" [{finding.number}]" if finding.number else ""
    path = f" {finding.path}" if finding.path else ""
    at = f"{finding.at.file}:{finding.at.line}"
    return (
        f"{at}: {finding.severity.value} {finding.rule.value}{number}{path}",
        f"    {finding.message}",
        f"    {finding.advice}",
    )
