"""The forms of the entrance: allauth's own, with our words over the fields and none inside them."""

import struct
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.base import forms as codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

NOT_OF_THIS_APP = "This code is not right. Type the one your app shows now for this site: it changes every half minute."
NOT_A_PASSKEY = "That passkey is not known here, or it took too long. Try once more, or sign in in another way."
TOO_MANY_CODES = "Too many wrong codes. Wait five minutes, then try again with the code your app shows then."


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


class PasswordAgainForm(OurWords, allauth.ReauthenticateForm):  # type: ignore[misc]
    words: ClassVar = {"password": "Password"}


class Counted:
    """Mixed into a form that asks for a code: few wrong ones of a person in some minutes, and none a second time.

    allauth counts codes with passwords, by network address; six digits are guessed by somebody who has many.
    """

    user: Any

    def clean_code(self) -> str:
        count = {"action": "code", "key": f"code-of:{self.user.pk}"}
        if not ratelimit.consume(context.request, **count):
            raise ValidationError(TOO_MANY_CODES)
        code: str = super().clean_code()  # type: ignore[misc]
        used = f"code-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(used, "", timeout=mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)):
            raise get_adapter().validation_error("incorrect_code")
        ratelimit.clear(context.request, **count)
        return code


class CodeForm(OurWords, Counted, codes.AuthenticateForm):  # type: ignore[misc]
    words: ClassVar = {"code": "Code of your app, or a recovery code"}


class CodeAgainForm(OurWords, Counted, codes.ReauthenticateForm):  # type: ignore[misc]
    words: ClassVar = {"code": "Code of your app, or a recovery code"}


class AuthenticatorAppForm(OurWords, ActivateTOTPForm):  # type: ignore[misc]
    words: ClassVar = {"code": "The six digits that the app shows now"}

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except ValidationError as refused:
            raise ValidationError(NOT_OF_THIS_APP) if refused.code == "incorrect_code" else refused from refused
        return code


NO_ANSWER = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)
"""How the library fails over an answer that no browser gives."""


def of_passkeys(read: Callable[[], Any]) -> Any:
    """What a passkey answered; else the sentence for it, where allauth has one for codes, or none."""
    try:
        return read()
    except NO_ANSWER as unreadable:
        raise ValidationError(NOT_A_PASSKEY) from unreadable
    except ValidationError as refused:
        raise ValidationError(NOT_A_PASSKEY) if refused.code == "incorrect_code" else refused from refused


class Answer(forms.JSONField):
    """What a passkey answered, as JSON: one that is nested without end is none."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as endless:
            raise ValidationError(NOT_A_PASSKEY) from endless


class PasskeyWords:
    """Mixed into a form that a passkey answers."""

    def clean_credential(self) -> Any:
        return of_passkeys(super().clean_credential)  # type: ignore[misc]


class PasskeyForm(PasskeyWords, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second factor, after the password."""

    credential = Answer(widget=forms.HiddenInput)


class PasskeyAloneForm(PasskeyWords, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """In the place of the password."""

    credential = Answer(widget=forms.HiddenInput)


class NewPasskeyForm(OurWords, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    credential = Answer(widget=forms.HiddenInput)
    words: ClassVar = {
        "name": "What to call it",
        "passwordless": "It signs me in by itself, without my password",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(MaxLengthValidator(60))
        self.fields["passwordless"].initial = True
        self.fields[
            "passwordless"
        ].help_text = "It then asks for your finger, face or PIN. Take the tick away for a security key that cannot."
        self.fields["credential"].label = "Passkey"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = of_passkeys(super().clean)
        return cleaned
