"""What is of the Dimona alone: its flat table, its rules with the data they need, its deadlines.

=============  ================================================================================
``flat``       block tables to one row for each form
``stored``     the stored period that a form names beside it, and what would become of it
``deadlines``  the latest moment of each form, and whether it came later (``working_days``)
``quotas``     what each form adds to a quota, and what of that is beyond it
``anomalies``  the rules of ``schemas/dimona/rules``, which ``rules.run`` judges all of that by
=============  ================================================================================

A form is judged against what is known when it is received, so these functions are given it: none of
them folds forms into periods. What was not found in published texts is not run, and says so.
"""
