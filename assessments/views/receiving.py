"""Files that come with a form: in the vault before the form is read, so that bad input loses none of them."""

from dataclasses import dataclass, field

from django.utils import timezone

from assessments.actions.evidence import NamedFile
from assessments.forms.uploads import keep, recall
from portfolio.access import SignedInRequest
from portfolio.models import Centre
from portfolio.work import Work


@dataclass(frozen=True)
class Received:
    """The files there are now, and the sentences for those that are not kept."""

    kept: list[NamedFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def received(request: SignedInRequest, centre: Centre, work: Work) -> Received:
    """What came before, by the tokens of the uploads, and what comes now. Nothing when nothing was typed or sent."""
    if work.data is None:
        return Received()
    tokens = work.data.getlist("upload")
    names = {token: work.data.get(f"name-{token}", "") for token in tokens}
    before, lost = recall(tokens, names, centre=centre, by=request.user)
    kept, refused = keep(request.FILES.getlist("uploads"), centre=centre, by=request.user, at=timezone.now())
    return Received(before + kept, lost + refused)
