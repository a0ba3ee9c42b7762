import asyncio

from debate.core.shutdown import closing


async def closing_twice():
    return closing(), closing()


def test_closing_one_loop_has_one_event():
    first, second = asyncio.run(closing_twice())

    assert first is second


def test_closing_other_loop_has_its_own_event():
    first, _ = asyncio.run(closing_twice())
    second, _ = asyncio.run(closing_twice())

    assert first is not second
    assert not second.is_set()
