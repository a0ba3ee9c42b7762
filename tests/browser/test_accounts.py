"""People come in, come back, and give a token to a program."""

import json
import re
import urllib.request

from playwright.sync_api import expect

from debate.accounts.models import User
from tests.factories.accounts import PASSWORD


def test_newcomer_signs_up_out_and_in(browse, db):
    page = browse()
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Username").fill("ines")
    page.get_by_label("Email").fill("ines@example.org")
    page.get_by_label("Name", exact=True).fill("Inês Prado")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label(re.compile("Password.*again", re.IGNORECASE)).fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("banner")).to_contain_text("Inês Prado")

    page.goto("/accounts/logout/")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail").fill("ines@example.org")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("banner")).to_contain_text("Inês Prado")
    assert User.objects.get().name == "Inês Prado"


def test_wrong_password_is_told_and_the_right_one_leads_on(browse, student, assignment):
    page = browse()
    page.goto(f"{assignment.get_absolute_url()}annotate/1/1/")
    page.get_by_label("Username or e-mail").fill("student")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    expect(page.get_by_label("Username or e-mail")).to_have_value("student")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Annotate paragraph 1")


def test_forgotten_password_is_set_anew_through_the_mail(browse, student, mailoutbox):
    page = browse()
    page.goto("/accounts/password/reset/")
    page.get_by_label("E-mail").fill(student.email)
    with page.expect_navigation():
        page.get_by_role("button", name="Send the link").click()

    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", mailoutbox[0].body).group()
    page.goto("/" + link.split("/", 3)[3])
    fields = page.locator("main input[type=password]")
    fields.nth(0).fill("a new long password")
    fields.nth(1).fill("a new long password")
    page.get_by_role("button", name="Keep this password").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Choose a new password")

    student.refresh_from_db()
    assert student.check_password("a new long password")


def test_token_is_shown_once_works_and_is_revoked(browse, student, assignment, address):
    page = browse(student)
    page.goto("/accounts/tokens/")
    page.get_by_label("Name").fill("notebook")
    with page.expect_navigation():
        page.get_by_role("button", name="Make the token").click()
    secret = re.search(r"cp_[0-9a-f]{40}", page.get_by_role("main").inner_text()).group()

    def ask():
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{address}/api/v1/assignments/", headers={"Authorization": f"Bearer {secret}"}
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
                return answer.status, json.load(answer)["results"][0]["title"]
        except urllib.error.HTTPError as error:
            return error.code, ""

    before = ask()
    page.goto("/accounts/tokens/")
    expect(page.get_by_role("main")).not_to_contain_text(secret)
    page.get_by_role("link", name=re.compile("Revoke")).first.click()
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=re.compile("Revoke")).click()

    assert (before, ask()) == ((200, assignment.title), (401, ""))
