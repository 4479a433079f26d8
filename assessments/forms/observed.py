"""The form of a record that an assessor makes: what was seen, said or asked, and what in it shows a criterion.

A passage is marked by its words, and found again by them: the text may still change around it. With script it is
selected and a criterion tapped; without, the criterion takes the numbers of the paragraphs that show it.
"""

import datetime
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from assessments.actions.evidence import NamedFile
from assessments.actions.observed import Content, Criterion, Exchanged, Passage, missing
from assessments.enums import AskedHow, EvidenceKind, Setting
from assessments.forms.uploads import FilesField, once
from assessments.models import EvidenceFile, QuestionSet
from assessments.queries.observed import (
    EXCHANGES,
    NARRATIVE,
    ExchangeShown,
    Marked,
    RecordShown,
    paragraphs_of,
    spans,
)
from assessments.queries.question_sets import Asking
from assessments.queries.recording import KEPT_AS, Noted
from portfolio.forms import KeptForm, day
from portfolio.whole import LONGEST, whole

LOOKING = ("row", "take", "number", "keep")
"""Presses that sign nothing: the page comes back with all that was typed, and nothing is checked."""
ROW = re.compile(r"(?:asked|said|from|minute|shows)-([0-9]{1,6})")
LOST = "A passage that you marked is not in the text any more: mark it again, or take the mark off."
WORDS = (
    "title",
    "activity_on",
    "place",
    "from_time",
    "to_time",
    "people",
    "context",
    "agenda",
    "narrative",
    "recorded",
    "feedback",
)


def kept_apart(name: str) -> bool:
    """Whether the page keeps each value of a field by itself: boxes to tick, and what scripts or questions add."""
    return name in ("recorded", "upload", "leave_out") or name.startswith("from-")


def lines(text: str) -> str:
    """With one kind of line ending, so that a passage's place is the same in every browser."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Row:
    """A question with its answer, as it is typed."""

    number: int
    asked: str = ""
    said: str = ""
    how: str = AskedHow.ORAL
    minute: str = ""
    set_question: int | None = None
    expected: str = ""
    shows: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        return not (self.asked.strip() or self.said.strip() or self.shows or self.set_question)


@dataclass(frozen=True)
class Note:
    """A criterion in the list of paragraphs, and the numbers typed beside it."""

    noted: Noted
    numbers: str


@dataclass(frozen=True)
class Around:
    """What a record is made from: the candidate's units with their criteria, and the sets that may be asked."""

    noted: list[Noted]
    sets: list[QuestionSet] = field(default_factory=list)
    questions: Mapping[int, list[Asking]] = field(default_factory=dict)


