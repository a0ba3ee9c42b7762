"""Jobs of annotating."""

from django.core import mail

from annotations.tasks import mail_receipt


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
