"""A calendar's own questions in documents: what was answered, and who entered a report for whom."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from steerco.apps.cycles.consolidation import read_line
from steerco.apps.cycles.drafts import Content
from steerco.apps.cycles.entering import entered_words
from steerco.apps.cycles.layouts import answer_words
from steerco.apps.cycles.showing import answer_table
from steerco.exchange.packs.content import Narrative


def question_narratives(content: Content) -> Iterable[Narrative]:
    """The questions of a report with their answers; of a consolidated one, each with the answers of those below."""
    for one in content.get("questions", ()):
        if one["value"]:
            yield Narrative(one["label"], answer_words(one["type"], one["value"]))
    table = answer_table([read_line(line) for line in content.get("below", ())])
    if table is not None:
        for place, label in enumerate(table["labels"]):
            said = [f"{row['name']}: {row['cells'][place]}" for row in table["rows"] if row["cells"][place]]
            if said:
                yield Narrative(label, "\n".join(said))
    if content.get("entered"):
        yield Narrative(_("Entered for somebody"), entered_words(content["entered"]))
