"""Taking counted time back, so that it can be counted again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.ledger.timeline import TOUCHING_S
from pipeline.ledger.values import Counted, Offered, Span


def spans_of(sources: Iterable[Offered], counted: Sequence[Counted]) -> tuple[Span, ...]:
    """The counted time that sources stand for, wherever it hangs.

    Args:
        sources: Sources that are to be read again.
        counted: What was counted of all cameras.

    Returns:
        The time of each source for its camera, and for every other camera the time that was counted from
        the very same bytes.
    """
    spans: list[Span] = []
    for source in sources:
        own = [one for one in counted if one.camera == source.camera]
        start, end = source.start, source.end
        for one in own:
            if one.start is not None and one.end is not None and _belongs(one, source):
                start, end = min(start, one.start), max(end, one.end)
        if start < end:
            spans.append(Span(source.camera, start, end))
        for one in counted:
            elsewhere = one.digest == source.digest and one not in own
            if elsewhere and one.start is not None and one.end is not None:
                spans.append(Span(one.camera, one.start, one.end))
    return tuple(dict.fromkeys(spans))


def _belongs(one: Counted, source: Offered) -> bool:
    """Whether a counted stretch is of a source, so that nothing of it may stay behind."""
    if one.start is None or one.end is None:
        return False
    if one.digest == source.digest:
        return one.name == source.name or _meets(one.start, one.end, source)
    if not _meets(one.start, one.end, source):
        return False
    # Slivers that differ by rounding go with the rest.
    return one.start >= source.start - TOUCHING_S and one.end <= source.end + TOUCHING_S


def _meets(start: float, end: float, source: Offered) -> bool:
    return start < max(source.end, source.start + TOUCHING_S) and end > source.start


def without(counted: Sequence[Counted], removed: Sequence[Span]) -> tuple[Counted, ...]:
    """What is left of counted stretches when some time is taken back."""
    left = list(counted)
    for span in removed:
        left = [piece for one in left for piece in _pieces(one, span)]
    return tuple(left)


def _pieces(one: Counted, span: Span) -> list[Counted]:
    if one.camera != span.camera or one.start is None or one.end is None:
        return [one]
    if one.end <= span.start or one.start >= span.end:
        return [one]
    part = replace(one, complete=False)
    pieces = [replace(part, end=min(one.end, span.start)), replace(part, start=max(one.start, span.end))]
    return [
        piece
        for piece in pieces
        if piece.start is not None and piece.end is not None and piece.start < piece.end
    ]
