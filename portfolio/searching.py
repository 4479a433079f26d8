"""Finding by words: which columns are looked through, and the index the database keeps of them.

Each floor lists what it has in this form and registers the list in its AppConfig.ready(). PostgreSQL keeps an index of
the words of the columns; SQLite a full-text table (FTS5) beside them, which triggers keep true. Both are written after
migrate, like the walls, so rows that came by whatever way are found (docs/adr/0041).

Where a table's rows belong to centres, PostgreSQL keeps the words of each centre apart, so that a word everybody uses
costs no more among a hundred centres than in one. SQLite serves a centre or a few, and looks through all.

Words are found by how they begin, without accents and capitals; of English texts also by their stem: "calling" finds
"calls". Punctuation parts words, in what is looked for as in what is looked through.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

MOST_WORDS, LONGEST_WORD = 8, 40
WORD = re.compile(r"[^\W_]+")
MARK = "/* search */"  # in the text of every trigger of ours
STROKED = {"ł": "l", "ø": "o", "đ": "d"}
"""Letters of names that Unicode does not take apart, and that people type plainly all the same."""
COMBINING = "".join(chr(code) for code in range(0x0300, 0x0370))
PARTING = "._-/@,;:'’+()[]&"


def plain_letters() -> dict[str, str]:
    """Small Latin letters with their accents, and what they are without."""
    latin = (chr(code) for code in (*range(0x00E0, 0x0180), *range(0x1E00, 0x1F00)))
    apart = {letter: unicodedata.normalize("NFD", letter)[0] for letter in latin if letter.islower()}
    return {letter: plain for letter, plain in apart.items() if plain.isascii() and plain != letter} | STROKED


FOLDED = plain_letters()
TO_FOLD = str.maketrans(FOLDED)
_registered: dict[str, list["Searched"]] = {}


@dataclass(frozen=True)
class Searched:
    """Columns of a table that are looked through together. None of them may be NULL.

    `name` names the index; `in_english` says that they hold sentences and no names or numbers; `by_centre` that each
    row has its `centre_id`.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    in_english: bool = False
    by_centre: bool = False

    @property
    def config(self) -> str:
        return "english" if self.in_english else "simple"

    @property
    def tokenizer(self) -> str:
        return f"{'porter ' if self.in_english else ''}unicode61 remove_diacritics 2"


def register(app: str, searched: Iterable[Searched]) -> None:
    """Take up what an app has to be looked through."""
    _registered[app] = list(searched)


def registered() -> list[Searched]:
    return [one for listed in _registered.values() for one in listed]


def words_of(text: str) -> list[str]:
    """What is looked for: the words of what somebody typed, the first eight."""
    return [word[:LONGEST_WORD] for word in WORD.findall(unicodedata.normalize("NFC", text))][:MOST_WORDS]


class Wanted(NamedTuple):
    """What is looked for, as the database is asked for it: so a question written once takes any words."""

    words: str
    centres: str


def wanted(words: Sequence[str], centres: Iterable[int] = ()) -> Wanted:
    """Rows that have all these words. `words`: as `words_of` gives them, one at least.

    Where rows belong to centres, `centres` names all of those whose rows may be meant. It is no lock: who may see a row
    is asked beside it.
    """
    listed = "{" + ",".join(str(centre) for centre in sorted(centres)) + "}"
    if connection.vendor == "sqlite":
        return Wanted(" ".join(f'"{folded(word)}"*' for word in words), listed)
    return Wanted(" & ".join(f"{folded(word)}:*" for word in words), listed)


def having(name: str, asked: Wanted, *, gives: str = "id", only: str = "TRUE", among: RawSQL | None = None) -> RawSQL:
    """Ids of the rows that have the words, for `pk__in=`.

    `gives` names another column than the id, `only` says in SQL which rows are looked at: so a row that was found in
    the index is not looked up once more. `among`: a few ids of those that can be meant, which PostgreSQL may begin
    with; SQLite has its index read sooner than these.
    """
    searched = next(one for one in registered() if one.name == name)
    rows = f'SELECT "{gives}" FROM "{searched.table}" WHERE {only} AND'  # noqa: S608  # our tables
    if connection.vendor == "sqlite":
        found = f'SELECT rowid FROM "{searched.name}" WHERE "{searched.name}" MATCH %s'  # noqa: S608
        if (gives, only) != ("id", "TRUE"):
            found = f"{rows} id IN ({found})"
        return RawSQL(found, (asked.words,))  # noqa: S611
    if not searched.by_centre:
        question, words = f"to_tsquery('{searched.config}', %s)", tuple(asked[:1])
    else:
        question, words = f"search_query('{searched.config}', %s, %s::bigint[])", tuple(asked)
    few, ids = (f'"{gives}" IN ({among.sql}) AND', tuple(among.params)) if among else ("", ())
    return RawSQL(f"{rows} {few} {vector(searched)} @@ {question}", (*ids, *words))  # noqa: S611


