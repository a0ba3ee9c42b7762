"""Who gets what at every address: a new address without a line here fails."""

import json
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from annotations.queries import kept
from tests.expect import expect_same_as_absent
from tests.factories.annotations import AnnotationFactory
from tests.site import fairness, gradebooks, programs, releases, rubrics
from tests.site.grading import WORK
from tests.site.sitemap import own_patterns, patterns, third_party_patterns
from tests.tables import lines

# What each role gets with GET: a status, or "login" for being sent to the sign-in page and back.
# `student` wrote the annotation and has the token, `classmate` has replied, `instructor` has the
# import under way; `outsider` is of another seminar, `operator` of none.
PAGES = """
address                        anonymous outsider operator observer classmate student assistant instructor
home                           200       200      200      200      200       200     200       200
seminar_detail                 login     404      404      200      200       200     200       200
essays:list                    200       200      200      200      200       200     200       200
essays:detail                  404       404      404      200      200       200     200       200
essays:import                  login     404      404      403      403       403     403       200
essays:import_preview          login     404      404      404      404       404     404       200
essays:import_discard          login     404      404      404      404       404     404       200
essays:import_text             login     404      404      404      404       404     404       200
essays:import_replace          login     404      404      404      404       404     404       200
assignments:create             login     404      404      403      403       403     403       200
assignments:edit               login     404      404      403      403       403     403       200
assignments:delete             login     404      404      403      403       403     403       200
assignments:template_create    login     404      404      403      403       403     403       200
assignments:sides              login     404      404      403      403       403     403       200
assignments:extensions         login     404      404      200      200       200     200       200
assignments:extension          login     404      404      403      403       403     403       200
assignments:accommodations     login     404      404      403      403       403     403       200
assignments:template_list      login     200      200      200      200       200     200       200
assignments:template_delete    login     404      404      404      404       404     404       200
annotations:search             200       200      200      200      200       200     200       200
annotations:vocabulary         login     404      404      200      200       200     200       200
annotations:vocabulary_history login     404      404      200      200       200     200       200
annotations:tag_add            login     404      404      403      403       403     403       200
annotations:tag_edit           login     404      404      403      403       403     403       200
annotations:claims             404      404      404      200      200      200      200      200
annotations:claim_new          login    404      404      403      200      200      200      200
annotations:claims_link        login    404      404      403      403      403      200      200
annotations:claim_edit         login    404      404      403      403      403      200      200
annotations:claim_accept       login    404      404      404      404      403      200      200
annotations:claim_history      404      404      404      200      200      200      200      200
annotations:claim_merge        login    404      404      403      403      403      200      200
annotations:claim_split        login    404      404      403      403      403      200      200
annotations:claim_withdraw     login    404      404      403      403      403      200      200
annotations:claims_relate      login    404      404      403      403      403      200      200
annotations:inference_edit     login    404      404      403      403      403      200      200
annotations:inference_withdraw login    404      404      403      403      403      200      200
annotations:relation_withdraw  login    404      404      403      403      403      200      200
annotations:house_rules        404      404      404      200      200      200      200      200
annotations:code               login    404      404      403      403      200      200      200
annotations:paragraph_tags     login     404      404      403      403       403     200       200
annotations:publication        login     404      404      404      404       404     404       200
annotations:placement          login     404      404      404      404       404     404       200
annotations:reading            404       404      404      200      200       200     200       200
annotations:revision           404       404      404      200      200       200     200       200
annotations:paragraph          404       404      404      200      200       200     200       200
annotations:revision_paragraph 404       404      404      200      200       200     200       200
annotations:create             login     404      404      403      200       200     200       200
annotations:drafts             login     404      404      200      200       200     200       200
grading:rubrics                login     200      200      200      200       200     200       200
grading:rubric_new             login     200      200      200      200       200     200       200
grading:rubric_import          login     200      200      200      200       200     200       200
grading:seminar_rubrics        login     404      404      403      403       403     200       200
grading:rubric                 login     404      404      404      404       404     200       200
grading:rubric_version         login     404      404      404      404       404     200       200
grading:rubric_export          login     404      404      404      404       404     200       200
grading:rubric_copy            login     404      404      404      404       404     200       200
grading:rubric_edit            login     404      404      404      404       404     403       200
grading:rubric_move            login     404      404      404      404       404     403       200
grading:plan                   login     404      404      403      403       403     403       200
grading:plan_names             login     404      404      403      403       403     403       200
grading:plan_apply             login     404      404      403      403       403     403       200
live:stream                    404       404      404      204      204       204     204       204
live:changes                   404       404      404      200      200       200     200       200
annotations:detail             404       404      404      200      200       200     200       200
annotations:reply              login     404      404      403      200       200     200       200
annotations:edit               login     404      404      403      403       200     403       403
annotations:withdraw           login     404      404      403      403       200     403       403
annotations:place              login     404      404      403      403       200     200       200
annotations:audience           login     404      404      403      403       200     200       200
annotations:evidence           404       404      404      200      200       200     200       200
annotations:evidence_cards     404       404      404      200      200       200     200       200
annotations:evidence_export    404       404      404      200      200       200     200       200
annotations:sources            login     404      404      200      200       200     200       200
annotations:sources_export     login     404      404      200      200       200     200       200
annotations:source             login     404      404      200      200       200     200       200
annotations:source_add         login     404      404      403      200       200     200       200
annotations:source_import      login     404      404      403      200       200     200       200
annotations:source_edit        login     404      404      403      403       200     200       200
annotations:source_duplicates  login     404      404      403      403       403     200       200
annotations:source_merge       login     404      404      403      403       403     200       200
annotations:source_copy        login     404      404      403      403       403     403       200
annotations:passage_add        login     404      404      403      200       200     200       200
annotations:passage_check      login     404      404      403      200       403     200       200
annotations:passage_mark       login     404      404      403      403       200     200       200
annotations:progress           login     404      404      403      200       200     200       200
grading:works                  login     404      404      403      403       403     200       200
grading:collect                login     404      404      403      403       403     200       200
grading:split                  login     404      404      403      403       403     403       200
grading:criterion              login     404      404      403      403       403     200       200
grading:desk                   login     404      404      403      403       403     200       200
grading:bulk                   login     404      404      403      403       403     200       200
grading:remarks                login     404      404      403      403       403     200       200
grading:compare                login     404      404      403      403       403     200       200
grading:moderation             login     404      404      403      403       403     200       200
grading:moderation_record      login     404      404      403      403       403     200       200
grading:agreement              login     404      404      403      403       403     200       200
grading:agreement_csv          login     404      404      403      403       403     200       200
grading:seminar_gradebook      login     404      404      403      403       403     200       200
grading:seminar_gradebook_file login     404      404      403      403       403     403       200
grading:gradebook              login     404      404      403      403       403     200       200
grading:gradebook_file         login     404      404      403      403       403     403       200
grading:gradebook_work         login     404      404      403      403       403     302       302
grading:participation          login     404      404      403      403       403     200       200
grading:participation_csv      login     404      404      403      403       403     200       200
grading:fill_file              login     404      404      403      403       403     403       200
grading:release                login     404      404      403      403       403     403       200
grading:grade                  login     404      404      403      403       403     200       200
grading:mine                   login     404      404      403      200       200     403       403
grading:requests               login     404      404      403      403       403     200       200
annotations:progress_csv       login     404      404      403      403       403     200       200
annotations:receipt            login     404      404      403      200       200     403       403
exchange:exchange              404       404      404      200      200       200     200       200
exchange:download              404       404      404      200      200       200     200       200
exchange:print                 404       404      404      200      200       200     200       200
exchange:seminar               login     404      404      200      200       200     200       200
exchange:mine                  login     200      200      200      200       200     200       200
exchange:annotations           404       404      404      404      404       404     404       404
exchange:job                   login     404      404      404      404       200     404       404
exchange:job_file              login     404      404      404      404       410     404       404
exchange:import                login     404      404      403      403       403     200       200
exchange:undo                  login     404      404      403      403       403     200       200
exchange:schema                200       200      200      200      200       200     200       200
annotations:map                404       404      404      200      200       200     200       200
annotations:flow               404       404      404      200      200       200     200       200
annotations:flow_xlsx          404       404      404      200      200       200     200       200
annotations:open_items         404       404      404      200      200       200     200       200
annotations:concessions        404       404      404      200      200       200     200       200
annotations:brief              404       404      404      200      200       200     200       200
annotations:mark_new           login     404      404      403      200       200     200       200
annotations:mark               login     404      404      200      200       200     200       200
annotations:mark_settle        login     404      404      403      200       403     200       200
annotations:map_outline        404       404      404      200      200       200     200       200
annotations:claim              404       404      404      200      200       200     200       200
annotations:history            login     404      404      403      403       200     200       200
annotations:flag               login     404      404      403      200       403     200       200
annotations:moderate           login     404      404      403      403       403     200       200
annotations:moderation         login     404      404      403      403       403     200       200
annotations:moderation_approve login     404      404      403      403       403     200       200
annotations:moderation_log     login     404      404      403      403       403     200       200
seminar_copy                   login     404      404      403      403       403     403       200
seminar_new                    login     200      200      200      200       200     200       200
seminar_confirm                login     404      404      404      404       404     404       200
seminars:settings              login     404      404      403      403       403     403       200
seminars:archive               login     404      404      403      403       403     403       200
seminars:groups                login     404      404      200      200       200     200       200
seminars:group_create          login     404      404      403      403       403     403       200
seminars:group_edit            login     404      404      403      403       403     403       200
seminars:group_delete          login     404      404      403      403       403     403       200
seminars:groups_random         login     404      404      403      403       403     403       200
seminars:people               login     404      404      200      200       200     200       200
seminars:person_add           login     404      404      403      403       403     403       200
seminars:person               login     404      404      403      403       403     403       200
seminars:person_remove        login     404      404      403      403       403     403       200
seminars:leave                login     404      404      200      200       200     200       200
seminars:roster               login     404      404      403      403       403     403       200
seminars:roster_download      login     404      404      403      403       403     403       200
seminars:expected_remove      login     404      404      403      403       403     403       200
seminars:invitations          login     404      404      403      403       403     403       200
seminars:invitation_create    login     404      404      403      403       403     403       200
seminars:invitation_revoke    login     404      404      403      403       403     403       200
seminars:join                 200       200      200      200      200       200     200       200
seminars:join_link            302       302      302      302      302       302     302       302
accounts:profile               login     200      200      200      200       200     200       200
accounts:token_list            login     200      200      200      200       200     200       200
accounts:token_create          login     200      200      200      200       200     200       200
accounts:token_revoke          login     404      404      404      404       200     404       404
notices:inbox                  login     200      200      200      200       200     200       200
notices:settings               login     200      200      200      200       200     200       200
notices:unsubscribe            200       200      200      200      200       200     200       200
annotations:mentions           login     404      404      200      200       200     200       200
docs                           200       200      200      200      200       200     200       200
docs_page                      200       200      200      200      200       200     200       200
terms                          200       200      200      200      200       200     200       200
api_root                       302       302      302      302      302       302     302       302
api_docs                       200       200      200      200      200       200     200       200
api_try                        200       200      200      200      200      200     200       200
api_errors                     200       200      200      200      200       200     200       200
healthz                        200       200      200      200      200       200     200       200
readyz                         200       200      200      200      200       200     200       200
robots                         200       200      200      200      200       200     200       200
favicon                        302       302      302      302      302       302     302       302
"""

