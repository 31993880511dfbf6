"""Dimona messages taken in as they arrive, and answered within seconds.

``inbox``: files whose ``GO.`` file is there, in order of arrival. ``live``: the register as it is
in the lake, and what happened since. ``journal``: what each batch of files brought, with its
answers, before anybody sees it. ``loop``: one batch after another; now and then ``merge`` takes
what is in the journal into the lake.

Why a journal. A commit of a lake takes about a second and leaves files and a snapshot behind for
ever; a batch comes every second. So a batch is committed by the rename of a folder on the disk,
and the lake gets a commit every few minutes.

Why nothing is lost and nothing is answered twice, wherever it is stopped:

1. A batch is written to a folder under another name, answers included, and synced. Stopped here,
   the folder is thrown away and the files are still in the inbox.
2. The folder is renamed: that is the commit. From here on the batch counts.
3. Each answer is *moved* to the outbox: it is in one of two places, never in both.
4. The files are moved out of the inbox. A start finds those that are left by their names and
   contents, which the batch has, and only moves them.

A merge is a commit of the lake like any other. Before it, its run and its last batch are written
down; a start that finds the run committed drops the batches up to that one.
"""
