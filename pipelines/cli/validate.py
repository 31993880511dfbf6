"""``kwartaal validate``: what a declarer runs before sending; no lake, no Beam."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import registry_option
from pipelines.storage import open_file, shown
from schemas.catalogue import Catalogue
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from transforms.findings import Finding, refusal
from transforms.judge import judge
from transforms.long_form import rejoined
from transforms.survey import Survey, survey


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option("--kind", type=click.Choice([k.name for k in MESSAGES]), default=MESSAGES[0].name)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@registry_option
def validate(files: tuple[Path, ...], kind: str, form: str, registry: Path) -> int:
    """Check files against the schema of their release, form by form.

    Prints every finding with its line, path, code and value, and ends with code 1 if there is
    any. The values are those of the file: keep the output as you keep the file.
    """
    chosen = next(k for k in MESSAGES if k.name == kind)
    catalogue = Catalogue(registry)
    reports = [_report(path, chosen, catalogue) for path in files]
    if form == "json":
        click.echo(json.dumps(reports, indent=2, ensure_ascii=False))
    else:
        for report in reports:
            _print(report)
    return FINDINGS if any(report["findings"] for report in reports) else 0


def _report(path: Path, kind: MessageKind, catalogue: Catalogue) -> dict[str, Any]:
    """Release, numbers of forms and findings of a file."""
    try:
        with open_file(str(path)) as stream:
            found = survey(stream, kind, catalogue)
        fault = found.refused or found.set_aside
        findings = [(None, fault)] if fault else list(_findings(path, found, kind, catalogue))
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return _record(path, None, [(None, refusal("unreadable", message))])
    return _record(path, found, findings)


def _findings(
    path: Path, found: Survey, kind: MessageKind, catalogue: Catalogue
) -> Iterator[tuple[int, Finding]]:
    assert found.release is not None
    assert found.codec is not None
    release = catalogue.find(kind, found.release)
    assert release is not None
    with path.open("rb") as stream:
        for part in rejoined(found.ranges):
            stream.seek(part.start)
            data = stream.read(part.end - part.start)
            for form in judge(data, part, found.root_tag, found.codec, release):
                for finding in form.findings:
                    yield form.form_no, finding


def _record(
    path: Path, found: Survey | None, findings: list[tuple[int | None, Finding]] | Any
) -> dict[str, Any]:
    refused = {form for form, _ in findings if form is not None}
    forms = found.forms if found else 0
    return {
        "file": shown(str(path)),
        "release": found.release.slash if found and found.release else None,
        "forms": forms,
        "valid": 0 if None in {form for form, _ in findings} else forms - len(refused),
        "findings": [{"form": form} | asdict(finding) for form, finding in findings],
    }


def _print(report: dict[str, Any]) -> None:
    release = f" against release {report['release']}" if report["release"] else ""
    click.echo(f"{report['file']}: {report['valid']} of {report['forms']} forms valid{release}")
    for finding in report["findings"]:
        place = f"line {finding['line']}" if finding["line"] else "file"
        form = f", form {finding['form']}" if finding["form"] else ""
        value = f" [{finding['value']}]" if finding["value"] else ""
        click.echo(f"  {place}{form}: {finding['code']} {finding['message']}{value}")
        if finding["path"]:
            click.echo(f"      {finding['path']}")