# What each role gets with POST and a form that is filled in well.
FORMS = """
address                        anonymous outsider operator observer classmate student assistant instructor
essays:import                  login     404      404      403      403       403     403       302
essays:import_correct          login     404      404      404      404       404     404       302
essays:import_text             login     404      404      404      404       404     404       302
essays:import_replace          login     404      404      404      404       404     404       302
essays:import_undo             login     404      404      404      404       404     404       302
essays:import_head             login     404      404      404      404       404     404       302
essays:import_finish           login     404      404      404      404       404     404       302
essays:import_discard          login     404      404      404      404       404     404       302
essays:revise                  login     404      404      403      403       403     403       302
essays:go_on                   login     404      404      404      404       404     404       302
assignments:create             login     404      404      403      403       403     403       302
assignments:edit               login     404      404      403      403       403     403       302
assignments:delete             login     404      404      403      403       403     403       409
assignments:close              login     404      404      403      403       403     403       302
assignments:template_create    login     404      404      403      403       403     403       302
assignments:sides              login     404      404      403      403       403     403       302
assignments:extension          login     404      404      403      403       403     403       302
assignments:extension_withdraw login     404      404      403      403       403     403       302
assignments:accommodations     login     404      404      403      403       403     403       302
assignments:template_delete    login     404      404      404      404       404     404       302
annotations:vocabulary_copy    login     404      404      403      403       403     403       302
annotations:vocabulary_close   login     404      404      403      403       403     403       302
annotations:tag_add            login     404      404      403      403       403     403       302
annotations:tag_edit           login     404      404      403      403       403     403       302
annotations:tag_move           login     404      404      403      403       403     403       302
annotations:tag_retire         login     404      404      403      403       403     403       302
annotations:tag_restore        login     404      404      403      403       403     403       302
annotations:claim_new          login    404      404      403      302      302      302      302
annotations:claims_link        login    404      404      403      403      403      200      200
annotations:claim_edit         login    404      404      403      403      403      302      302
annotations:claim_accept       login    404      404      404      404      403      302      302
annotations:claim_merge        login    404      404      403      403      403      400      400
annotations:claim_unmerge      login    404      404      403      403      403      302      302
annotations:claim_split        login    404      404      403      403      403      302      302
annotations:claim_withdraw     login    404      404      403      403      403      302      302
annotations:claim_restore      login    404      404      403      403      403      302      302
annotations:claims_relate      login    404      404      403      403      403      400      400
annotations:inference_edit     login    404      404      403      403      403      400      400
annotations:inference_withdraw login    404      404      403      403      403      302      302
annotations:inference_restore  login    404      404      403      403      403      302      302
annotations:relation_withdraw  login    404      404      403      403      403      302      302
annotations:relation_restore   login    404      404      403      403      403      302      302
annotations:house_rules        404      404      404      403      403      403      403      302
annotations:code               login    404      404      403      403      302      302      302
annotations:paragraph_tags     login     404      404      403      403       403     302       302
annotations:publication        login     404      404      404      404       404     404       302
annotations:placement          login     404      404      404      404       404     404       302
annotations:create             login     404      404      403      302       302     302       302
annotations:reply              login     404      404      403      302       302     302       302
annotations:edit               login     404      404      403      403       302     403       403
annotations:withdraw           login     404      404      403      403       302     403       403
annotations:audience           login     404      404      403      403       400     302       302
annotations:receipt            login     404      404      403      302       302     403       403
annotations:place              login     404      404      403      403       302     302       302
grading:rubric_new             login     302      302      302      302       302     302       302
grading:rubric_import          login     200      200      200      200       200     200       200
grading:rubric_copy            login     404      404      404      404       404     302       302
grading:rubric_edit            login     404      404      404      404       404     403       302
grading:rubric_archive         login     404      404      404      404       404     403       302
grading:rubric_move            login     404      404      404      404       404     403       400
grading:plan                   login     404      404      403      403       403     403       400
grading:plan_names             login     404      404      403      403       403     403       400
grading:plan_apply             login     404      404      403      403       403     403       400
grading:next                   login     404      404      403      403       403     302       302
grading:collect                login     404      404      403      403       403     302       302
grading:split                  login     404      404      403      403       403     403       200
grading:lease                  login     404      404      403      403       403     200       200
grading:criterion              login     404      404      403      403       403     302       302
grading:take_in                login     404      404      403      403       403     302       302
grading:mark                   login     404      404      403      403       403     302       302
grading:part                   login     404      404      403      403       403     200       200
grading:item_feedback          login     404      404      403      403       403     302       302
grading:mark_reopen            login     404      404      403      403       403     404       404
grading:mark_withdraw          login     404      404      403      403       403     404       404
grading:bulk                   login     404      404      403      403       403     400       400
grading:bulk_undo              login     404      404      403      403       403     302       302
grading:remarks                login     404      404      403      403       403     302       302
grading:remark                 login     404      404      403      403       403     200       200
grading:compare                login     404      404      403      403       403     403       409
grading:moderation             login     404      404      403      403       403     403       302
grading:fill_file              login     404      404      403      403       403     403       400
grading:release                login     404      404      403      403       403     403       200
grading:release_undo           login     404      404      403      403       403     403       302
grading:grade                  login     404      404      403      403       403     403       302
grading:mine                   login     404      404      403      404       404     403       403
grading:request                login     404      404      404      404       302     302       302
annotations:answer             login     404      404      403      403       302     302       302
annotations:drafts             login     404      404      403      302       302     302       302
live:presence                  login     404      404      204      204       204     204       204
annotations:draft_discard      login     404      404      404      404       200     404       404
annotations:preview            login     200      200      200      200       200     200       200
annotations:undo               login     404      404      403      403       302     403       403
annotations:flag               login     404      404      403      302       403     302       302
annotations:unflag             login     404      404      302      302       302     302       302
annotations:mark_new           login     404      404      403      302       302     302       302
annotations:mark               login     404      404      403      302       302     302       302
annotations:mark_settle        login     404      404      403      302       403     302       302
annotations:me_too             login     404      404      403      302       403     302       302
annotations:moderate           login     404      404      403      403       403     302       302
annotations:moderation_approve login     404      404      403      403       403     302       302
annotations:link_check         login     404      404      403      403       403     302       302
annotations:source_add         login     404      404      403      302       302     302       302
annotations:source_import      login     404      404      403      302       302     302       302
annotations:source_edit        login     404      404      403      403       302     302       302
annotations:source_take        login     404      404      403      403       302     302       302
annotations:source_merge       login     404      404      403      403       403     302       302
annotations:source_copy        login     404      404      403      403       403     403       302
annotations:passage_add        login     404      404      403      302       302     302       302
annotations:passage_check      login     404      404      403      302       403     302       302
annotations:passage_mark       login     404      404      403      403       302     302       302
exchange:take                  404       400      400      400      400       400     400       400
exchange:job_cancel            login     404      404      404      404       302     404       404
exchange:import                login     404      404      403      403       403     200       200
exchange:import_confirm        login     404      404      403      403       403     302       302
exchange:undo                  login     404      404      403      403       403     302       302
seminar_copy                   login     404      404      403      403       403     403       302
seminar_new                    login     302      302      302      302       302     302       302
seminar_confirm                login     404      404      404      404       404     404       200
seminar_keep                   login     404      404      404      404       404     404       302
seminars:settings              login     404      404      403      403       403     403       302
seminars:archive               login     404      404      403      403       403     403       302
seminars:restore               login     404      404      403      403       403     403       302
seminars:student_view          login     404      404      403      403       403     403       302
seminars:group_create          login     404      404      403      403       403     403       302
seminars:group_edit            login     404      404      403      403       403     403       302
seminars:group_delete          login     404      404      403      403       403     403       302
seminars:groups_random         login     404      404      403      403       403     403       200
seminars:groups_make           login     404      404      403      403       403     403       302
seminars:student_view_end      login     404      404      302      302       302     302       302
seminars:group_found           login     404      404      403      302       302     403       403
seminars:group_join            login     404      404      403      302       302     403       403
seminars:group_leave           login     404      404      403      302       302     403       403
seminars:person_add           login     404      404      403      403       403     403       302
seminars:person               login     404      404      403      403       403     403       302
seminars:person_remove        login     404      404      403      403       403     403       302
seminars:leave                login     404      404      302      302       302     302       409
seminars:consent              login     404      404      302      302       302     302       302
seminars:roster               login     404      404      403      403       403     403       200
seminars:roster_apply         login     404      404      403      403       403     403       302
seminars:expected_remove      login     404      404      403      403       403     403       302
seminars:invitation_create    login     404      404      403      403       403     403       200
seminars:invitation_revoke    login     404      404      403      403       403     403       302
seminars:join                 302       302      302      302      302       302     302       302
seminars:join_accept          login     302      302      302      302       302     302       302
seminars:join_decline         302       302      302      302      302       302     302       302
accounts:reading              login     302      302      302      302       302     302       302
accounts:profile               login     302      302      302      302       302     302       302
accounts:token_create          login     200      200      200      200       200     200       200
accounts:token_revoke          login     404      404      404      404       302     404       404
notices:settings               login     302      302      302      302       302     302       302
notices:read_all               login     302      302      302      302       302     302       302
notices:unmute                 login     302      302      302      302       302     302       302
notices:unsubscribe            200       200      200      200      200       200     200       200
notices:open                   login     404      404      404      404       302     404       404
notices:read                   login     404      404      404      404       302     404       404
annotations:mute               login     404      404      302      302       302     302       302
demo_entry                     404       404      404      404      404       404     404       404
"""

