"""Every screen there is: who looks at it, how to come to it, and the address's name it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

NO_PAGES = {
    "seminars:roster_apply": "redirects, or shows the preview with what has changed",
    "seminars:roster_download": "a file",
    "seminars:join_link": "remembers the invitation and redirects",
    "seminars:join_accept": "lets in and redirects",
    "seminars:join_decline": "forgets and redirects",
    "accounts:reading": "redirects, or shows the profile with what was refused",
    "seminar_keep": "keeps what was typed and redirects",
    "seminars:restore": "restores and redirects",
    "seminars:student_view": "begins the student's view and redirects",
    "seminars:student_view_end": "ends it and redirects",
    "seminars:group_found": "redirects, or shows the groups with what was refused",
    "seminars:group_join": "redirects",
    "seminars:group_leave": "redirects",
    "seminars:groups_make": "redirects, or shows the draw anew",
    "healthz": "for machines",
    "readyz": "for machines",
    "robots": "for machines",
    "favicon": "a picture",
    "demo_entry": "signs in and redirects",
    "annotations:answer": "marks and redirects",
    "annotations:unflag": "takes back and redirects",
    "annotations:vocabulary_copy": "copies and redirects",
    "annotations:vocabulary_close": "closes and redirects",
    "annotations:tag_move": "moves and redirects",
    "annotations:tag_retire": "retires and redirects",
    "annotations:tag_restore": "restores and redirects",
    "annotations:progress_csv": "a file",
    "annotations:mentions": "for the composer's completion",
    "annotations:mute": "mutes and redirects",
    "notices:open": "marks and redirects",
    "notices:read": "marks and redirects",
    "notices:read_all": "marks and redirects",
    "notices:unmute": "unmutes and redirects",
    "essays:import_correct": "redirects, or shows the preview with what was refused",
    "essays:import_undo": "takes back and redirects",
    "essays:import_head": "redirects, or shows the preview with what was refused",
    "essays:import_finish": "redirects, or shows the preview with what was refused",
    "essays:revise": "begins a draft and redirects",
    "essays:go_on": "redirects",
    "assignments:close": "closes and redirects",
    "assignments:extension_withdraw": "withdraws and redirects",
    "account_confirm_login_code": "codes by mail are off: redirects",
}
"""Named addresses at which there is nothing of their own to look at, and why."""


def _stay(page: Page) -> None:
    """The page as it opens is the screen."""


@dataclass(frozen=True)
class Screen:
    """One state of one page.

    `place` is a path in which the world's places stand by name; `then` brings the page into the
    state that is looked at.
    """

    name: str
    view: str
    who: str
    place: str
    then: Callable[[Page], None] = _stay
    status: int = 200


def press(label: str) -> Callable[[Page], None]:
    """Press the button of that label within the page's content."""

    def then(page: Page) -> None:
        page.get_by_role("main").get_by_role("button", name=label, exact=True).first.click()

    return then


def press_approve(page: Page) -> None:
    page.get_by_role("button", name="Approve the 2 shown …").click()


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")


def write_nothing(page: Page) -> None:
    page.get_by_label("What do you want to say?").fill("   ")
    press("Post")(page)


def quote_wrongly(page: Page) -> None:
    page.get_by_text("Other words, or several paragraphs").click()
    page.get_by_role("textbox", name="The exact words (optional)").fill(
        "words that stand nowhere in this paragraph"
    )
    page.get_by_label("What do you want to say?").fill("A remark.")
    press("Post")(page)


def make_token(page: Page) -> None:
    page.get_by_label("Name").fill("notebook")
    press("Make the token")(page)


def refuse_split(page: Page) -> None:
    page.get_by_text("Change paragraph 1", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="Change paragraph 1").first
    row.get_by_label("or before these words").fill("words that stand nowhere")
    row.get_by_role("button", name="Split", exact=True).last.click()


def place_the(page: Page) -> None:
    page.get_by_label("Or these exact words").fill("the")
    press("Place it here")(page)


def select_words(page: Page) -> None:
    """Select the first words of the essay, as a mouse would."""
    page.evaluate(
        """() => {
             const text = document.querySelector("#p-4 > p").firstChild;
             getSelection().setBaseAndExtent(text, 0, text, 9);
             text.parentElement.scrollIntoView({ block: "center" });
           }"""
    )
    page.keyboard.press("Shift")
    page.get_by_role("group", name="Annotate the selected words").wait_for()


def set_badly(page: Page) -> None:
    """Ask for a blind round first, and give it no kind."""
    page.locator("#rounds > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Blind, open, rebuttal").click()
    page.get_by_label("Title").fill("")
    page.locator("#round-2").get_by_label("Opens").fill("2020-01-01T10:00")
    page.locator("#round-3").get_by_label("Comments").uncheck()
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Set it to").click()


