"""Passwords that whoever knows this site guesses first: its own words, and those of somebody's centres."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from portfolio.enums import Role
from portfolio.models import Centre, User

OF_THE_TRADE = frozenset(
    {"nvq", "svq", "portfolio", "assessment", "evidence", "qualification", "verifying", "verification", "centre"}
)
FOR_SIGNING_IN = frozenset({"password", "welcome", "letmein", "signin", "login", "secret", "changeme"})
ENOUGH = 6
"""Letters that must be left once those words are taken out."""
TOLD = "This password is little more than words of this site or of your centre. Choose other words."


class OwnWordsValidator:
    """Refuses what has hardly a letter of its own beside such words; figures and signs count for nothing."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = password.lower()
        for word in sorted(words_known_to(user), key=len, reverse=True):
            left = left.replace(word, " ")
        if sum(letter.isalpha() for letter in left) < ENOUGH:
            raise ValidationError(TOLD, code="password_of_own_words")

    def get_help_text(self) -> str:
        return TOLD


def words_known_to(user: User | None) -> set[str]:
    """The words of the trade, of the site's name and address, and of the centres where the person has a role."""
    names = [settings.MFA_TOTP_ISSUER, urlsplit(settings.SITE_URL).hostname or "", *Role.labels]
    if user is not None and user.pk:
        names += Centre.objects.filter(grants__user=user).values_list("name", flat=True)
    return (
        {word for name in names for word in re.findall(r"[^\W\d_]{3,}", name.lower())} | OF_THE_TRADE | FOR_SIGNING_IN
    )