# What each role gets from the API, with a token to read and write and a good body.
API = """
call                         anonymous outsider operator observer classmate student assistant instructor
GET:api:root                 200       200      200      200      200       200     200       200
GET:api:schema               200       200      200      200      200       200     200       200
GET:api:me                   401       200      200      200      200       200     200       200
GET:api:seminar-list         200       200      200      200      200       200     200       200
GET:api:seminar-detail       404       404      404      200      200       200     200       200
GET:api:group-list           404       404      404      200      200       200     200       200
POST:api:group-list          401       404      404      403      403       403     403       201
GET:api:group-detail         404       404      404      200      200       200     200       200
PATCH:api:group-detail       401       404      404      403      403       403     403       200
DELETE:api:group-detail      401       404      404      403      403       403     403       204
GET:api:member-list           404       404      404      200      200       200     200       200
POST:api:member-list          401       404      404      403      403       403     403       201
GET:api:member-detail         404       404      404      200      200       200     200       200
PATCH:api:member-detail       401       404      404      403      403       403     403       200
DELETE:api:member-detail      401       404      404      403      403       204     403       204
GET:api:invitation-list       404       404      404      403      403       403     403       200
POST:api:invitation-list      401       404      404      403      403       403     403       201
GET:api:invitation-detail     404       404      404      403      403       403     403       200
DELETE:api:invitation-detail  401       404      404      403      403       403     403       204
GET:api:essay-list           200       200      200      200      200       200     200       200
GET:api:essay-detail         404       404      404      200      200       200     200       200
GET:api:revision-list        404       404      404      200      200       200     200       200
GET:api:paragraph-list       404       404      404      200      200       200     200       200
GET:api:paragraph-detail     404       404      404      200      200       200     200       200
GET:api:assignment-list      200       200      200      200      200       200     200       200
GET:api:assignment-detail    404       404      404      200      200       200     200       200
POST:api:assignment-list     401       404      404      403      403       403     403       201
PATCH:api:assignment-detail  401       404      404      403      403       403     403       200
GET:api:extension-list       404       404      404      200      200       200     200       200
GET:api:extension-detail     404       404      404      404      404       200     200       200
PUT:api:extension-detail     401       404      404      403      403       403     403       200
DELETE:api:extension-detail  401       404      404      403      403       403     403       204
GET:api:annotation-list      200       200      200      200      200       200     200       200
POST:api:annotation-list     401       404      404      403      201       201     201       201
GET:api:annotation-detail    404       404      404      200      200       200     200       200
PATCH:api:annotation-detail  401       404      404      403      403       200     403       403
DELETE:api:annotation-detail 401       404      404      403      403       204     403       403
POST:api:annotation-batch    401       200      200      200      200       200     200       200
GET:api:reply-list           404       404      404      200      200       200     200       200
POST:api:reply-list          401       404      404      403      201       201     201       201
GET:api:history-list         404       404      404      403      403       200     200       200
PUT:api:audience             401       404      404      403      403       409     200       200
GET:api:graph                404       404      404      200      200       200     200       200
GET:api:labels               404       404      404      200      200       200     200       200
GET:api:progress-list        404       404      404      403      200       200     200       200
GET:api:export               404       404      404      200      200       200     200       200
GET:api:export-summary       404 404 404 200 200 200 200 200
GET:api:seminar-export       404 404 404 200 200 200 200 200
GET:api:seminar-export-summary 404 404 404 200 200 200 200 200
GET:api:me-export            401 200 200 200 200 200 200 200
GET:api:me-export-summary    401 200 200 200 200 200 200 200
GET:api:consent              404 404 404 200 200 200 200 200
PUT:api:consent              401 404 404 409 409 409 409 409
POST:api:graph-import        401       404      404      403      403       403     201       201
GET:api:graph-import-detail  404       404      404      403      403       403     200       200
DELETE:api:graph-import-detail 401     404      404      403      403       403     204       204
PUT:api:answer               401       404      404      403      403       200     200       200
DELETE:api:answer            401       404      404      403      403       204     204       204
GET:api:annotation-flag-list    404  404 404 200 200 200 200 200
POST:api:annotation-flag-list   401  404 404 403 201 403 201 201
DELETE:api:annotation-flag-list 401  404 404 204 204 204 204 204
GET:api:moderation-list         404  404 404 403 403 403 200 200
POST:api:moderation-list        401  404 404 403 403 403 200 200
GET:api:flag-list               200  200 200 200 200 200 200 200
GET:api:rubric-list             401  200 200 200 200 200 200 200
POST:api:rubric-list            401  201 201 201 201 201 201 201
POST:api:rubric-import          401  201 201 201 201 201 201 201
GET:api:rubric-detail           401  404 404 404 404 404 200 200
PATCH:api:rubric-detail         401  404 404 404 404 404 403 200
POST:api:rubric-copy            401  404 404 404 404 404 201 201
GET:api:rubric-export           401  404 404 404 404 404 200 200
GET:api:rubric-version-list     401  404 404 404 404 404 200 200
POST:api:rubric-version-list    401  404 404 404 404 404 403 201
GET:api:rubric-version-detail   401  404 404 200 200 200 200 200
GET:api:grading-plan            401  404 404 200 200 200 200 200
PUT:api:grading-plan            401  404 404 403 403 403 403 409
PATCH:api:grading-plan          401  404 404 403 403 403 403 200
POST:api:grading-plan-try       401  404 404 403 403 403 403 200
POST:api:grading-plan-move      401  404 404 403 403 403 403 200
POST:api:grading-plan-end-blind 401  404 404 403 403 403 403 409
POST:api:grading-plan-apply     401  404 404 403 403 403 403 400
GET:api:gradebook-file          401  404 404 403 403 403 403 200
GET:api:work-list               401  200 200 200 200 200 200 200
GET:api:work-detail             401  404 404 404 404 200 200 200
PATCH:api:work-detail           401  404 404 404 404 403 403 200
POST:api:work-next              401  404 404 403 403 403 200 200
POST:api:collect                401  404 404 403 403 403 200 200
POST:api:split                  401  404 404 403 403 403 403 400
POST:api:work-take-in           401  404 404 404 404 403 200 200
PUT:api:work-lease              401  404 404 404 404 403 200 200
DELETE:api:work-lease           401  404 404 404 404 403 204 204
POST:api:levels                 401  404 404 403 403 403 400 400
POST:api:levels-take-back       401  404 404 403 403 403 400 400
GET:api:remark-list             401  404 404 403 403 403 200 200
POST:api:remark-list            401  404 404 403 403 403 201 201
GET:api:remark-detail           401  404 404 403 403 403 200 200
PATCH:api:remark-detail         401  404 404 403 403 403 403 200
DELETE:api:remark-detail        401  404 404 403 403 403 403 204
POST:api:remark-use             401  404 404 403 403 403 200 200
GET:api:seminar-gradebook       401  404 404 403 403 403 403 200
POST:api:gradebook-fill         401  404 404 403 403 403 403 200
GET:api:participation           401  404 404 403 403 403 200 200
GET:api:me-export-grades        401  200 200 200 200 200 200 200
GET:api:roster                  404  404 404 403 403 403 403 200
POST:api:roster                 401  404 404 403 403 403 403 200
GET:api:expected-list           404  404 404 403 403 403 403 200
GET:api:expected-detail         404  404 404 403 403 403 403 200
DELETE:api:expected-detail      401  404 404 403 403 403 403 204
POST:api:group-draw             401  404 404 403 403 403 403 201
POST:api:import-upload          401  404 404 403 403 403 403 201
PUT:api:import-file             401  404 404 404 404 404 404 200
POST:api:preview                401  200 200 200 200 200 200 200
GET:api:vocabulary-history      404  404 404 200 200 200 200 200
GET:api:source-found            404  404 404 403 403 200 200 200
POST:api:source-found           401  404 404 403 403 200 200 200
GET:api:duplicate-list          404  404 404 403 403 403 200 200
GET:api:receipt                 401  404 404 403 200 200 403 403
POST:api:receipt-send           401  404 404 403 202 202 403 403
GET:api:mark-list               401  200 200 200 200 200 200 200
POST:api:mark-list              401  404 404 404 404 403 201 201
GET:api:mark-detail             401  404 404 404 404 404 200 200
PATCH:api:mark-detail           401  404 404 404 404 404 200 403
POST:api:mark-submit            401  404 404 404 404 404 200 403
POST:api:mark-reopen            401  404 404 404 404 404 200 403
POST:api:mark-withdraw          401  404 404 404 404 404 200 403
POST:api:mark-feedback          401  404 404 404 404 404 200 403
GET:api:grade-list              401  200 200 200 200 200 200 200
GET:api:grade-detail            401  404 404 404 404 404 200 200
PATCH:api:grade-detail          401  404 404 404 404 404 403 200
GET:api:grade-event-list        401  404 404 404 404 404 200 200
POST:api:grade-reopen           401  404 404 404 404 404 403 409
GET:api:release-list            401  404 404 403 403 403 403 200
POST:api:release-list           401  404 404 403 403 403 403 409
POST:api:release-undo           401  404 404 404 404 404 404 200
GET:api:regrade-request-list    401  200 200 200 200 200 200 200
POST:api:regrade-request-list   401  404 404 404 404 404 403 403
GET:api:regrade-request-detail  401  404 404 404 404 200 200 200
PATCH:api:regrade-request-detail 401 404 404 404 404 403 200 200
POST:api:regrade-message-list   401  404 404 404 404 201 201 201
GET:api:agreement               401  404 404 403 403 403 200 200
GET:api:moderation              401  404 404 403 403 403 200 200
POST:api:moderation             401  404 404 403 403 403 403 409
GET:api:sample-detail           401  404 404 404 404 404 200 200
PATCH:api:sample-detail         401  404 404 404 404 404 409 409
GET:api:quality-mark-list       200  200 200 200 200 200 200 200
POST:api:quality-mark-list      401  404 404 403 201 201 201 201
GET:api:quality-mark-detail     404  404 404 200 200 200 200 200
DELETE:api:quality-mark-detail  401  404 404 403 204 403 403 403
GET:api:quality-mark-answer-list  404 404 404 200 200 200 200 200
POST:api:quality-mark-answer-list 401 404 404 403 201 201 201 201
POST:api:quality-mark-resolve   401  404 404 403 200 403 200 200
GET:api:me-too                  404  404 404 200 200 200 200 200
PUT:api:me-too                  401  404 404 403 200 403 200 200
DELETE:api:me-too               401  404 404 204 204 204 204 204
GET:api:tag-list             404       404      404      200      200       200     200       200
POST:api:tag-list            401       404      404      403      403       403     403       201
GET:api:tag-detail           404       404      404      200      200       200     200       200
PATCH:api:tag-detail         401       404      404      403      403       403     403       200
GET:api:paragraph-tag-list   404       404      404      200      200       200     200       200
POST:api:paragraph-tag-list  401       404      404      403      403       403     201       201
GET:api:paragraph-tag-detail 404       404      404      200      200       200     200       200
DELETE:api:paragraph-tag-detail 401    404      404      403      403       403     204       204
GET:api:claim-list             200      200      200      200      200      200      200      200
POST:api:claim-list            401      404      404      403      201      201      201      201
GET:api:claim-detail           404      404      404      200      200      200      200      200
PATCH:api:claim-detail         401      404      404      403      403      403      200      200
DELETE:api:claim-detail        401      404      404      403      403      403      204      204
PUT:api:claim-accept           401      404      404      404      404      403      200      200
PUT:api:claim-restore          401      404      404      403      403      403      200      200
PUT:api:claim-merge            401      404      404      403      403      403      400      400
DELETE:api:claim-merge         401      404      404      403      403      403      204      204
POST:api:claim-split           401      404      404      403      403      403      201      201
GET:api:claim-history          404      404      404      200      200      200      200      200
GET:api:inference-list         200      200      200      200      200      200      200      200
POST:api:inference-list        401      404      404      403      403      403      400      400
GET:api:inference-detail       404      404      404      200      200      200      200      200
PATCH:api:inference-detail     401      404      404      403      403      403      200      200
DELETE:api:inference-detail    401      404      404      403      403      403      204      204
PUT:api:inference-restore      401      404      404      403      403      403      200      200
GET:api:relation-list          200      200      200      200      200      200      200      200
POST:api:relation-list         401      404      404      403      403      403      400      400
GET:api:relation-detail        404      404      404      200      200      200      200      200
PATCH:api:relation-detail      401      404      404      403      403      403      200      200
DELETE:api:relation-detail     401      404      404      403      403      403      204      204
PUT:api:relation-restore       401      404      404      403      403      403      200      200
GET:api:concession-list        200      200      200      200      200      200      200      200
GET:api:concession-detail      404      404      404      200      200      200      200      200
PUT:api:attacks                401      404      404      403      403      200      200      200
GET:api:house-rules-list       404      404      404      200      200      200      200      200
POST:api:house-rules-list      401      404      404      403      403      403      403      201
GET:api:change-list          200       200      200      200      200       200     200       200
GET:api:change-stream        204       204      204      204      204       204     204       204
GET:api:assignment-change-list 404     404      404      200      200       200     200       200
GET:wa:container             404       404      404      200      200       200     200       200
POST:wa:container            401       404      404      403      201       201     201       201
GET:wa:annotation            404       404      404      200      200       200     200       200
PUT:wa:annotation            401       404      404      403      403       200     403       403
PATCH:wa:annotation          401       404      404      403      403       200     403       403
DELETE:wa:annotation         401       404      404      403      403       204     403       403
GET:api:evidence-list        200       200      200      200      200       200     200       200
GET:api:source-list          200       200      200      200      200       200     200       200
GET:api:source-detail        404       404      404      200      200       200     200       200
POST:api:link-check          401       404      404      403      403       403     202       202
POST:api:source-list         401       404      404      403      201       201     201       201
PATCH:api:source-detail      401       404      404      403      403       200     200       200
GET:api:source-citations     404       404      404      200      200       200     200       200
POST:api:source-import       401       404      404      403      201       201     201       201
POST:api:source-merge        401       404      404      403      403       403     200       200
POST:api:source-copy         401       404      404      403      403       403     404       201
GET:api:passage-list         200       200      200      200      200       200     200       200
POST:api:passage-list        401       404      404      403      201       201     201       201
GET:api:passage-detail       404       404      404      200      200       200     200       200
PATCH:api:passage-detail     401       404      404      403      403       200     200       200
GET:api:passage-check-list   404       404      404      200      200       200     200       200
POST:api:passage-check-list  401       404      404      403      201       403     201       201
GET:api:notice-list            401       200      200      200      200       200     200       200
GET:api:notice-detail          401       404      404      404      404       200     404       404
POST:api:notice-read           401       404      404      404      404       200     404       404
GET:api:notice-preferences     401       200      200      200      200       200     200       200
PUT:api:notice-preferences     401       200      200      200      200       200     200       200
POST:api:seminar-list        401 201 201 201 201 201 201 201
PATCH:api:seminar-detail     401 404 404 403 403 403 403 200
PUT:api:seminar-archive      401 404 404 403 403 403 403 200
DELETE:api:seminar-archive   401 404 404 403 403 403 403 204
POST:api:seminar-copy        401 404 404 403 403 403 403 201
PUT:api:join                 401 200 200 200 200 200 200 200
POST:api:group-own           401 404 404 403 201 201 403 403
PUT:api:group-membership     401 404 404 403 200 200 403 403
DELETE:api:group-membership  401 404 404 403 204 204 403 403
GET:api:accommodation-list   404 404 404 403 403 403 403 200
PUT:api:accommodation-detail 401 404 404 403 403 403 403 204
PATCH:api:me                 401 200 200 200 200 200 200 200
GET:api:token-list           401 200 200 200 200 200 200 200
GET:api:token-detail         401 404 404 404 404 200 404 404
DELETE:api:token-detail      401 404 404 404 404 204 404 404
POST:api:essay-list          401 404 404 403 403 403 403 201
GET:api:revision-detail      404 404 404 200 200 200 200 200
GET:api:import-list          401 200 200 200 200 200 200 200
POST:api:import-list         401 404 404 403 403 403 403 201
GET:api:import-detail        404 404 404 404 404 404 404 200
PATCH:api:import-detail      401 404 404 404 404 404 404 200
DELETE:api:import-detail     401 404 404 404 404 404 404 204
PUT:api:import-text          401 404 404 404 404 404 404 200
POST:api:import-undo         401 404 404 404 404 404 404 200
POST:api:import-go-on        401 404 404 404 404 404 404 200
POST:api:import-finish       401 404 404 404 404 404 404 201
GET:api:import-changes       404 404 404 404 404 404 404 200
POST:api:import-publish      401 404 404 404 404 404 404 201
PUT:api:import-placement     401 404 404 404 404 404 404 200
DELETE:api:import-placement  401 404 404 404 404 404 404 204
DELETE:api:assignment-detail 401 404 404 403 403 403 403 409
POST:api:assignment-close    401 404 404 403 403 403 403 200
GET:api:side-list            404 404 404 403 403 403 403 200
PUT:api:side-list            401 404 404 403 403 403 403 204
GET:api:assignment-template-list   401 200 200 200 200 200 200 200
POST:api:assignment-template-list  401 404 404 403 403 403 403 201
GET:api:assignment-template-detail 401 404 404 404 404 404 404 200
DELETE:api:assignment-template-detail 401 404 404 404 404 404 404 204
PUT:api:anchors              401 404 404 403 403 200 200 200
POST:api:undo                401 404 404 403 403 200 403 403
PUT:api:mute                 401 404 404 204 204 204 204 204
DELETE:api:mute              401 404 404 204 204 204 204 204
GET:api:draft-list           404 404 404 200 200 200 200 200
POST:api:draft-list          401 404 404 403 201 201 201 201
GET:api:draft-detail         404 404 404 404 404 200 404 404
DELETE:api:draft-detail      401 404 404 404 404 204 404 404
GET:api:mention-list         404 404 404 200 200 200 200 200
GET:api:evidence-detail      404 404 404 200 200 200 200 200
GET:api:moderation-log       404 404 404 403 403 403 200 200
GET:api:vocabulary           404 404 404 200 200 200 200 200
PATCH:api:vocabulary         401 404 404 403 403 403 403 200
POST:api:vocabulary-copy     401 404 404 403 403 403 403 201
GET:api:preset-list          200 200 200 200 200 200 200 200
POST:api:notices-read        401 204 204 204 204 204 204 204
GET:api:                     404       404      404      404      404       404     404       404
"""

