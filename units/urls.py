"""Addresses of the standard."""

from django.urls import path

from units import views

app_name = "units"

urlpatterns = [
    path("", views.unit_list, name="list"),
    path("<slug:key>/<int:version>/", views.unit, name="unit"),
]
