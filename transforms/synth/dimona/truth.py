"""What is known about a quarter of Dimona: one line of JSON for each defect and consequence."""

import json
from collections.abc import Iterator
from typing import Any

from transforms.synth.dimona.message import IN, Message, Told
from transforms.synth.dimona.plan import Delivery, DimonaPlan, Sent
from transforms.synth.dimona.wire import number_of


def truth(plan: DimonaPlan, made: Sent) -> Iterator[str]:
    """About what one sender sends, which has its receipts."""
    files = {id(m): d.name for d in made.deliveries if not d.again for m in d.messages}
    first = {id(d.messages): d for d in made.deliveries if not d.again}
    for told in made.told:
        yield _line(plan, told, files)
    for delivery in made.deliveries:
        if delivery.again:
            yield _again(plan, delivery, first[id(delivery.messages)])


def _line(plan: DimonaPlan, told: Told, files: dict[int, str]) -> str:
    about = [_declaration(one, files) for one in told.about]
    return _json(
        {
            "defect": told.defect,
            "stage": told.stage,
            "code": told.code,
            "quarter": str(plan.quarter),
            "employer": told.employer.index,
            "nsso": told.employer.nsso,
            "inss": told.inss,
            "changed": told.changed,
            "declarations": about,
            **told.more,
        }
    )


def _declaration(named: Message | int, files: dict[int, str]) -> dict[str, Any]:
    """A declaration with the period that it makes or names."""
    if isinstance(named, int):
        return {"receipt": named, "period": number_of(named), "file": None}
    period = named if named.action == IN else named.names
    receipt = period.receipt if isinstance(period, Message) else period
    number = None if receipt is None else number_of(receipt)
    return {"receipt": named.receipt, "period": number, "file": files[id(named)]}


def _again(plan: DimonaPlan, delivery: Delivery, first: Delivery) -> str:
    return _json(
        {
            "defect": "second-delivery",
            "stage": "declaration",
            "code": None,
            "quarter": str(plan.quarter),
            "file": delivery.name,
            "of": first.name,
            "receipts": [delivery.first_receipt, len(delivery.messages)],
            "changed": "all forms of a file were received before",
        }
    )


def _json(line: dict[str, Any]) -> str:
    return json.dumps(line) + "\n"
