"""
What was measured, as a plot.
"""

from __future__ import annotations

from measuring import Measuring


def plot(measuring: Measuring, path: str) -> None:
    """
    Draw the ratios to stock, a row for each workload.

    @param path: the file to write.  Its ending says of which kind it is.
    @raise ImportError: if there is no matplotlib.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    keys = list(dict.fromkeys(key for key, _ in measuring.results))
    names = list(dict.fromkeys(name for _, name in measuring.results))
    figure, axes = pyplot.subplots(figsize=(9, 0.5 * len(keys) + 2))
    for number, name in enumerate(names):
        found = [(measuring.ratio(key, name), row) for row, key in enumerate(keys)]
        points = [(ratio, row) for ratio, row in found if ratio is not None]
        axes.plot(
            [ratio for ratio, _ in points],
            [row for _, row in points],
            linestyle="",
            marker="os^vDPX*<>hd"[number % 12],
            label=name,
        )
    axes.set_xscale("log")
    axes.axvline(1, color="grey", linewidth=0.5)
    axes.set_yticks(range(len(keys)), keys)
    axes.invert_yaxis()
    axes.grid(axis="y", linewidth=0.3)
    axes.set_xlabel("times as fast as stock PB, or as little memory")
    axes.legend(bbox_to_anchor=(1, 1), loc="upper left")
    figure.savefig(path, bbox_inches="tight")
    pyplot.close(figure)
