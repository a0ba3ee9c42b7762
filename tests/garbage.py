"""When Python looks for rings of objects that nobody needs: seldom, and not among what all tests need.

The modules, the models and pytest's items are a million objects, which a full collection looks at
one by one. Collecting took a quarter of a run.
"""

import gc


def pytest_sessionstart():
    gc.disable()


def pytest_collection_finish():
    keep()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


def keep():
    """Collect, and look at nothing again that is left: it is there until the end."""
    gc.collect()
    gc.freeze()