def leave_out(page: Page) -> None:
    page.get_by_text("Change paragraph 2", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="Change paragraph 2").first
    with page.expect_navigation():
        row.get_by_role("button", name="Leave it out").click()
    unfold(page)


def tamper(page: Page) -> None:
    """Send a form as no page of ours would."""
    operation = page.locator("input[name=operation]").first
    operation.evaluate("(one) => { one.value = 'nonsense'; one.form.submit(); }")
    page.wait_for_url("**/correct/")


def draw(page: Page) -> None:
    page.get_by_label("Number").fill("3")
    press("Draw")(page)
    page.get_by_role("heading", name="This is the draw").wait_for()


def make_seminar(page: Page) -> None:
    page.get_by_label("Title of the seminar").fill("Policy and argument, spring")
    press("Make the seminar")(page)
    page.get_by_role("img", name="QR code of the link").wait_for()


def view_as_student(page: Page) -> None:
    press("View as student")(page)
    page.get_by_role("region", name="Student’s view").wait_for()


def look_at_roster(page: Page) -> None:
    page.get_by_label("Or paste it").fill(
        "email,name,role,section\nnew@example.org,Noor,student,Friday\n"
        "student1@example.org,,assistant,Friday\nstudent2@example.org,,student,"
    )
    press("Look at the lines")(page)


def mistype_roster(page: Page) -> None:
    page.get_by_label("Or paste it").fill("email,role\nnew@example.org,guest\nnonsense,")
    press("Look at the lines")(page)


def open_menu(page: Page) -> None:
    page.locator("summary").filter(has_text="Your account").click()


