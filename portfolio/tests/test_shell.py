"""The page shell: what every page brings along, whoever looks at it."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from portfolio import testing
from portfolio.enums import Role
from portfolio.models import User
from portfolio.templatetags.times import age

SORRY_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "account/lockout.html"]
OF_THE_CENTRE = tuple(role for role in Role if role != Role.EXTERNAL_VERIFIER)
EVERYBODY = [(Role.CANDIDATE, Role.ASSESSOR), (Role.ASSESSOR, Role.ADMINISTRATOR), OF_THE_CENTRE]
ENTRANCES = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
FILES_OF_A_PAGE = re.compile(r'<(?:script|link|img)\b[^>]*?(?:src|href)="/static/([^"]+)"')
THEN = datetime.datetime(2026, 3, 14, 10, 30, tzinfo=datetime.UTC)


@pytest.fixture
def somebody(db: None) -> Callable[..., User]:
    """Somebody at a centre in the roles asked for, able to sign in."""

    def invite(*roles: Role) -> User:
        centre = testing.a_centre()
        user = testing.a_staff_member(centre, "Una Staff", *(role for role in roles if role != Role.CANDIDATE)).user
        if Role.CANDIDATE in roles:
            testing.a_candidate(centre, "Una Staff")
        return testing.with_password(user)

    return invite


def is_well_made(page: str) -> None:
    """Titled, one h1, landmarks, a skip link that leads somewhere, each id once, and nothing the CSP would refuse."""
    assert re.search(r"<title>[^<]*\w[^<]* · NVQ Portfolio</title>", page)
    assert page.count("<h1") == 1
    assert page.count("<main ") == page.count("<header ") == 1
    assert 'href="#main"' in page
    assert 'id="main"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    shown = re.findall(r'<use href="#([^"]+)"', page)
    assert set(shown) <= set(ids), "a mark is shown that is not drawn"
    opened = re.findall(r'popovertarget="([^"]+)"', page)
    assert set(opened) <= set(ids)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ENTRANCES)
def test_a_page_of_the_entrance_is_well_made(client: Client, name: str) -> None:
    is_well_made(client.get(reverse(name)).content.decode())


@pytest.mark.parametrize("template", SORRY_PAGES)
def test_a_page_that_says_sorry_needs_no_context(template: str) -> None:
    is_well_made(render_to_string(template))


@pytest.mark.django_db
def test_a_stranger_is_shown_no_navigation(client: Client) -> None:
    page = client.get(reverse("account_login")).content.decode()
    assert 'id="pages"' not in page
    assert re.findall(r"<script[^>]*/static/([^\"]+)", page) == ["mfa/js/webauthn-json.js", "js/passkeys.js"]


@pytest.mark.parametrize("roles", EVERYBODY)
def test_it_is_well_made_for_every_role(client: Client, somebody: Callable[..., User], roles: tuple[Role, ...]) -> None:
    user = somebody(*roles)
    client.force_login(user)
    page = client.get(reverse("account_change_password")).content.decode()
    is_well_made(page)
    assert user.email in page
    assert [role.label for role in Role if f">{role.label}</span>" in page] == [r.label for r in Role if r in roles]


def test_the_way_out_is_a_form(client: Client, somebody: Callable[..., User]) -> None:
    client.force_login(somebody(Role.ASSESSOR))
    page = client.get(reverse("account_change_password")).content.decode()
    assert f'<form method="post" action="{reverse("account_logout")}">' in page
    client.get(reverse("account_logout"))
    assert client.get(reverse("account_change_password")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("account_change_password")).status_code == 302


def test_the_navigation_marks_the_page_it_is_on() -> None:
    request = RequestFactory().get(reverse("account_login"))
    here = Template('{% load shell %}{% nav_link "Sign in" "account_login" %}')
    there = Template('{% load shell %}{% nav_link "Sign out" "account_logout" %}')
    nowhere = Template('{% load shell %}{% nav_link "The moon" "the-moon" %}')
    assert 'aria-current="page">Sign in<' in here.render(Context({"request": request}))
    assert ">Sign out<" in there.render(Context({"request": request}))
    assert "aria-current" not in there.render(Context({"request": request}))
    assert nowhere.render(Context({"request": request})).strip() == ""


def test_a_list_links_to_its_records() -> None:
    there = Template('{% load shell %}{{ pk|link:"portfolio:document" }}')
    for pk in (7, 123_456):
        assert there.render(Context({"pk": pk})) == reverse("portfolio:document", args=[pk])


def test_days_and_moments_are_said_where_we_are() -> None:
    summer = datetime.datetime(2026, 7, 1, 23, 30, 5, tzinfo=datetime.UTC)
    said = Template("{% load shell %}{{ at|day }}, {{ at|exactly }}, {{ at|stamp }}, {{ on|day }}")
    words = said.render(Context({"at": summer, "on": datetime.date(2026, 1, 9)}))
    assert words == "2 July 2026, 2 July 2026, 00:30, 2026-07-02T00:30:05+01:00, 9 January 2026"


def test_the_navigation_marks_the_page_it_leads_on_to(client: Client, somebody: Callable[..., User]) -> None:
    client.force_login(somebody(Role.ADMINISTRATOR))
    page = client.get(reverse("portfolio:people"), follow=True).content.decode()
    assert f'href="{reverse("portfolio:people")}" aria-current="page">People<' in page


def test_a_first_visit_is_small(client: Client, somebody: Callable[..., User]) -> None:
    client.force_login(somebody(*OF_THE_CENTRE))
    page = client.get(reverse("account_change_password"))
    files = FILES_OF_A_PAGE.findall(page.content.decode())
    size = len(page.content) + sum(Path(found).stat().st_size for name in files if (found := finders.find(name)))
    assert len(files) + 1 <= 8, "two of the ten requests are left for what the page shows"
    assert size <= 110_000, "forty of the 150 KB are left for what the page shows"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "today"),
        (0, "today"),
        (1, "yesterday"),
        (27, "27 days"),
        (28, "4 weeks"),
        (130, "4 months"),
        (800, "2 years"),
    ],
)
def test_an_age_is_said_in_one_unit(days: int, words: str) -> None:
    assert age(timezone.now() - datetime.timedelta(days=days)) == words


# --- components ------------------------------------------------------------------------------------------------------


def drawn(component: str, **context: object) -> str:
    """The component without its white space."""
    return " ".join(render_to_string(f"components/{component}.html", context).split())


@pytest.mark.parametrize(
    "layer", ["not_started", "claimed", "contributes", "pending", "accepted", "confirmed", "returned"]
)
def test_every_status_has_a_shape_and_a_word(layer: str) -> None:
    assert f'id="mark-{layer}"' in drawn("sprite")
    mark = written("{{ layer|status:label }}", layer=layer, label="As it is")
    assert f'href="#mark-{layer}"' in mark
    assert "As it is" in mark


def test_the_layers_say_in_words_what_they_draw() -> None:
    progress = SimpleNamespace(total=28, claimed=20, accepted=12, confirmed=4, stale=False)
    bar = written('{{ progress|layers:"criteria" }}', progress=progress)
    assert "Of 28 criteria: 20 claimed, 12 accepted, 4 confirmed" in bar
    assert '<rect class="accepted" y="2" width="12"' in bar
    assert "out of date" not in bar
    progress.stale = True
    assert "Signature out of date" in written('{{ progress|layers:"criteria" }}', progress=progress)


def test_refusals_are_sentences_with_their_links() -> None:
    panel = drawn("refusals", title="Still missing", refusals=[("2.3 is not met.", "/2.3/"), ("No signature.", None)])
    assert '<a href="/2.3/">2.3 is not met.</a>' in panel
    assert "<span>No signature.</span>" in panel
    assert "Nothing is missing." in drawn("refusals", title="Still missing", refusals=[])
    assert "All is there." in drawn("refusals", title="Still missing", refusals=[], clear="All is there.")


def test_an_empty_state_says_what_to_do_first() -> None:
    assert '<a class="btn btn-primary" href="/add/">Add</a>' in drawn(
        "empty_state", title="Nothing yet", text="Begin.", url="/add/", action="Add"
    )
    assert "<a" not in drawn("empty_state", title="Nothing yet", text="Begin.")


def test_a_signature_shows_whether_it_still_counts() -> None:
    signed = {"name": "Ann Lee", "role": "Assessor", "signed_at": THEN, "digest": "0123456789abcdef" * 4}
    assert "14 March 2026" in drawn("signature_block", **signed)
    assert ">0123456789ab<" in drawn("signature_block", **signed)
    assert "signed again" in drawn("signature_block", **signed, stale=True)
    void = drawn("signature_block", **signed, stale=True, void_reason="The unit was sent back.")
    assert "No longer counts: The unit was sent back." in void
    assert "signed again" not in void
    assert "Not signed yet" in drawn("signature_block", role="Candidate")


def test_doubtful_wording_is_marked_with_its_note() -> None:
    criterion = SimpleNamespace(number="2.3", text="Coordinate […]", wording_note="", get_wording_display="Repaired")
    assert "Repaired" not in drawn("criterion", criterion=criterion)
    criterion.wording_note = "Two lines print over one another."
    assert "Two lines print over one another." in drawn("criterion", criterion=criterion)
    assert 'href="#mark-claimed"' in drawn("criterion", criterion=criterion, layer="claimed", label="Claimed")


def test_an_absent_fact_is_said_to_be_absent() -> None:
    facts = drawn("facts", facts=[("Candidate", "Ann Lee"), ("Level", None), ("Minutes", 0)])
    assert "<dd>Ann Lee</dd>" in facts
    assert facts.count("not given") == 1
    assert "<dd>0</dd>" in facts


def test_breadcrumbs_end_at_the_page_itself() -> None:
    crumbs = drawn("breadcrumbs", trail=[("Home", "/"), ("Evidence 3", None)])
    assert '<a href="/">Home</a>' in crumbs
    assert '<span aria-current="page">Evidence 3</span>' in crumbs


def test_the_pager_keeps_the_filters() -> None:
    request = RequestFactory().get("/?q=calls&page=2")
    request.user = AnonymousUser()
    page = Paginator(range(30), 10).page(2)
    pager = " ".join(render_to_string("components/pager.html", {"page": page}, request).split())
    assert "?q=calls&amp;page=3" in pager
    assert "Page 2 of 3" in pager
    assert drawn("pager", page=Paginator(range(3), 10).page(1)) == ""


def written(template: str, **context: object) -> str:
    """What a template makes of it, without its white space."""
    return " ".join(Template(template).render(Context(context)).split())


def test_a_filter_escapes_the_words_it_is_given() -> None:
    assert "<b>" not in written("{{ layer|status:label }}", layer="claimed", label="<b>bold</b>")
    assert "&lt;b&gt;" in written("{{ layer|mark:label }}", layer="claimed", label="<b>bold</b>")


def test_an_age_is_written_with_the_moment_behind_it() -> None:
    said = written("{{ moment|aged }}", moment=THEN)
    assert 'datetime="2026-03-14T10:30:00+00:00"' in said
    assert 'title="14 March 2026, 10:30"' in said
    assert f">{age(THEN)}</time>" in said


def test_the_key_shows_every_mark() -> None:
    assert drawn("mark_key").count("<use ") == 7


def test_no_template_styles_or_scripts_in_line() -> None:
    folder = settings.BASE_DIR / "templates"
    for template in (*folder.rglob("*.html"), *folder.rglob("*.jinja")):
        if "documents" not in template.parts:
            text = template.read_text()
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text), template


def test_a_template_loads_the_shells_words_only_to_use_them() -> None:
    loads, uses = re.compile(r"{% load [^%]*\bshell\b"), re.compile(r"{% nav_link|\|(?:holds|roles)\b")
    texts = {path: path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")}
    loading = [path for path, text in texts.items() if loads.search(text)]
    assert loading
    assert [path.name for path in loading if not uses.search(texts[path])] == []
