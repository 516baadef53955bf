"""Lines over the rate of looks, as a drawing for the documentation."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 170, 24, 40
_COLOURS = ("#1f6f8b", "#d1495b", "#5b8c5a", "#edae49", "#6a4c93", "#8d6a4f", "#3a86a8", "#b56576", "#7a9e7e")


def draw(title: str, unit: str, rates: Sequence[float], lines: Mapping[str, Sequence[float]]) -> str:
    """Draw a line for each name.

    Args:
        title: What the drawing shows.
        unit: Of the values, for the axis.
        rates: Looks a second, at equal distances in the drawing.
        lines: Name → a value for each rate.

    Returns:
        SVG.
    """
    values = [value for line in lines.values() for value in line]
    low = min(values)
    high = max(*values, low + 1e-9)
    across = [_LEFT + n * (WIDTH - _LEFT - _RIGHT) / max(len(rates) - 1, 1) for n in range(len(rates))]

    def down(value: float) -> float:
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 14, title, "start")]
    for value in (low, (low + high) / 2, high):
        parts.append(
            f'<path d="M{_LEFT} {down(value):.1f}H{WIDTH - _RIGHT}" stroke="#d5dbe1" fill="none"/>'
            + _text(_LEFT - 6, down(value) + 4, f"{value:.3g}", "end")
        )
    parts += [_text(x, HEIGHT - 20, f"{rate:g}", "middle") for x, rate in zip(across, rates, strict=True)]
    parts.append(_text(_LEFT, HEIGHT - 5, f"looks a second; upwards: {unit}", "start"))
    for number, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        way = "L".join(f"{x:.1f} {down(value):.1f}" for x, value in zip(across, line, strict=True))
        dashes = ' stroke-dasharray="5 3"' if number >= len(_COLOURS) else ""
        parts.append(f'<path d="M{way}" stroke="{colour}" stroke-width="2" fill="none"{dashes}/>')
        place = _TOP + 12 + 16 * number
        parts.append(_text(WIDTH - _RIGHT + 14, place, name, "start", colour))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    return "\n".join([head, f"<title>{escape(title)}</title>", *parts, "</svg>\n"])


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#4a5866") -> str:
    font = 'font-family="system-ui, sans-serif" font-size="12"'
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} {font} fill="{colour}">{escape(words)}</text>'
