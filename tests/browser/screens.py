"""Every screen there is: who looks at it, how to come to it, and the address's name it stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page

NO_PAGES = {
    "seminars:roster_apply": "redirects, or shows the preview with what has changed",
    "seminars:roster_download": "a file",
    "seminars:join_link": "remembers the invitation and redirects",
    "seminars:join_accept": "lets in and redirects",
    "seminars:join_decline": "forgets and redirects",
    "accounts:reading": "redirects, or shows the profile with what was refused",
    "seminar_keep": "keeps what was typed and redirects",
    "seminars:restore": "restores and redirects",
    "annotations:link_check": "has the link opened anew and redirects",
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
    "api_root": "redirects to the documentation",
    "api_try": "Swagger UI, which others draw; test_swagger looks at it",
    "demo_entry": "signs in and redirects",
    "annotations:answer": "marks and redirects",
    "grading:rubric_export": "a file",
    "grading:seminar_gradebook_file": "a file",
    "grading:gradebook_file": "a file",
    "grading:participation_csv": "a file",
    "grading:gradebook_work": "redirects to the desk",
    "grading:rubric_archive": "archives and redirects",
    "grading:next": "takes a work and redirects",
    "grading:take_in": "takes in and redirects",
    "grading:lease": "for the desk",
    "grading:mark": "redirects, or shows the rubric with what was refused",
    "grading:part": "for the desk",
    "grading:item_feedback": "redirects, or shows what was refused",
    "grading:mark_reopen": "makes a draft of it and redirects",
    "grading:mark_withdraw": "takes back and redirects",
    "grading:bulk_undo": "takes back and redirects",
    "grading:remark": "shares, removes or counts, and redirects",
    "grading:agreement_csv": "a file",
    "grading:release_undo": "takes back and redirects",
    "grading:request": "answers and redirects, or shows the requests with what was refused",
    "annotations:claim_unmerge": "takes apart and redirects",
    "annotations:claim_restore": "puts back and redirects",
    "annotations:inference_restore": "puts back and redirects",
    "annotations:relation_restore": "puts back and redirects",
    "annotations:unflag": "takes back and redirects",
    "annotations:me_too": "counts and redirects",
    "annotations:flow_xlsx": "a file",
    "annotations:vocabulary_copy": "copies and redirects",
    "annotations:vocabulary_close": "closes and redirects",
    "annotations:tag_move": "moves and redirects",
    "annotations:tag_retire": "retires and redirects",
    "annotations:tag_restore": "restores and redirects",
    "annotations:progress_csv": "a file",
    "annotations:evidence_export": "a file",
    "annotations:sources_export": "a file",
    "annotations:source_take": "takes over and redirects",
    "exchange:download": "a file",
    "exchange:schema": "for machines",
    "exchange:import_confirm": "takes in and redirects",
    "exchange:annotations": "a file",
    "exchange:job_file": "a file",
    "exchange:job_cancel": "cancels and redirects",
    "seminars:consent": "keeps the answer and redirects",
    "annotations:mentions": "for the composer's completion",
    "live:changes": "for the reading page",
    "live:presence": "for the reading page",
    "live:stream": "for the reading page",
    "annotations:draft_discard": "gives back what was discarded, on the page of drafts",
    "annotations:preview": "for the composer",
    "annotations:mute": "mutes and redirects",
    "annotations:undo": "takes back and redirects",
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


def paste_references(page: Page) -> None:
    """Read a paste of which one entry is faulty."""
    text = "@book{arms, title = {Arms and Influence}, year = 1966}\n@book{none, year = 1966}"
    page.get_by_label("BibTeX or RIS").fill(text)
    press("Read it")(page)


def press_approve(page: Page) -> None:
    page.get_by_role("button", name="Approve the 2 shown …").click()


def hide_without_project(page: Page) -> None:
    """Ask for pseudonyms without saying of which project."""
    page.get_by_label("People").select_option("pseudonym")
    press("Take them away")(page)


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")


def preview_level(page: Page) -> None:
    """Look who would get the first level."""
    page.get_by_label("Level").select_option(index=1)
    page.get_by_label("All ungraded works").check()
    press("See who would get it")(page)


def give_level(page: Page) -> None:
    preview_level(page)
    press("Give it to those that are ticked")(page)


def submit_unset(page: Page) -> None:
    """Submit a mark of which rows are not set."""
    press("Submit")(page)
    page.get_by_text("is not set yet").first.wait_for()


def write_nothing(page: Page) -> None:
    page.get_by_label("What do you want to say?").fill("   ")
    press("Post")(page)


def keep_as_draft(page: Page) -> None:
    """Keep something, and look at the page of drafts."""
    page.get_by_label("What do you want to say?").fill("Half a thought.")
    press("Keep as draft")(page)
    page.goto(page.url.split("#")[0] + "drafts/")
    unfold(page)


def write_in_place(page: Page) -> None:
    """Open the composer beside the second paragraph."""
    page.get_by_role("link", name="Annotate paragraph 2", exact=True).click()
    page.get_by_role("form", name="Annotate paragraph 2").wait_for()


def cite_in_place(page: Page) -> None:
    write_in_place(page)
    page.get_by_role("form").get_by_role("radio", name="Evidence").check()
    page.evaluate(
        "document.querySelectorAll('.composer details').forEach((one) => { one.open = true })"
    )


def refuse_in_place(page: Page) -> None:
    write_in_place(page)
    page.get_by_role("form").get_by_role("button", name="Post").click()
    page.get_by_role("alert").wait_for()


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


def select_words_for_more(page: Page) -> None:
    """Select words, and open what the bar has beside the four kinds."""
    select_words(page)
    bar = page.get_by_role("group", name="Annotate the selected words")
    bar.get_by_text("More", exact=True).click()
    bar.get_by_role("link", name="Concession").wait_for()


def open_look(page: Page) -> None:
    """Open the menu of how one reads, over the text alone: axe takes what lies half under it for small."""
    page.locator("#p-2").evaluate("(one) => one.scrollIntoView()")
    page.locator(".look > summary").click()


def list_keys(page: Page) -> None:
    """Show the list of keys over the page."""
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_role("row").first.wait_for()


def stand_at_a_sentence(page: Page) -> None:
    """Go to a paragraph by the keyboard, and select its first sentence."""
    page.locator("#p-2").evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    page.locator("#p-3 > p").click()
    page.keyboard.press("j")
    page.keyboard.press("s")


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


def look_at_debate(page: Page) -> None:
    _choose(page, {"nodes": [{"nodeID": "1", "type": "I", "text": "Rents rose."}], "edges": []})


def look_at_faulty_debate(page: Page) -> None:
    edge = {"edgeID": "1", "fromID": "1", "toID": "9"}
    _choose(page, {"nodes": [{"nodeID": "1", "type": "I", "text": "So."}], "edges": [edge]})


def _choose(page: Page, nodeset: dict[str, list[dict[str, str]]]) -> None:
    content = json.dumps(nodeset).encode()
    file: FilePayload = {"name": "debate.json", "mimeType": "application/json", "buffer": content}
    page.get_by_label("The file").set_input_files(file)
    press("Look at what it holds")(page)


def look_at_filling(page: Page) -> None:
    """Upload a gradebook with one row of nobody."""
    content = b"Username,Grade\nstudent1,\nnobody,1\n"
    file: FilePayload = {"name": "grades.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Your file").set_input_files(file)
    press("Look at what would change")(page)


def mistype_roster(page: Page) -> None:
    page.get_by_label("Or paste it").fill("email,role\nnew@example.org,guest\nnonsense,")
    press("Look at the lines")(page)


def open_menu(page: Page) -> None:
    page.locator("summary").filter(has_text="Your account").click()


def quote_a_claim_wrongly(page: Page) -> None:
    page.get_by_label("Or these exact words").fill("words that stand nowhere in this paragraph")
    press("Propose it")(page)


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
    Screen("reading-more", "annotations:reading", "student1", "{reading}", select_words_for_more),
    Screen("reading-look", "annotations:reading", "student1", "{reading}", open_look),
    Screen("reading-keys", "annotations:reading", "student1", "{reading}", list_keys),
    Screen("reading-cursor", "annotations:reading", "student1", "{reading}", stand_at_a_sentence),
    Screen("home-keys", "home", "student1", "/", list_keys),
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
    Screen("map", "annotations:map", "student1", "{reading}map/"),
    Screen("map-chosen", "annotations:map", "instructor", "{reading}map/?unanswered=1&q=a"),
    Screen("map-nothing-fits", "annotations:map", "student1", "{reading}map/?q=aqueduct"),
    Screen("map-empty", "annotations:map", "instructor", "{closed}map/"),
    Screen("map-outline", "annotations:map_outline", "student2", "{reading}map/outline/"),
    Screen("claim", "annotations:claim", "student1", "{claim}"),
    Screen("claim-contested", "annotations:claim", "instructor", "{contested}?pivots=1"),
    Screen("flow", "annotations:flow", "student1", "{reading}flow/"),
    Screen("flow-dropped", "annotations:flow", "instructor", "{reading}flow/?only=dropped"),
    Screen("flow-empty", "annotations:flow", "instructor", "{closed}flow/"),
    Screen("open", "annotations:open_items", "instructor", "{reading}open/"),
    Screen("open-questions", "annotations:open_items", "student1", "{reading}open/?show=questions"),
    Screen("open-empty", "annotations:open_items", "student1", "{closed}open/"),
    Screen("concessions", "annotations:concessions", "student1", "{reading}concessions/"),
    Screen("concessions-empty", "annotations:concessions", "student1", "{closed}concessions/"),
    Screen("brief", "annotations:brief", "instructor", "{reading}brief/"),
    Screen("brief-empty", "annotations:brief", "student1", "{closed}brief/"),
    Screen("mark-new", "annotations:mark_new", "flagger", "{to_mark}"),
    Screen("mark-new-refused", "annotations:mark_new", "flagger", "{to_mark}", press("Mark it")),
    Screen("mark", "annotations:mark", "flagger", "{marked}"),
    Screen("mark-settle", "annotations:mark_settle", "moderator", "{misquoted}settle/"),
    Screen("mark-take-back", "annotations:mark_settle", "flagger", "{marked}settle/"),
    Screen("marked-thread", "annotations:detail", "moderator", "{unflagged}"),
    Screen("claims", "annotations:claims", "student1", "{claims}"),
    Screen("claims-instructor", "annotations:claims", "instructor", "{claims}"),
    Screen("claims-decide", "annotations:claims", "instructor", "{claims}?show=decide"),
    Screen("claims-off", "annotations:claims", "instructor", "{claims}?show=off"),
    Screen("claims-nothing-fits", "annotations:claims", "student1", "{claims}?q=aqueduct"),
    Screen("claims-none", "annotations:claims", "instructor", "{closed}claims/"),
    Screen("claim-new", "annotations:claim_new", "instructor", "{claims}new/?paragraph=4"),
    Screen("claim-propose", "annotations:claim_new", "student1", "{claims}new/"),
    Screen(
        "claim-new-refused",
        "annotations:claim_new",
        "student2",
        "{claims}new/",
        quote_a_claim_wrongly,
    ),
    Screen("claim-edit", "annotations:claim_edit", "instructor", "{kept_claim}edit/"),
    Screen("claim-accept", "annotations:claim_accept", "instructor", "{proposed_claim}accept/"),
    Screen("claim-history", "annotations:claim_history", "student1", "{kept_claim}history/"),
    Screen("claim-merge", "annotations:claim_merge", "instructor", "{kept_claim}merge/"),
    Screen("claim-split", "annotations:claim_split", "instructor", "{split_claim}split/"),
    Screen(
        "claim-split-refused",
        "annotations:claim_split",
        "instructor",
        "{split_claim}split/",
        press("Split it"),
    ),
    Screen("claim-withdraw", "annotations:claim_withdraw", "instructor", "{kept_claim}withdraw/"),
    Screen("claims-relate", "annotations:claims_relate", "instructor", "{split_claim}relate/"),
    Screen("claims-link", "annotations:claims_link", "instructor", "{claims}link/"),
    Screen("claims-link-to", "annotations:claims_link", "instructor", "{link_to}", unfold),
    Screen("inference-edit", "annotations:inference_edit", "instructor", "{link}edit/"),
    Screen("inference-off", "annotations:inference_withdraw", "instructor", "{link}withdraw/"),
    Screen("relation-off", "annotations:relation_withdraw", "instructor", "{attack}withdraw/"),
    Screen("code", "annotations:code", "student1", "{unsure}attacks/"),
    Screen("house-rules", "annotations:house_rules", "student1", "{rules}"),
    Screen(
        "house-rules-tried",
        "annotations:house_rules",
        "instructor",
        "{rules}?burden=none&symmetric_rebuts=0&students_mark_claims=0",
    ),
    Screen(
        "house-rules-refused", "annotations:house_rules", "student1", "{rules}?burden=x", status=400
    ),
    Screen("evidence", "annotations:evidence", "student1", "{reading}evidence/"),
    Screen(
        "evidence-chosen", "annotations:evidence", "instructor", "{reading}evidence/?flag=unchecked"
    ),
    Screen(
        "evidence-nothing-fits", "annotations:evidence", "student1", "{reading}evidence/?q=aqueduct"
    ),
    Screen("evidence-none", "annotations:evidence", "instructor", "{closed}evidence/"),
    Screen("cards", "annotations:evidence_cards", "student1", "{reading}evidence/cards/"),
    Screen("sources", "annotations:sources", "student1", "{sources}"),
    Screen("sources-instructor", "annotations:sources", "instructor", "{sources}?sort=title"),
    Screen("sources-none", "annotations:sources", "teacher", "{no_sources}"),
    Screen("source-add", "annotations:source_add", "student1", "{sources}add/", unfold),
    Screen(
        "source-add-refused",
        "annotations:source_add",
        "student1",
        "{sources}add/",
        press("Put it on the shelf"),
    ),
    Screen("source-import", "annotations:source_import", "student1", "{sources}import/"),
    Screen(
        "source-import-read",
        "annotations:source_import",
        "student1",
        "{sources}import/",
        paste_references,
    ),
    Screen("source", "annotations:source", "student1", "{source}"),
    Screen("source-instructor", "annotations:source", "instructor", "{source}"),
    Screen("source-edit", "annotations:source_edit", "instructor", "{source}edit/"),
    Screen(
        "source-duplicates", "annotations:source_duplicates", "instructor", "{sources}duplicates/"
    ),
    Screen("source-merge", "annotations:source_merge", "instructor", "{merge}"),
    Screen("source-copy", "annotations:source_copy", "instructor", "{sources}copy/"),
    Screen("passage-add", "annotations:passage_add", "student1", "{source}passages/add/"),
    Screen("passage-check", "annotations:passage_check", "instructor", "{passage}check/"),
    Screen("passage-mark", "annotations:passage_mark", "instructor", "{passage}mark/"),
    Screen("drafts", "annotations:drafts", "student1", "{compose}", keep_as_draft),
    Screen("drafts-none", "annotations:drafts", "student2", "{reading}drafts/"),
    Screen("reading-composer", "annotations:reading", "student2", "{reading}", write_in_place),
    Screen(
        "reading-composer-evidence", "annotations:reading", "student2", "{reading}", cite_in_place
    ),
    Screen(
        "reading-composer-refused", "annotations:reading", "student2", "{reading}", refuse_in_place
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
    Screen("rubrics", "grading:seminar_rubrics", "instructor", "{rubrics}"),
    Screen("rubrics-library", "grading:rubrics", "instructor", "/rubrics/"),
    Screen("rubrics-nothing-found", "grading:rubrics", "instructor", "/rubrics/?q=nothing"),
    Screen("rubric", "grading:rubric", "instructor", "{rubric}"),
    Screen("rubric-markers", "grading:rubric", "assistant", "{rubric}?as=markers"),
    Screen("rubric-version", "grading:rubric_version", "assistant", "{rubric}versions/1/"),
    Screen("rubric-new", "grading:rubric_new", "instructor", "/rubrics/new/?start=debate"),
    Screen("rubric-refused", "grading:rubric_new", "instructor", "/rubrics/new/", press("Publish")),
    Screen("rubric-edit", "grading:rubric_edit", "instructor", "{rubric}edit/"),
    Screen(
        "rubric-preview", "grading:rubric_edit", "instructor", "{rubric}edit/", press("Preview")
    ),
    Screen("rubric-copy", "grading:rubric_copy", "instructor", "{rubric}copy/"),
    Screen("rubric-import", "grading:rubric_import", "instructor", "/rubrics/import/"),
    Screen(
        "rubric-import-refused",
        "grading:rubric_import",
        "instructor",
        "/rubrics/import/",
        press("Read it"),
    ),
    Screen("rubric-move", "grading:rubric_move", "instructor", "{rubric}versions/1/move/"),
    Screen("grading-plan", "grading:plan", "instructor", "{grading}setup/", unfold),
    Screen(
        "grading-plan-tried",
        "grading:plan",
        "instructor",
        "{grading}setup/",
        press("See what it would move"),
    ),
    Screen("grading-plan-new", "grading:plan", "instructor", "{closed}grading/setup/"),
    Screen("grading-plan-names", "grading:plan_names", "instructor", "{grading}setup/names/"),
    Screen("grading-plan-apply", "grading:plan_apply", "instructor", "{grading}setup/apply/"),
    Screen("grading-queue", "grading:works", "instructor", "{grading}"),
    Screen("grading-queue-nothing", "grading:works", "instructor", "{grading}?state=ready"),
    Screen("grading-unplanned", "grading:works", "instructor", "{closed}grading/"),
    Screen("grading-collect", "grading:collect", "instructor", "{grading}collect/"),
    Screen("grading-split", "grading:split", "instructor", "{grading}split/"),
    Screen("grading-criterion", "grading:criterion", "instructor", "{criterion}", unfold),
    Screen("grading-desk", "grading:desk", "instructor", "{desk}", unfold),
    Screen("grading-remarks", "grading:remarks", "instructor", "{grading}remarks/"),
    Screen("grading-bulk", "grading:bulk", "instructor", "{grading}bulk/", preview_level),
    Screen("grading-bulk-done", "grading:bulk", "instructor", "{grading}bulk/", give_level),
    Screen("grading-mark-refused", "grading:desk", "instructor", "{desk}", submit_unset, 200),
    Screen("grading-desk-paragraphs", "grading:desk", "assistant", "{desk}?order=paragraph"),
    Screen("grading-release", "grading:release", "instructor", "{grading}release/"),
    Screen(
        "grading-release-asked",
        "grading:release",
        "instructor",
        "{released}release/",
        press("Release those that are ticked…"),
    ),
    Screen("grading-grade", "grading:grade", "instructor", "{grade}", unfold),
    Screen(
        "grading-grade-refused", "grading:grade", "instructor", "{grade}", press("Reopen the grade")
    ),
    Screen("grading-mine", "grading:mine", "student1", "{released}mine/", unfold),
    Screen("grading-mine-before", "grading:mine", "student2", "{grading}mine/"),
    Screen("grading-requests", "grading:requests", "instructor", "{released}requests/"),
    Screen("grading-requests-none", "grading:requests", "assistant", "{grading}requests/"),
    Screen("grading-compare", "grading:compare", "instructor", "{compare}", unfold),
    Screen(
        "grading-compare-refused",
        "grading:compare",
        "instructor",
        "{compare}",
        press("Set the agreed value"),
    ),
    Screen(
        "grading-moderation", "grading:moderation", "instructor", "{sampled}moderation/", unfold
    ),
    Screen("grading-moderation-own", "grading:moderation", "assistant", "{sampled}moderation/"),
    Screen("grading-moderation-none", "grading:moderation", "assistant", "{grading}moderation/"),
    Screen(
        "grading-moderation-record",
        "grading:moderation_record",
        "instructor",
        "{sampled}moderation/record/",
    ),
    Screen("grading-agreement", "grading:agreement", "instructor", "{double}agreement/"),
    Screen("grading-agreement-none", "grading:agreement", "instructor", "{grading}agreement/"),
    Screen("gradebook", "grading:seminar_gradebook", "instructor", "{gradebook}", unfold),
    Screen("gradebook-nobody", "grading:seminar_gradebook", "assistant", "{gradebook}?q=nobody"),
    Screen("gradebook-assignment", "grading:gradebook", "instructor", "{grades}", unfold),
    Screen("gradebook-unplanned", "grading:gradebook", "instructor", "{closed}gradebook/"),
    Screen("participation", "grading:participation", "instructor", "{grades}participation/"),
    Screen("gradebook-fill", "grading:fill_file", "instructor", "{grades}fill/"),
    Screen(
        "gradebook-filled",
        "grading:fill_file",
        "instructor",
        "{grades}fill/",
        look_at_filling,
    ),
    Screen("progress", "annotations:progress", "student1", "{reading}progress/"),
    Screen("progress-staff", "annotations:progress", "instructor", "{reading}progress/"),
    Screen("receipt", "annotations:receipt", "student1", "{reading}receipt/", unfold),
    Screen("exchange", "exchange:exchange", "instructor", "{reading}exchange/"),
    Screen("exchange-student", "exchange:exchange", "student1", "{reading}exchange/"),
    Screen("exchange-import", "exchange:import", "instructor", "{reading}exchange/import/"),
    Screen(
        "exchange-preview",
        "exchange:import",
        "instructor",
        "{reading}exchange/import/",
        look_at_debate,
    ),
    Screen(
        "exchange-faults",
        "exchange:import",
        "instructor",
        "{reading}exchange/import/",
        look_at_faulty_debate,
    ),
    Screen("exchange-print", "exchange:print", "student1", "{reading}exchange/print/"),
    Screen("export-seminar", "exchange:seminar", "student1", "{seminar}-/export/"),
    Screen("exports", "exchange:mine", "student1", "/exports/"),
    Screen("exports-refused", "exchange:take", "student1", "/exports/", hide_without_project),
    Screen("export-running", "exchange:job", "student1", "{export}"),
    Screen("exchange-undo", "exchange:undo", "instructor", "{undo_import}"),
    Screen("exchange-taken", "exchange:exchange", "instructor", "{closed}exchange/"),
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
    Screen("vocabulary", "terms", "", "/ns/"),
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
