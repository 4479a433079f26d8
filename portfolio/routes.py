"""Addresses of the ground floor."""

from django.urls import include, path

from portfolio.views import documents, importing, induction, invitation, news, people, roles, transfers, work

app_name = "portfolio"

person = [
    path("", people.person, name="person"),
    path("candidate/", people.edit_candidate, name="edit_candidate"),
    path("identity/", induction.check_identity, name="check_identity"),
    path("induction/", induction.record_induction, name="record_induction"),
    path("staff/", people.edit_staff, name="edit_staff"),
    path("invite-again/", people.invite_again, name="invite_again"),
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
    path("bad-rows.<str:ending>", importing.bad_rows_file, name="bad_rows_file"),
]

urlpatterns = [
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/file/", documents.document_file, name="document_file"),
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
    path("people/", people.people, name="people"),
    path("centre/<slug:slug>/people/", people.centre_people, name="centre_people"),
    path("centre/<slug:slug>/settings/", people.centre_settings, name="centre_settings"),
    path("centre/<slug:slug>/people/add-candidate/", people.add_candidate, name="add_candidate"),
    path("centre/<slug:slug>/people/add-staff/", people.add_staff, name="add_staff"),
    path("centre/<slug:slug>/people/invite/", importing.invite_held_back, name="invite_held_back"),
    path("centre/<slug:slug>/people/from-a-table/", importing.import_people, name="import_people"),
    path("centre/<slug:slug>/people/from-a-table/<int:pk>/", include(table)),
    path(
        "centre/<slug:slug>/people/from-a-table/template.<str:ending>",
        importing.template,
        name="people_template",
    ),
    path("centre/<slug:slug>/people/<slug:handle>/", include(person)),
]