SCREENS = [
    Screen("inbox", "notices:inbox", "student1", "/inbox/"),
    Screen("inbox-empty", "notices:inbox", "newcomer", "/inbox/"),
    Screen("inbox-settings", "notices:settings", "student1", "/inbox/settings/"),
    Screen("unsubscribe", "notices:unsubscribe", "", "{unsubscribe}"),
    Screen(
        "unsubscribed",
        "notices:unsubscribe",
        "",
        "{unsubscribe}",
        press("Send me no more of these"),
    ),
    Screen("home-visitor", "home", "", "/"),
    Screen("home-student", "home", "student1", "/"),
    Screen("home-instructor", "home", "instructor", "/", open_menu),
    Screen("home-newcomer", "home", "newcomer", "/"),
    Screen("library", "essays:list", "student1", "/essays/"),
    Screen("search", "annotations:search", "student1", "/search/", unfold),
    Screen("search-found", "annotations:search", "student1", "/search/?q=vote+or+turnout"),
    Screen(
        "search-filtered",
        "annotations:search",
        "instructor",
        "/search/?q=vote&kind=counterargument",
    ),
    Screen("search-nothing", "annotations:search", "student1", "/search/?q=aqueduct"),
    Screen("search-refused", "annotations:search", "student1", "/search/?q=%21%3F", status=400),
    Screen("vocabulary", "annotations:vocabulary", "instructor", "{vocabulary}", unfold),
    Screen("vocabulary-read", "annotations:vocabulary", "student1", "{vocabulary}"),
    Screen(
        "vocabulary-history",
        "annotations:vocabulary_history",
        "student1",
        "{vocabulary}history/",
    ),
    Screen(
        "tag-new",
        "annotations:tag_add",
        "instructor",
        "{vocabulary}new/",
        press("Add the tag"),
        status=200,
    ),
    Screen("tag-edit", "annotations:tag_edit", "instructor", "{tag}"),
    Screen("paragraph-tags", "annotations:paragraph_tags", "instructor", "{paragraph_tags}"),
    Screen("reading-tags", "annotations:reading", "student1", "{reading}", unfold),
    Screen("library-instructor", "essays:list", "instructor", "/essays/?q=phones"),
    Screen("library-nothing-found", "essays:list", "student1", "/essays/?q=nothing+like+it"),
    Screen("library-visitor", "essays:list", "", "/essays/"),
    Screen("essay", "essays:detail", "student1", "{essay}"),
    Screen("essay-on-shelf", "essays:detail", "instructor", "{shelf}"),
    Screen("import", "essays:import", "instructor", "{import}"),
    Screen(
        "import-refused", "essays:import", "instructor", "{import}", press("Look at the paragraphs")
    ),
    Screen("preview", "essays:import_preview", "instructor", "{preview}"),
    Screen("preview-refused", "essays:import_preview", "instructor", "{preview}", refuse_split),
    Screen("preview-left-out", "essays:import_preview", "instructor", "{preview}", leave_out),
    Screen("import-text", "essays:import_text", "instructor", "{preview}text/"),
    Screen("import-replace", "essays:import_replace", "instructor", "{preview}replace/"),
    Screen("revision", "essays:import_preview", "instructor", "{revision}"),
    Screen("publication", "annotations:publication", "instructor", "{revision}publish/", unfold),
    Screen("publication-overtaken", "annotations:publication", "instructor", "{overtaken}", unfold),
    Screen("placement", "annotations:placement", "instructor", "{placement}"),
    Screen("placement-repeated", "annotations:placement", "instructor", "{placement}", place_the),
    Screen("place", "annotations:place", "student1", "{mine}place/"),
    Screen("discard", "essays:import_discard", "instructor", "{discard}"),
    Screen("seminar", "seminar_detail", "student1", "{seminar}"),
    Screen("seminar-instructor", "seminar_detail", "instructor", "{seminar}"),
    Screen("seminar-empty", "seminar_detail", "teacher", "/seminars/empty/"),
    Screen("seminar-archived", "seminar_detail", "teacher", "{finished}"),
    Screen("seminar-as-student", "seminar_detail", "viewer", "{seminar}", view_as_student),
    Screen("seminar-new", "seminar_new", "founder", "/seminars/new/"),
    Screen(
        "seminar-new-refused",
        "seminar_new",
        "newcomer",
        "/seminars/new/",
        press("Look at the paragraphs"),
    ),
    Screen("seminar-new-preview", "essays:import_preview", "founder", "{to_be}"),
    Screen("seminar-confirm", "seminar_confirm", "founder", "{confirm_seminar}"),
    Screen(
        "seminar-confirm-refused",
        "seminar_confirm",
        "founder",
        "{confirm_seminar}",
        press("Make the seminar"),
    ),
    Screen("seminar-made", "seminar_confirm", "founder", "{make_seminar}", make_seminar),
    Screen("settings", "seminars:settings", "instructor", "{settings}"),
    Screen("settings-archived", "seminars:settings", "teacher", "{finished_settings}"),
    Screen("archive", "seminars:archive", "instructor", "{settings}archive/"),
    Screen("copy", "seminar_copy", "instructor", "{copy}"),
    Screen("groups", "seminars:groups", "instructor", "{groups}", unfold),
    Screen("groups-student", "seminars:groups", "student2", "{groups}"),
    Screen("groups-empty", "seminars:groups", "teacher", "/seminars/empty/-/groups/"),
    Screen("group-new", "seminars:group_create", "instructor", "{groups}new/"),
    Screen(
        "group-refused",
        "seminars:group_create",
        "instructor",
        "{groups}new/",
        press("Make the group"),
    ),
    Screen("group", "seminars:group_edit", "instructor", "{group}"),
    Screen("group-delete", "seminars:group_delete", "instructor", "{group}delete/"),
    Screen("groups-random", "seminars:groups_random", "instructor", "{groups}random/"),
    Screen("groups-drawn", "seminars:groups_random", "instructor", "{groups}random/", draw),
    Screen("assignment-new", "assignments:create", "instructor", "{set}"),
    Screen("assignment", "assignments:edit", "instructor", "{assignment}"),
    Screen("assignment-rounds", "assignments:edit", "instructor", "{rounds}", unfold),
    Screen("assignment-refused", "assignments:create", "instructor", "{set}", set_badly),
    Screen("assignment-delete", "assignments:delete", "instructor", "{rounds}delete/"),
    Screen("assignment-close", "assignments:delete", "instructor", "{assignment}delete/"),
    Screen("template-new", "assignments:template_create", "instructor", "{rounds}template/"),
    Screen("templates", "assignments:template_list", "instructor", "/assignment-templates/"),
    Screen("templates-none", "assignments:template_list", "student1", "/assignment-templates/"),
    Screen("template-delete", "assignments:template_delete", "instructor", "{template}"),
    Screen("sides", "assignments:sides", "instructor", "{rounds}sides/"),
    Screen("sides-swap", "assignments:sides", "instructor", "{rounds}sides/?round=2&offer=swap"),
    Screen("extensions", "assignments:extensions", "instructor", "{rounds}extensions/"),
    Screen("extensions-assistant", "assignments:extensions", "assistant", "{rounds}extensions/"),
    Screen("extensions-student", "assignments:extensions", "student1", "{rounds}extensions/"),
    Screen("extension", "assignments:extension", "instructor", "{extension}", unfold),
    Screen("accommodations", "assignments:accommodations", "instructor", "{accommodations}"),
    Screen("reading", "annotations:reading", "student1", "{reading}"),
    Screen("reading-unfolded", "annotations:reading", "student1", "{reading}", unfold),
    Screen("reading-selected", "annotations:reading", "student1", "{reading}", select_words),
    Screen("reading-instructor", "annotations:reading", "instructor", "{reading}"),
    Screen("reading-unanswered", "annotations:reading", "student1", "{reading}?unanswered=1"),
    Screen(
        "reading-nothing-fits", "annotations:reading", "student1", "{reading}?kind=support&mine=1"
    ),
    Screen("reading-text-alone", "annotations:reading", "student3", "{reading}?notes=none"),
    Screen("paragraph", "annotations:paragraph", "student1", "{paragraph}"),
    Screen("reading-revision", "annotations:revision", "student1", "{reading}revisions/1/"),
    Screen(
        "paragraph-revision",
        "annotations:revision_paragraph",
        "student1",
        "{reading}revisions/1/paragraphs/4/",
    ),
    Screen("composer-comment", "annotations:create", "student1", "{compose}"),
    Screen("composer-question", "annotations:create", "student1", "{compose}?kind=question"),
    Screen("composer-support", "annotations:create", "student1", "{compose}?kind=support"),
    Screen("composer-concession", "annotations:create", "student1", "{compose}?kind=concession"),
    Screen("composer-counter", "annotations:create", "student1", "{compose}?kind=counterargument"),
    Screen(
        "composer-evidence", "annotations:create", "student1", "{compose}?kind=evidence", unfold
    ),
    Screen(
        "composer-evidence-refused",
        "annotations:create",
        "student1",
        "{compose}?kind=evidence",
        press("Post"),
    ),
    Screen("composer-refused", "annotations:create", "student1", "{compose}", write_nothing),
    Screen("composer-misquoted", "annotations:create", "student1", "{compose}", quote_wrongly),
    Screen("thread", "annotations:detail", "student1", "{thread}"),
    Screen("thread-question", "annotations:detail", "instructor", "{question}"),
    Screen("thread-evidence", "annotations:detail", "student2", "{evidence}"),
    Screen("gone", "annotations:detail", "student1", "{withdrawn}", status=410),
    Screen("reply", "annotations:reply", "student1", "{thread}reply/"),
    Screen("reply-counter", "annotations:reply", "student1", "{thread}reply/?kind=counterargument"),
    Screen("edit", "annotations:edit", "student1", "{mine}edit/"),
    Screen("edit-evidence", "annotations:edit", "student2", "{mine_evidence}edit/", unfold),
    Screen("withdraw", "annotations:withdraw", "student1", "{mine}withdraw/"),
    Screen("reading-blind", "annotations:reading", "student1", "{blind}"),
    Screen("composer-blind", "annotations:create", "student1", "{blind}annotate/1/1/"),
    Screen("composer-late", "annotations:create", "student1", "{closed}annotate/1/1/"),
    Screen("audience", "annotations:audience", "student1", "{mine}audience/"),
    Screen("progress", "annotations:progress", "student1", "{reading}progress/"),
    Screen("progress-staff", "annotations:progress", "instructor", "{reading}progress/"),
    Screen("receipt", "annotations:receipt", "student1", "{reading}receipt/", unfold),
    Screen("history", "annotations:history", "instructor", "{edited}history/"),
    Screen("people", "seminars:people", "instructor", "{people}"),
    Screen("people-student", "seminars:people", "student1", "{people}"),
    Screen("people-none", "seminars:people", "assistant", "{people}?q=nobody"),
    Screen("person-add", "seminars:person_add", "instructor", "{people}add/"),
    Screen("person-add-refused", "seminars:person_add", "instructor", "{people}add/", press("Add")),
    Screen("person", "seminars:person", "instructor", "{person}"),
    Screen("person-remove", "seminars:person_remove", "instructor", "{person}remove/"),
    Screen("leave", "seminars:leave", "student1", "{people}leave/"),
    Screen("leave-last", "seminars:leave", "teacher", "/seminars/empty/-/people/leave/"),
    Screen("roster", "seminars:roster", "instructor", "{people}roster/"),
    Screen("roster-preview", "seminars:roster", "instructor", "{people}roster/", look_at_roster),
    Screen("roster-wrong", "seminars:roster", "instructor", "{people}roster/", mistype_roster),
    Screen("roster-remove", "seminars:expected_remove", "instructor", "{expected}"),
    Screen("invitations", "seminars:invitations", "instructor", "{invitations}"),
    Screen(
        "invitation-made",
        "seminars:invitation_create",
        "instructor",
        "{invitations}",
        press("Make the invitation"),
    ),
    Screen("invitation-revoke", "seminars:invitation_revoke", "instructor", "{invitation}"),
    Screen("join", "seminars:join", "student1", "/join/"),
    Screen("join-refused", "seminars:join", "outsider", "/join/", press("Go on")),
    Screen("join-question", "seminars:join", "newcomer", "{join}"),
    Screen("join-visitor", "seminars:join", "", "{join}"),
    Screen("profile-dark", "accounts:profile", "reader", "/accounts/profile/"),
    Screen("reading-preferred", "annotations:reading", "reader", "{reading}"),
    Screen("profile", "accounts:profile", "student1", "/accounts/profile/"),
    Screen("tokens", "accounts:token_list", "student1", "/accounts/tokens/"),
    Screen("token-created", "accounts:token_create", "student2", "/accounts/tokens/", make_token),
    Screen(
        "token-refused",
        "accounts:token_create",
        "student2",
        "/accounts/tokens/",
        press("Make the token"),
    ),
    Screen("token-revoke", "accounts:token_revoke", "student1", "{revoke}"),
    Screen("sign-in", "account_login", "", "/accounts/login/"),
    Screen("sign-in-refused", "account_login", "", "/accounts/login/", press("Sign in")),
    Screen("sign-up", "account_signup", "", "/accounts/signup/"),
    Screen("sign-up-refused", "account_signup", "", "/accounts/signup/", press("Sign up")),
    Screen("sign-out", "account_logout", "student1", "/accounts/logout/"),
    Screen("inactive", "account_inactive", "", "/accounts/inactive/"),
    Screen("reauthenticate", "account_reauthenticate", "student1", "/accounts/reauthenticate/"),
    Screen("email", "account_email", "student1", "/accounts/email/"),
    Screen("email-sent", "account_email_verification_sent", "", "/accounts/confirm-email/"),
    Screen("email-confirm", "account_confirm_email", "newcomer", "{confirm}"),
    Screen("password", "account_change_password", "student1", "/accounts/password/change/"),
    Screen("password-set", "account_set_password", "newcomer", "/accounts/password/set/"),
    Screen("reset", "account_reset_password", "", "/accounts/password/reset/"),
    Screen("reset-done", "account_reset_password_done", "", "/accounts/password/reset/done/"),
    Screen("reset-key", "account_reset_password_from_key", "", "{reset}"),
    Screen(
        "reset-key-done",
        "account_reset_password_from_key_done",
        "",
        "/accounts/password/reset/key/done/",
    ),
    Screen("guide", "docs", "", "/docs/"),
    Screen("guide-page", "docs_page", "", "/docs/reading/"),
    Screen("guide-permissions", "docs_page", "", "/docs/permissions/"),
    Screen("api", "api_docs", "", "/api/docs/"),
    Screen("flag", "annotations:flag", "flagger", "{flagged}flag/"),
    Screen("flag-new", "annotations:flag", "flagger", "{unflagged}flag/"),
    Screen("moderation", "annotations:moderation", "moderator", "{moderation}"),
    Screen("moderation-hidden", "annotations:moderation", "moderator", "{moderation}?show=hidden"),
    Screen(
        "moderation-empty", "annotations:moderation", "teacher", "/seminars/empty/-/moderation/"
    ),
    Screen(
        "moderation-approve", "annotations:moderation", "moderator", "{moderation}", press_approve
    ),
    Screen(
        "moderation-approve-none",
        "annotations:moderation_approve",
        "moderator",
        "{moderation}approve/",
    ),
    Screen("moderation-log", "annotations:moderation_log", "moderator", "{moderation}log/"),
    Screen(
        "moderation-log-empty",
        "annotations:moderation_log",
        "teacher",
        "/seminars/empty/-/moderation/log/",
    ),
    Screen("moderate-hide", "annotations:moderate", "moderator", "{flagged}moderate/hide/"),
    Screen(
        "moderate-hide-without-reason",
        "annotations:moderate",
        "moderator",
        "{flagged}moderate/hide/",
        press("Hide it"),
    ),
    Screen("moderate-thread", "annotations:detail", "moderator", "{flagged}"),
    Screen("moderated-thread", "annotations:detail", "flagger", "{flagged}"),
    Screen("api-errors", "api_errors", "", "/api/docs/errors/"),
    Screen("error-400", "essays:import_correct", "instructor", "{preview}", tamper),
    Screen("error-403", "essays:import", "student1", "{import}", status=403),
    Screen("error-404", "annotations:detail", "student1", "{missing}", status=404),
    Screen("error-500", "", "student1", "/broken/", status=500),
]
