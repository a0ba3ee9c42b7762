"""The waking of many: who is woken when. What a stream is told stands in test_stream.py."""

import asyncio
from uuid import uuid4

from annotations.actions import presence
from annotations.live import subscriptions
from annotations.live.stream import events
from annotations.live.subscriptions import CHANGE, PRESENCE, Hub, Pace, Subscription
from annotations.queries.view_keys import View

PATIENCE = 60


def listener():
    view = View(user_id=uuid4(), assignment_id=uuid4(), revision=uuid4(), is_set=True)
    return Subscription(view, "session", view.user_id)


def test_pace_wakes_some_at_once_and_the_others_one_after_the_other(monkeypatch):
    monkeypatch.setattr(subscriptions, "BURST", 3)
    monkeypatch.setattr(subscriptions, "A_SECOND", 50)

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


def test_presence_is_told_at_once_and_then_together(monkeypatch):
    monkeypatch.setattr(subscriptions, "PRESENCE_PAUSE", 0.5)

    async def scene():
        hub, one = Hub(), listener()
        hub._all[one] = None
        hub._by_assignment[one.view.assignment_id] = {one: None}
        told = {"assignment": str(one.view.assignment_id)}
        times = []
        for _ in range(2):
            for _ in range(10):
                hub.heard(presence.CHANNEL, told)
            await asyncio.wait_for(one.woken.wait(), PATIENCE)
            times.append(asyncio.get_running_loop().time())
            assert one.taken() == [PRESENCE]
        return times[1] - times[0]

    assert asyncio.run(scene()) > 0.4


def test_presence_elsewhere_wakes_nobody():
    async def scene():
        hub, one = Hub(), listener()
        hub._all[one] = None
        hub._by_assignment[one.view.assignment_id] = {one: None}
        hub.heard(presence.CHANNEL, {"assignment": str(uuid4())})
        hub.heard("", {})
        await asyncio.wait_for(one.woken.wait(), PATIENCE)
        return one.taken()

    assert asyncio.run(scene()) == [CHANGE]
