"""What browsers saved is kept as long as they can change it; the chores come back every day."""

from datetime import timedelta

import pytest
from django.conf import settings as ours
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from mapping import tasks
from mapping.models import Norm, NormSet, Scenario
from mapping.services import housekeeping
from mapping.services.housekeeping import Chore, forget_gone_browsers, keep_house

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=ours.BROWSER_KEPT_DAYS, hours=1)
LATELY = LONG_AGO + timedelta(hours=2)


def scenario(town, changed_at, **owner):
    made = Scenario.objects.create(city=town, name="Филиал", question={}, **owner)
    Scenario.objects.filter(pk=made.pk).update(updated_at=changed_at)
    return made


def norm_set(town, changed_at, row_changed_at, **owner):
    slug = f"set-{NormSet.objects.count()}"
    made = NormSet.objects.create(slug=slug, name="Наши", city=town, **owner)
    Norm.objects.create(norm_set=made, row=1, facility_type="библиотека", act="Приказ")
    made.history.update(history_date=changed_at)
    Norm.history.filter(norm_set_id=made.pk).update(history_date=row_changed_at)
    return made


def test_what_nobody_can_change_any_more_goes_with_its_history(town):
    scenario(town, LONG_AGO, owner_key="gone")
    made = norm_set(town, LONG_AGO, LONG_AGO, owner_key="gone")

    assert forget_gone_browsers(timezone.now()) == 2
    assert not Scenario.objects.exists()
    assert not NormSet.objects.exists()
    assert not NormSet.history.filter(id=made.pk).exists()
    assert not Norm.history.exists()
    assert forget_gone_browsers(timezone.now()) == 0


def test_a_browser_that_still_changes_one_thing_keeps_all(town):
    old = scenario(town, LONG_AGO, owner_key="here")
    scenario(town, LATELY, owner_key="here")
    kept = norm_set(town, LONG_AGO, LONG_AGO, owner_key="here")
    edited = norm_set(town, LONG_AGO, LATELY, owner_key="editing")

    assert forget_gone_browsers(timezone.now()) == 0
    assert Scenario.objects.filter(pk=old.pk).exists()
    assert NormSet.objects.filter(pk__in=[kept.pk, edited.pk]).count() == 2


def test_what_users_saved_and_what_is_nobodys_stays(town, django_user_model):
    user = django_user_model.objects.create_user("planner")
    scenario(town, LONG_AGO, owner=user, owner_key="gone")
    norm_set(town, LONG_AGO, LONG_AGO, owner=user)
    norm_set(town, LONG_AGO, LONG_AGO)

    assert forget_gone_browsers(timezone.now()) == 0


def test_the_command_says_what_went(town, capsys):
    scenario(town, LONG_AGO, owner_key="gone")
    call_command("keep_house")

    said = capsys.readouterr().out
    assert "browsers that are gone: 1 gone" in said
    assert "contacts of reports: 0 gone" in said


def test_a_broken_chore_leaves_the_others_to_be_done(monkeypatch):
    done = []

    def breaks(now):
        raise ValueError("broken")

    chores = [Chore("one", breaks), Chore("another", lambda now: done.append(now) or 1)]
    monkeypatch.setattr(housekeeping, "_chores", lambda: iter(chores))
    with pytest.raises(ValueError, match="broken"):
        keep_house(timezone.now())
    assert len(done) == 1


@pytest.fixture
def queue(settings, transactional_db):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    return DBTaskResult.objects.order_by("run_after")


def test_the_queue_does_the_chores_every_day_and_once_a_day(queue, town):
    scenario(town, LONG_AGO, owner_key="gone")
    now = timezone.now()
    for _process in range(3):
        tasks.schedule_housekeeping(now)
    assert [each.run_after for each in queue] == [now]

    call_command("db_worker", batch=True, verbosity=0)

    assert not Scenario.objects.exists()
    today, tomorrow = queue.all()
    assert (today.status, tomorrow.status) == ("SUCCESSFUL", "READY")
    assert tomorrow.run_after - now > timedelta(hours=23)
