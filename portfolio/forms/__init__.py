"""What people type, made into clean values. Forms translate; actions decide."""

from portfolio.forms.diversity import DiversityForm
from portfolio.forms.finding import FindForm
from portfolio.forms.genuine import FormFileForm, ReferenceForm
from portfolio.forms.importing import TableForm, TakeForm
from portfolio.forms.induction import IdentityForm, InductionForm
from portfolio.forms.kept import DateInput, KeptForm, SignatureForm, ToSign, checked, day, labels
from portfolio.forms.people import (
    AchievedForm,
    CandidateForm,
    CandidateNamesForm,
    CentreSettingsForm,
    ChoosePasswordForm,
    EndRoleForm,
    PasskeyNameForm,
    PeopleFilterForm,
    PrivacyNoticeForm,
    QualificationForm,
    RemoveFactorForm,
    RoleForm,
    SignOutForm,
    StaffForm,
    StaffNamesForm,
    asked_for,
    award_of,
)
from portfolio.forms.staff import CompetenceForm, DevelopmentForm, EndCompetenceForm
from portfolio.forms.telling import TellingForm

__all__ = [
    "AchievedForm",
    "CandidateForm",
    "CandidateNamesForm",
    "CentreSettingsForm",
    "ChoosePasswordForm",
    "CompetenceForm",
    "DateInput",
    "DevelopmentForm",
    "DiversityForm",
    "EndCompetenceForm",
    "EndRoleForm",
    "FindForm",
    "FormFileForm",
    "IdentityForm",
    "InductionForm",
    "KeptForm",
    "PasskeyNameForm",
    "PeopleFilterForm",
    "PrivacyNoticeForm",
    "QualificationForm",
    "ReferenceForm",
    "RemoveFactorForm",
    "RoleForm",
    "SignOutForm",
    "SignatureForm",
    "StaffForm",
    "StaffNamesForm",
    "TableForm",
    "TakeForm",
    "TellingForm",
    "ToSign",
    "asked_for",
    "award_of",
    "checked",
    "day",
    "labels",
]
