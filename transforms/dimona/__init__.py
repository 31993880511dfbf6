"""What is of the Dimona alone: its flat table, its rules with the data they need, its deadlines.

=============  ================================================================================
``flat``       block tables to one row for each form
=============  ================================================================================
"""
