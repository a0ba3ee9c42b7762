"""Pages of rubrics, works, marks and grades."""

from __future__ import annotations

from django.urls import path

from annotations.grading.views import bulk, desk, marking, remarks, works

app_name = "grading"

urlpatterns = [
    path("seminars/<slug:seminar>/<slug:assignment>/grading/", works.queue, name="works"),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/next/", works.next_work, name="next"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/grading/collect/",
        works.collect,
        name="collect",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/grading/split/", works.split, name="split"),
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
]
