"""What was found in declarations, as anomaly reports.

Where something stands in its form is not known of what rules find, so the place is that of the
form. What exceeds a quota is told by hours or days with the finding of that quota.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from transforms.dimona.answers.codes import labels
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.markup import (
    ByKey,
    Texts,
    block,
    element,
    escaped,
    flat,
)

_QUOTAS: Mapping[str, str] = {
    "STUDENT": "90017-369",
    "HORECA_WORKER": "90017-369",
    "HORECA_EMPLOYER": "90256-369",
}
"""The code of the finding that each quota goes with (zone 01018)."""

IN_HOURS = ("STUDENT",)
"""Quotas of hours; the others are of days."""

_MOST = 999
"""Hours or days that can be told (zones 01134 and 01019)."""


def anomaly_reports(given: Given, language: str) -> Texts:
    """The reports of each declaration; null where nothing was found."""
    found = given.findings
    codes = flat(found.column("code"))
    receipts = flat(found.column("receipt"))
    told = reports(
        codes,
        found.column("element"),
        escaped(found.column("value")),
        found.column("class"),
        labels(codes, language),
        given.said("line").take(pc.index_in(receipts, value_set=given.said("receipt"))),
        block("AnomalyComplInformation", _quotas(given, receipts, codes)),
    )
    return ByKey(receipts, told).of(given.said("receipt"))


def reports(
    codes: Texts,
    tags: Texts,
    values: Texts,
    classes: Texts,
    words: Texts,
    lines: pa.Array,
    *more: Texts,
) -> Texts:
    """The block AnomalyReport of findings; texts are escaped."""
    return block(
        "AnomalyReport",
        element("ErrorID", codes),
        element("TagName", tags),
        element("Value", values),
        element("AnomalyClass", classes),
        element("AnomalyLabel", words),
        block("AnomalyLocation", element("LineNbr", lines)),
        *more,
    )


def _quotas(given: Given, receipts: pa.Array, codes: pa.Array) -> Texts:
    """What of the declaration of each finding exceeds a quota that the finding is about."""
    beyond = given.quotas.filter(pc.greater(given.quotas.column("beyond"), 0))
    features = quota_features(beyond.column("quota"), beyond.column("beyond"))
    names = pa.array(list(_QUOTAS))
    about = pa.array(list(_QUOTAS.values())).take(pc.index_in(beyond.column("quota"), names))
    told = ByKey(_key(beyond.column("receipt"), about), features)
    return told.of(_key(receipts, codes))


def quota_features(quotas: pa.Array | pa.ChunkedArray, beyond: pa.Array | pa.ChunkedArray) -> Texts:
    """The block QuotaFeatures: hours or days beyond a quota."""
    amount = pc.min_element_wise(flat(beyond), _MOST)
    hours = pc.is_in(flat(quotas), value_set=pa.array(IN_HOURS))
    return block(
        "QuotaFeatures",
        element("QuotaType", quotas),
        element("ExceedingHoursNbr", pc.if_else(hours, amount, None)),
        element("ExceedingDaysNbr", pc.if_else(hours, None, amount)),
    )


def _key(receipts: pa.Array | pa.ChunkedArray, codes: pa.Array | pa.ChunkedArray) -> Texts:
    return pc.binary_join_element_wise(flat(receipts).cast(pa.string()), flat(codes), " ")