# What allauth brings, and who may call it without having signed in.
ALLAUTH = """
address                               anonymous student
account_login                         200       302
account_logout                        302       200
account_signup                        200       302
account_inactive                      200       200
account_reauthenticate                login     200
account_email                         login     200
account_email_verification_sent       200       200
account_confirm_email                 200       200
account_confirm_login_code            302       302
account_change_password               login     200
account_set_password                  login     302
account_reset_password                200       200
account_reset_password_done           200       200
account_reset_password_from_key       200       200
account_reset_password_from_key_done  200       200
"""

ASSIGNMENT = {
    "title": "Again",
    "opens_at": "2026-01-01T12:00",
    "asked_comments": 1,
    "asked_counterarguments": 1,
    "asked_evidence": 1,
}
REMARK = {"kind": "comment", "body": "A remark.", "submission_key": str(uuid.UUID(int=1))}
# A second source of the shelf, one of another seminar, and that other seminar of the instructor's.
TWIN = uuid.UUID("01970000-0000-7000-8000-000000000021")
ELSEWHERE = uuid.UUID("01970000-0000-7000-8000-000000000022")
SHELF = uuid.UUID("01970000-0000-7000-8000-000000000023")
# The draft that the student has.
BEGUN = uuid.UUID("01970000-0000-7000-8000-000000000024")
# What names a seminar or a source in its body.
OF_A_SHELF = {
    "POST:api:source-list": ("seminar", "title"),
    "POST:api:source-import": ("seminar", "text"),
    "POST:api:source-copy": ("seminar", "sources"),
    "POST:api:passage-list": ("source", "quote"),
}
OF_GRADING = rubrics.FORM_DATA | gradebooks.FORM_DATA | fairness.FORM_DATA | releases.FORM_DATA
FORM_DATA = OF_GRADING | {
    "annotations:claim_new": {"paragraph": 1, "text": "Water is dear."},
    "annotations:claim_edit": {"text": "Water is dear."},
    "annotations:claim_accept": {"text": "Water is dear."},
    "annotations:claim_split": {"texts": "One.\nTwo."},
    "annotations:house_rules": {
        "burden": "essay",
        "symmetric_rebuts": "1",
        "students_mark_claims": "0",
    },
    "annotations:code": {"attacks": "step"},
    "annotations:claim_merge": {"version": 1},
    "annotations:claims_relate": {"kind": "rebuts"},
    "annotations:inference_edit": {"version": 1},
    "seminar_copy": {"title": "Again", "starts_on": "2027-04-12"},
    "seminar_new": {"text": "# A title\n\nOne paragraph of words."},
    "seminar_confirm": {"version": 1, "title": "Housing", "time_zone": "UTC"},
    "seminar_keep": {"title": "Housing"},
    "seminars:settings": {"title": "Water", "time_zone": "UTC"},
    "seminars:group_create": {"name": "Delta", "kind": "reading"},
    "seminars:group_edit": {"name": "Delta"},
    "seminars:group_found": {"name": "Delta"},
    "seminars:groups_random": {"kind": "reading", "by": "size", "number": 2},
    "essays:import": {"text": "A title\n\nOne paragraph of words.\n\nAnother one of words."},
    "essays:import_correct": {"version": 2, "block": 0, "operation": "leave_out"},
    "essays:import_text": {"version": 2, "text": "One paragraph of words."},
    "essays:import_undo": {"version": 2},
    "essays:import_head": {"version": 2, "title": "Rents", "language": "en"},
    "essays:import_finish": {"version": 2, "title": "Rents", "language": "en"},
    "essays:go_on": {"version": 2, "base": 1},
    "assignments:create": ASSIGNMENT,
    "assignments:edit": ASSIGNMENT,
    "assignments:template_create": {"name": "Two weeks"},
    "assignments:extension": {"due_at": "2031-01-01T12:00", "reason_code": "other"},
    "annotations:create": REMARK,
    "annotations:reply": REMARK,
    "annotations:edit": {"kind": "question", "body": "Who pays for it?", "version": 1},
    "annotations:audience": {"version": 1, "audience": "staff"},
    "annotations:place": {"version": 1, "paragraph": 2},
    "annotations:publication": {"version": 2, "note": "Shorter."},
    "annotations:placement": {"version": 2, "choice": "orphan"},
    "live:presence": {"paragraph": "1"},
    "grading:criterion": {"work": str(WORK), "version": "0"},
    "grading:mark": {"version": 0, "comment": "Hm."},
    "grading:part": {"version": 0, "set": "comment", "comment": "Hm."},
    "grading:item_feedback": {"version": 0, "body": "Where from?"},
    "grading:remarks": {"text": "Name your source."},
    "grading:remark": {"act": "use"},
    "annotations:drafts": {
        "key": "p:1:2",
        "content": '{"body": "Half a thought"}',
        "submission_key": str(BEGUN),
    },
    "annotations:draft_discard": {"id": str(BEGUN)},
    "annotations:preview": {"body": "So."},
    "annotations:flag": {"reason": "off_topic"},
    "annotations:mark_new": {"type": "move"},
    "annotations:mark": {"body": "It is clear."},
    "exchange:import_confirm": {"kept": "a stamp from before"},
    "annotations:vocabulary_copy": {"preset": "toulmin"},
    "annotations:vocabulary_close": {"is_closed": "on"},
    "annotations:tag_add": {"label": "Agency"},
    "annotations:source_add": {"title": "Rivers"},
    "annotations:source_import": {"text": "@book{a, title = {Rivers}}", "take": "1", "chosen": "0"},
    "annotations:source_edit": {"title": "Rivers"},
    "annotations:source_merge": {"into": str(TWIN)},
    "annotations:source_copy": {"sources": str(TWIN), "seminar": str(SHELF)},
    "annotations:passage_add": {"quote": "Rivers rise."},
    "annotations:passage_check": {"match": "not_found"},
    "annotations:passage_mark": {"marked": ""},
    "annotations:tag_edit": {"label": "Harm"},
    "annotations:tag_move": {"by": "1"},
    "annotations:moderate": {"version": 1},
    "seminars:person_add": {"who": "operator", "role": "student"},
    "seminars:person": {"role": "observer"},
    "seminars:roster": {"text": "email\nnew@example.org", "role": "student"},
    "seminars:invitation_create": {"role": "student", "days": 3},
    "seminars:join": {"code": "AB2CD-EF3GH"},
    "accounts:reading": {
        "theme": "dark",
        "face": "sans",
        "text_size": 4,
        "spacing": "wide",
        "highlights": "mine",
        "motion": "reduced",
        "announcements": "replies",
    },
    "accounts:profile": {"name": "Ada", "time_zone": "UTC"},
    "accounts:token_create": {"name": "notebook", "scopes": ["read"], "days": 30},
    "notices:settings": dict.fromkeys(
        [
            "reply",
            "counterargument",
            "mention",
            "moderation",
            "flag",
            "assignment_opens",
            "assignment_closes",
            "revision",
            "quality_mark",
            "quality_answer",
            "grade_released",
            "regrade_answered",
            "regrade_asked",
        ],
        "daily",
    ),
    "demo_entry": {"username": "student"},
}
# What a token needs for calls to which `write` is not enough.
# The vocabulary's tag that paragraphs are given.
TAG = uuid.UUID("01970000-0000-7000-8000-000000000007")
# The classmate's work, which the assistant marks, and the contribution in it.
MARKED = uuid.UUID("01970000-0000-7000-8000-000000000025")
SCOPES = dict.fromkeys(
    [
        "POST:api:assignment-list", "PATCH:api:assignment-detail",
        "PUT:api:extension-detail", "DELETE:api:extension-detail",
        "POST:api:member-list", "PATCH:api:member-detail", "DELETE:api:member-detail",
        "GET:api:invitation-list", "POST:api:invitation-list",
        "GET:api:invitation-detail", "DELETE:api:invitation-detail",
        "POST:api:group-list", "PATCH:api:group-detail", "DELETE:api:group-detail",
        "POST:api:tag-list", "PATCH:api:tag-detail", "POST:api:house-rules-list",
        "POST:api:seminar-list", "PATCH:api:seminar-detail", "PUT:api:seminar-archive",
        "DELETE:api:seminar-archive", "POST:api:seminar-copy", "PUT:api:accommodation-detail",
        "GET:api:token-list", "GET:api:token-detail", "DELETE:api:token-detail",
        "POST:api:essay-list", "POST:api:import-list", "PATCH:api:import-detail",
        "DELETE:api:import-detail", "PUT:api:import-text", "POST:api:import-undo",
        "POST:api:import-go-on", "POST:api:import-finish", "POST:api:import-publish",
        "PUT:api:import-placement", "DELETE:api:import-placement",
        "DELETE:api:assignment-detail", "POST:api:assignment-close", "PUT:api:side-list",
        "POST:api:assignment-template-list", "DELETE:api:assignment-template-detail",
        "PATCH:api:vocabulary", "POST:api:vocabulary-copy",
    ],
    ("read", "admin"),
) | dict.fromkeys(
    [
        "GET:api:work-list", "GET:api:work-detail", "PATCH:api:work-detail", "POST:api:work-next",
        "GET:api:mark-list", "POST:api:mark-list", "GET:api:mark-detail", "PATCH:api:mark-detail",
        "POST:api:mark-submit", "POST:api:mark-reopen", "POST:api:mark-withdraw",
        "POST:api:mark-feedback", *rubrics.CALLS,
        *fairness.CALLS,
    ],
    ("marks:read", "marks:write"),
) | {"GET:api:gradebook-file": ("grades:read",)} | dict.fromkeys(
    releases.CALLS, ("write", "grades:read", "grades:write")
) | programs.SCOPES  # fmt: skip
# An annotation as other programs send it, on a word that the essay has once.
ON_THE_WEB = {
    "type": "Annotation",
    "motivation": "questioning",
    "bodyValue": "Who pays for it?",
    "target": {"selector": {"type": "TextQuoteSelector", "exact": "Fairness"}},
}
JSON_OF_GRADING = rubrics.JSON | fairness.JSON | releases.JSON | programs.JSON
JSON = JSON_OF_GRADING | {
    "POST:wa:container": ON_THE_WEB,
    "PUT:wa:annotation": ON_THE_WEB,
    "PATCH:wa:annotation": {"bodyValue": "Who pays for it?", "body": None},
    "POST:api:seminar-list": {"title": "Water"},
    "PATCH:api:seminar-detail": {"title": "Water"},
    "POST:api:seminar-copy": {"title": "Again", "starts_on": "2027-04-12"},
    "PUT:api:join": {"code": "AB2CD-EF3GH"},
    "POST:api:group-own": {"name": "Delta"},
    "PUT:api:accommodation-detail": {"extra_days": 2},
    "PATCH:api:me": {"name": "Ada"},
    "PUT:api:consent": {"consents": True},
    "PATCH:api:import-detail": {"title": "Rents"},
    "PUT:api:import-text": {"text": "One paragraph of words."},
    "POST:api:import-undo": {},
    "POST:api:import-go-on": {"base": 1},
    "POST:api:import-finish": {},
    "POST:api:import-publish": {"note": "Shorter."},
    "PUT:api:import-placement": {"choice": "orphan"},
    "POST:api:assignment-close": {},
    "PUT:api:side-list": {"sides": []},
    "POST:api:undo": {"version": 2},
    "POST:api:draft-list": {
        "key": "p:1:2",
        "content": {"body": "Half a thought"},
        "submission_key": str(uuid.UUID(int=8)),
    },
    "PATCH:api:vocabulary": {"is_closed": True},
    "POST:api:vocabulary-copy": {"preset": "toulmin"},
    "POST:api:notices-read": {},
    "PATCH:api:claim-detail": {"type": "fact"},
    "PUT:api:claim-accept": {},
    "POST:api:claim-split": {"texts": ["One.", "Two."]},
    "PATCH:api:inference-detail": {"warrant": "So."},
    "PATCH:api:relation-detail": {"rationale": "So."},
    "PUT:api:attacks": {"attacks": "step"},
    "POST:api:house-rules-list": {"burden": "essay"},
    "PATCH:api:source-detail": {"title": "Rivers"},
    "POST:api:source-merge": {"into": str(TWIN)},
    "PATCH:api:passage-detail": {"relied_on": []},
    "POST:api:passage-check-list": {"opened": True, "match": "not_found"},
    "POST:api:graph-import": {
        "nodes": [{"nodeID": "1", "text": "Water is dear.", "type": "I"}],
        "edges": [],
    },
    "POST:api:member-list": {"username": "operator"},
    "PATCH:api:member-detail": {"role": "observer"},
    "POST:api:invitation-list": {"days": 3},
    "POST:api:group-list": {"name": "Delta"},
    "POST:api:tag-list": {"label": "Agency"},
    "PATCH:api:tag-detail": {"is_retired": True},
    "PATCH:api:group-detail": {"name": "Delta"},
    "PATCH:api:assignment-detail": {"title": "Again"},
    "PUT:api:extension-detail": {"due_at": "2031-01-01T12:00:00Z"},
    "POST:api:annotation-flag-list": {"reason": "off_topic"},
    "PATCH:api:work-detail": {"marker": None},
    "PATCH:api:mark-detail": {"comment": "Hm."},
    "POST:api:mark-submit": {},
    "POST:api:mark-reopen": {},
    "POST:api:mark-withdraw": {"reason": "Wrong work."},
    "POST:api:mark-feedback": {"item": str(MARKED), "body": "Where from?"},
    "POST:api:quality-mark-answer-list": {"body": "It is clear."},
    "POST:api:quality-mark-resolve": {"resolution": "It is clear."},
    "POST:api:moderation-list": {"act": "lock"},
    "POST:api:annotation-batch": {"items": []},
    "POST:api:reply-list": {"kind": "comment", "body": "A remark."},
    "PUT:api:audience": {"audience": "staff"},
    "PATCH:api:annotation-detail": {"body": "Who pays for it?"},
}


