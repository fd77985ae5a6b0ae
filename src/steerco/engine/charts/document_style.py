"""The stylesheet of drawings in documents: the site's light tokens as literal colours, for renderers without variables.

Pass it to ``svg.standalone``.
"""

from collections.abc import Mapping

# Tone -> its fill, the text on it, its outline.
RATING_TONES: Mapping[str, tuple[str, str, str]] = {
    "green": ("#1f7a45", "#ffffff", "#14532d"),
    "amber-green": ("#a3bf3a", "#1c2200", "#3a4708"),
    "amber": ("#f2b138", "#2b1d00", "#573800"),
    "amber-red": ("#e8793a", "#2b1200", "#66280a"),
    "red": ("#b8202f", "#ffffff", "#78131f"),
    "none": ("#a9b0ba", "#16191d", "#434a54"),
}
SERIES_TONES = (
    "#1864ab", "#b85013", "#2b7a4b", "#8a3fa0", "#0b7285", "#a8324a", "#7a6600", "#5b6470",
)  # fmt: skip
INK, MUTED, GRID, PAPER = "#262626", "#5f6670", "#dfe2e6", "#ffffff"


def document_style(font: str, tones: Mapping[str, tuple[str, str, str]] = RATING_TONES) -> str:
    """Return the stylesheet.

    Args:
        font: family that the document has.
        tones: fill, text on it and outline of each rating, for a house style of one's own.
    """
    rules = [
        f"text{{font-family:'{font}';fill:{INK}}}",
        f".sc-chart-tick{{fill:{MUTED}}}.sc-chart-value{{font-weight:600}}",
        f".sc-chart-grid,.sc-chart-lane{{stroke:{GRID}}}.sc-chart-zero{{stroke:{MUTED}}}",
        f".sc-chart-now{{stroke:{SERIES_TONES[1]};stroke-width:1.5;stroke-dasharray:4 3}}",
        ".sc-line{fill:none;stroke-width:2;stroke-linejoin:round}.sc-dashed{stroke-dasharray:6 4}",
        ".sc-on-fill,.sc-tile-text{font-weight:600}.sc-band{fill-opacity:0.18}",
        f".sc-tile{{stroke:{PAPER};stroke-width:1.5}}",
    ]
    kinds = [(f"sc-rag-{name}", *tone) for name, tone in tones.items()]
    kinds += [(f"sc-series-{at}", colour, PAPER, colour) for at, colour in enumerate(SERIES_TONES, 1)]
    for name, fill, on, outline in kinds:
        rules.append(f".sc-fill.{name},.sc-tile.{name},.sc-band.{name}{{fill:{fill}}}")
        rules.append(f".sc-on-fill.{name},.sc-tile-text.{name}{{fill:{on}}}")
        rules.append(
            f".sc-line.{name}{{stroke:{fill}}}polygon.sc-fill.{name}{{stroke:{outline};stroke-width:0.75}}"
        )
    rules.append(f".sc-chart-course{{stroke:{MUTED};stroke-width:1}}")
    rules.append(f".sc-line.sc-chart-slip{{stroke:{MUTED};stroke-width:1.5}}")
    rules.append(
        f".sc-hollow{{fill:{PAPER};stroke:{MUTED};stroke-width:1.5}}.sc-tile-empty{{fill-opacity:0.25}}"
    )
    return "".join(rules)
