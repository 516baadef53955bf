"""Database addresses as people type them."""

from pathlib import Path

import pytest

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
