"""Damages files as disks, networks and attackers do; the same number gives the same damage."""

import random

TOKENS = (
    *(b"\x00", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00" * 64, b"%s%n", b"../passwd"),
    *(b"1e999", b"-1", b"nan", b"inf", b"99999999999999999999", b"0", b"", b"null", b"[]", b"{}", b"'", b'"'),
    *(b"\n", b",", b";", b":", b"- ", b"&a [*a]", b"!!python/object/apply:os.system ['false']", b"<<: *a"),
    *("é漢🚲".encode(), b"\xc3\x28", b"\t", b"2024-99-99T99:99", b"rtsp://a:b@c/d", b"A" * 5000, b"\\"),
)
"""What breaks readers of numbers, of text, of YAML, and of lengths in binary files."""


def damaged(content: bytes, number: int) -> bytes:
    """Change a file in one to four places."""
    dice = random.Random(number)
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        _damage(data, dice)
    return bytes(data)


def _damage(data: bytearray, dice: random.Random) -> None:
    # Headers decide most: every second damage is near the beginning.
    reach = len(data) if dice.random() < 0.5 else min(len(data), 512)
    at, length = dice.randrange(reach + 1), dice.choice((1, 2, 4, 16, 200))
    match dice.choice(("flip", "flip", "cut", "drop", "repeat", "token", "token", "swap", "noise")):
        case "flip" if at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        case "cut":
            del data[at:]
        case "drop":
            del data[at : at + length]
        case "repeat":
            data[at:at] = data[at : at + length] * dice.choice((1, 3, 50))
        case "token":
            data[at : at + dice.choice((0, length))] = dice.choice(TOKENS)
        case "swap":
            other = dice.randrange(len(data) + 1)
            data[at : at + length], data[other : other + length] = (
                data[other : other + length],
                data[at : at + length],
            )
        case _:
            data[at : at + length] = dice.randbytes(length)