def seen(response):
    """What a person gets, in the words of the tables."""
    if response.streaming:
        b"".join(response.streaming_content)
    to_sign_in = response.status_code == 302 and "/accounts/login/?next=" in response["Location"]
    return "login" if to_sign_in else str(response.status_code)


# Calls that create nothing, and change what has a version.
POSTS_OF_GRADING = rubrics.POSTS_THAT_CHANGE | releases.POSTS_THAT_CHANGE
POSTS_THAT_CHANGE = POSTS_OF_GRADING | {
    "POST:api:claim-split",
    "POST:api:mark-submit",
    "POST:api:mark-reopen",
    "POST:api:mark-withdraw",
    "POST:api:mark-feedback",
    "POST:api:work-take-in",
    "POST:api:moderation-list",
    "POST:api:quality-mark-resolve",
    "POST:api:source-merge",
    "POST:api:source-found",
}
# What is answered without a version, and under another one, where that is not 428 and 412: what is
# a person's own word, or on or off, has no two versions.
VERSIONLESS: dict[str, Any] = dict.fromkeys(
    [
        "DELETE:api:annotation-flag-list", "PUT:api:seminar-archive", "DELETE:api:seminar-archive",
        "PUT:api:join", "PUT:api:group-membership", "DELETE:api:group-membership",
        "PUT:api:accommodation-detail", "DELETE:api:token-detail", "PUT:api:mute",
        "DELETE:api:mute", "PUT:api:import-placement", "DELETE:api:import-placement",
        "PUT:api:side-list", "PUT:api:work-lease", "DELETE:api:work-lease",
    ],
    (None, "400"),
) | dict.fromkeys(
    [
        "PUT:api:me-too", "DELETE:api:me-too",
        "PUT:wa:annotation", "PATCH:wa:annotation", "DELETE:wa:annotation",
    ],
    (None, "412"),
)  # fmt: skip
# It is not the answer, so there is nothing left to do; nothing is merged with itself. Both under
# whatever version.
VERSIONLESS |= dict.fromkeys(["DELETE:api:answer", "PUT:api:claim-merge"], ("428", None))


