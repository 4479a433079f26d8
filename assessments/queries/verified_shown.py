"""Who may fetch the documents of internal verification, and the page that each leads back to."""

from assessments.models import Exercise, Meeting, Sample
from assessments.queries.verified_papers import overseen_by, plans_shown, policies_shown
from portfolio.models import Centre, Document, User, centres_of
from portfolio.press import Shown
from portfolio.rules import OVERSEEING


def sample_shown(user: User, document: Document) -> Shown | None:
    """The sample whose record it is, for whoever oversees the unit. One query."""
    found = Sample.objects.filter(enrolment__in=overseen_by(user), pk=document.subject_id).first()
    return Shown(f"{found.get_stage_display()} sample", "assessments:sample", (found.pk,)) if found else None


def plan_shown(user: User, document: Document) -> Shown | None:
    """The sampling plan that was printed, for whoever verifies at the centre. One query."""
    plan = plans_shown(user).filter(pk=document.subject_id).first()
    return Shown(str(plan), "assessments:sampling_plan", (plan.pk,)) if plan else None


def strategy_shown(user: User, document: Document) -> Shown | None:
    """The strategy that was printed, for whoever verifies at the centre. One query."""
    found = policies_shown(user).select_related("centre").filter(pk=document.subject_id).first()
    if found is None:
        return None
    return Shown(f"Sampling strategy of {found.centre}", "assessments:centre_strategy", (found.centre.slug,))


def exercise_shown(user: User, document: Document) -> Shown | None:
    """The exercise whose record it is, for whoever sees it: the record was only made once its answers were shown."""
    found = Exercise.objects.visible_to(user).filter(pk=document.subject_id).first()
    return Shown(str(found), "assessments:exercise", (found.pk,)) if found else None


def meeting_shown(user: User, document: Document) -> Shown | None:
    """The meeting whose record it is, for whoever sees it. One query."""
    found = Meeting.objects.visible_to(user).filter(pk=document.subject_id).first()
    return Shown(str(found), "assessments:meeting", (found.pk,)) if found else None


def centre_shown(user: User, document: Document) -> Shown | None:
    """The centre whose verification it accounts for, for whoever oversees every unit it tells of. Two queries.

    Nobody fetches one that tells of a unit or an item of their own, as a candidate.
    """
    covers = document.facts.get("covers", {})
    centre = Centre.objects.filter(pk=document.subject_id, pk__in=centres_of(user, *OVERSEEING)).first()
    wanted = set(covers.get("units", ()))
    if centre is None or user.pk in covers.get("candidates", ()):
        return None
    if overseen_by(user).filter(pk__in=wanted).count() != len(wanted):
        return None
    return Shown(f"Papers of verification of {centre}", "assessments:verification_papers", (centre.slug,))
