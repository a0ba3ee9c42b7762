"""Jobs of annotating."""

from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.models import LinkHealth
from annotations.tasks import check_links, mail_receipt, open_one
from tests.factories.annotations import SourceFactory
from tests.sites import page as html_page


def test_receipt_is_mailed_to_the_address_that_holds_when_it_is_sent(student):
    student.email = "new@example.org"
    student.save()

    mail_receipt(person=str(student.pk), subject="Receipt", text="All in.")

    assert [(one.to, one.subject, one.body) for one in mail.outbox] == [
        (["new@example.org"], "Receipt", "All in.")
    ]


def test_receipt_is_not_mailed_to_who_is_gone(student, classmate):
    student.is_active = False
    student.save()
    classmate.email = ""
    classmate.save()

    for person in (student, classmate):
        mail_receipt(person=str(person.pk), subject="Receipt", text="All in.")

    assert mail.outbox == []


def test_links_that_are_due_are_handed_out_once_a_job_each(seminar, student, settings):
    settings.OUTGOING_REQUESTS = True
    sources = [SourceFactory(seminar=seminar, added_by=student) for _ in range(2)]

    check_links(timestamp=0)
    check_links(timestamp=60)

    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "lock", "args")
    assert list(jobs) == [
        ("annotations.open_link", "links:example.org", {"source": str(source.pk)})
        for source in sources
    ]


def test_no_link_is_handed_out_where_the_site_opens_none(seminar, student):
    SourceFactory(seminar=seminar, added_by=student)

    check_links(timestamp=0)

    assert not ProcrastinateJob.objects.exists()


def test_job_opens_the_link(seminar, student, settings, near):
    settings.OUTGOING_REQUESTS = True
    site = near({"/": html_page("<title>Water</title>")})
    source = SourceFactory(seminar=seminar, added_by=student, url=site.url())

    open_one(source=str(source.pk))

    assert LinkHealth.objects.values_list("status", "title").get() == ("alive", "Water")