def form_data(name):
    """What a person fills in; an upload is read once, so each has a file of his own."""
    if name == "essays:import_replace":
        return {"version": 2, "file": SimpleUploadedFile("essay.md", b"One paragraph of words.")}
    if name == "exchange:import":
        nodeset = json.dumps(JSON["POST:api:graph-import"]).encode()
        return {"file": SimpleUploadedFile("debate.json", nodeset)}
    return FORM_DATA.get(name, {})


def undone(act, *, reads=False):
    """What `act` returns; what it wrote is taken back, so that the next role finds the same.

    With it goes what the process keeps, as counters were never as high; not of what only `reads`,
    so that nobody is shown what was made for another.
    """
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    if not reads:
        kept.forget()
    return result


@pytest.mark.parametrize(("name", "expected"), lines(PAGES))
def test_page_is_given_to_exactly_its_roles(name, expected, world, cast, page):
    got = {role: seen(page(user).get(world(name))) for role, user in cast.items()}

    assert got == expected


@pytest.mark.parametrize(("name", "expected"), lines(FORMS))
def test_form_is_taken_from_exactly_its_roles(name, expected, world, cast, page):
    got = {
        role: seen(undone(lambda user=user: page(user).post(world(name), form_data(name))))
        for role, user in cast.items()
    }

    assert got == expected


