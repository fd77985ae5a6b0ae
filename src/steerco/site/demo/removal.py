"""Removing the example data: exactly what it brought with all that hangs on it, nothing else.

What came with the example is known by the mark of its initiatives and, for people, units and posts, by the events of
its loading. What somebody made themselves below an example initiative and that can stand alone is moved to the top
of the tree and stays. The journal stays whole; where its events name a removed entry or account, an empty one
remains.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from steerco.apps.access.models import User
from steerco.apps.governance.models import Body
from steerco.apps.initiatives.models import Ancestry, Entry, Holding, Initiative, Post
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import StoredFile
from steerco.apps.office.models import OfficeSettings, RequestCategory
from steerco.apps.organisation.models import Organisation
from steerco.apps.organisation.services import configure
from steerco.apps.people.models import Party, Person, Unit
from steerco.apps.planning.models import PlanRevision
from steerco.apps.reporting.models import Pack, PackFile, PublishedFile
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.imports.models import ImportRun
from steerco.kit.jobs.models import Job
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.permissions import Actor, require
from steerco.site.demo.purge import Purge, batches, held
from steerco.site.demo.story import City
from steerco.site.demo.timeline import MARK

NEVER_REAL = (Event, Job)  # that these name an account says nothing about whether it is used


def remove_examples(actor: Actor) -> int:
    """Remove every initiative that came with an example, all that hangs on it, and the example's people and units.

    People, units and accounts that something real names stay, and so does the actor's own account. Returns how many
    initiatives went. Raises Denied.
    """
    require(actor, "organisation.configure")
    with transaction.atomic():
        going = _going(replace(actor, trusted=True))
        purge = Purge({Entry: _empty_entries, User: _close_accounts})
        posts = set(Post.objects.filter(initiative__in=going).values_list("party", flat=True))
        posts |= set(Body.objects.filter(initiative__in=going).values_list("party", flat=True))
        packs = Pack.objects.filter(initiative__in=going)
        files = set(PackFile.objects.filter(pack__in=packs).values_list("path", flat=True))
        published = PublishedFile.objects.filter(publication__initiative__in=going)
        files |= set(published.values_list("path", flat=True))
        jobs = set(packs.filter(job_id__isnull=False).values_list("job_id", flat=True))
        attached = set(
            StoredFile.objects.filter(attachments__entry__initiative__in=going).values_list("pk", flat=True)
        )
        plans = PlanRevision.objects.filter(initiative__in=going)
        runs = set(plans.exclude(run=None).values_list("run", flat=True))
        purge.take(Initiative, going)
        purge.take(ImportRun, [pk for pk in runs if pk])
        purge.take(Party, posts)
        purge.take(Job, [pk for pk in jobs if pk])
        purge.remove()
        _remove_files(attached)
        _remove_office()
        _remove_people(actor)
        _remove_units()
        _forget_name(actor)
        counts: dict[str, Any] = {"initiatives": [len(going), 0]}
        append_events(actor, [Event(kind="examples.removed", model="initiatives.initiative", changes=counts)])
        transaction.on_commit(lambda: _drop_files(files))
    return len(going)


def _going(actor: Actor) -> set[int]:
    """The example's initiatives, and the workstreams below that cannot stand without them."""
    going = set(Initiative.objects.exclude(example="").values_list("pk", flat=True))
    own = Initiative.objects.filter(example="", parent__in=going)
    kept = own.exclude(type=Initiative.Type.WORKSTREAM)
    write_initiatives(actor, [Change({"parent": None}, pk=pk) for pk in kept.values_list("pk", flat=True)])
    below = Ancestry.objects.filter(ancestor__in=own.filter(parent__in=going))
    return going | set(below.values_list("descendant", flat=True))


def _empty_entries(rows: QuerySet[Any]) -> None:
    rows.update(
        initiative=None,
        number=0,
        title=_("Removed example"),
        owner=None,
        state_group=StateGroup.DELETED,
        due=None,
        restricted_by=None,
    )


