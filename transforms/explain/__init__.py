"""Why an amount is what it is: the stored derivation of a line, told step by step.

``derive`` makes a tree (``tree``) of a line of ``core.contribution``, its formula and the declared
rows around it; ``text``, ``page`` and ``data`` write such a tree as text, as one HTML page, as
JSON. Nothing is computed anew: a step is the stored formula over the stored inputs, and what is
not computed has a reason and no number. ``origins`` says which declared lines an input was added
up from; where they do not add up to it (code lists change), that is said too. ``replayed`` runs the
stored derivations of a whole lake again.
"""
