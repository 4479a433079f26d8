"""What people type about people, made into clean values. Forms translate; actions decide."""

from collections.abc import Iterable

from django import forms
from django.contrib.auth.forms import SetPasswordForm

from portfolio.enums import Country, Language, QualificationKind, Role
from portfolio.forms.kept import KeptForm, checked, day, labels
from portfolio.numbers import scn_refusals, uci_refusals, uln_refusals
from portfolio.rules import QUALIFIES, STAFF_ROLES


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A first password, twice, so that a slip of the finger shows."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields("Password", "The same password again")
    new_password2.help_text = ""


class CandidateNamesForm(KeptForm):
    """Names and numbers of a candidate."""

    kept_as = "candidate"

    legal_name = forms.CharField(
        label="Full name as on legal identification",
        max_length=200,
        help_text="With its accents. Forms and certificates print exactly this.",
    )
    known_as = forms.CharField(
        label="Known as", max_length=200, required=False, help_text="The name used on screen, if it is another."
    )
    centre_reference = forms.CharField(label="Your own reference", max_length=30, required=False)
    candidate_number = forms.CharField(label="Awarding body's candidate number", max_length=30, required=False)
    uln = forms.CharField(
        label="Unique learner number (ULN)",
        required=False,
        validators=[checked(uln_refusals)],
        help_text="Ten digits. Leave it empty if there is none: never a placeholder.",
    )
    scn = forms.CharField(
        label="Scottish candidate number (SCN)",
        required=False,
        validators=[checked(scn_refusals)],
        help_text="Nine digits, for SQA. Leave it empty if there is none.",
    )
    uci = forms.CharField(
        label="Unique candidate identifier (UCI)",
        required=False,
        validators=[checked(uci_refusals)],
        help_text="Thirteen characters, for OCR where entries go by A2C. Leave it empty if there is none.",
    )
    language = forms.ChoiceField(
        label="Language of assessment", choices=Language.choices, initial=Language.ENGLISH, required=False
    )
    workplace = forms.CharField(
        label="Place of work",
        max_length=200,
        required=False,
        help_text="Where they are assessed: sampling covers every place.",
    )
    registered_on = day("Registered with the awarding body on", required=False)

    def clean_language(self) -> str:
        """English, where nothing is said."""
        return self.cleaned_data["language"] or Language.ENGLISH.value


class CandidateForm(CandidateNamesForm):
    """A candidate to be invited."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, help_text="The invitation goes there, and they sign in with it."
    )
    field_order = ["email"]


class StaffNamesForm(KeptForm):
    """How somebody on the staff is called."""

    kept_as = "staff"

    name = forms.CharField(label="Name", max_length=200, help_text="As it is printed beside their signature.")
    job_title = forms.CharField(label="Job title", max_length=200, required=False)


class StaffForm(StaffNamesForm):
    """Somebody to be invited to the staff."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, help_text="The invitation goes there, and they sign in with it."
    )
    roles = forms.TypedMultipleChoiceField(
        label="Roles from today on",
        coerce=Role,
        choices=labels(STAFF_ROLES),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role: what will this person do here?"},
    )
    field_order = ["email"]


class CentreSettingsForm(forms.Form):
    """What a centre says of itself."""

    country = forms.ChoiceField(
        label="Where the centre is",
        choices=Country.choices,
        help_text="Its bank holidays decide which days are working days, by which deadlines are counted.",
    )
    prior_learning_years = forms.IntegerField(
        label="Years after which prior learning is asked to be current",
        min_value=1,
        max_value=50,
        help_text="Older learning is not refused: readers are asked to look whether it is still current.",
    )


class PrivacyNoticeForm(KeptForm):
    """What a centre does with people's data."""

    kept_as = "privacy notice"

    address = forms.URLField(
        label="Address of your privacy notice",
        required=False,
        assume_scheme="https",
        help_text="If it stands on your own site. People are led there.",
    )
    notice = forms.CharField(
        label="Or its words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="Begun from a template that says what this system does. A line by itself above a paragraph becomes "
        "its heading. Fill in what stands in [brackets]. Have it read by whoever answers for data protection at yours.",
    )


class RoleForm(forms.Form):
    """A role to be granted."""

    role = forms.TypedChoiceField(label="Role", coerce=Role, choices=())
    starts_on = day("First day")
    ends_on = day("Last day", required=False, help_text="Leave it empty for a role without an end.")

    def offer(self, roles: Iterable[Role]) -> "RoleForm":
        """Offer these roles only: those the person has a record for."""
        self.fields["role"].choices = labels(roles)  # type: ignore[attr-defined]
        return self


class EndRoleForm(forms.Form):
    """The last day of a role."""

    ends_on = day("Last day", help_text="The role still holds on that day. Yesterday ends it at once.")


AWARDS = [
    (role.label, [(f"{kind.value}:{role.value}", kind.label) for kind in QualificationKind if kind in kinds])
    for role, kinds in QUALIFIES.items()
]


def award_of(choice: str) -> tuple[QualificationKind, Role]:
    """The award and the role it qualifies for, out of one choice of the list."""
    kind, role = choice.split(":")
    return QualificationKind(kind), Role(role)


class QualificationForm(forms.Form):
    """An award held or worked towards."""

    award = forms.TypedChoiceField(label="Qualification", coerce=award_of, choices=AWARDS)
    achieved_on = day("Achieved on", required=False, help_text="Leave it empty while they work towards it.")
    target_on = day("Working towards it by", required=False)
    certificate_number = forms.CharField(label="Certificate number", max_length=50, required=False)


class AchievedForm(forms.Form):
    """That an award worked towards has been achieved."""

    achieved_on = day("Achieved on")
    certificate_number = forms.CharField(label="Certificate number", max_length=50, required=False)


class PasskeyNameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(
        label="Name", max_length=100, help_text="Where it lives: “Work telephone”, “The key on my ring”."
    )


class RemoveFactorForm(KeptForm):
    """Why somebody's second factor is taken from them."""

    kept_as = "second factor to remove"

    reason = forms.CharField(label="Why, and how you made sure that it is them", max_length=500, widget=forms.Textarea)


class SignOutForm(KeptForm):
    """Why somebody is signed out everywhere."""

    kept_as = "sign-ins to end"

    reason = forms.CharField(label="Why, and who asked for it", max_length=500, widget=forms.Textarea)


class PeopleFilterForm(forms.Form):
    """Which people to list."""

    search = forms.CharField(label="Name or e-mail", required=False, max_length=100)
    role = forms.ChoiceField(label="Role today", required=False, choices=[("", "Everybody"), *labels(Role)])


def asked_for(form: PeopleFilterForm) -> tuple[str, Role | None]:
    """What the filter says; nothing where it cannot be read."""
    if not form.is_valid():
        return "", None
    role = form.cleaned_data["role"]
    return form.cleaned_data["search"].strip(), Role(role) if role else None
