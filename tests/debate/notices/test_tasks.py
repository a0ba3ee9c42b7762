from datetime import timedelta

import pytest
from django.utils import timezone

from debate.core.jobs import worker_app
from debate.notices.mail import PAUSES
from debate.notices.models import Delivery, Notice
from debate.notices.tasks import deliver, prune, sweep
from tests.factories.notices import DeliveryFactory, NoticeFactory

pytestmark = pytest.mark.django_db


def test_periodic_tasks_are_known_by_name_and_time():
    known = {task.name: one.cron for one in worker_app().periodic_registry.periodic_tasks.values()
             for task in [one.task]}  # fmt: skip

    assert known == {
        "notices.sweep": "* * * * *",
        "notices.prune": "41 3 * * *",
        "notices.tidy": "*/5 * * * *",
        "annotations.remind": "7 * * * *",
        "annotations.check_links": "* * * * *",
        "annotations.remove_exports": "23 * * * *",
        "annotations.forget_lines": "17 4 * * *",
        "grading.collect": "* * * * *",
        "grading.release_due": "* * * * *",
        "grading.announce_releases": "* * * * *",
        "accounts.warn_of_tokens": "37 * * * *",
        "accounts.forget": "23 * * * *",
    }


def test_deliver_drops_what_can_be_seen_no_longer():
    DeliveryFactory()

    deliver()

    assert Delivery.objects.get().state == "dropped"


def test_sweep_gives_up_what_failed_often_and_sends_the_rest():
    hopeless = DeliveryFactory(tries=len(PAUSES) + 1)
    fresh = DeliveryFactory()

    sweep(timestamp=0)

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {hopeless.pk: "failed", fresh.pk: "dropped"}


def test_prune_forgets_read_notices_sooner():
    now = timezone.now()
    kept = NoticeFactory(read_at=now - timedelta(days=89))
    NoticeFactory(read_at=now - timedelta(days=91))
    unread, old = NoticeFactory(), NoticeFactory()
    Notice.objects.filter(pk=unread.pk).update(created_at=now - timedelta(days=364))
    Notice.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=366))

    prune(timestamp=0)

    assert set(Notice.objects.all()) == {kept, unread}