def either(one: RawSQL, other: RawSQL, *, few: bool = False) -> Q:
    """Of rows: that one of these questions gives their id.

    SQLite goes through the rows in their order and stops where enough are found, looking each up among either ids.
    PostgreSQL is given one list: two it would go through for each row, once they are too long for its memory. Of `few`
    rows it is told to make the list once: it takes it to be so short that it might be made anew for each row.
    """
    if connection.vendor == "sqlite":
        return Q(pk__in=one) | Q(pk__in=other)
    both = f"{one.sql} UNION ALL {other.sql}"
    if few:
        both = f"WITH found AS MATERIALIZED ({both}) SELECT * FROM found"  # noqa: S608
    return Q(pk__in=RawSQL(both, (*one.params, *other.params)))  # noqa: S611


def folded(word: str) -> str:
    """Without capitals and accents, as the index has it."""
    return word.lower().translate(TO_FOLD)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    found: bool


def excerpt(text: str, words: Sequence[str], most: int = 200) -> list[Piece]:
    """The text round the first word found, at most so many characters, and every word that begins like one of these."""
    begins = [folded(word) for word in words]
    places = [(m.start(), m.end()) for m in WORD.finditer(text) if folded(m.group()).startswith(tuple(begins))]
    start = max(0, places[0][0] - most // 3) if places and places[0][1] > most else 0
    start = start and text.find(" ", start) + 1
    end = start + most if start + most < len(text) else len(text)
    pieces, here = [Piece("… ", found=False)] if start else [], start
    for first, last in places:
        if first >= here and last <= end:
            pieces += [Piece(text[here:first], found=False), Piece(text[first:last], found=True)]
            here = last
    pieces.append(Piece(text[here:end] + ("…" if end < len(text) else ""), found=False))
    return [piece for piece in pieces if piece.text]


# --- the index -------------------------------------------------------------------------------------------------------


def rebuild_after_migrate(using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate: every index that is not there yet."""
    build(using)


def take_down_before_migrations(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Receiver of pre_migrate: SQLite rebuilds tables, and their triggers would go or stand in the way."""
    if plan and connections[using].vendor == "sqlite":
        take_down(using)


def build(using: str = DEFAULT_DB_ALIAS) -> None:
    """Write what is missing, and look through all rows for it. Absent tables are passed over."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute(OF_CENTRES)
        here = set(connections[using].introspection.table_names(cursor))
        for searched in registered():
            if searched.table in here:
                statements = on_sqlite if connections[using].vendor == "sqlite" else on_postgresql
                if not stands(cursor, searched, using):
                    for statement in statements(searched):
                        cursor.execute(statement)


def take_down(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop what keeps the full-text tables of SQLite true, so that `build` writes them anew."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for searched in registered():
            for statement in taken_down(searched):
                cursor.execute(statement)


def stands(cursor: Any, searched: Searched, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the index is there, over these columns."""
    if connections[using].vendor == "sqlite":
        names = tuple(triggers(searched))
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)", names)
        found = {row[0] for row in cursor.fetchall()}
        return found == set(triggers(searched).values())
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", (searched.name,))
    return bool(cursor.fetchone()[0] == vector(searched))


def vector(searched: Searched) -> str:
    """The words of a row, for PostgreSQL: in the index and in the question letter for letter the same."""
    texts = " || ' ' || ".join(f'"{column}"' for column in searched.columns)
    parting = PARTING.replace("'", "''")
    source, target = "".join(FOLDED) + parting, "".join(FOLDED.values()) + " " * len(PARTING)
    source += COMBINING  # which have no counterpart, so they go
    # Seven hundred letters to look for take ten times as long as all the rest: nothing of them is in plain English.
    plain = (
        f"CASE WHEN octet_length({texts}) = length({texts}) THEN translate(lower({texts}), '{parting}', "
        f"'{' ' * len(PARTING)}') ELSE translate(lower({texts}), '{source}', '{target}') END"
    )
    if searched.by_centre:
        return f"search_words('{searched.config}', {plain}, centre_id)"
    return f"to_tsvector('{searched.config}', {plain})"


OF_CENTRES = r"""
CREATE OR REPLACE FUNCTION search_words(config regconfig, texts text, centre bigint) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
    SELECT array_to_tsvector(ARRAY(
        SELECT centre || ':' || word FROM unnest(tsvector_to_array(to_tsvector(config, texts))) AS word
    ))
$words$;
CREATE OR REPLACE FUNCTION search_query(config regconfig, words text, centres bigint[]) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $query$
    SELECT string_agg(
        '(' || regexp_replace(to_tsquery(config, words)::text, '''([^'']*)''', '''' || centre || ':\1''', 'g') || ')',
        ' | '
    )::tsquery
    FROM unnest(centres) AS centre WHERE numnode(to_tsquery(config, words)) > 0
$query$;
"""
"""Each word with the number of its centre before it, as it stands in the index and as it is asked for. Words that are
none (“the”) and no centre at all give NULL, which finds nothing."""


def on_postgresql(searched: Searched) -> list[str]:
    remark = vector(searched).replace("'", "''")
    return [
        f'DROP INDEX IF EXISTS "{searched.name}"',
        f'CREATE INDEX "{searched.name}" ON "{searched.table}" USING gin ({vector(searched)})',
        f"COMMENT ON INDEX \"{searched.name}\" IS '{remark}'",
    ]


def spelled(column: str, row: str = "") -> str:
    """A column as SQLite's index is given it, which takes accents off by itself and strokes not."""
    text = f'{row}"{column}"'
    for letter, plain in STROKED.items():
        text = f"replace(replace({text}, '{letter}', '{plain}'), '{letter.upper()}', '{plain}')"
    return text


def triggers(searched: Searched) -> dict[str, str]:
    """What keeps a full-text table of SQLite true: what is added, changed and taken away. SQL by its name."""
    name, table = searched.name, searched.table
    columns = ", ".join(f'"{column}"' for column in searched.columns)
    new = ", ".join(spelled(column, "NEW.") for column in searched.columns)
    old = ", ".join(spelled(column, "OLD.") for column in searched.columns)
    add = f'INSERT INTO "{name}"(rowid, {columns}) VALUES (NEW.id, {new});'  # noqa: S608  # our tables
    drop = f'INSERT INTO "{name}"("{name}", rowid, {columns}) VALUES (\'delete\', OLD.id, {old});'  # noqa: S608
    on = f'ON "{table}" BEGIN {MARK}'
    return {
        f"{name}_added": f'CREATE TRIGGER "{name}_added" AFTER INSERT {on} {add} END',
        f"{name}_changed": f'CREATE TRIGGER "{name}_changed" AFTER UPDATE OF {columns} {on} {drop} {add} END',
        f"{name}_gone": f'CREATE TRIGGER "{name}_gone" AFTER DELETE {on} {drop} END',
    }


def on_sqlite(searched: Searched) -> list[str]:
    """The full-text table keeps no text: it reads that of the rows, by a view."""
    name, columns = searched.name, ", ".join(f'"{column}"' for column in searched.columns)
    texts = ", ".join(f'{spelled(column)} AS "{column}"' for column in searched.columns)
    options = f"content='{name}_texts', content_rowid='id', tokenize='{searched.tokenizer}'"
    return [
        *taken_down(searched),
        f'DROP TABLE IF EXISTS "{name}"',
        f'CREATE VIEW "{name}_texts" AS SELECT id, {texts} FROM "{searched.table}"',  # noqa: S608  # our tables
        f'CREATE VIRTUAL TABLE "{name}" USING fts5({columns}, {options})',
        f'INSERT INTO "{name}"("{name}") VALUES (\'rebuild\')',  # noqa: S608  # our tables
        *triggers(searched).values(),
    ]


def taken_down(searched: Searched) -> list[str]:
    """What of it would stand in the way of a table that SQLite rebuilds."""
    gone = [f'DROP TRIGGER IF EXISTS "{trigger}"' for trigger in triggers(searched)]
    return [*gone, f'DROP VIEW IF EXISTS "{searched.name}_texts"']
