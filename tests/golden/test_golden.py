"""Documents with a story, and what becomes of them.

``KWARTAAL_REGENERATE=1`` writes the expected results anew; the diff is then read, and kept when
every change in it is meant.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from declared import CATALOGUE, DMFA, outcome

from schemas.catalogue import Release
from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.identify import identify
from transforms.judge import Judged
from transforms.rates.book import rate_book
from transforms.relate import relate
from transforms.shred import Shredder
from transforms.shredded import Shredded

FOLDER = Path(__file__).resolve().parent
STORIES = sorted(path.stem for path in FOLDER.glob("*.xml"))
RELATION = (
    "quarter",
    "employer",
    "inss",
    "employer_class",
    "worker_code",
    "first_date",
    "last_date",
    "joint_committees",
    "days",
    "hours",
    "gross_remuneration",
    "contributions_declared",
    "deductions_declared",
    "occupations",
    "form_no",
    "line",
)
CONTRIBUTION = (
    "inss",
    "source_block",
    "code",
    "type",
    "sign",
    "declared_base",
    "declared_amount",
    "computed_base",
    "computed_amount",
    "outcome",
    "reason",
    "form_no",
    "line",
)
USING_EMPLOYER = (
    "inss",
    "using_employer_name",
    "using_employer_company_id",
    "occupation_using_employer_inss",
    "daily_contract_nbr",
    "parent_seq",
)
FINDING = ("code", "line", "path", "value", "message")
Rows = list[dict[str, Any]]


def results(data: bytes) -> dict[str, Any]:
    """What a person would ask about a document, as JSON."""
    found = outcome(data)
    assert found.survey.release is not None
    release = CATALOGUE.find(DMFA, found.survey.release)
    assert release is not None
    tables = shredded(found.judged, release)
    return {
        "release": release.label,
        "forms": [described(judged) for judged in found.judged],
        "relations": chosen(relate(tables).to_pylist(), RELATION),
        "contributions": chosen(contributions(tables, found.judged), CONTRIBUTION),
        "using_employers": using_employers(tables),
    }


def shredded(forms: tuple[Judged, ...], release: Release) -> Shredded:
    shredder = Shredder(release.layout)
    for judged in forms:
        if judged.element is not None:
            place = "file", judged.form_no, judged.line_shift, judged.block_lines
            shredder.add(judged.element, *place)
    return shredder.finish()


def described(judged: Judged) -> dict[str, Any]:
    findings = [{name: getattr(found, name) for name in FINDING} for found in judged.findings]
    if judged.element is None:
        return {"line": judged.line, "findings": findings}
    about = identify(judged.element, DMFA)
    return {
        "line": judged.line,
        "employer": about.employer,
        "trusteeship": about.trusteeship,
        "reference": about.reference,
    }


def contributions(tables: Shredded, forms: tuple[Judged, ...]) -> Rows:
    quarters = {identify(f.element, DMFA).quarter for f in forms if f.element is not None}
    (quarter,) = quarters
    rows: Rows = contribute(tables, Quarter.parse(str(quarter)), rate_book()).to_pylist()
    return rows


def using_employers(tables: Shredded) -> Rows:
    if not tables.has("occupation_using_employer"):
        return []
    return chosen(tables.tables["occupation_using_employer"].to_pylist(), USING_EMPLOYER)


def chosen(rows: Rows, columns: tuple[str, ...]) -> Rows:
    return [{name: row[name] for name in columns if row[name] is not None} for row in rows]


def written(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n"


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str) -> None:
    found = written(results((FOLDER / f"{story}.xml").read_bytes()))
    expected = FOLDER / f"{story}.json"
    if os.environ.get("KWARTAAL_REGENERATE") == "1":
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_every_story_has_its_results() -> None:
    assert len(STORIES) >= 7
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == STORIES