def what_is_sent(call, world, assignment, paragraphs):
    """The body of the call in that world, as a test client takes it."""
    method = call.partition(":")[0]
    about = {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk)}
    if call == "POST:api:assignment-list":
        body = {"essay": str(assignment.essay_id), "title": "Again"}
    elif call in {"POST:api:essay-list", "POST:api:import-list"}:
        body = {"seminar": str(assignment.seminar_id), "text": "# Rents\n\nOne paragraph of words."}
    elif call == "POST:api:assignment-template-list":
        body = {"assignment": str(assignment.pk), "name": "Two weeks"}
    elif call == "PUT:api:anchors":
        body = {"anchors": [{"paragraph": str(paragraphs[1].pk)}]}
    elif call in {"POST:api:mark-list", "POST:api:work-next", "POST:api:regrade-request-list"}:
        work, grade = (world(f"api:{one}-detail").split("/")[4] for one in ("work", "grade"))
        body = {
            "POST:api:mark-list": {"work": work},
            "POST:api:work-next": {"assignment": about["assignment"]},
            "POST:api:regrade-request-list": {"grade": grade, "body": "Look again."},
        }[call]
    elif call == "POST:api:quality-mark-list":
        body = {"annotation": world("annotations:detail").split("/")[2], "type": "move"}
    elif call in OF_A_SHELF:
        about = {"seminar": str(assignment.seminar_id), "source": str(TWIN)}
        about |= {"title": "Rivers", "quote": "Rivers rise.", "sources": [str(ELSEWHERE)]}
        about["text"] = "@book{a, title = {Rivers}}"
        body = {name: about[name] for name in OF_A_SHELF[call]}
    elif call == "POST:api:paragraph-tag-list":
        body = {"paragraph": about["paragraph"], "tag": str(TAG)}
    elif call == "POST:api:claim-list":
        body = {"assignment": about["assignment"], "text": "Dear.", "is_explicit": False}
    else:
        body = JSON.get(call, about | {"kind": "comment", "body": "A remark."})
    sends = call in JSON or method in {"POST", "PATCH"} or call == "PUT:api:anchors"
    given = {"data": json.dumps(body if sends else {})}
    given["content_type"] = "application/json"
    return given


