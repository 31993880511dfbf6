"""Views of the lake: one SELECT to a file, named ``schema.name.sql``, all listed in ``VIEWS``."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class View:
    """One view. ``needs``: tables and earlier views that it reads; it is made where they are."""

    full_name: str
    needs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its SELECT."""
        return files(__name__).joinpath(f"{self.full_name}.sql").read_text(encoding="utf-8")

    @property
    def comment(self) -> str:
        """The comment that opens its file, and a fingerprint by which a changed text is seen."""
        opening = [line[3:] for line in self.text.splitlines() if line.startswith("-- ")]
        fingerprint = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        return f"{' '.join(opening)} [text {fingerprint}]"


VIEWS = (
    View("core.declaration", ("ops.form",)),
    View("core.contribution_summary", ("core.contribution",)),
    View("core.class_balance", ("core.contribution",)),
    View("core.student_quota", ("dmfa.student_contribution", "core.parameter", "ops.run")),
    View("core.valid_number", ("core.alias",)),
    View("core.employment", ("core.period",)),
    View("core.register", ("core.relation", "core.period", "core.valid_number")),
    View("core.period_version", ("dimona.declaration",)),
    View("ops.refusal", ("ops.file", "ops.form", "ops.finding")),
)
"""Every view of the lake, in the order they are made."""


def view(full_name: str) -> View:
    """The view of this name."""
    return next(view for view in VIEWS if view.full_name == full_name)
