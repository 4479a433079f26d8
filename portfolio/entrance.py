"""The forms of the entrance: allauth's own, with our words over the fields and none inside them."""

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.base import forms as codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

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
