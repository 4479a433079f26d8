"""What the people of the load generator do is what the pages ask for."""

from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Decision, Enrolment, EvidenceVersion, Sample
from bench.centre import open_centre
from bench.journeys import JOURNEYS, Said, Visitor, at_work
from bench.load import people
from bench.loading import fill
from bench.reading import Page

FORM = """
<a href="/one/">One</a> <a href="/one/">again</a>
<form method="post" id="own" action="/there/"><input type="hidden" name="token" value="t"><input name="title">
<textarea name="words">
As typed</textarea>
<select name="kind"><option value="a">A</option><option value="b" selected>B</option></select>
<input type="checkbox" name="told"><input type="radio" name="way" value="x" checked>
<input name="gone" disabled value="no"><button name="then" value="draft">Save</button></form>
<input type="checkbox" name="outside" value="1" checked form="own">
"""


def counted() -> tuple[int, ...]:
    handed_in = EvidenceVersion.objects.filter(submitted_at__isnull=False)
    done = Sample.objects.filter(done_at__isnull=False)
    return (handed_in.count(), Decision.objects.count(), Sample.objects.count(), done.count())


def test_a_form_sends_what_a_browser_would() -> None:
    page = Page(FORM)
    form = page.form("title")
    assert (form.action, form.method, page.leading("/one")) == ("/there/", "post", ["/one/"])
    untouched = [("token", "t"), ("title", ""), ("words", "As typed"), ("kind", "b"), ("way", "x"), ("outside", "1")]
    assert sorted(form.sent) == sorted(untouched)
    assert form.presses == [("then", "draft")]
    assert sorted(form.filled([("title", "Log"), ("told", "on")])) == sorted(
        [*(pair for pair in untouched if pair[0] != "title"), ("title", "Log"), ("told", "on")]
    )


@pytest.mark.django_db(transaction=True)
def test_everybody_gets_through_their_work(live_server: Any) -> None:
    now = timezone.now()
    fill(open_centre("Measured Centre", now), range(1, 5), now, items=5)
    before, said = counted(), Said()
    who = people({"candidate": 1, "assessor": 1, "verifier": 1, "administrator": 1})
    assert sorted(one.role for one in who) == sorted(JOURNEYS)
    at_work([Visitor(one, live_server.url, "", 0, seed, said) for seed, one in enumerate(who)], JOURNEYS, 0)
    assert said.errors == []
    assert len(said.answers) > 30
    assert all(after > earlier for after, earlier in zip(counted(), before, strict=True))
    assert Enrolment.objects.count() == 16
