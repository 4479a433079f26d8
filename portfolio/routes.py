"""Addresses of the ground floor."""

from django.urls import path

from portfolio.views import invitation

app_name = "portfolio"

urlpatterns = [
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
]
