"""The health of one schema: what is wrong in it, or will surprise, without any other.

Knows nothing of any message. ``rules`` names what is looked for; ``lint`` lists the passes that
look, in their order, one module a subject; ``finding.Finding`` is what comes out. Two readings of
the schema lie below it: the files as they are written (``sources``, by lxml: lines, and all that
can be said of a schema that does not load), and the components that xmlschema makes of them
(``subject``).
"""
