"""Files handed over to nginx: the location of deploy/nginx/nvq-portfolio.conf, run in front of the product."""

import re
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from portfolio import serving, vault
from portfolio.models import StoredFile
from portfolio.testing import a_centre
from portfolio.tests import nginx, small_files

CALL = small_files.wav(20)
SAID = ["Content-Type", "Content-Disposition", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]
SAID += ["ETag", *serving.HEADERS]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls(__name__),
]


def stored_file(request: HttpRequest, number: int, download: int) -> HttpResponseBase:
    return serving.serve(request, StoredFile.objects.get(pk=number), name="Ŵyr.wav", download=bool(download))


urlpatterns = [path("<int:number>/<int:download>/", stored_file)]


def location_shipped() -> str:
    """The one of the configuration that an operator copies, with the vault of the test."""
    shipped = (house.BASE_DIR / "deploy" / "nginx" / "nvq-portfolio.conf").read_text()
    found = re.search(r"^    location /stored/ \{.*?^    \}", shipped, re.M | re.S)
    assert found
    assert "alias /var/lib/nvq-portfolio/vault/;" in found[0]
    return found[0].replace("/var/lib/nvq-portfolio/vault/", f"{house.VAULT_DIR}/")


def asked(port: int, address: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_nginx_sends_the_file_with_all_that_we_say_and_gives_it_to_nobody_by_itself(
    live_server: LiveServer, settings: pytest_django.Settings, tmp_path: Path
) -> None:
    settings.HANDOVER = "nginx"
    stored = vault.store(centre=a_centre(), file=SimpleUploadedFile("x", CALL), name="call.wav", at=timezone.now())
    server = f"location / {{ proxy_pass {live_server.url}; }} {location_shipped()}"
    with nginx.running(tmp_path / "nginx", server) as port:
        for download in (0, 1):
            settings.HANDOVER = "none"
            ours, _ = asked(port, f"/{stored.pk}/{download}/")
            settings.HANDOVER = "nginx"
            answer, content = asked(port, f"/{stored.pk}/{download}/")
            assert (answer.status, content) == (200, CALL)
            for name in SAID:
                assert answer.headers.get_all(name) == ours.headers.get_all(name), name
            assert answer.headers["X-Accel-Redirect"] is None
        part, content = asked(port, f"/{stored.pk}/0/", Range="bytes=1000-1999", If_Range=str(answer.headers["ETag"]))
        assert (part.status, content) == (206, CALL[1000:2000])
        assert part.headers["Content-Security-Policy"] == serving.PLAYS
        assert asked(port, f"/{stored.pk}/0/", "HEAD")[0].headers["Content-Length"] == str(len(CALL))
        assert asked(port, f"{serving.INTERNAL}{vault.place_of(stored)}")[0].status == 404


@pytest.mark.django_db
def test_photographs_in_place_are_sent_by_ourselves_without_their_place(settings: pytest_django.Settings) -> None:
    settings.HANDOVER = "nginx"
    file = SimpleUploadedFile("x", small_files.photograph_with_place())
    stored = vault.store(centre=a_centre(), file=file, name="desk.jpg", at=timezone.now())
    request = RequestFactory().get("/")
    shown, download = (serving.serve(request, stored, name="desk.jpg", download=keep) for keep in (False, True))
    assert "X-Accel-Redirect" not in shown
    assert download["X-Accel-Redirect"] == f"/stored/{vault.place_of(stored)}"
    vault.destroy(stored)
    with pytest.raises(Http404):
        serving.serve(request, stored, name="desk.jpg", download=True)
    shown.close()
