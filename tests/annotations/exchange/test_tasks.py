"""Jobs of taking things away."""

from debate.core.jobs import worker_app


def test_worker_knows_the_jobs_of_exports():
    known = worker_app().tasks

    assert known["annotations.make_export"].queue == "exports"
    assert known["annotations.remove_exports"].queueing_lock == "annotations.remove_exports"
