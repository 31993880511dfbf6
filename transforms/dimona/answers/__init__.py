"""Answers of the Dimona, made from rows of the register.

===================  ==========================================================================
``notification``     what became of each declaration (NOTIFICATION): ``given`` says from which
                     rows, ``head``, ``anomalies`` and ``impact`` make its parts
``acknowledgement``  whether a file could be taken in (ACRF)
``personnel_file``   all periods of an employer (PFANS), which a ``request`` asks for (PFREQ)
``confronted``       what differs between a DmfA and the Dimona (NOTIFICATION)
``periods``          a period as it is known
``codes``, ``names`` codes and words of findings; names of answer files, tickets
``markup``           XML as columns of texts
===================  ==========================================================================

All of it is for whoever declared: answers hold what a declaration says, personal numbers too. What
others declared is not in them.
"""
