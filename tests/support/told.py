"""What formats are tried on: outcomes of checks, and a comparison whose texts are hostile."""

from datetime import date
from pathlib import Path

from differences import ALL, BROKEN, comparison, difference

from schemas.compare.checked import Change, Checked, Outcome, Problem
from schemas.compare.difference import Comparison, Kind, Location, Witness
from schemas.compare.policy import Level, Sort, judge
from schemas.compare.policy_file import read_policy

HOSTILE = "%0A::error::]]>|`<b>&amp;\n\x1b[31m\u202e\u009b\ud7ff,:x``|é"
POLICY = read_policy(
    b"version: 1\nwaivers: [{id: %s, reason: nobody has one, expires: 2026-12-31}]"
    % BROKEN.id.encode(),
    "policy.yaml",
)


def outcome(*, remarks: tuple[str, ...] = ()) -> Outcome:
    """A changed schema with a waiver, a defective one and one that is new."""
    judged = judge(ALL, Sort.FIX, "library.xsd", POLICY, date(2026, 3, 1))
    changed = Checked(
        "library.xsd", "1a2b:library.xsd", Change.CHANGED, Sort.FIX, comparison(*ALL), judged
    )
    defective = Checked(
        "shop.xsd",
        "1a2b:shop.xsd",
        Change.CHANGED,
        Sort.FIX,
        problems=(Problem(Level.ERROR, "defective: shop.xsd, line 3: element 'Book' is missing"),),
    )
    new = Checked(
        "new.xsd",
        None,
        Change.NEW,
        Sort.RELEASE,
        problems=(Problem(Level.NOTE, "new, and follows no schema that is known"),),
    )
    return Outcome((changed, defective, new), "main (1a2b)", remarks)


def hostile() -> Comparison:
    """Everything that comes from a schema tries to be something else."""
    document = f"<r>\n{HOSTILE}</r>".encode("utf-8", "replace")
    one = difference(
        Kind.PATTERN_CHANGED,
        place=f"/r/{HOSTILE}",
        about=HOSTILE,
        old=HOSTILE,
        new=f"``` {HOSTILE}",
        reason=HOSTILE,
        reader_witness=Witness(document, HOSTILE, 2),
        new_at=Location(Path("a,b:c %.xsd"), 7),
    )
    return Comparison(HOSTILE, HOSTILE, ("r",), (one,))
