"""A period as it is known: what the personnel file and anomaly reports say of it alike."""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import CANCELLED
from schemas.rules import CLASSES
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.answers.impact import features, span
from transforms.dimona.answers.markup import ByKey, Texts, block, element, flag, flat, moments


def period_zones(periods: pa.Table) -> tuple[Texts, ...]:
    """The zones of the block DimonaPeriod of rows of ``PERIOD``, but for the blocks below it."""

    def column(name: str) -> pa.Array:
        return flat(periods.column(name))

    updated, hour = moments(column("last_update"))
    return (
        element("DimonaPeriodId", column("period_id")),
        flag("IsLocked", column("is_locked")),
        flag("IsCancelled", pc.equal(column("state"), CANCELLED)),
        element("IsLate", pc.if_else(pc.fill_null(column("is_late"), False), "true", "false")),
        *span(column),
        element("LastUpdateDate", updated),
        element("LastUpdateHour", hour),
        _errors(periods),
        element("AnomalyClass", _worst(periods)),
    )


def dimona_periods(periods: pa.Table) -> Texts:
    """The block DimonaPeriod as anomaly reports have it."""
    return block(
        "DimonaPeriod",
        *period_zones(periods),
        features(lambda name: flat(periods.column(name))),
    )


def _errors(periods: pa.Table) -> Texts:
    anomalies = flat(periods.column("anomalies"))
    codes = element("ErrorID", pc.list_flatten(anomalies))
    rows = pa.array(range(len(anomalies)), pa.int64())
    return ByKey(pc.list_parent_indices(anomalies), codes).of(rows)


def _worst(periods: pa.Table) -> Texts:
    """The gravest class of what was found in the declarations of each period."""
    rules, order = dimona_rules().rules, list(CLASSES)
    told = []
    for codes in periods.column("anomalies").to_pylist():
        classes = [rules[code].class_at() for code in codes or () if code in rules]
        told.append(min(classes, key=order.index, default=None))
    return pa.array(told, pa.string())
