"""The loss as a file (loss.jsonl) and as a picture (loss.svg)."""

from __future__ import annotations

import io
import json
from pathlib import Path

from .whole_file import write_whole


def write_curve(out: Path, reports: list[dict], title: str | None) -> None:
    """Replaces loss.jsonl, and with a title loss.svg too: the same bytes for the same numbers."""
    write_whole(out / "loss.jsonl", "".join(json.dumps(report) + "\n" for report in reports).encode())
    if title is not None:
        write_whole(out / "loss.svg", draw_curve(reports, title))


def draw_curve(reports: list[dict], title: str) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "slowthink", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(7, 3.5), layout="constrained")
        FigureCanvasSVG(figure)
        losses, rates = figure.add_subplot(), None
        steps = [report["step"] for report in reports]
        losses.plot(steps, [report["loss"] for report in reports], color="#1f5fa8", marker="o" if len(reports) < 40 else None, markersize=3, label="loss")
        losses.set_xlabel("step")
        losses.set_ylabel("loss")
        losses.set_title(f"{title}: loss (line) and learning rate (dashes)", fontsize=10)
        losses.grid(alpha=0.3)
        rates = losses.twinx()
        rates.plot(steps, [report["rate"] for report in reports], color="#999999", linestyle="--", linewidth=1)
        rates.set_ylabel("learning rate")
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