def clock(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "step": "60"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def writing(label: str, rows: int, help_text: str = "") -> forms.CharField:
    """Room for writing or dictating."""
    attrs = {"rows": rows, "autocapitalize": "sentences", "spellcheck": "true"}
    return forms.CharField(label=label, required=False, help_text=help_text, strip=False, widget=forms.Textarea(attrs))


class RecordForm(KeptForm):
    """One record, from the first word to the moment before it is signed."""

    kept_as = KEPT_AS

    title = forms.CharField(max_length=200, required=False)
    activity_on = day("Date", required=False)
    from_time = clock("From")
    to_time = clock("To")
    place = forms.CharField(label="Where", max_length=200, required=False)
    people = forms.CharField(label="Who else was there", max_length=300, required=False)
    setting = forms.ChoiceField(choices=Setting.choices, initial=Setting.PAID_WORK)
    context = writing("The situation", 3, "What was going on, and for whom. Leave out the names of customers.")
    agenda = writing("What you meant to talk about", 3, "The agenda, or the prompts you had ready.")
    narrative = writing(
        "", 12, "An empty line begins a new paragraph. Say what the candidate did and said, not what you think of it."
    )
    marks = forms.CharField(required=False, widget=forms.Textarea)
    recorded = forms.BooleanField(label="It was recorded as sound or film", required=False)
    feedback = writing("What you told the candidate, and the next step you agreed", 3)
    uploads = FilesField(label="Files", required=False, help_text="Photographs, or the recording.")
    leave_out = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        around: Around,
        kept: Sequence[NamedFile] = (),
        refused: Sequence[str] = (),
        before: RecordShown | None = None,
        setting: str = Setting.PAID_WORK,
        files: Sequence[EvidenceFile] = (),
        today: datetime.date | None = None,
        **kwargs: Any,
    ) -> None:
        """`before` is the version that is corrected, `setting` its setting and `files` its files."""
        super().__init__(*args, **kwargs)
        self.kind, self.around, self.before = EvidenceKind(kind), around, before
        self.kept, self.refused, self.present = once(kept), list(refused), list(files)
        self.noted = {row.value: row for row in around.noted}
        self.fields["narrative"].label = NARRATIVE[self.kind]
        if self.kind != EvidenceKind.PROFESSIONAL_DISCUSSION:
            del self.fields["agenda"], self.fields["recorded"]
        self.initial = {"title": self.kind.label, "setting": setting, "activity_on": today}
        if before:
            self.initial |= {
                name: getattr(before, name) for name in (*WORDS, "recorded", "feedback") if name != "setting"
            }
            self.initial["marks"] = json.dumps([mark_typed(mark) for mark in before.marks_on_text])
        named = [f"file-{file.pk}" for file in self.present] + [f"kept-{file.upload}" for file in self.kept]
        self.fields["leave_out"].choices = [(name, name) for name in named]  # type: ignore[attr-defined]

    @property
    def exchanges_label(self) -> str:
        return EXCHANGES[self.kind]

    # --- looking ---

    @property
    def looking(self) -> str:
        """The press that signs nothing, if it was one."""
        asked = str(self.data.get("then", "")) if self.is_bound else ""
        return asked if asked in LOOKING else ""

    def full_clean(self) -> None:
        if self.looking:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    # --- questions and answers ---

    @property
    def typed_rows(self) -> list[Row]:
        """The rows as they were typed, or as the version before has them; empty ones left out."""
        if not self.is_bound:
            known = {asking.pk for rows in self.around.questions.values() for asking in rows}
            return [row_before(row, known) for row in self.before.exchanges] if self.before else []
        numbers = {int(found[1]) for name in self.data if (found := ROW.fullmatch(name))}
        rows = [self._row(number) for number in sorted(numbers)]
        return [row for row in rows if not row.empty]

    @property
    def rows(self) -> list[Row]:
        """The same for the page, with what was just asked for: a set's questions, or one more empty row."""
        rows = self.typed_rows
        if self.looking == "take":
            known = {row.set_question for row in rows}
            rows += [self._taken(asking) for asking in self._chosen_set() if asking.pk not in known]
        if self.looking == "row" or (not rows and self.kind != EvidenceKind.OBSERVATION):
            rows.append(Row(0))
        return [row_at(row, number) for number, row in enumerate(rows, start=1)]

    @property
    def blanks(self) -> list[Row]:
        """What a script copies for one more row."""
        return [Row(0)]

    def _row(self, number: int) -> Row:
        taken = self._asking(str(self.data.get(f"from-{number}", "")))
        how = str(self.data.get(f"how-{number}", ""))
        shows = self.data.getlist(f"shows-{number}")  # type: ignore[attr-defined]
        return Row(
            number=number,
            asked=taken.text if taken else lines(str(self.data.get(f"asked-{number}", ""))).strip(),
            said=lines(str(self.data.get(f"said-{number}", ""))).strip(),
            how=how if how in AskedHow.values else AskedHow.ORAL,
            minute=str(self.data.get(f"minute-{number}", "")).strip()[:20],
            set_question=taken.pk if taken else None,
            expected=taken.expected if taken else "",
            shows=frozenset(shows) & set(self.noted),
        )

    def _asking(self, pk: str) -> Asking | None:
        questions = (asking for rows in self.around.questions.values() for asking in rows)
        return next((asking for asking in questions if str(asking.pk) == pk), None)

    def _chosen_set(self) -> list[Asking]:
        chosen = str(self.data.get("set", ""))
        return next((rows for pk, rows in self.around.questions.items() if str(pk) == chosen), [])

    def _taken(self, asking: Asking) -> Row:
        wanted = {criterion.pk for criterion in asking.criteria}
        shows = frozenset(value for value, row in self.noted.items() if row.criterion_id in wanted)
        return Row(0, asked=asking.text, set_question=asking.pk, expected=asking.expected, shows=shows)

    # --- passages ---

    @property
    def narrative_typed(self) -> str:
        """The narrative as it stands on the page."""
        return lines(str(self["narrative"].value() or ""))

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs, for whoever marks them by number."""
        text = self.narrative_typed
        return [text[start:end] for start, end in spans(text)]

    @property
    def notes(self) -> list[Note]:
        """Every criterion with the paragraphs typed beside it."""
        typed = self.data if self.is_bound else {}
        return [Note(row, str(typed.get(f"at-{row.value}", ""))) for row in self.around.noted]

    def _marked(self, text: str) -> list[Passage]:
        """Passages as a script marked them: by their words, nearest to where they stood. Sentences for lost ones."""
        found = []
        for quote, near, value in typed_marks(str(self.cleaned_data.get("marks", ""))):
            place = nearest(text, quote, near)
            if value not in self.noted:
                continue
            if place is None:
                self.add_error("narrative", LOST)
            else:
                found.append(Passage(place, place + len(quote), self._criterion(value)))
        return found

    def _numbered(self, text: str) -> list[Passage]:
        """Passages as paragraphs were named beside criteria."""
        places, found = spans(text), []
        for note in self.notes:
            for number in re.findall(r"\d+", note.numbers):
                place = whole(number) or 0
                if 1 <= place <= len(places):
                    found.append(Passage(*places[place - 1], self._criterion(note.noted.value)))
                else:
                    self.add_error("narrative", f"{note.noted.name}: there is no paragraph {number[:LONGEST]}.")
        return found

    def _criterion(self, value: str) -> Criterion:
        row = self.noted[value]
        return row.enrolment_id, row.criterion_id

    # --- what it comes to ---

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["narrative"] = lines(cleaned.get("narrative", ""))
        for sentence in self.refused:
            self.add_error("uploads", sentence)
        text = cleaned["narrative"]
        cleaned["passages"] = list(dict.fromkeys([*self._marked(text), *self._numbered(text)]))
        for name, sentence in missing(self.content):
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    @property
    def content(self) -> Content:
        """All that was written, for the action."""
        cleaned = self.cleaned_data
        texts = ("title", "place", "people", "context", "agenda", "feedback")
        return Content(
            kind=self.kind.value,
            **{name: lines(cleaned.get(name) or "").strip() for name in texts},
            activity_on=cleaned.get("activity_on"),
            setting=cleaned.get("setting") or Setting.PAID_WORK,
            from_time=cleaned.get("from_time"),
            to_time=cleaned.get("to_time"),
            narrative=cleaned.get("narrative", ""),
            recorded=cleaned.get("recorded", False),
            passages=cleaned.get("passages", []),
            exchanges=[
                Exchanged(
                    asked=row.asked,
                    said=row.said,
                    how=row.how,
                    minute=row.minute,
                    set_question=row.set_question,
                    criteria=[self._criterion(value) for value in self.noted if value in row.shows],
                )
                for row in self.typed_rows
            ],
        )

    @property
    def shown(self) -> RecordShown:
        """The record as it will be, to read through before it is signed."""
        content = self.content
        return shown_of(content, {self._criterion(value): row for value, row in self.noted.items()})

    @property
    def added(self) -> list[NamedFile]:
        """Files just stored that are to go into the record."""
        out = set(self.cleaned_data.get("leave_out", []))
        return [file for file in self.kept if f"kept-{file.upload}" not in out]

    @property
    def keeping(self) -> list[EvidenceFile]:
        """The files of the version before that the next one keeps."""
        out = set(self.cleaned_data.get("leave_out", []))
        return [file for file in self.present if f"file-{file.pk}" not in out]


class DisputeForm(KeptForm):
    """What is not right in a record."""

    kept_as = "dispute"

    words = forms.CharField(
        label="What is not right",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Your assessor and the internal verifier read it.",
        error_messages={"required": "Say what is not right in the record."},
    )


# --- helpers ---------------------------------------------------------------------------------------------------------


def typed_marks(text: str) -> list[tuple[str, int, str]]:
    """Marks as the page's script writes them: the words, about where they stood, the criterion. Nonsense is none."""
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return []
    return [
        (lines(row["quote"]), row["start"], row["key"])
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and isinstance(row.get("quote"), str)
        and row["quote"].strip()
        and isinstance(row.get("start"), int)
        and isinstance(row.get("key"), str)
    ]


