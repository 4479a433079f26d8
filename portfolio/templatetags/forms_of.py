"""`csrf_token` as every template knows it; beside it a form says whose page it stands on (portfolio/interrupted.py)."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from portfolio.interrupted import MARK, mark_of

register = template.Library()


class OwnFormNode(CsrfTokenNode):
    """The hidden fields that each form sends."""

    def render(self, context: Any) -> str:
        request = context.get("request")
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return super().render(context)
        if not hasattr(request, "mark"):  # once a page, which may have a hundred forms
            request.mark = mark_of(user)
        return format_html('{}<input type="hidden" name="{}" value="{}">', super().render(context), MARK, request.mark)


@register.tag
def csrf_token(parser: Parser, token: Token) -> OwnFormNode:
    return OwnFormNode()
