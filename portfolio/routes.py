"""Addresses of the ground floor."""

from django.urls import path

from portfolio.views import documents, invitation

app_name = "portfolio"

urlpatterns = [
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/file/", documents.document_file, name="document_file"),
]
