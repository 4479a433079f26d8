"""Addresses of the standard."""

from django.urls import path

from units import views

app_name = "units"

urlpatterns = [
    path("", views.unit_list, name="list"),
    path("qualifications/", views.qualifications, name="qualifications"),
    path("qualifications/new/<slug:slug>/", views.new_qualification, name="new_qualification"),
    path("qualifications/<slug:key>/<int:version>/", views.qualification, name="qualification"),
    path("qualifications/<slug:key>/<int:version>/edit/", views.edit_qualification, name="edit_qualification"),
    path("qualifications/<slug:key>/<int:version>/structure/", views.structure, name="qualification_structure"),
    path("qualifications/<slug:key>/<int:version>/publish/", views.publish_qualification, name="publish_qualification"),
    path("qualifications/<slug:key>/<int:version>/next/", views.new_version, name="new_version"),
    path("<slug:key>/<int:version>/", views.unit, name="unit"),
]
