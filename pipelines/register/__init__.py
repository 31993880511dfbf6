"""Runs that take Dimona messages into the register: from files to periods.

1. ``reading``: files are judged and become rows of messages, in parts of the run's directory.
2. ``planning``: every message gets its receipt, and goes to the group of its worker. A message that
   names a period only goes where that period is: in the register, or in what the run itself brings.
3. ``routing``: the rows of each part by group.
4. ``folding``: group by group onto what the register has of these workers, and only of them.
5. ``counting``: days of casual work of employers, which span groups; what may get a warning by them
   waits for it (``holding``). A run of one group counts them as it folds.
6. ``run``: all groups become visible at once.

A group is a range of workers and not of employers: hours of students and days of casual workers
count over all employers of a worker, and no worker has so many periods as an agency has workers.
Rows wait on the disk between the steps, and what travels through the runner is where they are: so
memory does not grow with the run.
"""
