"""A change notice: what another schema changes for those who make the documents."""

from collections.abc import Iterator, Mapping
from datetime import date

from schemas.compare.difference import Comparison, Difference
from schemas.model import Block
from schemas.notice.blocks import new_blocks
from schemas.notice.contents import Contents
from schemas.notice.grouping import TOLD, Stage, items_of, sections_of
from schemas.notice.markup import Html, Markdown, Markup
from schemas.notice.naming import Naming
from schemas.notice.saying import Saying
from schemas.notice.summary import Since, Summary
from schemas.notice.telling import Telling
from schemas.notice.texts import Texts
from schemas.notice.things import Known
from schemas.quarter import Quarter

MARKUPS: Mapping[str, type[Markdown] | type[Html]] = {"markdown": Markdown, "html": Html}


def notice(
    comparison: Comparison,
    language: str,
    *,
    titles: Mapping[str, str] | None = None,
    old: Block | None = None,
    new: Block | None = None,
    since: Quarter | date | None = None,
    subject: str = "message",
    markup: str = "markdown",
) -> str:
    """The notice of a comparison in a language: ``nl``, ``fr`` or ``en``.

    ``titles``: of zones and blocks in that language, by number or, without one, by element name.
    ``old`` and ``new``: the messages as ``schemas.model.read_message`` gives them; without them
    new blocks are named but not described, and an element that has a number is called a zone.
    ``since``: from when the new schema holds. ``subject``: what the documents are called,
    ``declaration`` or ``message``. ``markup``: ``markdown`` or ``html``.
    """
    texts, marks = Texts(language), MARKUPS[markup]()
    parts = _parts(comparison, texts, marks, titles or {}, Known.of(old, new), (since, subject))
    title = texts.say(
        "document", "title", old=marks.text(comparison.old), new=marks.text(comparison.new)
    )
    return marks.document(title, language, tuple(parts))


def _parts(
    comparison: Comparison,
    texts: Texts,
    markup: Markup,
    titles: Mapping[str, str],
    known: Known,
    about: tuple[Quarter | date | None, str],
) -> Iterator[str]:
    naming = Naming(texts, markup, titles)
    telling = Telling(naming, Saying(Contents(texts, markup), known))
    by_stage: dict[Stage, list[Difference]] = {stage: [] for stage in Stage}
    for difference in comparison.differences:
        by_stage[Stage.of(difference)].append(difference)
    told = [d for d in comparison.differences if Stage.of(d) in TOLD]
    items = items_of(told, known)
    added = new_blocks(items, known)
    moment, subject = about
    since = Since(texts, markup, comparison.new, moment)
    summary = Summary(texts, markup, comparison, since, known)
    yield from summary.parts(items, added, subject)
    yield from telling.actions(items_of(by_stage[Stage.ACT], known), summary.actions)
    yield from telling.sections(sections_of(items), added)
    yield from telling.examinations(items_of(by_stage[Stage.EXAMINE], known))
    yield from telling.closing(len(by_stage[Stage.IGNORE]))
