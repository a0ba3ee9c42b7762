import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from debate.core.models import uuid7


def test_uuid7_is_a_uuid_of_version_7_and_the_rfcs_variant():
    one = uuid7()

    assert (one.version, one.variant) == (7, uuid.RFC_4122)


def test_uuid7_begins_with_the_milliseconds_of_its_making():
    before = time.time_ns() // 1_000_000

    made = uuid7().int >> 80

    assert before <= made <= time.time_ns() // 1_000_000 + 1


def test_uuid7_later_ones_are_greater():
    made = [uuid7() for _ in range(10_000)]

    assert made == sorted(set(made))


def test_uuid7_of_several_threads_are_all_different():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: [uuid7() for _ in range(1_000)], range(4)))

    assert len({one for batch in made for one in batch}) == 4_000
    assert all(batch == sorted(batch) for batch in made)


def test_uuid7_when_the_clock_goes_back_still_rises(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)

    assert uuid7() > first
