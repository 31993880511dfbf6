"""Declarations that a comparison of schemas judges again, as a section of what it tells."""

from functools import partial

from pipelines.cli.attended import Attended, attended, quiet_beam
from pipelines.replay.run import ReplayRequest, replay, tidy
from pipelines.storage import InputError
from schemas.compare.difference import Comparison
from schemas.formats.sections import Section
from schemas.model import SchemaError

_REPLAY = Attended(
    "the replay failed", "nothing was counted to the end", (InputError, SchemaError), tidy
)


def replayed(request: ReplayRequest, comparison: Comparison) -> Section:
    """What newly fails, by difference; ``breaks`` where something does, or could not be judged."""
    quiet_beam()
    found = attended(partial(replay, request, comparison), _REPLAY)
    return Section("replay", tuple(found.text()), found.as_dict(), found.has_findings)
