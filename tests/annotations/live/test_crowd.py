"""Many listen while some write: each is told of all that they may see, once, in order, and of nothing else.

Cut at random; in the long version also across the kill of web processes.
"""

import asyncio
import random

import pytest
from django.db import connections
from django.urls import reverse

from annotations.actions import withdraw_annotation
from annotations.models import Annotation, Change
from debate.seminars.enums import Role
from tests.annotations.live.conftest import post
from tests.annotations.live.crowd import Crowd, OpenPage
from tests.annotations.live.server import cookie_of, served
from tests.annotations.live.workers import Workers
from tests.factories.seminars import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = [Role.STUDENT] * 6 + [Role.ASSISTANT, Role.OBSERVER]
AUDIENCES = ["seminar", "seminar", "seminar", "group", "staff", "private"]


def people_of(seminar, count):
    """Members in all roles, the students in two groups."""
    found = [
        MembershipFactory(seminar=seminar, role=ROLES[index % len(ROLES)]).user
        for index in range(count)
    ]
    for half in range(2):
        GroupFactory(seminar=seminar, members=found[half::2])
    return found


def write(assignment, author, seed):
    """Something by chance, on a connection that is closed again; withdrawn again now and then."""
    chance = random.Random(seed)
    try:
        audience = chance.choice(AUDIENCES)
        group = author.reading_groups.first() if audience == "group" else None
        one = post(
            assignment,
            author,
            number=chance.randint(1, 3),
            kind=chance.choice(["comment", "question", "support"]),
            audience="seminar" if audience == "group" and not group else audience,
            group_id=group.pk if group else None,
        )
        if chance.random() < 0.1:
            withdraw_annotation(actor=author, annotation_id=one.pk)
    finally:
        connections.close_all()


def expected(assignment, who):
    """What arrives at the person's page, in order, and what of it may have gone unseen."""
    lines = Change.objects.filter(assignment=assignment, type="annotation", op="create")
    order = [str(pk) for pk in lines.values_list("object_id", flat=True)]
    known = Annotation.objects.known_to(who).filter(assignment=assignment)
    stands = {str(pk): status != "withdrawn" for pk, status in known.values_list("pk", "status")}
    return [pk for pk in order if stands.get(pk)], {pk for pk, kept in stands.items() if not kept}


async def play(pages, assignment, writers, *, posts, cuts, kill=None):
    async with Crowd(pages) as crowd:

        async def writing(index):
            for number in range(posts):
                await asyncio.to_thread(write, assignment, writers[index], index * 1_000 + number)
                await asyncio.sleep(random.uniform(0, 0.3))

        async def cutting():
            for number in range(cuts):
                await asyncio.sleep(random.uniform(0, 0.3))
                for one in random.sample(pages, max(1, len(pages) // 10)):
                    one.cut()
                if kill and number in {cuts // 3, 2 * cuts // 3}:
                    await asyncio.to_thread(kill)

        await asyncio.gather(cutting(), *(writing(index) for index in range(len(writers))))
        wanted = await asyncio.to_thread(wanted_of, assignment, pages)
        await crowd.until(lambda one: set(wanted[one.who.pk][0]) <= set(one.arrived))
    return wanted


def wanted_of(assignment, pages):
    try:
        return {one.who.pk: expected(assignment, one.who) for one in pages}
    finally:
        connections.close_all()


def expect_each_heard_all_once_in_order(pages, wanted):
    for one in pages:
        arrives, may_have_gone = wanted[one.who.pk]
        heard = [pk for pk in one.arrived if pk not in may_have_gone]
        assert heard == arrives
        assert len(one.arrived) == len(set(one.arrived))
        assert set(one.arrived) <= {*arrives, *may_have_gone}
        assert set(one.arrived) & may_have_gone <= set(one.gone) <= may_have_gone


def pages_of(url, assignment, people):
    place = [assignment.seminar.slug, assignment.slug]
    stream, changes = (reverse(f"live:{name}", args=place) for name in ("stream", "changes"))
    return [OpenPage(url, stream, changes, cookie_of(one), one) for one in people]


def test_each_of_eight_hears_all_once_in_order(assignment, seminar):
    people = people_of(seminar, 8)
    with served() as url:
        pages = pages_of(url, assignment, people)
        wanted = asyncio.run(play(pages, assignment, people[:3], posts=4, cuts=5))

    expect_each_heard_all_once_in_order(pages, wanted)
    assert all(len(arrives) >= 2 for arrives, _ in wanted.values())
    assert {one for page in pages for one in page.refusals if one[0]} == set()
    assert any(one.streams > 1 for one in pages)


@pytest.mark.soak
def test_each_of_three_hundred_hears_all_once_in_order_across_two_kills(assignment, seminar):
    people = people_of(seminar, 300)
    workers = Workers(2)
    try:
        pages = pages_of(workers.url, assignment, people)
        writers = [one for index, one in enumerate(people[:11]) if ROLES[index % 8] != "observer"]
        wanted = asyncio.run(
            play(pages, assignment, writers, posts=12, cuts=30, kill=workers.kill_one)
        )
    finally:
        workers.end()

    expect_each_heard_all_once_in_order(pages, wanted)
    assert all(len(arrives) >= 30 for arrives, _ in wanted.values())
    assert {one for page in pages for one in page.refusals if one[0] not in {0, 503}} == set()
