"""What is of the Dimona alone: its flat table, its rules with the data they need, its deadlines.

=============  ================================================================================
``flat``       block tables to one row for each form
``stored``     the stored period that a form names beside it, and what would become of it
``deadlines``  the latest moment of each form, and whether it came later (``working_days``)
``quotas``     what each form adds to a quota, and what of that is beyond it
``anomalies``  the rules of ``schemas/dimona/rules``, which ``rules.run`` judges all of that by
=============  ================================================================================

A form is judged against what is known when it is received, so these functions are given it. What
was not found in published texts is not run, and says so.

``fold`` does fold forms into periods, by all of these:

===============  ==============================================================================
``filing``       which period each form names, and what was received before (``idflux``)
``opening``      the periods and registrations that there are or may be, by slot (``store``)
``clusters``     which forms can meet, and so have to be judged one after the other
``turning``      in turns of forms that cannot meet, ``by_columns``; where few are left in each
                 turn ``one_by_one``: both do the same to the forms of a ``batch``
``uses``         what accepted forms use of quotas; ``employers``: theirs over groups of workers
``projected``    rows of the register
===============  ==============================================================================
"""
