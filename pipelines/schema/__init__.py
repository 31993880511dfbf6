"""Where schemas to compare come from: files, releases, revisions of a git repository.

``sources`` resolves what a person types; ``changes`` finds what has changed in a working tree and
``check`` has it compared and judged. What a difference is and what a policy says of it is in
``schemas.compare``.
"""
