"""A small client of the tus protocol, for tests."""

import base64
import json

from django.http import HttpResponse, HttpResponseBase
from django.test import Client

from portfolio.models import Centre, Upload


class Uploading:
    """A browser of somebody who uploads to a centre."""

    def __init__(self, browser: Client, centre: Centre) -> None:
        self.browser, self.centre = browser, centre

    def begin(self, name: str, size: int | str) -> HttpResponseBase:
        """Announce a file."""
        told = base64.b64encode(name.encode()).decode()
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": f"filename {told}"}
        return self.browser.post(f"/centre/{self.centre.slug}/uploads/", headers=headers)

    def address(self, name: str, size: int) -> str:
        """Where the bytes of a file just announced go."""
        answer = self.begin(name, size)
        assert answer.status_code == 201
        return str(answer["Location"])

    def piece(self, address: str, offset: int | str, content: bytes) -> HttpResponseBase:
        """Send a piece."""
        kind = "application/offset+octet-stream"
        headers = {"Upload-Offset": str(offset), "Content-Type": kind}  # the client leaves out that of an empty body
        return self.browser.patch(address, content, content_type=kind, headers=headers)

    def whole(self, name: str, content: bytes) -> HttpResponseBase:
        """Announce a file and send it at once; the last answer."""
        answer = self.begin(name, len(content))
        return self.piece(answer["Location"], 0, content) if answer.status_code == 201 else answer


def upload_at(address: str) -> Upload:
    """The row behind an address."""
    return Upload.objects.get(token=address.rstrip("/").rsplit("/", 1)[1])


def told(answer: HttpResponseBase) -> str:
    """The sentences with which something was refused."""
    assert isinstance(answer, HttpResponse)
    sentences: list[str] = json.loads(answer.content)["refused"]
    return " ".join(sentences)
