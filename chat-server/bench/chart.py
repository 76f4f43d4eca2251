"""Draws what compare.py measured as an SVG: a row for each work and server, deliveries and processor time.

No library, no date and no random number: the same results give the same bytes. The scale is that of ratios
(twice and half are as far from 1), text is text, and the colours follow the reader's light or dark.
"""
import math
import statistics
from xml.sax.saxutils import escape

import results

PANELS = (("per_s", "Deliveries a second", "more is better"),
          ("cpu_ns_per_delivery", "Processor time for a delivery", "less is better"))

WIDTH, LABELS, VALUES, GAP, MARGIN = 920, 300, 46, 24, 16
PANEL = (WIDTH - 2 * MARGIN - LABELS - len(PANELS) * VALUES - (len(PANELS) - 1) * GAP) / len(PANELS)
TOP, ROW, SPACE, BOTTOM = 84, 20, 10, 64

# One for each server beside the measure: they can be told apart without red and green. Light, dark.
COLOURS = (("#0062a8", "#5db3f0"), ("#b04a00", "#f0a050"), ("#7a3b8f", "#d09be0"), ("#00735c", "#4fc9a8"))

FINE = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2)
COARSE = tuple(n * 10.0 ** e for e in range(-3, 4) for n in (1, 2, 5))


class Scale:
    """Where a ratio lies in a panel."""

    def __init__(self, values, left):
        low, high = min([*values, 0.8]) / 1.04, max([*values, 1.25]) * 1.04
        self.left, self.low, self.high = left, math.log(low), math.log(high)
        self.ticks = [t for t in (FINE if high / low < 4 else COARSE) if low <= t <= high]

    def x(self, ratio):
        return self.left + PANEL * (math.log(ratio) - self.low) / (self.high - self.low)


def draw(works):
    """The chart of all that was measured."""
    measure = results.servers(next(iter(works.values())))[0]
    others = list(dict.fromkeys(s for work in works.values() for s in results.servers(work)[1:]))
    scales = []
    for i, (key, _, _) in enumerate(PANELS):
        values = [r for work in works.values() for s in results.servers(work)[1:] for r in results.ratios(work, s, key)]
        scales.append(Scale([v for v in values if v > 0], MARGIN + LABELS + i * (PANEL + VALUES + GAP)))
    rows, y = [], TOP
    for work in works.values():
        y += SPACE
        single = len(others) == 1
        name = results.describe(work["asked"])
        rows.append(_text(MARGIN, y + 14, name, "" if single else "strong"))
        if not single:
            y += ROW
        for server in results.servers(work)[1:]:
            if not single:
                rows.append(_text(MARGIN + LABELS - 16, y + 14, server, "end"))
            rows += _row(work, server, f"c{others.index(server) % len(COLOURS)}", scales, y + 10)
            y += ROW
    bottom = y + SPACE
    title = f"{' and '.join(others) or 'nothing'} against {measure}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + BOTTOM}" role="img"'
        ' aria-labelledby="title about">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="about">{escape(_in_words(works))}</desc>',
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{bottom + BOTTOM}"/>',
        _text(MARGIN, 28, f"Ratios to {measure}, round by round", "title"),
    ]
    for (_, what, better), scale in zip(PANELS, scales):
        lines.append(_text(scale.left, 52, what, "strong"))
        lines.append(_text(scale.left, 70, better, "faint"))
        for tick in scale.ticks:
            lines.append(f'<path class="{"one" if tick == 1 else "grid"}" d="M{scale.x(tick):.1f} {TOP}V{bottom}"/>')
            lines.append(_text(scale.x(tick), bottom + 18, f"{tick:g}", "middle faint"))
    lines += rows
    rounds = sorted({len(work["rounds"]) for work in works.values()})
    lines.append(_text(MARGIN, bottom + 46, "Dot and figure: the median of "
                       f"{' or '.join(map(str, rounds))} rounds. Line: from the lowest round to the highest.", "faint"))
    return "\n".join([*lines, "</svg>", ""])


def _row(work, server, colour, scales, y):
    drawn = []
    for (key, _, _), scale in zip(PANELS, scales):
        ratios = [r for r in results.ratios(work, server, key) if r > 0]
        if results.bad_rounds(work, server) or not ratios:
            drawn.append(_text(scale.left + PANEL + VALUES, y + 4, "lost or wrong", "end"))
            continue
        middle = statistics.median(ratios)
        drawn.append(f'<path class="{colour} range" d="M{scale.x(min(ratios)):.1f} {y}H{scale.x(max(ratios)):.1f}"/>')
        drawn.append(f'<circle class="{colour}" cx="{scale.x(middle):.1f}" cy="{y}" r="4.5"/>')
        drawn.append(_text(scale.left + PANEL + VALUES, y + 4, f"{middle:.2f}", "end"))
    return drawn


def _in_words(works):
    """The same for those who hear it read."""
    sentences = []
    for work in works.values():
        for server in results.servers(work)[1:]:
            values = [results.ratios(work, server, key) for key, _, _ in PANELS]
            if results.bad_rounds(work, server) or not all(values):
                what = "messages lost or wrong"
            else:
                what = "deliveries {:.2f}, processor time {:.2f}".format(*map(statistics.median, values))
            sentences.append(f"{results.describe(work['asked'])}: {server} {what}.")
    return " ".join(sentences)


def _text(x, y, text, kind):
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _style():
    def theme(paper, ink, faint, grid, dark):
        colours = "".join(f".c{i}{{fill:{c[dark]};stroke:{c[dark]}}}" for i, c in enumerate(COLOURS))
        return (f".paper{{fill:{paper}}}text{{fill:{ink}}}.faint{{fill:{faint}}}.grid{{stroke:{grid}}}"
                f".one{{stroke:{faint}}}{colours}")

    return ("text{font:13px system-ui,sans-serif}.title{font-size:16px;font-weight:600}.strong{font-weight:600}"
            ".end{text-anchor:end}.middle{text-anchor:middle}.one{stroke-width:2}.range{stroke-width:2}"
            + theme("#ffffff", "#1f2328", "#59636e", "#d8dee4", 0)
            + "@media(prefers-color-scheme:dark){" + theme("#0d1117", "#e6edf3", "#9198a1", "#30363d", 1) + "}")
