"""Replays: what was declared, judged by the schema before and after a change.

=============  ==============================================================================
``run``        what a replay goes over (a lake, files), and the whole of it
``graph``      the graph, from inputs to one tally
``work``       what travels between its steps
``judging``    files of forms, documents, pieces of a lake: each gives a tally
``stored``     declarations of a lake, written again from its rows
``result``     the tally beside the differences, as text and as data
=============  ==============================================================================

It goes through the same machinery as runs: files are surveyed and cut in the same way, batches are
made of ranges, and what travels are paths and counts. Nothing is written but in a temporary folder.

A lake keeps rows, not XML. Its accepted forms are written again from their rows
(``transforms.rebuild`` tells what rows cannot show); what the schema that once accepted a form does
not accept written again is told as not rebuilt. Forms that were refused have no rows: they lie in
the quarantine of their run, as they were received.
"""
