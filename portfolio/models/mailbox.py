"""When two addresses are one mailbox: how people without a sign-in are told apart from those with one."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

FINDS = {"sqlite": "INSTR", "postgresql": "STRPOS"}


class Mailbox(Func):
    """The mailbox behind an address: without capitals, without a tag (`ann+work@`), at Gmail without dots.

    The database works it out by itself, so that its walls compare the same thing as the house does.
    """

    arity = 1
    output_field = CharField(max_length=254)

    def as_sql(  # type: ignore[override]  # the stubs ask for the options of templates, which this has none of
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, list[Any]]:
        address, params = compiler.compile(self.source_expressions[0])
        finds, whole = FINDS[connection.vendor], f"LOWER({address})"
        # Django reads a SQLite table's columns by cutting it at each comma with a space after it: so there is none.
        before = f"SUBSTR({whole},1,{finds}({whole} || '@','@') - 1)"
        domain = f"SUBSTR({whole},{finds}({whole} || '@','@') + 1)"
        name = f"SUBSTR({before},1,{finds}({before} || '+','+') - 1)"
        sql = (
            f"CASE WHEN {domain} IN ('gmail.com','googlemail.com') THEN REPLACE({name},'.','') || '@gmail.com' "
            f"ELSE {name} || '@' || {domain} END"
        )
        return sql, list(params) * sql.count(whole)
