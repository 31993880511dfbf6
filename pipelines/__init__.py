"""The only Beam code: the graph of a run, the options, the command line.

``graph`` reads like a table of contents. Its steps are thin: what they do is in ``survey_step``
and ``process_step``, which call the pure functions of ``transforms`` in order. ``run`` prepares a
run, ``recognise`` tells whether it has anything to do, ``launch`` hands the graph to the runner and
waits, ``collect`` makes what the batches brought ready for the commit, which is ``run``'s again.
``replay`` judges what was declared by two schemas, over the same machinery.

Decisions of this room
======================

**Nothing of the declarations travels through the runner**, only paths, byte ranges and counts.
Workers write Parquet parts into the directory of the run.

**Batches are made in order of employer**, which the survey glimpses in the bytes, of about equal
size and up to 512 MB. So parts need not be merged: each is large, and covers few employers, which
finds an employer quickly. Inside a batch some 24 MB are worked on at a time, and what comes next is
read meanwhile.

**A long form is cut** between two persons by the survey, while it reads, and its segments are
processed like forms (``long_forms``): one employer keeps all workers busy, and none holds it whole.

**One graph for every runner**, without a switch: it keeps to what all of them have. Which runner,
and what was met in each, is in ``runner``. What is less than one batch is done in one process, and
what was processed before is recognised without Beam: both would wait longer than they work.

**One commit, by whoever started the run.** Workers may try twice and cannot reach the catalog; a
part that no receipt names is never registered.

**In = accepted + refused + quarantined.** Refused: against the contract. Quarantined: nothing is
wrong with it, but it is not for this run (another quarter), or nobody here can judge it (no schema
of its release, unreadable). Both are kept as received, next to the reasons.
"""
