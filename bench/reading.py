"""Reading a page as a browser does: its forms with what they would send, and where its links lead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]
TICKED = ("checkbox", "radio")
TYPED = frozenset({"text", "search", "hidden", "date", "email", "number", "tel", "url", "password", "time"})


@dataclass
class Form:
    """A form as it stands: where it goes, what it would send untouched, and what may be ticked or pressed beside."""

    action: str
    method: str
    sent: Pairs = field(default_factory=list)
    choices: Pairs = field(default_factory=list)
    presses: Pairs = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in (*self.sent, *self.choices)}

    def filled(self, typed: Pairs) -> Pairs:
        """What is sent once this was typed, ticked or pressed: it takes the place of what had the same name."""
        named = {name for name, _ in typed}
        return [pair for pair in self.sent if pair[0] not in named] + typed

    def offered(self, name: str) -> list[str]:
        """The values that can be ticked or chosen under a name."""
        return [value for other, value in self.choices if other == name]


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self.links: list[str] = []
        self._here: list[Form] = []
        self._text: tuple[Form, str, list[str]] | None = None
        self._select = ""
        self.feed(html)

    def form(self, part: str) -> Form:
        """The first form that posts and whose fields begin with this. Raises LookupError where there is none."""
        for form in self.forms.values():
            if form.method == "post" and any(name.startswith(part) for name in form.names):
                return form
        raise LookupError(f"No form of the page has a field {part}.")

    def leading(self, part: str) -> list[str]:
        """Links with this in their address, each once."""
        return list(dict.fromkeys(link for link in self.links if part in link))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "form":
            form = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms[said.get("id") or f"form {len(self.forms)}"] = form
            self._here.append(form)
        elif said.get("name") or tag == "option":
            form_of = self.forms.get(said.get("form", "")) or (self._here[-1] if self._here else None)
            if form_of is not None:
                self.field(form_of, tag, said)

    def field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name, value = said.get("name", ""), said.get("value", "on" if said.get("type") in TICKED else "")
        kind = said.get("type", "text").lower()
        if "disabled" in said:
            return
        if tag == "textarea":
            self._text = (form, name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            form.choices.append((self._select, value))
            if "selected" in said:
                form.sent.append((self._select, value))
        elif tag == "button" or kind == "submit":
            form.presses.append((name, value))
        elif tag == "input" and kind in TICKED:
            form.choices.append((name, value))
            if "checked" in said:
                form.sent.append((name, value))
        elif tag == "input" and kind in TYPED:
            form.sent.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._here:
            self._here.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._text:
            form, name, words = self._text
            form.sent.append((name, "".join(words).lstrip("\n")))
            self._text = None