@pytest.mark.parametrize(("call", "expected"), lines(API))
def test_call_is_answered_to_exactly_its_roles(
    call, expected, world, cast, api, assignment, paragraphs
):
    method, name = call.split(":", 1)
    given = what_is_sent(call, world, assignment, paragraphs)
    scopes = SCOPES.get(call, ("read", "write"))

    got = {
        role: seen(
            undone(lambda user=user: api(user, scopes=scopes).generic(method, world(name), **given))
        )
        for role, user in cast.items()
    }

    assert got == expected


def changes():
    """The lines of calls that change what is there: all but those that read and that create."""
    return [
        (call, expected)
        for call, expected in lines(API)
        if call.startswith(("PUT", "PATCH", "DELETE")) or call in POSTS_THAT_CHANGE
    ]


@pytest.mark.parametrize(("call", "expected"), changes())
def test_change_says_what_it_was_made_from(
    call, expected, world, cast, api, assignment, paragraphs
):
    """428 without a version and 412 with another one, but to nobody who may not change it."""
    method, name = call.split(":", 1)
    given = what_is_sent(call, world, assignment, paragraphs)
    scopes = SCOPES.get(call, ("read", "write"))
    without, stale = VERSIONLESS.get(call, ("428", "412"))

    def answers(tag):
        return {
            role: seen(
                undone(
                    lambda user=user: api(user, scopes=scopes, if_match=tag).generic(
                        method, world(name), **given
                    )
                )
            )
            for role, user in cast.items()
        }

    def wanted(answer):
        return {
            role: usual if usual in {"401", "403", "404"} else answer or usual
            for role, usual in expected.items()
        }

    assert answers(None) == wanted(without)
    assert answers('"99-0123456789abcdef"') == wanted(stale)


@pytest.mark.parametrize(("name", "expected"), lines(ALLAUTH))
def test_page_of_an_account_is_given_to_whom_it_concerns(name, expected, page, cast):
    route = next(route for other, route, _ in patterns() if other == name)
    address = "/" + re.sub(r"\(\?P<\w+>[^)]*\)", "1", route).replace("^", "").replace("$", "")

    got = {role: seen(page(cast[role]).get(address)) for role in expected}

    assert got == expected


def test_admin_is_for_operators_only(page, cast):
    address = "/admin/accounts/user/"

    got = {role: page(user).get(address) for role, user in cast.items()}

    assert got.pop("operator").status_code == 200
    assert got.pop("anonymous")["Location"] == f"/accounts/login/?next={address}"
    assert {response["Location"] for response in got.values()} == {f"/admin/login/?next={address}"}


# -- nothing is left out of the tables ------------------------------------------------------------


def test_every_address_has_a_line():
    named = {name for text in (PAGES, FORMS) for name, _ in lines(text)}
    named |= {call.split(":", 1)[1] for call, _ in lines(API)}

    assert named == {name for name, _, _ in own_patterns()}


def test_every_address_of_another_package_is_known():
    names = {name for name, _, _ in third_party_patterns() if not name.startswith("admin:")}

    assert names == {name for name, _ in lines(ALLAUTH)}


def test_every_view_of_ours_says_who_may_call_it():
    marks = {route: getattr(view, "policy", None) for _, route, view in own_patterns()}

    assert {
        route: mark for route, mark in marks.items() if mark not in {"public", "signed_in"}
    } == {}


def test_every_view_marked_for_people_who_signed_in_sends_others_away():
    closed = {name for name, _, view in own_patterns() if view.policy == "signed_in"}
    sent = {
        name for text in (PAGES, FORMS) for name, who in lines(text) if who["anonymous"] == "login"
    }

    assert closed == sent


def test_every_method_of_every_page_has_a_line(world, instructor, page):
    """A method that no page offers is answered with those that the page does: they are the tables'."""
    offered = {
        (name, method)
        for name, _, _ in own_patterns()
        if not name.startswith(("api:", "wa:"))
        for method in page(instructor).generic("TRACE", world(name))["Allow"].split(", ")
    }

    named = {(name, "GET") for name, _ in lines(PAGES)} | {
        (name, "POST") for name, _ in lines(FORMS)
    }
    assert {one for one in offered if one[1] not in {"HEAD", "OPTIONS"}} == named


def test_every_method_of_the_api_has_a_line(world, instructor, api):
    offered = {
        f"{method}:{name}"
        for name, _, view in own_patterns()
        if hasattr(view, "cls") and name != "api_try"  # the page on which they are tried
        for method in api(instructor).options(world(name))["Allow"].split(", ")
        if method not in {"HEAD", "OPTIONS"}
    }

    assert offered == {call for call, _ in lines(API)} - {"GET:api:"}


# -- what is hidden is as what is absent ----------------------------------------------------------

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def absent(address):
    """An address of the same form with nothing behind it."""
    unknown = UUID.sub(str(uuid.uuid4()), address)
    return unknown if unknown != address else address.replace("water-policy", "water-permit")


def hidden_from(role, text):
    return [
        name
        for name, who in lines(text)
        if who[role] == "404" and name not in {"api:", "demo_entry"}
    ]


@pytest.mark.parametrize("name", hidden_from("outsider", PAGES))
def test_page_that_is_hidden_is_as_one_that_is_absent(name, world, outsider, page):
    address = world(name)

    expect_same_as_absent(page(outsider).get(address), page(outsider).get(absent(address)))


@pytest.mark.parametrize("name", hidden_from("outsider", FORMS))
@pytest.mark.parametrize("given", ["good", "bad"])
def test_form_that_is_hidden_is_as_one_that_is_absent(name, given, world, outsider, page):
    address, form = world(name), form_data(name) if given == "good" else {"version": "x"}

    hidden, unknown = (page(outsider).post(at, form) for at in (address, absent(address)))

    expect_same_as_absent(hidden, unknown)


@pytest.mark.parametrize(
    "call",
    sorted(
        {*hidden_from("outsider", API)}
        - {"POST:api:work-next"}
        - {"POST:api:mark-list", "POST:api:regrade-request-list"}
        - {"POST:api:annotation-list", "POST:api:assignment-list", "POST:api:quality-mark-list"}
        - {*OF_A_SHELF}
        - {"POST:api:claim-list", "POST:api:inference-list", "POST:api:relation-list"}
        - {"POST:api:essay-list", "POST:api:import-list", "POST:api:assignment-template-list"}
    ),
)
@pytest.mark.parametrize("body", ["{}", "{", '{"kind": "praise", "version": "x"}'])
def test_call_that_is_hidden_is_as_one_that_is_absent(call, body, world, outsider, api):
    """Whatever the body and its preconditions say: nothing of it is looked at."""
    method, name = call.split(":", 1)
    address = world(name)
    given = {"content_type": "application/json", "HTTP_IF_MATCH": '"99"'}

    scopes = SCOPES.get(call, ("read", "write"))

    hidden, unknown = (
        api(outsider, scopes=scopes).generic(method, at, body, **given)
        for at in (address, absent(address))
    )

    expect_same_as_absent(hidden, unknown)


@pytest.mark.parametrize("rest", [{}, {"kind": "praise", "paragraph": "x", "body": 7}])
def test_assignment_that_is_hidden_takes_as_little_as_one_that_is_absent(
    rest, assignment, outsider, api
):
    hidden, unknown = (
        api(outsider).post("/api/v1/annotations/", {"assignment": str(one), **rest})
        for one in (assignment.pk, uuid.uuid4())
    )

    expect_same_as_absent(hidden, unknown)


ANNOTATION_PAGES = ["detail", "reply", "edit", "withdraw", "history"]


@pytest.mark.parametrize("role", ["student", "observer", "assistant", "instructor"])
@pytest.mark.parametrize("name", ANNOTATION_PAGES)
def test_page_of_a_classmates_private_annotation_is_as_of_none(
    name, role, assignment, classmate, page, request
):
    hidden = AnnotationFactory(assignment=assignment, author=classmate, audience="private")
    client = page(request.getfixturevalue(role))
    ending = "" if name == "detail" else f"{name}/"

    expect_same_as_absent(
        client.get(f"/annotations/{hidden.pk}/{ending}"),
        client.get(f"/annotations/{uuid.uuid4()}/{ending}"),
    )
