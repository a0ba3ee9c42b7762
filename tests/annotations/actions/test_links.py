"""The health of links: what is due, how each opening is kept, and who has one opened anew."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.actions.links import (
    _keep,
    check_link,
    claim_due,
    forget_link,
    open_link,
    source_to_check,
)
from annotations.enums import LinkStatus
from annotations.links import sandbox
from annotations.links.verdicts import Verdict
from annotations.models import LinkHealth, Source
from debate.core.errors import InvalidState, Missing, NotAllowed, TooMany
from tests.factories.annotations import SourceFactory
from tests.factories.seminars import SeminarFactory
from tests.sites import page, redirect

HOUR = timedelta(hours=1)
NOT_FOUND = page("<title>Not found</title>", status="404 Not Found")


@pytest.fixture(autouse=True)
def outgoing(settings):
    settings.OUTGOING_REQUESTS = True


@pytest.fixture
def source(seminar, student):
    return SourceFactory(seminar=seminar, added_by=student)


def leads_to(source, url):
    Source.objects.filter(pk=source.pk).update(url=url)


def opened(source):
    """What is kept of the source's link after it has been opened once more."""
    open_link(source_id=source.pk)
    return LinkHealth.objects.get(source=source)


def rests(health):
    """For how many hours the link is left alone from when it was opened."""
    return (health.next_at - health.checked_at) / HOUR


# -- what is due -----------------------------------------------------------------------------------


def test_new_source_is_due_once(source):
    assert claim_due() == [source]
    assert claim_due() == []


def test_lost_job_leaves_its_link_due_after_a_quarter_of_an_hour(source):
    claim_due()
    health = LinkHealth.objects.get()

    assert health.status == LinkStatus.UNCHECKED
    assert timedelta(minutes=14) < health.next_at - timezone.now() <= timedelta(minutes=15)


@pytest.mark.parametrize(("hours", "is_due"), [(-1, True), (1, False), (None, True)])
def test_link_is_due_when_it_has_rested(source, hours, is_due):
    at = None if hours is None else timezone.now() + hours * HOUR
    LinkHealth.objects.create(source=source, next_at=at)

    assert claim_due() == [source] * is_due


def test_claim_keeps_what_was_found_before(source):
    LinkHealth.objects.create(
        source=source, status="alive", title="Water", next_at=timezone.now() - HOUR
    )

    claim_due()

    assert LinkHealth.objects.values_list("status", "title").get() == ("alive", "Water")


def test_source_without_link_is_never_due(seminar, student):
    SourceFactory(
        seminar=seminar, added_by=student, url="", canonical="title:a|", csl={"title": "A"}
    )

    assert claim_due() == []


def test_source_of_an_archived_seminar_is_not_due(db):
    SourceFactory(seminar=SeminarFactory(archived_at=timezone.now()))

    assert claim_due() == []


def test_nothing_is_due_where_the_site_opens_nothing(source, settings):
    settings.OUTGOING_REQUESTS = False

    assert claim_due() == []
    assert not LinkHealth.objects.exists()


def test_four_links_of_a_host_are_due_at_once_and_others_do_not_wait_for_it(seminar, student):
    many = [SourceFactory(seminar=seminar, added_by=student) for _ in range(6)]
    other = SourceFactory(seminar=seminar, added_by=student, url="http://other.example/a")

    assert claim_due() == [*many[:4], other]
    assert claim_due() == many[4:]


def test_dois_are_of_one_host(seminar, student):
    works = [
        SourceFactory(seminar=seminar, added_by=student, url="", doi=f"10.1234/{number}")
        for number in range(5)
    ]

    assert claim_due() == works[:4]


def test_twenty_links_are_due_at_once(seminar, student, django_assert_num_queries):
    many = [
        SourceFactory(seminar=seminar, added_by=student, url=f"https://{number}.example/")
        for number in range(23)
    ]

    with django_assert_num_queries(2):
        assert claim_due() == many[:20]
    assert claim_due() == many[20:]


# -- what is kept ----------------------------------------------------------------------------------


