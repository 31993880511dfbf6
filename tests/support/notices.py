"""The notices that are kept in ``tests/golden/notices``.

``python tests/support/notices.py`` writes them anew; read what changes before you keep it.
"""

from datetime import date
from functools import cache
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.compare.comparison import compare
from schemas.compare.difference import Comparison
from schemas.dmfa import DMFA
from schemas.kind import titles
from schemas.model import Block, read_message
from schemas.notice import LANGUAGES, notice
from schemas.quarter import Quarter

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "notices"
_ORDER = (GOLDEN / "order_1.xsd", GOLDEN / "order_2.xsd")


NAMES = (
    *(f"{what}.{language}.md" for what in ("dmfa_2023-1", "order_2") for language in LANGUAGES),
    "order_2.en.html",
)


def written(name: str) -> str:
    """The notice that belongs in a file: of the DmfA, or of orders that nobody has numbered."""
    what, language, suffix = name.split(".")
    if what == "order_2":
        return notice(
            order(),
            language,
            titles={"Line": "Line of the order"} if language == "en" else None,
            old=read_order(1),
            new=read_order(2),
            since=date(2026, 1, 1),
            markup="html" if suffix == "html" else "markdown",
        )
    old, new = (read_message(path, DMFA.root) for path in _releases())
    return notice(
        dmfa(),
        language,
        titles=titles(DMFA, language),
        old=old,
        new=new,
        since=Quarter(2023, 1),
        subject="declaration",
    )


@cache
def read_order(number: int) -> Block:
    return read_message(_ORDER[number - 1], "Order")


@cache
def order() -> Comparison:
    return compare(*_ORDER, labels=("Order 1", "Order 2"), with_proofs=False)


@cache
def dmfa() -> Comparison:
    labels = ("DmfA 2022/4", "DmfA 2023/1")
    return compare(*_releases(), labels=labels, roots=[DMFA.root], with_proofs=False)


def _releases() -> tuple[Path, Path]:
    found = [Catalogue().find(DMFA, quarter) for quarter in (Quarter(2022, 4), Quarter(2023, 1))]
    old, new = (release.path for release in found if release is not None)
    return old, new


if __name__ == "__main__":
    for name in NAMES:
        (GOLDEN / name).write_text(written(name), encoding="utf-8")
