"""What the processing of a run leaves in its directory for those who collect it and watch it."""

from collections.abc import Iterable

from pipelines.work import PLAN_FILE, RECEIPTS_FILE, Job, Plan, Receipt
from warehouse.files import Place


def write_plan(planned: Plan, place: Place) -> None:
    """Keeps the plan in the directory of the run."""
    (place / PLAN_FILE).write_text(planned.to_json())


def keep_receipts(receipts: Iterable[Receipt], job: Job) -> int:
    """Keeps the receipts of the batches that the runner holds for done, in order of number."""
    ordered = sorted(receipts, key=lambda receipt: receipt.number)
    lines = "".join(receipt.to_json() + "\n" for receipt in ordered)
    (job.place / RECEIPTS_FILE).write_text(lines)
    return len(ordered)
