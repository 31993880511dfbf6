"""Where messages are filed: which period they name, under whom, and whether they came before."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import PLACE
from schemas.dimona.declaration import DECLARATION
from schemas.dimona.register import MESSAGE, REPEATED
from transforms.dimona.idflux import Resolved, resolve, resolved, valid_now
from transforms.dimona.numbers import numbers
from transforms.dimona.register import State
from transforms.rules.columns import Mask, Whole

_PLACE = {column.name for column in PLACE}
_SAID = [column.name for column in DECLARATION.columns if column.name not in _PLACE]
_KINDS = (
    *(("inss", "inss"), ("employer", "employer"), ("noss", "employer")),
    *(("filed_inss", "inss"), ("filed_employer", "employer")),
)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a caller has to read for some messages: ``buckets`` (employer and INSS, null for none),
    the buckets of the periods with ``period_ids``, and those of the periods of the daily
    registrations with ``registration_ids``; then the uses of quotas of all these workers and
    employers. Numbers are valid ones: a bucket has its rows under these (``idflux.rekeyed``)."""

    buckets: pa.Table
    period_ids: pa.Array
    registration_ids: pa.Array


def touched(messages: pa.Table, aliases: pa.Table) -> Touched:
    """What some messages (``MESSAGE``) touch."""
    keys = valid_now(messages.select(["employer", "inss"]), resolved(aliases), *_KINDS[:2])
    return Touched(
        keys.group_by(["employer", "inss"]).aggregate([]),
        pc.unique(messages.column("period_id")).drop_null(),
        pc.unique(messages.column("registration_id")).drop_null(),
    )


@dataclass(frozen=True, slots=True)
class Filed:
    """``messages`` as received, to be folded, in order of receipt; ``valid``: the same with valid
    numbers, and with what else stands beside them. ``employer`` and ``inss``: whose they are;
    ``period`` and ``registration``: the numbers that each names or may get. ``deliveries``: what
    each is known by."""

    messages: pa.Table
    valid: pa.Table
    deliveries: pa.Array
    employer: pa.Array
    inss: pa.Array
    period: pa.Array
    registration: pa.Array
    repeated: pa.Table
    behind: pa.Table


def filed(state: State, messages: pa.Table) -> Filed:
    """Messages in any order as they can be folded onto a state."""
    messages = messages.sort_by("receipt").combine_chunks()
    leads = resolved(state.aliases)
    valid = valid_now(messages, leads, *_KINDS[:3])
    period, registration = _named(state, valid)
    employer, inss = _whose(state, valid, period)
    keys = deliveries(messages)
    again, first = _received(state.log, keys, messages)
    late = _behind(state.log, leads, employer, inss, messages) & ~again
    repeated = _numbered(messages, again, first)
    rows = pa.array(np.flatnonzero(~again & ~late))
    kept = (array.take(rows) for array in (keys, employer, inss, period, registration))
    delivery, of_employer, of_inss, of_period, of_registration = kept
    return Filed(
        messages.select(MESSAGE.inside.names).take(rows).combine_chunks(),
        valid.take(rows).combine_chunks(),
        delivery,
        of_employer,
        of_inss,
        of_period,
        of_registration,
        repeated,
        messages.filter(pa.array(late)).combine_chunks(),
    )


def settled(given: Filed, accepted: Mask) -> Filed:
    """The same once it is known what was accepted: what names a start, or a registration, that was
    refused or is a later one is filed as if there was none, however batches are cut."""
    starts = _is_start(given.valid)
    creates = _creates(given.valid)
    lost_day = _lost(given.registration, creates, accepted)
    period = pc.if_else(pa.array(lost_day), None, given.period)
    lost = pa.array(_lost(given.period, starts, accepted) | lost_day)
    said = (given.valid.column(name).combine_chunks() for name in ("employer", "inss"))
    kept = zip(said, (given.employer, given.inss), strict=True)
    employer, inss = (pc.if_else(lost, own, filed_) for own, filed_ in kept)
    return replace(given, period=period, employer=employer, inss=inss)


def _lost(named: pa.Array, makes: Mask, accepted: Mask) -> Mask:
    """Which messages name what another one of them makes, that was refused or comes later."""
    rows = np.flatnonzero(makes)
    found = pc.index_in(named, value_set=named.take(pa.array(rows)), skip_nulls=True)
    at = np.asarray(pc.fill_null(found, -1), dtype=np.int64)
    if not len(rows):
        return np.zeros(len(named), dtype=np.bool_)
    maker = rows[at]
    lost: Mask = (at >= 0) & ~makes & (~accepted[maker] | (maker > np.arange(len(named))))
    return lost


def _is_start(messages: pa.Table) -> Mask:
    return np.asarray(pc.fill_null(pc.equal(messages.column("action"), "IN"), False))


def _creates(messages: pa.Table) -> Mask:
    """Which messages make a daily registration."""
    daily = pc.equal(messages.column("action"), "DAILY")
    return np.asarray(
        pc.fill_null(pc.and_(daily, pc.equal(messages.column("daily_status"), "0")), False)
    )