def nearest(text: str, quote: str, near: int) -> int | None:
    """Where the words stand in the text, nearest to a place; None where they do not."""
    places = [found.start() for found in re.finditer(f"(?={re.escape(quote)})", text)]
    return min(places, key=lambda place: abs(place - near), default=None)


def mark_typed(mark: Marked) -> dict[str, object]:
    """A mark as the page's script writes it."""
    return {"quote": mark.quote, "start": mark.start, "key": f"{mark.enrolment_id}-{mark.criterion_id}"}


def row_before(row: ExchangeShown, known: Collection[int]) -> Row:
    """A row of the version before, as it would be typed: what came from a set no longer in use in one's own words."""
    taken = row.set_question if row.set_question in known else None
    shows = frozenset(f"{mark.enrolment_id}-{mark.criterion_id}" for mark in row.marks)
    return Row(row.number, row.asked, row.said, row.way, row.minute, taken, "", shows)


def row_at(row: Row, number: int) -> Row:
    """The same row under another number."""
    return Row(number, row.asked, row.said, row.how, row.minute, row.set_question, row.expected, row.shows)


def shown_of(content: Content, noted: Mapping[Criterion, Noted]) -> RecordShown:
    """A record that is not signed yet, as its page shows it."""

    def marked(criterion: Criterion, **place: Any) -> Marked:
        row = noted[criterion]
        return Marked(*criterion, row.unit, row.number, row.text, **place)

    text = content.narrative
    on_text = [
        marked(row.criterion, start=row.start, end=row.end, quote=text[row.start : row.end])
        for row in sorted(content.passages, key=lambda row: row.start)
    ]
    exchanges = [
        ExchangeShown(
            number=number,
            asked=row.asked,
            said=row.said,
            way=row.how,
            how=AskedHow(row.how).label,
            minute=row.minute,
            set_question=row.set_question,
            from_set="",
            marks=[marked(criterion, exchange=number) for criterion in row.criteria],
        )
        for number, row in enumerate(content.exchanges, start=1)
    ]
    return RecordShown(
        kind=content.kind,
        kind_label=EvidenceKind(content.kind).label,
        title=content.title,
        activity_on=content.activity_on,
        place=content.place,
        from_time=content.from_time,
        to_time=content.to_time,
        people=content.people,
        context=content.context,
        agenda=content.agenda,
        narrative=text,
        recorded=content.recorded,
        feedback=content.feedback,
        paragraphs=paragraphs_of(text, on_text),
        exchanges=exchanges,
    )
