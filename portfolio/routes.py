"""Addresses of the ground floor."""

from django.urls import include, path

from portfolio.views import (
    diversity,
    documents,
    genuine,
    health,
    importing,
    induction,
    invitation,
    jobs,
    news,
    people,
    privacy,
    roles,
    staff,
    transfers,
    ways_in,
    work,
)

app_name = "portfolio"

person = [
    path("", people.person, name="person"),
    path("candidate/", people.edit_candidate, name="edit_candidate"),
    path("identity/", induction.check_identity, name="check_identity"),
    path("induction/", induction.record_induction, name="record_induction"),
    path("staff/", people.edit_staff, name="edit_staff"),
    path("invite-again/", people.invite_again, name="invite_again"),
    path("second-factor/remove/", ways_in.remove_factor, name="remove_factor"),
    path("sign-out/", ways_in.sign_out, name="sign_out"),
    path("roles/new/", roles.grant_role, name="grant_role"),
    path("roles/<int:grant_pk>/end/", roles.end_role, name="end_role"),
    path("qualifications/new/", roles.add_qualification, name="add_qualification"),
    path("qualifications/<int:award_pk>/achieved/", roles.qualification_achieved, name="qualification_achieved"),
]

table = [
    path("", importing.people_import, name="people_import"),
    path("changes/", importing.choose_changes, name="choose_changes"),
    path("throw-away/", importing.throw_import_away, name="throw_import_away"),
    path("go-on/", importing.go_on_importing, name="go_on_importing"),
    path("bad-rows.<ending:ending>", importing.bad_rows_file, name="bad_rows_file"),
]

member = [
    path("", staff.staff_member, name="staff_member"),
    path("competence/new/", staff.record_competence, name="record_competence"),
    path("development/file/<ending:ending>/", staff.development_file, name="development_file"),
]

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("readyz/pages", health.ready_for_pages, name="ready_for_pages"),
    path("metrics", health.metrics, name="metrics"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/file/", documents.document_file, name="document_file"),
    path("check/", genuine.genuine, name="genuine"),
    path("check/<str:reference>/", genuine.genuine_reference, name="genuine_reference"),
    path("centre/<slug:slug>/uploads/", transfers.uploads, name="uploads"),
    path("uploads/<uuid:token>/", transfers.upload, name="upload"),
    path("work/keep/", work.keep, name="keep_work"),
    path("work/discard/", work.discard, name="discard_work"),
    path("news/", news.news, name="news"),
    path("news/read/", news.read, name="read_news"),
    path("news/settings/", news.telling, name="telling"),
    path("news/stop/<str:token>/", news.stop, name="stop_digest"),
    path("about-me/", induction.own_record, name="own_record"),
    path("about-me/induction/<int:pk>/", induction.acknowledge_induction, name="acknowledge_induction"),
    path("about-me/<slug:slug>/", diversity.own_diversity, name="own_diversity"),
    path("about-me/<slug:slug>/erase/", diversity.erase_diversity, name="erase_diversity"),
    path("staff/", staff.all_staff, name="all_staff"),
    path("staff/competence/<int:pk>/end/", staff.end_competence, name="end_competence"),
    path("development/", staff.own_development, name="own_development"),
    path("development/<int:pk>/", staff.correct_development, name="correct_development"),
    path("development/<int:pk>/take-out/", staff.take_back_development, name="take_back_development"),
    path("centre/<slug:slug>/development/new/", staff.record_development, name="record_development"),
    path("centre/<slug:slug>/staff/", staff.staff, name="staff"),
    path("centre/<slug:slug>/staff/file/<ending:ending>/", staff.staff_file, name="staff_file"),
    path("centre/<slug:slug>/staff/<slug:handle>/", include(member)),
    path("centre/<slug:slug>/candidates-in-numbers/", diversity.diversity, name="diversity"),
    path("people/", people.people, name="people"),
    path("centre/<slug:slug>/people/", people.centre_people, name="centre_people"),
    path("centre/<slug:slug>/jobs/", jobs.jobs, name="jobs"),
    path("centre/<slug:slug>/jobs/<uuid:pk>/again/", jobs.try_job_again, name="try_job_again"),
    path("centre/<slug:slug>/settings/", people.centre_settings, name="centre_settings"),
    path("centre/<slug:slug>/settings/privacy/", privacy.set_privacy_notice, name="set_privacy_notice"),
    path("privacy/<slug:slug>/", privacy.privacy_notice, name="privacy_notice"),
    path("centre/<slug:slug>/people/file/<ending:ending>/", people.people_file, name="people_file"),
    path("centre/<slug:slug>/people/add-candidate/", people.add_candidate, name="add_candidate"),
    path("centre/<slug:slug>/people/add-staff/", people.add_staff, name="add_staff"),
    path("centre/<slug:slug>/people/invite/", importing.invite_held_back, name="invite_held_back"),
    path("centre/<slug:slug>/people/from-a-table/", importing.import_people, name="import_people"),
    path("centre/<slug:slug>/people/from-a-table/<int:pk>/", include(table)),
    path(
        "centre/<slug:slug>/people/from-a-table/template.<ending:ending>",
        importing.template,
        name="people_template",
    ),
    path("centre/<slug:slug>/people/<slug:handle>/", include(person)),
]
