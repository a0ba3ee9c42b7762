"""Pages of rubrics, works, marks and grades."""

from __future__ import annotations

from django.urls import path

from annotations.grading.views import (
    agreement,
    bulk,
    comparing,
    criteria,
    desk,
    filling,
    gradebook,
    grades,
    marking,
    mine,
    moderation,
    regrading,
    releasing,
    remarks,
    rubrics,
    setup,
    works,
)

app_name = "grading"

urlpatterns = [
    path("rubrics/", rubrics.library, name="rubrics"),
    path("rubrics/new/", rubrics.rubric_new, name="rubric_new"),
    path("rubrics/import/", rubrics.rubric_import, name="rubric_import"),
    path("rubrics/<uuid:rubric_id>/", rubrics.rubric, name="rubric"),
    path("rubrics/<uuid:rubric_id>/edit/", rubrics.rubric_edit, name="rubric_edit"),
    path("rubrics/<uuid:rubric_id>/copy/", rubrics.rubric_copy, name="rubric_copy"),
    path("rubrics/<uuid:rubric_id>/export/", rubrics.rubric_export, name="rubric_export"),
    path("rubrics/<uuid:rubric_id>/archive/", rubrics.rubric_archive, name="rubric_archive"),
    path("rubrics/<uuid:rubric_id>/versions/<int:number>/", rubrics.rubric, name="rubric_version"),
    path(
        "rubrics/<uuid:rubric_id>/versions/<int:number>/move/",
        rubrics.rubric_move,
        name="rubric_move",
    ),
    path("seminars/<slug:seminar>/-/rubrics/", rubrics.seminar_rubrics, name="seminar_rubrics"),
    path(
        "seminars/<slug:seminar>/-/gradebook/",
        gradebook.seminar_gradebook,
        name="seminar_gradebook",
    ),
    path(
        "seminars/<slug:seminar>/-/gradebook/file/",
        gradebook.seminar_gradebook_file,
        name="seminar_gradebook_file",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/",
        gradebook.gradebook,
        name="gradebook",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/file/",
        gradebook.gradebook_file,
        name="gradebook_file",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/fill/",
        filling.fill_file,
        name="fill_file",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/participation/",
        gradebook.participation,
        name="participation",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/participation.csv",
        gradebook.participation_csv,
        name="participation_csv",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/gradebook/of/<uuid:student>/",
        gradebook.gradebook_work,
        name="gradebook_work",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/setup/", setup.plan, name="plan"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/setup/names/",
        setup.names,
        name="plan_names",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/setup/apply/",
        setup.apply,
        name="plan_apply",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/", works.queue, name="works"),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/next/", works.next_work, name="next"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/collect/",
        works.collect,
        name="collect",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/split/", works.split, name="split"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/criteria/<uuid:key>/",
        criteria.criterion,
        name="criterion",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/",
        desk.desk,
        name="desk",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/lease/",
        works.lease,
        name="lease",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/take-in/",
        works.take_in_work,
        name="take_in",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/mark/",
        marking.mark,
        name="mark",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/part/",
        marking.part,
        name="part",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/feedback/<uuid:item_id>/",
        marking.item_feedback,
        name="item_feedback",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/reopen/",
        marking.mark_reopen,
        name="mark_reopen",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/withdraw/",
        marking.mark_withdraw,
        name="mark_withdraw",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/compare/<uuid:work_id>/",
        comparing.compare,
        name="compare",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/moderation/",
        moderation.moderation,
        name="moderation",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/moderation/record/",
        moderation.record,
        name="moderation_record",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/agreement/",
        agreement.agreement,
        name="agreement",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/agreement/file/",
        agreement.agreement_csv,
        name="agreement_csv",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/bulk/", bulk.bulk, name="bulk"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/bulk/undo/",
        bulk.bulk_undo,
        name="bulk_undo",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/remarks/",
        remarks.remarks,
        name="remarks",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/remarks/<uuid:remark_id>/",
        remarks.remark,
        name="remark",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/release/",
        releasing.release,
        name="release",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/release/<uuid:release_id>/undo/",
        releasing.release_undo,
        name="release_undo",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/works/<uuid:work_id>/grade/",
        grades.grade,
        name="grade",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/mine/", mine.mine, name="mine"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/requests/",
        regrading.requests,
        name="requests",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/requests/<uuid:request_id>/",
        regrading.request_act,
        name="request",
    ),
]
