"""Whether a file of video holds its own end, by the outline of its container alone; nothing is decoded."""

from enum import Enum
from pathlib import Path
from typing import BinaryIO

from pipeline.sources.memo import remembered

_EBML, _SEGMENT = bytes.fromhex("1a45dfa3"), bytes.fromhex("18538067")
_BOX_HEADER, _LONG_BOX_HEADER = 8, 16
_FIRST_BOXES = frozenset([b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"])
_MOST_BOXES = 100_000


class Outline(Enum):
    """What the outline of a container says of its end.

    Attributes:
        WHOLE: All that it announces is there.
        CUT: Something that it announces, or that it cannot be read without, is missing.
        UNKNOWN: Such a file never tells; nor does one that cannot be read at the moment.
    """

    WHOLE = "whole"
    CUT = "cut"
    UNKNOWN = "unknown"


@remembered
def outline_of(path: Path) -> Outline:
    """Follow the outline of MP4, MOV and Matroska to the end of the file.

    Others (transport streams, raw streams, AVI) can be read wherever they end, and do not tell.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_BOX_HEADER)
            if head[:4] == _EBML:
                return _matroska(file, size)
            if head[4:8] in _FIRST_BOXES:
                return _boxes(file, size)
    except OSError:
        return Outline.UNKNOWN
    return Outline.CUT if size == 0 else Outline.UNKNOWN


def _boxes(file: BinaryIO, size: int) -> Outline:
    """MP4 writes its table of contents (moov) last, or first and then what it tells of."""
    place, kinds = 0, set()
    for _ in range(_MOST_BOXES):
        if place == size:
            break
        file.seek(place)
        head = file.read(_LONG_BOX_HEADER)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        kinds.add(head[4:8])
        if length == 0 and head[4:8] == b"mdat":
            return Outline.UNKNOWN if b"moov" in kinds else Outline.CUT
        if length < _BOX_HEADER or place + length > size:
            return Outline.CUT
        place += length
    if b"moov" not in kinds:
        return Outline.CUT
    # Fragments may follow each other for ever; their index closes the file, where it is written.
    return Outline.UNKNOWN if b"moof" in kinds and b"mfra" not in kinds else Outline.WHOLE


def _matroska(file: BinaryIO, size: int) -> Outline:
    """Matroska fills in the length of its one segment when it is closed."""
    place = len(_EBML)
    length = _number(file, place)
    if length is None:
        return Outline.CUT
    place += length[1] + length[0]
    file.seek(place)
    if file.read(len(_SEGMENT)) != _SEGMENT:
        return Outline.CUT
    place += len(_SEGMENT)
    length = _number(file, place)
    if length is None:
        return Outline.CUT
    value, octets = length
    if value == (1 << 7 * octets) - 1:
        return Outline.UNKNOWN
    return Outline.WHOLE if place + octets + value <= size else Outline.CUT


def _number(file: BinaryIO, place: int) -> tuple[int, int] | None:
    """A number of EBML and how many octets it takes; None where the file ends before it does."""
    file.seek(place)
    octets = file.read(8)
    if not octets or not octets[0]:
        return None
    length = 9 - octets[0].bit_length()
    if len(octets) < length:
        return None
    return int.from_bytes(octets[:length]) & ((1 << 7 * length) - 1), length
