"""Addresses of pages. Django works each one out anew; a page has dozens, so here what is the same for all is kept.

Every template knows `url` and `link` without loading them (settings.TEMPLATES).
"""

from functools import lru_cache
from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()
RECORD = "9876543210123456789"
"""Stands for a record's number in an address: no address has it otherwise."""


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


def address_at(page: str, pk: int, *more: str) -> str:
    """The address of a page that shows one record, or something of it. Raises NoReverseMatch."""
    return pattern_of(page, get_urlconf(), get_script_prefix(), *more).replace(RECORD, str(pk))


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
def pattern_of(page: str, urlconf: str | None, prefix: str, *more: str) -> str:
    """The address of the page with a number in place of the record's. Raises NoReverseMatch where there is none."""
    return conditional_escape(reverse(page, urlconf, args=[int(RECORD), *more]))
