"""The waking of many: who is woken when. What a stream is told stands in test_stream.py."""

import asyncio
from uuid import uuid4

import pytest

from annotations.actions import presence
from annotations.live import subscriptions
from annotations.live.stream import events
from annotations.live.subscriptions import CHANGE, PRESENCE, Hub, Pace, Subscription
from annotations.queries.view_keys import View, view_of
from tests.annotations.live.conftest import fresh
from tests.annotations.live.server import cookie_of

PATIENCE = 60


def listener():
    view = View(user_id=uuid4(), assignment_id=uuid4(), revision=uuid4(), is_set=True)
    return Subscription(view, "session", view.user_id)


@pytest.fixture
def hub_of_one(assignment, student):
    """A hub that has one listener, and that listener."""

    def make():
        key = cookie_of(student)["Cookie"].partition("=")[2]
        hub, one = Hub(), Subscription(view_of(student, fresh(assignment)), key, student.pk)
        hub._all[one] = None
        hub._by_assignment[assignment.pk] = {one: None}
        return hub, one

    return make


def test_pace_wakes_some_at_once_and_the_others_one_after_the_other(monkeypatch):
    monkeypatch.setattr(subscriptions, "BURST", 3)
    monkeypatch.setattr(subscriptions, "A_SECOND", 4)

    async def scene():
        pace, some = Pace(), [listener() for _ in range(6)]
        for one in some:
            pace.wake(one)
            pace.wake(one)
        at_once = [one.woken.is_set() for one in some]
        for one in some:
            await asyncio.wait_for(one.woken.wait(), PATIENCE)
        return at_once

    assert asyncio.run(scene()) == [True] * 3 + [False] * 3


def test_subscription_tells_what_waits_once():
    one = listener()
    one.waiting |= {CHANGE, PRESENCE}
    one.woken.set()

    assert (one.taken(), one.taken()) == ([CHANGE, PRESENCE], [])
    assert not one.woken.is_set()


def test_stream_whose_page_goes_as_it_is_woken_ends():
    async def scene():
        one = listener()
        told = events(one, Hub())
        await anext(told)
        waits = asyncio.ensure_future(anext(told))
        await asyncio.sleep(0.1)
        one.woken.set()
        waits.cancel()
        done, _ = await asyncio.wait([waits], timeout=PATIENCE)
        return [task.cancelled() for task in done]

    assert asyncio.run(scene()) == [True]


@pytest.mark.django_db(transaction=True)
def test_presence_is_told_at_once_and_then_together(monkeypatch, hub_of_one):
    monkeypatch.setattr(subscriptions, "PRESENCE_PAUSE", 0.5)
    hub, one = hub_of_one()

    async def scene():
        told = {"assignment": str(one.view.assignment_id)}
        began = asyncio.get_running_loop().time()  # before it is told: that may take a while
        for _ in range(2):
            for _ in range(10):
                hub.heard(presence.CHANNEL, told)
            await asyncio.wait_for(one.woken.wait(), PATIENCE)
            assert one.taken() == [PRESENCE]
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(scene()) > 0.4


@pytest.mark.django_db(transaction=True)
def test_presence_elsewhere_wakes_nobody(hub_of_one):
    hub, one = hub_of_one()

    async def scene():
        hub.heard(presence.CHANNEL, {"assignment": str(uuid4())})
        hub.heard("", {})
        await asyncio.wait_for(one.woken.wait(), PATIENCE)
        return one.taken()

    assert asyncio.run(scene()) == [CHANGE]
