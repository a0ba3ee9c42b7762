import asyncio

import pytest
from django.db import connection, connections, transaction

from debate.core.notify import Listener, notify
from debate.core.shutdown import closing

pytestmark = pytest.mark.django_db(transaction=True)

CHANNEL = "counterpoint_tests"
PATIENCE = 60


class Ear:
    """What a listener heard, for a coroutine that waits for it."""

    def __init__(self):
        self.words = asyncio.Queue()
        self.listener = Listener([CHANNEL], lambda *told: self.words.put_nowait(told))

    async def next(self):
        return await asyncio.wait_for(self.words.get(), PATIENCE)

    async def ready(self):
        self.listener.start()
        assert await self.next() == ("", {})


async def aside(act, *args):
    """Run what asks the database on a thread of its own."""

    def run():
        try:
            return act(*args)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def heard(scene):
    """Run the coroutine that gets an ear, and end as a server does.

    Returns when the database has noticed: a process of its own ends by itself, a moment after
    the connection, and the next test would count it.
    """

    async def play():
        ear = Ear()
        await ear.ready()
        try:
            return await scene(ear)
        finally:
            closing().set()
            await asyncio.wait_for(ear.listener.ended(), PATIENCE)
            await asyncio.wait_for(nobody_listens(), PATIENCE)

    return asyncio.run(play())


async def nobody_listens():
    while await aside(backends):  # noqa: ASYNC110 - the database tells nobody when a process ends
        await asyncio.sleep(0.02)


def backends():
    """The server's processes that listen for us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE application_name = 'counterpoint listener' AND datname = current_database()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_listener_hears_what_was_committed_and_nothing_else():
    def tell():
        with transaction.atomic():
            notify(CHANNEL, {"word": "kept"})
        with transaction.atomic():
            notify(CHANNEL, {"word": "taken back"})
            transaction.set_rollback(True)
        notify("counterpoint_elsewhere", {"word": "not for us"})
        notify(CHANNEL, {"word": "last"})

    async def scene(ear):
        await aside(tell)
        return [await ear.next(), await ear.next()]

    assert heard(scene) == [(CHANNEL, {"word": "kept"}), (CHANNEL, {"word": "last"})]


def test_listener_started_many_times_listens_once():
    async def scene(ear):
        for _ in range(20):
            ear.listener.start()
        await aside(notify, CHANNEL, {"word": "once"})
        await aside(notify, CHANNEL, {"word": "end"})
        told = [await ear.next(), await ear.next()]
        return told, len(await aside(backends))

    assert heard(scene) == ([(CHANNEL, {"word": "once"}), (CHANNEL, {"word": "end"})], 1)


def test_listener_whose_connection_is_cut_comes_back_and_says_that_something_may_be_missed():
    def cut():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", backends())

    async def scene(ear):
        await aside(cut)
        missed = await ear.next()
        await aside(notify, CHANNEL, {"word": "again"})
        return missed, await ear.next()

    assert heard(scene) == (("", {}), (CHANNEL, {"word": "again"}))


def test_listener_passes_over_what_is_no_json():
    def tell():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, 'no JSON')", [CHANNEL])
        notify(CHANNEL, {"word": "JSON"})

    async def scene(ear):
        await aside(tell)
        return await ear.next()

    assert heard(scene) == (CHANNEL, {"word": "JSON"})


def test_listener_lets_go_of_its_connection_when_the_server_ends():
    async def scene(ear):
        return len(await aside(backends))

    assert heard(scene) == 1
    assert backends() == []
