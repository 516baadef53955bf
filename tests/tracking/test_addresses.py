"""No address tells who may come in: thousands of made-up ones through the function that hides them."""

import random
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest

from flows.database import DatabaseAddress
from tracking.addresses import EXAMPLE, HIDDEN, hide_credentials, without_credentials
from tracking.errors import UsageError

SECRET = "Zz7"
"""Stands at begin, middle and end of every secret, and nowhere else."""

SCHEMES = ("rtsp", "rtsps", "http", "https", "RTSP", "rtmp", "srt", "udp")
HOSTS = (
    "cam",
    "cam.local",
    "10.0.0.17",
    "[fe80::1]",
    "[2001:db8::7%25eth0]",
    "a-b.example.nl",
    "c_d",
    "x.y.z.nl",
)
PORTS = ("", ":554", ":8554", ":1")
PATHS = ("", "/", "/live", "/Streaming/Channels/101", "/axis-media/media.amp", "/a.b/c.sdp")
KEYS = (("user", "pwd"), ("username", "password"), ("usr", "token"))
PLAIN = string.ascii_letters.replace("Z", "") + string.digits + ".-_~!$*+"
ANYTHING = string.printable.replace("Z", "").replace("\n", "").replace("\r", "") + "ëß漢🚲"
MANY = 5000


def secret(dice: random.Random, signs: str) -> str:
    first, second = ("".join(dice.choices(signs, k=dice.randrange(9))) for _ in range(2))
    return SECRET + first + SECRET + second + SECRET


def user_info(dice: random.Random) -> str:
    """User and password before the host, quoted or as people type them."""
    user, password = secret(dice, PLAIN), secret(dice, PLAIN)
    match dice.choice(
        ("plain", "quoted", "quoted twice", "as typed", "empty user", "empty password", "user only")
    ):
        case "quoted":
            user, password = (quote(secret(dice, ANYTHING), safe="") for _ in range(2))
        case "quoted twice":
            user, password = (quote(quote(secret(dice, ANYTHING), safe=""), safe="") for _ in range(2))
        case "as typed":
            # What stands behind an @ and holds a slash cannot be told from a host by anybody.
            password = secret(dice, ANYTHING).replace("@", "/")
        case "empty user":
            user = ""
        case "empty password":
            password = ""
        case "user only":
            return user
    return f"{user}:{password}"


def address_of_camera(dice: random.Random) -> str:
    """An address with a secret in it somewhere."""
    scheme, place, path = dice.choice(SCHEMES), dice.choice(HOSTS) + dice.choice(PORTS), dice.choice(PATHS)
    name, word = secret(dice, PLAIN), secret(dice, PLAIN)
    key, lock = dice.choice(KEYS)
    match dice.choice(("before", "query", "path", "fragment", "all")):
        case "before":
            return f"{scheme}://{user_info(dice)}@{place}{path}"
        case "query":
            return f"{scheme}://{place}{path}?{key}={name}&{lock}={secret(dice, PLAIN + '@:/?')}"
        case "path":
            return f"{scheme}://{place}/user={name}&password={word}&channel=1&stream=0.sdp"
        case "fragment":
            return f"{scheme}://{place}{path}#{word}"
    return f"{scheme}://{user_info(dice)}@{place}{path}?{key}={name}&{lock}={word}#{word}"


def leaks(tell: Callable[[random.Random], tuple[str, str]]) -> list[tuple[str, str]]:
    """What was asked and told, where what was told holds a secret; of many made-up cases."""
    dice = random.Random(7)
    return [(asked, told) for asked, told in (tell(dice) for _ in range(MANY)) if SECRET in told]


def test_no_address_of_a_camera_tells_its_secret() -> None:
    def tell(dice: random.Random) -> tuple[str, str]:
        address = address_of_camera(dice)
        assert SECRET in address
        return address, without_credentials(address)

    assert leaks(tell) == []


def test_no_sentence_with_addresses_tells_a_secret() -> None:
    def tell(dice: random.Random) -> tuple[str, str]:
        first, second = address_of_camera(dice), address_of_camera(dice)
        said = f"camera A: {first} does not answer; '{second}', the other one, does"
        return said, hide_credentials(said)

    assert leaks(tell) == []


def test_no_address_of_a_database_tells_its_secret() -> None:
    def tell(dice: random.Random) -> tuple[str, str]:
        user, place = user_info(dice), dice.choice(HOSTS) + dice.choice(("", ":5432"))
        colon = dice.choice(("://", "://", ":", ":/"))
        text = dice.choice(
            (
                f"postgresql{colon}{user}@{place}/flows",
                f"postgresql://{place}/flows?user={quote(user)}&password={quote(user)}",
                f"postgresql:/{place}/flows?password={user}",
                f"flows.db?password={user}",
                f"sqlite:///flows.db?password={user}",
                f"admin:{user}@{place}/flows",
            )
        )
        try:
            return text, DatabaseAddress.parse(text).name
        except UsageError as error:
            return text, hide_credentials(str(error))

    assert leaks(tell) == []


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("rtsp://admin:secret@10.0.0.17:554/live", "rtsp://10.0.0.17:554/live"),
        ("rtsp://:secret@cam/live", "rtsp://cam/live"),
        ("rtsp://admin:a/b@cam/live", f"rtsp://{HIDDEN}"),
        ("rtsp://admin:a?b@cam/live", f"rtsp://{HIDDEN}"),
        ("rtsp://admin%3Asecret%40cam/live", f"rtsp://{HIDDEN}"),
        ("rtsp://[fe80::1%25eth0]:554/live?user=a&pwd=b", "rtsp://[fe80::1%25eth0]:554/live"),
        ("http://cam/user=a&password=b/live", f"http://cam/{HIDDEN}/live"),
        ("admin:secret@cam/live", f"{HIDDEN}@cam/live"),
        ("footage/a@b?.mp4", "footage/a@b?.mp4"),
        ("footage/2024-05-14T08:00.mp4", "footage/2024-05-14T08:00.mp4"),
        ("0", "0"),
    ],
)
def test_what_is_left_still_says_which_camera(address: str, hidden: str) -> None:
    assert without_credentials(address) == hidden


def test_a_sentence_keeps_everything_else() -> None:
    said = "camera A: (rtsp://a:b@cam/live), tried 3 times: 'http://c/d?e=f'."
    assert hide_credentials(said) == "camera A: (rtsp://cam/live), tried 3 times: 'http://c/d'."
    assert hide_credentials(f"write {EXAMPLE}, or a file") == f"write {EXAMPLE}, or a file"
