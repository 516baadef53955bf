"""Database addresses as people type them."""

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.database import DatabaseAddress
from tracking.errors import UsageError


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("flows.db", Path("flows.db"), "flows.db"),
        ("/data/my flows.db", Path("/data/my flows.db"), "/data/my flows.db"),
        ("sqlite:///flows.db", Path("flows.db"), "flows.db"),
        ("sqlite:////data/flows.db", Path("/data/flows.db"), "/data/flows.db"),
        ("postgresql://bob:s3cret@db.city.nl:5433/flows", None, "postgresql://db.city.nl:5433/flows"),
        ("postgres://bob:s3cret@db.city.nl/flows", None, "postgresql://db.city.nl/flows"),
        ("postgresql+psycopg://db/flows?password=s3cret&user=bob", None, "postgresql://db/flows"),
        ("postgresql://bob@/flows?host=/run/pg", None, "postgresql:///run/pg/flows"),
    ],
)
def test_an_address_is_understood_and_its_name_holds_no_credentials(
    text: str, path: Path | None, name: str
) -> None:
    address = DatabaseAddress.parse(text)
    assert (address.path, address.name) == (path, name)
    assert address.url.drivername == ("sqlite" if path else "postgresql+psycopg")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":memory:",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///flows.db?mode=ro",
        "mysql://bob:s3cret@host/flows",
        "postgresql+psycopg2://bob:s3cret@host/flows",
        "postgresql://bob:s3cret@host:port/flows",
        "://",
    ],
)
def test_other_addresses_are_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(UsageError, match=r"--database.*sqlite:///flows\.db.*postgresql://") as caught:
        DatabaseAddress.parse(text)
    assert "s3cret" not in str(caught.value)


SECRETS = st.text(max_size=12).map(lambda inner: f"s3cret{inner}s3cret")
PORTS = st.sampled_from(["", ":5433", ":port", ":99999"])
SCHEMES = st.sampled_from(
    ["postgresql", "postgres", "postgresql+psycopg", "POSTGRESQL", "mysql", "sqlite", "rtsp"]
)


@given(SCHEMES, SECRETS, SECRETS, PORTS, st.booleans(), st.booleans())
@example("sqlite", "s3cret", "s3cret", "", False, False)
@example("postgresql", "s3cret", "s3cret@s3cret", "", False, False)
@example("postgresql", "s3cret/", "s3cret", "", False, False)
@example("postgresql", "s3cret?", "s3cret#", ":port", False, False)
@example("postgresql", "s3cret", "s3cret", "", True, True)
def test_no_address_shows_its_credentials(
    scheme: str, user: str, password: str, port: str, quoted: bool, as_options: bool
) -> None:
    """Whether it can be read or not, and whether people quoted what needs quoting or not."""
    name, word = (quote(user, safe=""), quote(password, safe="")) if quoted else (user, password)
    text = (
        f"{scheme}://db{port}/flows?user={name}&password={word}"
        if as_options
        else f"{scheme}://{name}:{word}@db{port}/flows"
    )
    try:
        shown = DatabaseAddress.parse(text).name
    except UsageError as error:
        shown = str(error)
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "bob:s3cret@db/flows",
        "postgresql://bob:s3@cret@db/flows",
        "postgresql://bo/b:s3cret@db/flows",
        "postgresql://db/flows&password=s3cret",
    ],
)
def test_credentials_in_the_wrong_place_are_refused_unseen(text: str) -> None:
    with pytest.raises(UsageError, match="postgresql://user:password@host/database") as caught:
        DatabaseAddress.parse(text)
    assert "cret" not in str(caught.value)


def test_a_file_may_have_an_at_sign_in_its_name() -> None:
    assert DatabaseAddress.parse("night@street.db").path == Path("night@street.db")


def test_an_address_may_be_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "address"
    file.write_text("postgresql://user:secret@db/flows\nanything else\n")
    address = DatabaseAddress.parse(f"@{file}")
    assert (address.name, address.url.password) == ("postgresql://db/flows", "secret")


@pytest.mark.parametrize("content", [None, b"", b"\n", b"@other", b"\xff\xfe"])
def test_a_file_without_an_address_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "address"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="address"):
        DatabaseAddress.parse(f"@{file}")
