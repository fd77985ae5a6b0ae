"""Packs whose every user text is awkward: empty, endless, of other scripts, or an attack."""

from dataclasses import replace

from tests.exchange.packs.contents import pack

from steerco.exchange.packs.content import PackContent

TEXTS = {
    "empty": "",
    "one": "x",
    "endless": "The programme board approved the revised business case. " * 90,
    "unbroken": "W" * 400,
    "german": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft ",
    "arabic": "مشروع تطوير البنية التحتية للنقل العام في المدينة ",
    "hebrew": "פרויקט פיתוח התשתיות ",
    "han": "国家重大基础设施项目管理办公室",
    "emoji": "\U0001f600 launch \U0001f680",
    "markup": "<a>&\"'</w:t>]]> {{ 1+1 }} {% for x in y %} #set text() *b* $x$ [link] \\",
    "control": "a\x00b\x0bc\ufffe \u202e reversed \r\n\r\n\t end",
    "formula": '=HYPERLINK("http://x","y")',
}


def hostile(text: str, count: int = 4) -> PackContent:
    """A pack in which `text` stands wherever a user writes."""
    base = pack(count)
    pages = tuple(
        replace(
            page,
            code=text,
            name=text,
            unit=text,
            sponsor=text,
            manager=text,
            description=text,
            computed_reason=text,
            dates=tuple(replace(item, label=text) for item in page.dates),
            narratives=tuple(replace(item, heading=text, text=text, source=text) for item in page.narratives),
            milestones=tuple(replace(item, project=text, name=text, tier=text) for item in page.milestones),
        )
        for page in base.projects
    )
    return replace(
        base,
        title=text,
        initiative_code=text,
        initiative_name=text,
        organisation=text,
        marking=text,
        audience=text,
        attribution=text,
        dimensions=(text, f"{text}2", f"{text}3", f"{text}4"),
        money_year=text,
        coverage=replace(base.coverage, reader=text, notes=(text, text), sources=(text,)),
        decisions=tuple(
            replace(
                item,
                number=text,
                question=text,
                options=(text, text),
                recommendation=text,
                consequence=text,
                decider=text,
                project=text,
            )
            for item in base.decisions
        ),
        conflicts=tuple(
            replace(
                item,
                number=text,
                title=text,
                about=text,
                parties=(text, text),
                options=(text, text),
                by_rank=text,
                resolver=text,
            )
            for item in base.conflicts
        ),
        changes=tuple(
            replace(item, project=text, code=text, reason=text, source=text) for item in base.changes
        ),
        ratings=tuple(replace(item, project=text, code=text, unit=text) for item in base.ratings),
        milestones=tuple(replace(item, project=text, name=text, tier=text) for item in base.milestones),
        money=tuple(replace(item, project=text, code=text) for item in base.money),
        risks=tuple(
            replace(item, number=text, project=text, title=text, owner=text, response=text)
            for item in base.risks
        ),
        projects=pages,
    )
