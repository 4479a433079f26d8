"""How an action is answered, sent back and closed on its page, whether it is of a unit or of the centre."""

from assessments.forms.verification import AnswerForm, ReturnForm
from assessments.models import AskedOf
from portfolio.access import SignedInRequest
from portfolio.views.answers import in_progress


def pressed(request: SignedInRequest) -> str:
    """What was pressed: `close`, `send_back` or `answer`; empty while the page is only asked for."""
    if request.method != "POST":
        return ""
    return next((press for press in ("close", "send_back") if press in request.POST), "answer")


def turn_forms(
    request: SignedInRequest, press: str, about: str, action: AskedOf, *, answering: bool, closing: bool
) -> tuple[AnswerForm | None, ReturnForm | None]:
    """The form of an answer and that of sending one back, each for whoever may use it now, or has just sent it."""
    answer = back = None
    if answering or press == "answer":
        work = in_progress(request, AnswerForm, about, action.answer)
        data = work.data if press in ("", "answer") else None
        answer = AnswerForm(data, work=work, initial={"answer": action.answer})
    if closing or press == "send_back":
        work = in_progress(request, ReturnForm, about, action.answer)
        back = ReturnForm(work.data if press in ("", "send_back") else None, work=work)
    return answer, back
