"""Links, which no usual module name covers: opening addresses that people gave, from a process apart.

Nothing here imports Django. `sandbox.look` is the one door by which the site asks another site for
anything; it starts a child (`child`), which opens the address (`addresses`, `fetching`) and reads
what stands there (`pages`, `drafts`). What comes back is a `sandbox.Look` with a `verdicts.Verdict`.
"""
