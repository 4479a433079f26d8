"""Addresses of the upper floor, by chapter."""

from django.urls import path

from assessments.views import record
from assessments.workflow import UNIT_STEPS

app_name = "assessments"

urlpatterns = [
    # record
    path("enrolments/<int:pk>/", record.enrolment_page, name="enrolment"),
    *(
        path(f"enrolments/<int:pk>/{verb.value.replace('_', '-')}/", record.verb, {"verb": verb.value}, name=verb.value)
        for verb in UNIT_STEPS
    ),
]
