"""The forms of the entrance: allauth's own, with our words over the fields and none inside them."""

from typing import Any, ClassVar

from allauth.account import forms as allauth


class OurWords:
    """Mixed into a form of allauth's: a label of ours for each field named, and no placeholder."""

    words: ClassVar[dict[str, str]]
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.words.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(OurWords, allauth.LoginForm):  # type: ignore[misc]  # allauth ships no types
    words: ClassVar = {"login": "E-mail address", "password": "Password"}


class ForgottenPasswordForm(OurWords, allauth.ResetPasswordForm):  # type: ignore[misc]
    words: ClassVar = {"email": "E-mail address"}


class NewPasswordForm(OurWords, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    words: ClassVar = {"password1": "New password", "password2": "The same password again"}


class ChangePasswordForm(OurWords, allauth.ChangePasswordForm):  # type: ignore[misc]
    words: ClassVar = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "The same password again",
    }
