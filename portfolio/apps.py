"""The ground floor, as Django knows it."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import import_string
from django_tasks.signals import task_finished, task_started

from portfolio import counts, logs, manuscripts, searching, walls
from portfolio.own_walls import WALLS


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "NVQ Portfolio"

    def ready(self) -> None:
        walls.register(self.label, WALLS)
        pre_migrate.connect(walls.take_down_before_migrations, sender=self)
        post_migrate.connect(walls.rebuild_after_migrate, sender=self)
        pre_migrate.connect(searching.take_down_before_migrations, sender=self)
        post_migrate.connect(searching.rebuild_after_migrate, sender=self)
        post_migrate.connect(counts.make_table_after_migrate, sender=self)
        task_started.connect(logs.job_begins)
        task_finished.connect(logs.job_ends)
        checks.register(walls.check_walls, checks.Tags.database)
        checks.register(manuscripts.check_libraries)
        # May only be looked at once the nouns are there.
        import_string("portfolio.leaving.register")()
