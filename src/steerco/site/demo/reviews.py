"""Reviews of the example city, as `northwind/reviews.toml` has them: one issued with its findings, one planned."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from steerco.apps.assurance.issuing import issue
from steerco.apps.assurance.models import Finding, Review, Working
from steerco.apps.assurance.services import set_team, write_findings, write_reviews
from steerco.apps.assurance.working import Typed, begin, save_working, say_facts, send
from steerco.apps.people.models import Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.story import read_text
from steerco.site.demo.timeline import Timeline

AUTO = ("risks", "plan", "reporting", "records")  # what was accepted as the system told it
STEPS = {
    "agreed": {"state": "agreed"},
    "done": {"state": "done"},
    "closed": {"state": "closed"},
}


def tell_reviews(timeline: Timeline, people: Mapping[str, Person], office: str) -> None:
    """Put the reviews with every step on the timeline."""
    Reviews(timeline, people, office).tell()


class Reviews:
    """What is put on the timeline."""

    def __init__(self, timeline: Timeline, people: Mapping[str, Person], office: str) -> None:
        self.timeline, self.people, self.office = timeline, people, office
        self.text = read_text("reviews.toml")

    def tell(self) -> None:
        """The review that was issued, what became of its findings, and the one that is planned."""
        one, two = self.text["issued"], self.text["planned"]
        lead = self.people[one["lead"]].name
        call = self.timeline.call
        call(one["begun"] - 10, 10, self.office, partial(self._plan, one, one["begun"]))
        call(one["begun"], 10, lead, lambda actor: begin(actor, self._row(one)))
        call(one["sent"], 15, lead, partial(self._write, one))
        call(one["checked"], 9, self.people["daniel"].name, partial(self._check, one))
        call(one["issued"], 11, lead, lambda actor: issue(actor, self._row(one)))
        for finding in one["finding"]:
            for step, values in STEPS.items():
                if step in finding:
                    who = lead if step == "closed" else self.people[finding["owner"]].name
                    call(finding[step], 14, who, partial(self._move, finding, values))
        call(two["planned"], 10, self.office, partial(self._plan, two, two["on"]))

    def _row(self, text: Mapping[str, Any]) -> Review:
        rows = Review.objects.select_related("initiative__lead", "initiative__sponsor", "owner")
        return rows.get(initiative=self.timeline.rows[text["place"]], title=text["title"])

    def _plan(self, text: Mapping[str, Any], on: int, actor: Actor) -> None:
        values = {
            "initiative": self.timeline.rows[text["place"]],
            "title": text["title"],
            "kind": text.get("kind", "health"),
            "scope": text["scope"],
            "why": text["why"],
            "owner": self.people[text["lead"]].party,
            "planned_on": self.timeline.day(on),
        }
        row = write_reviews(actor, [Change(values)])[0]
        set_team(actor, row, [self.people[key].party for key in text.get("team", ())])

    def _write(self, text: Mapping[str, Any], actor: Actor) -> None:
        row = self._row(text)
        working = Working.objects.get(review=row)
        form: dict[str, Any] = {"confidence": text["confidence"]}
        form |= {name: text[name] for name in ("reasons", "summary")}
        form["next_review"] = (self.timeline.today + timedelta(days=text["next_review"])).isoformat()
        for one in working.questions:
            key = one["key"]
            form[f"value-{key}"] = (
                "not" if key in text["not"] else "partly" if key in text["partly"] else "met"
            )
            form[f"note-{key}"] = text["notes"].get(key, "")
            if key in AUTO:
                form[f"auto-{key}"] = "1"
        for n, finding in enumerate(text["finding"]):
            form |= {f"f{n}-{name}": finding[name] for name in ("severity", "title", "description", "topic")}
            form[f"f{n}-owner"] = str(self.people[finding["owner"]].party_id)
            form[f"f{n}-due"] = self.timeline.day(finding["due"]).isoformat()
        save_working(actor, row, Typed.of(actor, form, row, working))
        send(actor, row)

    def _check(self, text: Mapping[str, Any], actor: Actor) -> None:
        say_facts(actor, self._row(text), "right", text["facts"])

    def _move(self, finding: Mapping[str, Any], values: Mapping[str, Any], actor: Actor) -> None:
        row = Finding.objects.get(title=finding["title"])
        more = {"closure_evidence": finding["evidence"]} if values["state"] == "done" else {}
        write_findings(actor, [Change({**values, **more}, pk=row.pk)])