def deliveries(messages: pa.Table) -> pa.Array:
    """What each message is known by, so that a second delivery is told (derived).

    A form with a reference of its own is known by all that it says: its sender gives a number once,
    and says the moment at which the form was made. A form without one is known by its place, so
    that a file which comes twice does not count twice; in another file it is another declaration,
    and rules refuse a start that is there already.
    """
    said = [pc.cast(messages.column(name), pa.string()) for name in _SAID]
    joined = pc.binary_join_element_wise(
        *said, "\x1f", null_handling="replace", null_replacement="\x00"
    )
    place = pc.binary_join_element_wise(
        messages.column("file_id"), pc.cast(messages.column("form_no"), pa.string()), "/"
    )
    digests = [
        hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in joined.to_pylist()
    ]
    referred = pc.is_valid(messages.column("own_reference"))
    return pc.if_else(referred, pa.array(digests, pa.string()), place).combine_chunks()


def _named(state: State, messages: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The number of the period and of the daily registration of each message: what it names, what
    it would get, or the period of the registration that it names."""
    given = numbers(np.asarray(messages.column("receipt"), dtype=np.int64))
    action = messages.column("action").combine_chunks()
    starts = pc.fill_null(pc.equal(action, "IN"), False)
    creates = pc.and_(pc.equal(action, "DAILY"), pc.equal(messages.column("daily_status"), "0"))
    creates = pc.fill_null(creates, False).combine_chunks()
    said = messages.column("period_id").combine_chunks()
    registration = messages.column("registration_id").combine_chunks()
    # Registrations that are stored, then those that this batch may make.
    ids = pa.concat_arrays(
        [state.registrations.column("registration_id").combine_chunks(), given.filter(creates)]
    )
    periods = pa.concat_arrays(
        [state.registrations.column("period_id").combine_chunks(), said.filter(creates)]
    )
    parent = periods.take(pc.index_in(registration, value_set=ids, skip_nulls=True))
    daily = pc.fill_null(pc.equal(action, "DAILY"), False)
    changes = pc.and_(daily, pc.and_(pc.invert(creates), pc.is_valid(registration)))
    own = pc.if_else(changes, parent, said)
    return pc.if_else(starts, given, own), pc.if_else(creates, given, registration)


def _whose(state: State, messages: pa.Table, period: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Employer and worker under whom each message is filed: those of its period, else its own."""
    starts = messages.filter(pc.fill_null(pc.equal(messages.column("action"), "IN"), False))
    given = numbers(np.asarray(starts.column("receipt"), dtype=np.int64))
    ids = pa.concat_arrays([state.periods.column("period_id").combine_chunks(), given])
    row = pc.index_in(period, value_set=ids, skip_nulls=True)
    found = []
    for name in ("employer", "inss"):
        stored, new = (t.column(name).combine_chunks() for t in (state.periods, starts))
        known = pa.concat_arrays([stored, new]).take(row)
        own = messages.column(name).combine_chunks()
        found.append(pc.if_else(pc.is_valid(row), known, own))
    return found[0], found[1]


def _received(log: pa.Table, keys: pa.Array, messages: pa.Table) -> tuple[Mask, Whole]:
    """Which messages were received before, in the log or among themselves, and the receipt of the
    first delivery. One that the log has with a later receipt was not received *before*."""
    receipts = np.asarray(messages.column("receipt"), dtype=np.int64)
    logged = log.column("delivery").combine_chunks()
    at = pc.index_in(keys, value_set=logged)
    first = pc.fill_null(log.column("receipt").combine_chunks().take(at), 0)
    known = np.asarray(first, dtype=np.int64)
    codes = np.asarray(pc.dictionary_encode(keys).indices, dtype=np.int64)
    _, heads = np.unique(codes, return_index=True)
    among = receipts[heads[codes]]
    again = (np.arange(len(codes)) != heads[codes]) | ((known > 0) & (known <= receipts))
    return again, np.where((known > 0) & (known < among), known, among)


def _behind(
    log: pa.Table, leads: Resolved, employer: pa.Array, inss: pa.Array, messages: pa.Table
) -> Mask:
    """Which messages were received before one of their bucket that was folded."""
    buckets = []
    for own, logged, kind in (
        (employer, "filed_employer", "employer"),
        (inss, "filed_inss", "inss"),
    ):
        there = resolve(log.column(logged).combine_chunks(), leads[kind])
        coded = pc.dictionary_encode(pa.concat_arrays([own, there]), null_encoding="encode")
        buckets.append(np.asarray(coded.indices, dtype=np.int64))
    _, keys = np.unique(np.stack(buckets), axis=1, return_inverse=True)
    keys = keys.reshape(-1)
    last = np.zeros(int(keys.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(last, keys[len(employer) :], np.asarray(log.column("receipt"), dtype=np.int64))
    receipts = np.asarray(messages.column("receipt"), dtype=np.int64)
    behind: Mask = receipts < last[keys[: len(employer)]]
    return behind


def _numbered(messages: pa.Table, again: Mask, first: Whole) -> pa.Table:
    """Rows of ``REPEATED``. The same receipt once more is no other delivery."""
    receipts = np.asarray(messages.column("receipt"), dtype=np.int64)
    rows = np.flatnonzero(again & (receipts != first))
    told = messages.take(pa.array(rows)).append_column("first_receipt", pa.array(first[rows]))
    return told.select(REPEATED.inside.names).combine_chunks()
