"""Addresses of annotations and of the pages they stand on."""

from __future__ import annotations

from django.urls import path

from annotations.views import annotations as notes
from annotations.views import (
    claims,
    composing,
    debate_map,
    drafts,
    evidence,
    flow,
    house_rules,
    linking,
    links,
    mentions,
    moderation,
    passages,
    progress,
    publishing,
    quality,
    reading,
    search,
    sources,
    undoing,
    vocabulary,
)

app_name = "annotations"

urlpatterns = [
    path("seminars/<slug:seminar>/-/moderation/", moderation.queue, name="moderation"),
    path(
        "seminars/<slug:seminar>/-/moderation/approve/",
        moderation.approve,
        name="moderation_approve",
    ),
    path("seminars/<slug:seminar>/-/moderation/log/", moderation.log, name="moderation_log"),
    path("annotations/<uuid:annotation_id>/flag/", moderation.flag, name="flag"),
    path("annotations/<uuid:annotation_id>/flag/withdraw/", moderation.unflag, name="unflag"),
    path("annotations/<uuid:annotation_id>/moderate/<slug:act>/", moderation.act, name="moderate"),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/check-link/",
        links.link_check,
        name="link_check",
    ),
    path("seminars/<slug:seminar>/-/sources/", sources.shelf, name="sources"),
    path(
        "seminars/<slug:seminar>/-/sources/sources.<slug:form>",
        sources.shelf_export,
        name="sources_export",
    ),
    path("seminars/<slug:seminar>/-/sources/add/", sources.source_add, name="source_add"),
    path("seminars/<slug:seminar>/-/sources/import/", sources.source_import, name="source_import"),
    path(
        "seminars/<slug:seminar>/-/sources/duplicates/",
        sources.source_duplicates,
        name="source_duplicates",
    ),
    path("seminars/<slug:seminar>/-/sources/copy/", sources.source_copy, name="source_copy"),
    path("seminars/<slug:seminar>/-/sources/<uuid:pk>/", sources.source, name="source"),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/edit/", sources.source_edit, name="source_edit"
    ),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/take/", sources.source_take, name="source_take"
    ),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/merge/",
        sources.source_merge,
        name="source_merge",
    ),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/passages/add/",
        passages.passage_add,
        name="passage_add",
    ),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/passages/<uuid:passage_id>/check/",
        passages.passage_check,
        name="passage_check",
    ),
    path(
        "seminars/<slug:seminar>/-/sources/<uuid:pk>/passages/<uuid:passage_id>/mark/",
        passages.passage_mark,
        name="passage_mark",
    ),
    path("search/", search.search_page, name="search"),
    path("seminars/<slug:seminar>/-/vocabulary/", vocabulary.vocabulary, name="vocabulary"),
    path(
        "seminars/<slug:seminar>/-/vocabulary/history/",
        vocabulary.history,
        name="vocabulary_history",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/copy/",
        vocabulary.vocabulary_copy,
        name="vocabulary_copy",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/close/",
        vocabulary.vocabulary_close,
        name="vocabulary_close",
    ),
    path("seminars/<slug:seminar>/-/vocabulary/new/", vocabulary.tag_add, name="tag_add"),
    path("seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/", vocabulary.tag_edit, name="tag_edit"),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/move/", vocabulary.tag_move, name="tag_move"
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/retire/",
        vocabulary.tag_retire,
        name="tag_retire",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/restore/",
        vocabulary.tag_restore,
        name="tag_restore",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/paragraphs/<int:number>/tags/",
        vocabulary.paragraph_tags,
        name="paragraph_tags",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/", reading.reading, name="reading"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/paragraphs/<int:number>/",
        reading.paragraph,
        name="paragraph",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/revisions/<int:number>/",
        reading.reading,
        name="revision",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/revisions/<int:revision>/paragraphs/<int:number>/",
        reading.paragraph,
        name="revision_paragraph",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/annotate/<int:revision>/<int:number>/",
        composing.create,
        name="create",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/map/", debate_map.map_page, name="map"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/map/outline/",
        debate_map.map_page,
        {"as_outline": True},
        name="map_outline",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/map/claims/<uuid:claim_id>/",
        debate_map.claim,
        name="claim",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/",
        claims.claims,
        name="claims",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/new/",
        claims.claim_new,
        name="claim_new",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/link/",
        linking.claims_link,
        name="claims_link",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/edit/",
        claims.claim_edit,
        name="claim_edit",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/accept/",
        claims.claim_accept,
        name="claim_accept",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/history/",
        claims.claim_history_page,
        name="claim_history",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/merge/",
        claims.claim_merge,
        name="claim_merge",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/unmerge/",
        claims.claim_unmerge,
        name="claim_unmerge",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/split/",
        claims.claim_split,
        name="claim_split",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/withdraw/",
        claims.claim_withdraw,
        name="claim_withdraw",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/restore/",
        claims.claim_restore,
        name="claim_restore",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/<uuid:claim_id>/relate/",
        linking.claims_relate,
        name="claims_relate",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/links/<uuid:pk>/edit/",
        linking.inference_edit,
        name="inference_edit",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/links/<uuid:pk>/withdraw/",
        linking.inference_withdraw,
        name="inference_withdraw",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/links/<uuid:pk>/restore/",
        linking.inference_restore,
        name="inference_restore",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/relations/<uuid:pk>/withdraw/",
        linking.relation_withdraw,
        name="relation_withdraw",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/claims/relations/<uuid:pk>/restore/",
        linking.relation_restore,
        name="relation_restore",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/rules/",
        house_rules.house_rules,
        name="house_rules",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/flow/", flow.flow, name="flow"),
    path("seminars/<slug:seminar>/<slug:assignment>/flow.xlsx", flow.flow_xlsx, name="flow_xlsx"),
    path("seminars/<slug:seminar>/<slug:assignment>/open/", flow.open_items, name="open_items"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/concessions/",
        flow.concessions,
        name="concessions",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/brief/", flow.brief, name="brief"),
    path("marks/new/<slug:on>/<uuid:target_id>/", quality.mark_new, name="mark_new"),
    path("marks/<uuid:mark_id>/", quality.mark, name="mark"),
    path("marks/<uuid:mark_id>/settle/", quality.mark_settle, name="mark_settle"),
    path("annotations/<uuid:annotation_id>/me-too/", quality.me_too, name="me_too"),
    path("seminars/<slug:seminar>/<slug:assignment>/evidence/", evidence.evidence, name="evidence"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/evidence/cards/",
        evidence.cards,
        name="evidence_cards",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/evidence/evidence.<slug:form>",
        evidence.evidence_export,
        name="evidence_export",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/progress/",
        progress.progress,
        name="progress",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/progress/progress.csv",
        progress.progress_csv,
        name="progress_csv",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/receipt/",
        progress.receipt,
        name="receipt",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/drafts/", drafts.drafts, name="drafts"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/drafts/discard/",
        drafts.discard,
        name="draft_discard",
    ),
    path("annotations/preview/", composing.preview, name="preview"),
    path("annotations/mentions/", mentions.mentions, name="mentions"),
    path("annotations/<uuid:annotation_id>/mute/", mentions.mute, name="mute"),
    path("annotations/<uuid:annotation_id>/", notes.detail, name="detail"),
    path("annotations/<uuid:annotation_id>/reply/", composing.reply, name="reply"),
    path("annotations/<uuid:annotation_id>/edit/", composing.edit, name="edit"),
    path("annotations/<uuid:annotation_id>/withdraw/", notes.withdraw, name="withdraw"),
    path("annotations/<uuid:annotation_id>/audience/", notes.audience, name="audience"),
    path("annotations/<uuid:annotation_id>/attacks/", linking.code, name="code"),
    path("annotations/<uuid:annotation_id>/place/", notes.place, name="place"),
    path("annotations/<uuid:annotation_id>/undo/<int:version>/", undoing.undo_change, name="undo"),
    path("essays/imports/<uuid:import_id>/publish/", publishing.publication, name="publication"),
    path(
        "essays/imports/<uuid:import_id>/publish/<uuid:annotation_id>/",
        publishing.placement,
        name="placement",
    ),
    path("annotations/<uuid:annotation_id>/history/", notes.history, name="history"),
    path("annotations/<uuid:annotation_id>/answer/", notes.answer, name="answer"),
]
