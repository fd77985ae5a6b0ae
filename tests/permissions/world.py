"""A small organisation with a persona for every kind of reader, an open place, a foreign one and hidden ones.

A (portfolio) > A1 (programme) > A11 (project) > A111 (workstream);   B (portfolio) > B1 (project);
HID (project below A, restricted to the portfolio manager alone).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.apps.worlds import NEEDED
from tests.permissions import assurance, meetings, money, office
from tests.permissions.plans import bring_plans
from tests.permissions.reporting import report_addresses, report_weekly
from tests.permissions.rounds import bring_rounds
from tests.permissions.warned import warn_of

from steerco.apps.access.models import Token, User
from steerco.apps.change.models import ChangeRequest
from steerco.apps.deliverables.models import ObligationTemplate
from steerco.apps.deliverables.services import write_templates
from steerco.apps.escalation.ladder import Step
from steerco.apps.escalation.proposals import Proposal, propose
from steerco.apps.escalation.services import write_rights, write_settings, write_tolerances
from steerco.apps.followups.services import Ask, ask
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_bodies
from steerco.apps.indicators.models import PortfolioImport, Snapshot, Value
from steerco.apps.initiatives.models import Entry, Initiative, Record
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.links.services import (
    Upload,
    attach_files,
    relate,
    remove_attachment,
    set_tags,
    write_comment,
)
from steerco.apps.office.models import RequestCategory
from steerco.apps.organisation.services import configure, define_field
from steerco.apps.people.models import Person, Unit
from steerco.apps.people.services import write_people, write_units
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Action, Appetite, Conflict, Dependency, Issue, Risk
from steerco.apps.reporting.models import PackFile
from steerco.apps.reporting.services import request_pack
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.imports.jobs import write_export
from steerco.kit.imports.models import ImportRun
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.results import store_result
from steerco.kit.permissions import Actor
from steerco.kit.registers.models import SavedView
from steerco.kit.registers.register import registers

# persona -> (role, place); place None: the whole organisation; role "": no post
PERSONAS: dict[str, tuple[str, str | None]] = {
    "administrator": ("administrator", None),
    "pmo_manager": ("pmo_manager", None),
    "pmo_analyst": ("pmo_analyst", None),
    "pmo_administrator": ("pmo_administrator", None),
    "finance": ("finance", None),
    "auditor": ("auditor", None),
    "portfolio_manager": ("portfolio_manager", "A"),
    "programme_manager": ("programme_manager", "A1"),
    "project_manager": ("project_manager", "A11"),
    "team_member": ("team_member", "A11"),
    "sponsor": ("sponsor", "A"),
    "viewer": ("viewer", "A11"),
    "staff": ("", None),
    "outsider": ("", None),
    "leaver": ("pmo_manager", None),
}
OPERATOR = Actor.operator("test")
CANARY = "Zzyzx canary"
SOMEBODY = "somebody else"  # an account that is no persona's


@dataclass
class World:
    """The organisation: initiatives by code, people and accounts by persona, one record of each register by place."""

    initiatives: dict[str, Initiative] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    records: dict[tuple[str, str], Any] = field(default_factory=dict)

    extras: dict[tuple[str, str], int] = field(default_factory=dict)
    unit: Unit | None = None
    line: ObligationTemplate | None = None
    category: RequestCategory | None = None

    def row(self, register: str, code: str) -> Any:
        """The row of any register at the place with that code; None where the register has none there."""
        if register == "initiative":
            return self.initiatives[code]
        if register == "person":
            return self.people["outsider" if code == "HID" else "project_manager"]
        if register == "unit":
            return self.unit
        if register == "checklist":
            return self.line
        if register == "request_category":
            return self.category
        return self.records.get((register, code))

    def samples(self, name: str, code: str) -> list[tuple[str, dict[str, Any]]] | None:
        """(label, parameters) to try the address `name` with at the place with that code; None: not known."""
        app, _, rest = name.partition(":")
        entry = self.records["risk", code].entry_id
        pack, snapshot_pk = self.extras["pack", code], self.extras["snapshot", code]
        if name == "imports:bundle":
            return [("", {"bundle": f"bundle-of-{code}"})]
        if name.startswith("imports:") and not name.startswith("imports:export_job"):
            return [("", {"pk": self.extras["run", code]})]
        if name in ("planning:revision", "planning:undo"):
            kinds = ("taken", "open") if rest == "revision" else ("taken",)
            return [(kind, {"code": code, "pk": self.extras[f"plan {kind}", code]}) for kind in kinds]
        by_code = {"indicators:initiatives", "escalation:authority"}
        if app in ("initiatives", "planning") or name in by_code | money.BY_CODE:
            return [("", {"code": code})]
        if app == "api" and rest == "token":
            return [("", {"pk": self.extras["token", code]})]
        if app == "api" and rest == "initiative-snapshots":
            return [("", {"pk": self.initiatives[code].pk})]
        if app == "api" and rest == "initiative-snapshot":
            return [("", {"pk": self.initiatives[code].pk, "as_of": date(2025, 9, 30)})]
        if app == "api":
            row = self.row(rest.split("-")[0], code)
            if rest.startswith("snapshot"):
                return [("", {"pk": snapshot_pk})]
            if row is None:
                return []
            register, _dash, what = rest.partition("-")
            more: dict[str, Any] = {"key": "close"} if what == "transition" else {}
            if what in ("file", "file-restore"):
                more = {"file": self.extras[f"{what} of {register}", code]}
            return [("", {"pk": row.pk, **more})]
        fixed: dict[str, dict[str, Any]] = {
            **office.samples(self, code),
            **assurance.samples(self, code),
            **money.samples(self, code),
            **meetings.samples(self, code),
            "links:tag": {"name": "urgent"},
            "links:change_comment": {"pk": entry, "comment_pk": self.extras["comment", code]},
            "links:file": {"pk": entry, "file_pk": self.extras["file", code]},
            "links:detach": {"pk": entry, "file_pk": self.extras["file", code]},
            "links:reattach": {"pk": entry, "file_pk": self.extras["file-restore of risk", code]},
            "links:open": {"pk": entry, "key": "risk-issue"},
            "links:unrelate": {"pk": entry, "relation_pk": self.extras["relation", code]},
            "registers:suggest": {"key": "party"},
            "access:link": {"pk": self.users["leaver"].pk},
            "access:open": {"pk": self.users["leaver"].pk},
            "access:revoke": {"pk": self.extras["token", code]},
            "audit:export": {"form": "csv"},
            "followups:page": {"pk": self.extras["follow_up", code]},
            "followups:delegate": {"pk": self.extras["follow_up", code]},
            "escalation:escalate": {"pk": entry},
            "escalation:acknowledge": {"pk": entry},
            "escalation:withdraw": {"pk": self.extras["escalation", code]},
            "escalation:give_back": {"pk": self.extras["escalation", code]},
            "escalation:score": {"pk": self.extras["escalation", code]},
            "escalation:record": {"pk": self.extras["to a body", code]},
            "escalation:rule": {"key": "risk.score"},
            "followups:time": {"pk": self.extras["follow_up", code]},
            "followups:nudge": {"pk": self.extras["follow_up", code]},
            "hygiene:confirm": {"pk": entry},
            "foresight:warning": {"pk": self.extras["warning", code]},
            "raid:answer_lesson": {
                "pk": self.records["lesson", code].pk,
                "entry_pk": entry,
                "answer": "useful",
            },
            "handover:person": {"pk": self.people["outsider" if code == "HID" else "project_manager"].pk},
            "followups:link": {"token": f"1-{'0' * 40}"},
            "deliverables:checklist": {"code": code},
            "deliverables:action": {"pk": self.records["quality", code].pk},
            "deliverables:ask": {"pk": self.records["deliverable", code].entry_id},
            "deliverables:withdraw": {"pk": self.extras["round", code]},
            "deliverables:certificate": {"pk": self.extras["signed round", code]},
            "deliverables:file": {"pk": self.extras["signed round", code], "number": 1},
            "deliverables:owed_file": {"pk": self.extras["approval", code], "number": 1},
            "deliverables:link_file": {"token": f"1-{'0' * 40}", "number": 1},
            "people:succeed": {"pk": self.unit.pk if self.unit else 0},
            "organisation:field": {"pk": self.extras["field", ""]},
            "organisation:retire_field": {"pk": self.extras["field", ""]},
            "papers:options": {"slug": "changes", "pk": self.records["change_request", code].pk},
            "papers:record": {"slug": "decisions", "pk": self.records["decision", code].pk},
            "governance:add_action": {"pk": self.records["decision", code].pk},
            "change:requirements": {"pk": self.records["change_request", code].pk},
            "change:baseline": {"pk": self.records["change_request", code].pk},
            "imports:export_job": {"pk": self.extras["job", code]},
            "imports:export_job_file": {"pk": self.extras["job", code]},
            "indicators:import-one": {"batch": self.batch(code)},
            "indicators:import-undo": {"batch": self.batch(code)},
            **report_addresses(self, code),
            "reporting:pack": {"pk": pack},
            "reporting:cancel": {"pk": pack},
            "reporting:download": {"pk": pack, "name": "pdf"},
        }
        if name in fixed:
            return [("", fixed[name])]
        return [("", {"pk": entry})] if app == "links" else None

    def saved_view(self, register: str, code: str) -> int:
        """A view of that register that somebody saved for themselves."""
        return self.extras[f"view of {register}", code]

    def batch(self, code: str) -> str:
        """The batch of the portfolio import at a place."""
        return f"import-of-{code}"

    def record(self, register: str, code: str) -> Record:
        """The record of `register` at the initiative with that code."""
        return self.records[register, code]


def build() -> World:
    """The whole organisation."""
    world = World()
    configure(OPERATOR, {"name": "Example", "staff_read_all": False})
    _people(world)
    _tree(world)
    world.unit = write_units(OPERATOR, [Unit(code="FIN", name="Finance")])[0]
    line = {"checklist": "Every project", "title": "Mandate is there"}
    world.line = write_templates(OPERATOR, [Change(line)])[0]
    office.add_mail(world, CANARY)
    assurance.add_question(world)
    for code in ("A11", "B1", "HID"):
        office.add_request(world, code, CANARY if code == "HID" else f"of {code}")
        _records(world, code)
        assurance.add_review(world, code, CANARY if code == "HID" else f"of {code}")
    _snapshots(world)
    world.extras["field", ""] = define_field(
        OPERATOR, "issue", {"key": "town", "label": "Town", "kind": "text"}
    ).pk
    for code in ("A11", "B1", "HID"):
        _extras(world, code)
        bring_rounds(world, code)
        _imports(world, code)
    for persona, (role, place) in PERSONAS.items():
        if role:
            post = create_post(OPERATOR, world.initiatives[place] if place else None, role, f"{role} chair")
            appoint(OPERATOR, post, world.people[persona])
    Person.objects.filter(pk=world.people["leaver"].pk).update(leaves=date(2020, 1, 1))
    restrict(OPERATOR, world.initiatives["HID"], [world.people["portfolio_manager"].party_id])
    restrict(OPERATOR, world.record("risk", "A11-restricted"), [world.people["portfolio_manager"].party_id])
    return world


def _people(world: World) -> None:
    for persona in PERSONAS:
        world.users[persona] = User.objects.create_user(f"{persona}@example.org", "a long enough password")
    world.users[SOMEBODY] = User.objects.create_user("somebody@example.org", "a long enough password")
    changes = [
        Change(
            {
                "name": f"{persona.replace('_', ' ').title()} Person",
                "email": f"{persona}@example.org",
                "user": world.users[persona],
                "engagement": "external" if persona == "outsider" else "staff",
            }
        )
        for persona in PERSONAS
    ]
    world.people.update(zip(PERSONAS, write_people(OPERATOR, changes), strict=True))


def _tree(world: World) -> None:
    places = (
        ("A", "portfolio", None, "Alpha"),
        ("A1", "programme", "A", "Alpha One"),
        ("A11", "project", "A1", "Alpha One One"),
        ("A111", "workstream", "A11", "Alpha workstream"),
        ("B", "portfolio", None, "Beta"),
        ("B1", "project", "B", "Beta One"),
        ("HID", "project", "A", f"{CANARY} project"),
    )
    for code, kind, parent, name in places:
        values: dict[str, Any] = {"code": code, "type": kind, "name": name}
        if parent:
            values["parent"] = world.initiatives[parent]
        world.initiatives[code] = write_initiatives(OPERATOR, [Change(values)])[0]


def _records(world: World, code: str) -> None:
    place = world.initiatives[code]
    name = CANARY if code == "HID" else f"of {code}"
    owner = world.people["project_manager"].party if code == "A11" else None
    risk = {"initiative": place, "title": f"Risk {name}", "current_probability": 4, "current_impact": 5}
    world.records["risk", code] = write_records(OPERATOR, Risk, [Change({**risk, "owner": owner})])[0]
    if code == "A11":
        hidden = {**risk, "title": f"{CANARY} restricted risk"}
        world.records["risk", "A11-restricted"] = write_records(OPERATOR, Risk, [Change(hidden)])[0]
    common = {"initiative": place, "owner": owner}
    due = date(2026, 12, 1)
    world.records["issue", code] = write_records(
        OPERATOR, Issue, [Change({**common, "title": f"Issue {name}", "due_on": due})]
    )[0]
    world.records["action", code] = write_records(
        OPERATOR, Action, [Change({**common, "title": f"Action {name}", "due_on": due})]
    )[0]
    world.records["milestone", code] = write_records(
        OPERATOR,
        Milestone,
        [Change({**common, "title": f"Milestone {name}", "baseline": due, "forecast": due})],
    )[0]
    _authority(world, code)
    _governance(world, code)
    world.extras["cycle", code] = report_weekly(world, code)
    for register in registers():  # those that were added later
        if register.scope_path == "initiative" and (register.key, code) not in world.records:
            change = Change({**common, "title": f"{register.label} {name}", **NEEDED.get(register.key, {})})
            world.records[register.key, code] = write_records(OPERATOR, register.model, [change])[0]


def _authority(world: World, code: str) -> None:
    """A tolerance, a decision right and an appetite of a place, and its risk proposed to a level above."""
    place, name = world.initiatives[code], f"of {code}" if code in {"A11", "B1"} else CANARY
    tolerance = {"initiative": place, "area": "time", "title": f"Date {name}", "days": 5}
    world.records["tolerance", code] = write_tolerances(OPERATOR, [Change(tolerance)])[0]
    party = world.people[{"A11": "sponsor", "HID": "portfolio_manager"}.get(code, "leaver")].party
    risk = Entry.objects.filter(initiative=place, register="risk").earliest("pk")
    step = Step(world.initiatives["A1" if code == "A11" else code].pk, party.pk)
    up = Proposal(risk.pk, place.pk, step, reason=f"Why {name}")
    world.extras["escalation", code] = propose(OPERATOR, [up])[0].pk
    right = {"initiative": place, "subject": "change", "title": f"Changes {name}", "party": party}
    world.records["decision_right", code] = write_rights(OPERATOR, [Change(right)])[0]
    carried = {"initiative": place, "category": "legal", "title": f"Carried {name}", "score": 8}
    world.records["appetite", code] = write_settings(OPERATOR, Appetite, [Change(carried)], "appetite")[0]


def _governance(world: World, code: str) -> None:
    """A body of a place, a decision that is put to somebody there, and a change request."""
    place, name = world.initiatives[code], f"of {code}" if code in {"A11", "B1"} else CANARY
    body = Change({"initiative": place, "name": f"Board {name}"})
    world.records["body", code] = write_bodies(OPERATOR, [body])[0]
    to = Step(place.pk, world.records["body", code].party_id)
    up = Proposal(world.records["issue", code].entry_id, place.pk, to, reason=f"Why {name}")
    world.extras["to a body", code] = propose(OPERATOR, [up])[0].pk
    start = {"initiative": place, "decider": world.people["portfolio_manager"].party}
    options = [{"key": "o1", "title": f"Go on {name}"}, {"key": "o2", "title": "Halt the works"}]
    asked = {**start, "title": f"Decision {name}", "state": "asked", "options": options}
    world.records["decision", code] = write_records(OPERATOR, Decision, [Change(asked)])[0]
    change = Change({**start, "title": f"Change {name}", "days": 5})
    world.records["change_request", code] = write_records(OPERATOR, ChangeRequest, [change])[0]


def _snapshots(world: World) -> None:
    for code in ("A11", "B1", "HID"):
        for year, rating in ((2024, "green"), (2025, "red")):
            snapshot(world.initiatives[code], date(year, 9, 30), rating)


def snapshot(initiative: Initiative, as_of: date, rating: str) -> None:
    """One reported snapshot with a rating, a cost and a narrative."""
    row = Snapshot(
        initiative=initiative,
        as_of=as_of,
        recorded_at=clock.now(),
        fingerprint=f"{initiative.code}{as_of}",
        name=initiative.name,
        scale="five_point",
        rating=rating,
        ends=date(as_of.year + 2, 3, 31),
        currency="GBP",
        whole_life_cost=1_000_000_00,
    )
    row.keep_sort_name()
    Snapshot.objects.bulk_create([row])
    text = f"{initiative.name} narrative"
    Value.objects.bulk_create(
        [
            Value(
                snapshot=row,
                initiative=initiative,
                as_of=as_of,
                indicator="rating",
                dimension="overall",
                rating=rating,
            ),
            Value(snapshot=row, initiative=initiative, as_of=as_of, indicator="rating_comment", text=text),
        ]
    )


def _extras(world: World, code: str) -> None:
    """What hangs on the risk of a place, and a pack of the place."""
    risk, issue = world.record("risk", code), world.record("issue", code)
    entry, other = Entry.objects.get(pk=risk.entry_id), Entry.objects.get(pk=issue.entry_id)
    text = f"{CANARY} comment" if code == "HID" else "A comment"
    world.extras["comment", code] = write_comment(OPERATOR, entry, text).pk
    world.extras["warning", code] = warn_of(entry)
    upload = Upload(f"note-{code}.txt", [b"A note of the call."])
    world.extras["file", code] = attach_files(OPERATOR, entry, [upload])[0].pk
    for register in registers():
        if register.is_records:
            _files(world, register.key, code)
    world.extras["relation", code] = relate(OPERATOR, entry, other, "causes").pk
    set_tags(OPERATOR, entry, ["urgent"])
    pack = request_pack(OPERATOR, world.initiatives[code], formats=["pdf"])
    path = store_result(f"{code}.pdf", b"%PDF-1.7 a pack")
    PackFile.objects.create(pack=pack, format="pdf", path=path, name=f"{code}.pdf", size=15, sha256="0" * 64)
    type(pack).objects.filter(pk=pack.pk).update(state="ready")
    world.extras["pack", code] = pack.pk
    world.extras["snapshot", code] = Snapshot.objects.filter(initiative__code=code).values_list(
        "pk", flat=True
    )[0]


def _files(world: World, register: str, code: str) -> None:
    """A file on the row of that register at a place, and one that was taken off it."""
    entry = Entry.objects.get(pk=world.row(register, code).entry_id)
    uploads = [Upload(f"{name}-{code}.txt", [b"A note of the call."]) for name in ("on", "off")]
    on, off = attach_files(OPERATOR, entry, uploads)
    remove_attachment(OPERATOR, off)
    world.extras[f"file of {register}", code] = on.pk
    world.extras[f"file-restore of {register}", code] = off.pk


def _imports(world: World, code: str) -> None:
    """What belongs to one account alone, of the project manager at the own place, else of somebody else: a token,
    saved views, a long export, a staged import of a register; and a portfolio import of the place."""
    owner = world.users["project_manager" if code == "A11" else SOMEBODY]
    token, _secret = Token.issue(owner, f"of {code}", clock.now(), clock.now() + timedelta(days=1))
    world.extras["token", code] = token.pk
    for register in registers():
        view = SavedView.objects.create(register=register.key, owner=owner, name=f"of {code}", query="")
        world.extras[f"view of {register.key}", code] = view.pk
    job = Job.objects.create(
        task=write_export.module_path,
        requester=owner,
        state=Job.State.DONE,
        result_file=store_result(f"export-{code}.csv", b"of " + code.encode()),
        created_at=clock.now(),
    )
    world.extras["job", code] = job.pk
    person = world.people["project_manager" if code == "A11" else "leaver"]
    asked = Ask(
        f"of {code}", "risk.review", world.record("risk", code).entry_id, person.party_id, clock.today()
    )
    world.extras["follow_up", code] = ask(OPERATOR, [asked])[0].pk
    run = ImportRun.objects.create(
        register="risk",
        owner=owner,
        owner_label="x",
        place=code,
        batch=code,
        bundle=f"bundle-of-{code}",
        created_at=clock.now(),
    )
    world.extras["run", code] = run.pk
    bring_plans(world, code)
    money.write_money(world, code)
    money.write_commissions(world, code)
    PortfolioImport.objects.create(
        batch=world.batch(code),
        portfolio=world.initiatives[code],
        by="x",
        at=clock.now(),
        state="imported",
        file_name="x",
    )


def hide(world: World, code: str) -> None:
    """Add a hidden project below A with everything that a project has, last of all: nobody may notice."""
    values = {"code": code, "type": "project", "name": f"{CANARY} {code}", "parent": world.initiatives["A"]}
    world.initiatives[code] = write_initiatives(OPERATOR, [Change(values)])[0]
    restrict(OPERATOR, world.initiatives[code], [world.people["leaver"].party_id])
    world.initiatives[code].refresh_from_db()
    place = world.initiatives[code]
    for register in registers():
        if register.scope_path == "initiative" and register.is_records:
            title = f"{CANARY} {register.key}"
            values = {"initiative": place, "title": title, **NEEDED.get(register.key, {})}
            world.records[register.key, code] = write_records(OPERATOR, register.model, [Change(values)])[0]
    for end, model in (("giver", Dependency), ("other", Conflict)):  # their other end is in the open
        values = {"initiative": place, "title": f"{CANARY} {end}", end: world.initiatives["A11"]}
        write_records(OPERATOR, model, [Change(values)])
    snapshot(place, date(2025, 9, 30), "red")
    _authority(world, code)
    _governance(world, code)
    money.write_money(world, code)
    money.write_commissions(world, code)
