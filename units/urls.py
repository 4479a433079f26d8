"""Addresses of the standard."""

from django.urls import path

from units.views import exchange, standard

app_name = "units"

urlpatterns = [
    path("", standard.unit_list, name="list"),
    path("qualifications/", standard.qualifications, name="qualifications"),
    path("qualifications/new/<slug:slug>/", standard.new_qualification, name="new_qualification"),
    path("qualifications/<slug:key>/<int:version>/", standard.qualification, name="qualification"),
    path("qualifications/<slug:key>/<int:version>/edit/", standard.edit_qualification, name="edit_qualification"),
    path("qualifications/<slug:key>/<int:version>/structure/", standard.structure, name="qualification_structure"),
    path(
        "qualifications/<slug:key>/<int:version>/publish/", standard.publish_qualification, name="publish_qualification"
    ),
    path("qualifications/<slug:key>/<int:version>/next/", standard.new_version, name="new_version"),
    path("bring-in/<slug:slug>/", exchange.import_units, name="import_units"),
    path("bring-in/<slug:slug>/<int:pk>/", exchange.unit_import, name="unit_import"),
    path("bring-in/<slug:slug>/<int:pk>/throw-away/", exchange.throw_units_away, name="throw_units_away"),
    path("<slug:key>/<int:version>/", standard.unit, name="unit"),
    path("<slug:key>/<int:version>/publish/", exchange.publish_unit, name="publish_unit"),
    path("<slug:key>/<int:version>/discard/", exchange.discard_draft, name="discard_draft"),
    path(
        "<slug:key>/<int:version>/compare/<slug:other_key>/<int:other_version>/",
        exchange.compare_versions,
        name="compare_versions",
    ),
    path("<slug:key>/<int:version>/export/", exchange.export_unit, name="export_unit"),
    path("<slug:key>/<int:version>/export/<slug:kind>/", exchange.unit_file, name="unit_file"),
]
