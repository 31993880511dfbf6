"""Answers to what a lake took in, as files: a little is read, answered and written at a time, so
that memory does not grow with what is answered. No Beam: making an answer takes less than what a
runner adds to it."""
