"""What one page says to the next travels in a cookie, under a name as the other cookies have."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class Messages(CookieStorage):
    """Django's messages in a cookie that no other host can set."""

    cookie_name = f"{settings.COOKIE_PREFIX}messages"
