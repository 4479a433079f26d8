"""Addresses of pages. Django works each one out anew; a page has dozens, so here what is the same for all is kept.

Every template knows `url` and `link` without loading them (settings.TEMPLATES).
"""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.template import defaulttags
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()
SIGNS = ("9876543210123456780", "9876543210123456781", "9876543210123456782")
"""They stand for a record's number, and for what follows it, in an address: no address has them otherwise."""


class AddressNode(defaulttags.URLNode):
    """`url` as Django has it. The address of a page, or of a page that shows one record, is worked out once."""

    def render(self, context: Any) -> str:
        if self.asvar or self.kwargs or len(self.args) > 1:
            return super().render(context)
        page, records = self.view_name.resolve(context), [arg.resolve(context) for arg in self.args]
        if not records:
            return plain_address(page, get_urlconf(), get_script_prefix())
        if type(records[0]) is int:
            return link(records[0], page)
        return super().render(context)


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    asked = defaulttags.url(parser, token)
    return AddressNode(asked.view_name, asked.args, asked.kwargs, asked.asvar)


@register.filter
def link(pk: int, page: str) -> str:
    """The address of a page that shows one record, where a variable names the page: `{{ row.pk|link:row.place }}`."""
    return address_at(page, pk)


def address_at(page: str, *args: int | str) -> str:
    """The address of a page that shows one record, or something of it. Raises NoReverseMatch."""
    found = pattern_of(page, get_urlconf(), get_script_prefix(), len(args))
    for sign, arg in zip(SIGNS, args, strict=False):
        found = found.replace(sign, quote(str(arg), safe=""))
    return found


def address_of(page: str) -> str:
    """The address of a page that is the same for all; empty where no such page is mounted."""
    try:
        return plain_address(page, get_urlconf(), get_script_prefix())
    except NoReverseMatch:
        return ""


@lru_cache
def plain_address(page: str, urlconf: str | None, prefix: str) -> str:
    """The same, worked out once for a table of addresses and where it is mounted. Raises NoReverseMatch."""
    return conditional_escape(reverse(page, urlconf))


@lru_cache
def pattern_of(page: str, urlconf: str | None, prefix: str, count: int) -> str:
    """The address of the page with signs in place of what tells it. Raises NoReverseMatch where there is none."""
    return conditional_escape(reverse(page, urlconf, args=[int(sign) for sign in SIGNS[:count]]))