def _close_accounts(rows: QuerySet[Any]) -> None:
    number = Cast("pk", CharField(max_length=20))
    address = Concat(Value("removed-"), number, Value("@example.invalid"))
    rows.update(email=address, is_active=False, password=make_password(None))


def _loaded(model: str) -> set[int]:
    """The rows of a model that the loading of an example made."""
    events = Event.objects.filter(request_id=MARK, model=model, object_id__isnull=False)
    return {pk for pk in events.values_list("object_id", flat=True) if pk is not None}


def _remove_office() -> None:
    """The example's categories of requests that nothing real has, and whom it named for the office as a whole."""
    purge = Purge({})
    categories = _loaded("office.requestcategory")
    purge.take(RequestCategory, categories - held(RequestCategory, categories))
    purge.take(OfficeSettings, _loaded("office.officesettings"))
    purge.remove()


def _remove_people(actor: Actor) -> None:
    """Posts on the whole organisation go with their only holders; people whom nothing real names go."""
    people = Person.objects.filter(pk__in=_loaded("people.person")).exclude(pk=actor.person_id or 0)
    parties = dict(people.values_list("party", "pk"))
    users = {user: pk for user, pk in people.values_list("user", "pk") if user is not None}
    stay = {parties[pk] for pk in held(Party, parties, but=(Person, Entry))}
    stay |= {parties[pk] for pk in _owners(parties)}
    stay |= {users[pk] for pk in held(User, users, but=(Person, *NEVER_REAL))}
    posts = set(Post.objects.filter(pk__in=_loaded("initiatives.post")).values_list("pk", flat=True))
    leaving = set(parties.values()) - stay
    real = Holding.objects.filter(person__in=leaving).exclude(post__in=posts)
    leaving -= set(real.values_list("person", flat=True))
    others = Holding.objects.filter(post__in=posts).exclude(person__in=leaving)
    posts -= set(others.values_list("post", flat=True))
    gone = Person.objects.filter(pk__in=leaving)
    addresses = list(gone.exclude(email="").values_list("email", flat=True))
    purge = Purge({Entry: _empty_entries, User: _close_accounts})
    purge.take(Party, Post.objects.filter(pk__in=posts).values_list("party", flat=True))
    purge.take(Party, gone.values_list("party", flat=True))
    purge.take(User, [user for user, pk in users.items() if pk in leaving])
    purge.remove()
    OutboxMessage.objects.filter(recipient__in=addresses).delete()


def _owners(parties: Iterable[int]) -> set[int]:
    """The parties that own entries which are still there."""
    entries = Entry.objects.exclude(state_group=StateGroup.DELETED, initiative=None)
    return {
        owner
        for part in batches(parties)
        for owner in entries.filter(owner__in=part).values_list("owner", flat=True)
        if owner is not None
    }


def _remove_units() -> None:
    units = _loaded("people.unit")
    purge = Purge({})
    purge.take(Unit, units - held(Unit, units))
    purge.remove()


def _forget_name(actor: Actor) -> None:
    """Name and marking go back to what they are at first, where they are still the example's."""
    settings_row = Organisation.objects.filter(pk__in=_loaded("organisation.organisation")).first()
    if settings_row is None:
        return
    brought = City().organisation
    values = {
        name: Organisation._meta.get_field(name).get_default()  # type: ignore[union-attr]
        for name in ("name", "marking")
        if getattr(settings_row, name) == brought[name]
    }
    if values:
        configure(actor, values)


def _remove_files(ids: set[int]) -> None:
    """What was attached to the example and to nothing else; the sweep takes the bytes."""
    purge = Purge({})
    purge.take(
        StoredFile, StoredFile.objects.filter(pk__in=ids, attachments=None).values_list("pk", flat=True)
    )
    purge.remove()


def _drop_files(paths: Iterable[str]) -> None:
    """Files of packs that no other pack has."""
    used = set(PackFile.objects.filter(path__in=list(paths)).values_list("path", flat=True))
    used |= set(PublishedFile.objects.filter(path__in=list(paths)).values_list("path", flat=True))
    for path in set(paths) - used:
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
