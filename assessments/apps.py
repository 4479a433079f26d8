"""The upper floor, as Django knows it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from assessments.own_walls import WALLS
from portfolio import walls


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        walls.register(self.label, WALLS)
        shredder = import_string("portfolio.shredder.guard")
        shredder("assessments.queries.evidence.is_shown")
        shredder("assessments.queries.case.is_shown")
        import_string("portfolio.importing.extended_by")("assessments.actions.enrolling.allocations")
        import_string("assessments.leaving.register")()
        import_string("units.beside.guided_by")("assessments.queries.standardisation.guidance_beside")
        import_string("assessments.queries.search.register")()
        # The press may only be looked at once every floor's nouns are there.
        import_string("portfolio.archive.asking.filled_by")("assessments.archive.filling.fill")
        guard = import_string("portfolio.press.guard")
        guard("enrolment", "assessments.queries.printed.unit_shown")
        guard("authenticationform", "assessments.queries.printed.authentication_shown")
        guard("evidence", "assessments.queries.papers.item_shown")
        guard("assessmentplan", "assessments.queries.papers.plan_shown")
        guard("sample", "assessments.queries.verified_shown.sample_shown")
        guard("samplingplan", "assessments.queries.verified_shown.plan_shown")
        guard("samplingpolicy", "assessments.queries.verified_shown.strategy_shown")
        guard("exercise", "assessments.queries.verified_shown.exercise_shown")
        guard("meeting", "assessments.queries.verified_shown.meeting_shown")
        guard("centre", "assessments.queries.verified_shown.centre_shown")
        guard("disposal", "assessments.queries.destroying.certificate_shown")
        guard("candidaterecord", "assessments.queries.papers.portfolio_shown")
        teller = import_string("portfolio.genuine.teller")
        teller("enrolment", "assessments.queries.genuine.recording_told")
        teller("authenticationform", "assessments.queries.genuine.authentication_told")
