"""Files that a run keeps of what was refused."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import BinaryIO

from transforms.findings import Finding
from warehouse.files import Place


def keep_refused(folder: Place, name: str, findings: list[Finding], received: BinaryIO) -> None:
    """The bytes as received, next to the reasons for which they were not taken."""
    with (folder / f"{name}.xml").replacing() as kept:
        shutil.copyfileobj(received, kept)
    reasons: list[Mapping[str, object]] = [asdict(finding) for finding in findings]
    text = json.dumps(reasons, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text)