def test_link_that_opens_is_kept_with_title_and_draft_and_rests_a_week(source, near):
    site = near({"/": page("<title>Water</title><p>Words.")})
    leads_to(source, site.url())

    health = opened(source)

    assert (health.status, health.reason, health.http_status) == ("alive", "alive", 200)
    assert (health.title, len(health.digest), health.final_url) == ("Water", 64, site.url())
    assert health.found == {"type": "webpage", "title": "Water", "URL": site.url()}
    assert (health.failures, rests(health)) == (0, 7 * 24)


def test_opening_tells_the_site_who_asks(source, near, settings):
    settings.SITE_URL = "https://seminar.example.edu"
    site = near({"/": page("Words.")})
    leads_to(source, site.url())

    opened(source)

    agent = "Mozilla/5.0 (compatible; Counterpoint; +https://seminar.example.edu)"
    assert f"\r\nUser-Agent: {agent}\r\n" in site.asked[0]


def test_link_that_has_moved_is_kept_with_its_new_address(source, near):
    site = near({"/": redirect("/b", "301 Moved"), "/b": page("Words.")})
    leads_to(source, site.url())

    health = opened(source)

    assert (health.status, health.final_url, health.failures) == ("moved", site.url("/b"), 0)


def test_link_is_gone_when_it_is_missing_twice(source, near):
    site = near({"/": NOT_FOUND})
    leads_to(source, site.url())

    once = opened(source)
    twice = opened(source)

    assert (once.status, once.reason, once.http_status) == ("unreachable", "missing", 404)
    assert (twice.status, twice.reason, twice.http_status) == ("gone", "missing", 404)
    assert (once.failures, twice.failures) == (1, 2)


def test_link_that_is_missing_again_after_trouble_is_not_gone_yet(source, near):
    site = near({"/": NOT_FOUND})
    leads_to(source, site.url())
    opened(source)
    site.answers["/"] = page("", status="503 Service Unavailable")
    assert opened(source).status == "unreachable"
    site.answers["/"] = NOT_FOUND

    assert opened(source).status == "unreachable"
    assert opened(source).status == "gone"


def test_link_that_no_longer_opens_keeps_what_stood_there(source, near):
    site = near({"/": page("<title>Water</title>")})
    leads_to(source, site.url())
    before = opened(source)
    site.answers["/"] = NOT_FOUND

    health = opened(source)

    assert (health.title, health.digest, health.found) == ("Water", before.digest, before.found)
    assert health.final_url == site.url()


def test_link_that_opens_again_is_alive_and_rests_a_week(source, near):
    site = near({"/": page("Words.")})
    leads_to(source, site.url())
    LinkHealth.objects.create(source=source, status="gone", reason="missing", failures=9)

    health = opened(source)

    assert (health.status, health.failures, rests(health)) == ("alive", 0, 7 * 24)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 1), (1, 6), (2, 24), (3, 72), (4, 168), (5, 168), (1_000, 168)]
)
def test_link_that_fails_rests_longer_each_time(source, failures, hours):
    leads_to(source, "http://127.0.0.1/")
    LinkHealth.objects.create(source=source, failures=failures)

    health = opened(source)

    assert rests(health) == hours
    assert health.failures == min(failures + 1, 1_000)


@pytest.mark.parametrize(
    ("url", "status", "reason"),
    [
        ("http://127.0.0.1/", LinkStatus.REFUSED, Verdict.INSIDE),
        ("http://[::ffff:169.254.169.254]/", LinkStatus.REFUSED, Verdict.INSIDE),
        ("http://localhost/", LinkStatus.REFUSED, Verdict.NO_ADDRESS),
        ("https://example.org:22/", LinkStatus.REFUSED, Verdict.PORT),
        ("https://a:b@example.org/", LinkStatus.REFUSED, Verdict.LOGIN),
        ("ftp://example.org/", LinkStatus.REFUSED, Verdict.SCHEME),
    ],
)
def test_link_that_is_not_of_the_web_is_refused(source, url, status, reason):
    leads_to(source, url)

    health = opened(source)

    assert (health.status, health.reason, health.http_status) == (status, reason, None)


