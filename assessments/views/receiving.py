"""Files that come with a form: in the vault before the form is read, so that bad input loses none of them."""

from dataclasses import dataclass, field

from django.core import signing
from django.utils import timezone

from assessments.actions.evidence import NamedFile
from assessments.forms.uploads import LOST, keep, recall
from portfolio.access import SignedInRequest
from portfolio.models import Centre


@dataclass(frozen=True)
class Received:
    """The files there are now, and the sentences for those that are not kept."""

    kept: list[NamedFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def received(request: SignedInRequest, centre: Centre) -> Received:
    """What came before, by its signed note, and what comes now. Nothing when the form is only asked for."""
    if request.method != "POST":
        return Received()
    before, lost = [], []
    if note := request.POST.get("kept", ""):
        try:
            before = recall(note, user=request.user, centre=centre)
        except signing.BadSignature:
            lost = [LOST]
    kept, refused = keep(request.FILES.getlist("uploads"), centre=centre, at=timezone.now())
    return Received(before + kept, lost + refused)
