"""Differences of a schema without tables laid on queries, as far as names tell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.compare.difference import Difference, Kind, Verdict
from schemas.impact.causes import PRESENCE, VALUES
from schemas.impact.touched import Change, QueryTouch, TouchedQuery, Unjudged
from schemas.layout import snake
from warehouse.lineage.judging import TOUCHES, Judged, in_order, worst_first
from warehouse.lineage.lineage import Lineage
from warehouse.lineage.queries import Query
from warehouse.lineage.reads import Reads


def by_name(differences: Iterable[Difference], queries: Iterable[Query]) -> Judged:
    """What differences of a schema without tables do to queries, as far as names tell: columns
    called as an element or an attribute, in either spelling."""
    asked = list(queries)
    lineage = Lineage({}, {}, asked)
    named: dict[str, list[Difference]] = defaultdict(list)
    for difference in differences:
        about = difference.about.lstrip("@")
        for name in {about.lower(), snake(about)}:
            named[name].append(difference)
    touched = []
    unjudged: list[Unjudged] = []
    for query in asked:
        unjudged += (Unjudged(query.kind, query.name, fault) for fault in lineage.faults[query])
        found = [t for reads in lineage.reads(query) for t in _touches(reads, named)]
        if found:
            touched.append(TouchedQuery(query.kind, query.name, worst_first(found)))
    return Judged(tuple(touched), tuple(unjudged), len(asked))


def _touches(reads: Reads, named: Mapping[str, Sequence[Difference]]) -> Iterator[QueryTouch]:
    read = {origin.column: (origin, uses) for origin, uses in reads.columns.items()}
    for name in {*read, *reads.unresolved} & named.keys():
        origin, uses = read.get(name, (None, set()))
        names = reads.derived.get(origin, set()) if origin is not None else set()
        for difference in named[name]:
            change = _of_difference(difference)
            if change is not None:
                yield QueryTouch(
                    TOUCHES[change],
                    change,
                    name,
                    in_order(uses),
                    tuple(output for output in reads.outputs if output in names),
                    detail=f"{difference.kind} at {difference.path}",
                    is_certain=False,
                    causes=(difference.id,),
                )


def _of_difference(difference: Difference) -> Change | None:
    """What a difference would be to a column of the same name, None when it would be nothing."""
    if difference.kind in (Kind.CHILD_REMOVED, Kind.ATTRIBUTE_REMOVED):
        return Change.COLUMN_DROPPED
    if difference.kind is Kind.CHILD_RENAMED:
        return Change.COLUMN_RENAMED
    if difference.kind is Kind.CHILD_MOVED:
        return Change.COLUMN_MOVED
    if difference.kind is Kind.BASE_CHANGED:
        return Change.COLUMN_RETYPED
    if difference.kind in VALUES and difference.verdict is not Verdict.NONE:
        return Change.VALUES_CHANGED
    if difference.kind in PRESENCE and difference.verdict is not Verdict.NONE:
        return Change.PRESENCE_CHANGED
    return None
