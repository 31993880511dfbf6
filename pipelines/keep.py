"""Files that a run keeps: what was refused, and what must never be seen half written."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from transforms.findings import Finding


def keep_refused(folder: Path, name: str, findings: list[Finding], received: BinaryIO) -> None:
    """The bytes as received, next to the reasons for which they were not taken."""
    with (folder / f"{name}.xml").open("wb") as kept:
        shutil.copyfileobj(received, kept)
    reasons: list[Mapping[str, object]] = [asdict(finding) for finding in findings]
    text = json.dumps(reasons, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, renamed to ``path`` when it is whole.

    A runner may try a batch twice, even at once: both write the same bytes, and nobody ever
    sees half of them.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
