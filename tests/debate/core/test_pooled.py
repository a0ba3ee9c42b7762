"""Kept connections: used as long as they stand, and looked at without asking the server."""

import threading
import time
from copy import deepcopy

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from psycopg_pool import PoolTimeout

from debate.core.pooled.base import DatabaseWrapper, stands

pytestmark = pytest.mark.django_db
ALIAS = "pooled"


@pytest.fixture
def open_one():
    """Opens connections to the test's database, beside Django's; all are closed at the end."""
    given = connection.get_connection_params()
    names = {name: given[name] for name in ("dbname", "user", "host", "port") if name in given}
    opened = []

    def open_():
        opened.append(psycopg.connect(**names, autocommit=True))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


@pytest.fixture
def pooled():
    """A database of Django's with a pool of its own."""
    settings = deepcopy(connection.settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 20}
    one = connections[ALIAS] = DatabaseWrapper(settings, alias=ALIAS)
    yield one
    one.close()
    one.close_pool()
    del connections[ALIAS]


def end(ended, open_one):
    """Have the server end that connection, and wait until it has."""
    pid = ended.info.backend_pid
    with open_one() as other:
        other.execute("SELECT pg_terminate_backend(%s, 20000)", [pid])


def asked(one):
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_stands_of_an_open_connection_is_true(open_one):
    assert stands(open_one())


def test_stands_of_a_connection_that_the_server_ended_is_false(open_one):
    one = open_one()
    end(one, open_one)

    assert not stands(one)


def test_stands_of_a_connection_with_a_notice_unread_is_true(open_one):
    one = open_one()
    one.execute("LISTEN heard")
    with open_one() as other:
        other.execute("NOTIFY heard")

    assert stands(one)
    assert one.execute("SELECT 1").fetchone() == (1,)


def test_pooled_connection_is_used_again(pooled):
    first = asked(pooled)
    pooled.close()

    assert asked(pooled) == first


def test_pooled_connection_that_was_used_last_is_used_next(pooled):
    pooled.settings_dict["OPTIONS"]["pool"] |= {"min_size": 3, "max_size": 3}
    pooled.pool.open()
    pooled.pool.wait(20)

    used = {asked(pooled)}
    for _ in range(5):
        pooled.close()
        used.add(asked(pooled))

    assert len(used) == 1


def test_pooled_connection_that_the_server_ended_is_replaced(pooled, open_one):
    first = asked(pooled)
    ended = pooled.connection
    pooled.close()
    end(ended, open_one)

    assert asked(pooled) != first


def test_pooled_connection_that_is_busy_is_waited_for(pooled):
    pooled.settings_dict["OPTIONS"]["pool"]["timeout"] = 1
    asked(pooled)
    other = DatabaseWrapper(pooled.settings_dict, alias=ALIAS)
    pool, busy = pooled.pool, pooled.connection

    def free_it():
        """As soon as it was waited for in vain once, of several times."""
        while not pool.get_stats().get("requests_errors"):
            time.sleep(0.01)
        pool.putconn(busy)

    freeing = threading.Thread(target=free_it)
    freeing.start()
    pooled.connection = None

    assert asked(other)
    freeing.join()
    other.close()


def test_pooled_connection_to_a_server_that_is_away_is_not_waited_for_long(pooled):
    pooled.settings_dict["OPTIONS"]["pool"]["timeout"] = 0.2
    pooled.settings_dict["PORT"] = "1"

    with pytest.raises(OperationalError) as refused:
        asked(pooled)

    assert not isinstance(refused.value.__cause__, PoolTimeout)