@pytest.mark.parametrize(
    ("answer", "reason", "http_status"),
    [
        (page("", status="403 Forbidden"), Verdict.CLOSED, 403),
        (page("", status="500 Oh"), Verdict.TROUBLE, 500),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Verdict.MALFORMED, None),
        (b"", Verdict.DROPPED, None),
        (redirect("/"), Verdict.CIRCLE, None),
    ],
)
def test_link_that_does_not_open_is_unreachable_and_why(source, near, answer, reason, http_status):
    site = near({"/": answer})
    leads_to(source, site.url())

    health = opened(source)

    assert (health.status, health.reason, health.http_status) == (
        "unreachable",
        reason,
        http_status,
    )


def test_redirect_into_the_closed_network_is_refused(source, near, serve):
    site = near({})
    canary = serve({"/": page("Secret.")}, host="127.0.0.2", port=site.port)
    site.answers["/"] = redirect(canary.url(host="127.0.0.2"))
    leads_to(source, site.url())

    assert opened(source).status == "refused"
    assert canary.connections == 0


def test_child_that_is_killed_is_an_unreadable_link(source, monkeypatch):
    monkeypatch.setattr(sandbox, "_START", "import os; os.kill(os.getpid(), 9)")

    health = opened(source)

    assert (health.status, health.reason) == ("unreachable", "unreadable")


def test_opening_of_what_is_gone_does_nothing(source, seminar, student, settings):
    named = SourceFactory(
        seminar=seminar, added_by=student, url="", canonical="title:a|", csl={"title": "A"}
    )
    open_link(source_id=named.pk)
    open_link(source_id=seminar.pk)
    settings.OUTGOING_REQUESTS = False
    open_link(source_id=source.pk)

    assert not LinkHealth.objects.exists()


def test_address_that_is_another_by_now_is_not_judged_by_the_old_one(source):
    _keep(source.pk, "https://example.org/old", sandbox.Look(Verdict.ALIVE))

    assert not LinkHealth.objects.exists()


def test_link_to_another_address_is_forgotten_and_due(source):
    LinkHealth.objects.create(source=source, status="gone", next_at=timezone.now() + HOUR)

    forget_link(source=source)

    assert claim_due() == [source]
    assert LinkHealth.objects.get().status == "unchecked"


# -- opened anew -----------------------------------------------------------------------------------


def test_check_of_staff_is_a_job_of_its_host(source, assistant):
    assert check_link(actor=assistant, source_id=source.pk) == source

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name, job.lock) == (
        "annotations.open_link",
        "links",
        "links:example.org",
    )
    assert (job.args, job.priority) == ({"source": str(source.pk)}, -10)


def test_check_of_others_is_refused(source, student, outsider, anonymous):
    with pytest.raises(NotAllowed):
        check_link(actor=student, source_id=source.pk)
    with pytest.raises(Missing):
        check_link(actor=outsider, source_id=source.pk)
    with pytest.raises(Missing):
        source_to_check(anonymous, source.pk)

    assert not ProcrastinateJob.objects.exists()


def test_check_in_an_archived_seminar_is_refused(source, instructor, seminar):
    seminar.archived_at = timezone.now()
    seminar.save()

    with pytest.raises(NotAllowed):
        check_link(actor=instructor, source_id=source.pk)


def test_check_of_a_source_without_link_is_refused(seminar, instructor):
    named = SourceFactory(
        seminar=seminar, added_by=instructor, url="", canonical="title:a|", csl={"title": "A"}
    )

    with pytest.raises(InvalidState) as refused:
        check_link(actor=instructor, source_id=named.pk)

    assert refused.value.code == "invalid_state"


def test_check_where_the_site_opens_nothing_is_refused(source, instructor, settings):
    settings.OUTGOING_REQUESTS = False

    with pytest.raises(InvalidState) as refused:
        check_link(actor=instructor, source_id=source.pk)

    assert (refused.value.code, refused.value.sentence) == (
        "outgoing_off",
        "This site opens no addresses of others.",
    )


def test_check_too_often_is_refused(source, instructor, assistant):
    for _ in range(20):
        check_link(actor=instructor, source_id=source.pk)

    with pytest.raises(TooMany):
        check_link(actor=instructor, source_id=source.pk)
    check_link(actor=assistant, source_id=source.pk)
    assert ProcrastinateJob.objects.count() == 21
