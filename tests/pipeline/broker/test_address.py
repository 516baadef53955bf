"""Addresses and passwords of brokers."""

from pathlib import Path

import pytest

from pipeline.broker import BrokerAddress, read_login
from tracking.errors import UsageError


def test_ports_follow_from_the_scheme() -> None:
    assert BrokerAddress.parse("mqtts://broker.example.org").port == 8883
    assert BrokerAddress.parse("mqtt://localhost").port == 1883
    assert BrokerAddress.parse("mqtts://[::1]:9000").name == "::1:9000"


@pytest.mark.parametrize("text", ["", "broker", "http://broker", "mqtts://", "mqtts://broker:x"])
def test_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="give one like mqtts"):
        BrokerAddress.parse(text)


@pytest.mark.parametrize(
    "text",
    ["mqtts://me:secret@broker", "mqtts://broker/secret", "mqtts://broker?secret", "mqtts://broker#secret"],
)
def test_secrets_have_no_place_in_an_address(text: str) -> None:
    with pytest.raises(UsageError, match="--login-file") as refused:
        BrokerAddress.parse(text)
    assert "secret" not in str(refused.value)


def test_nothing_leaves_the_machine_without_encryption_unless_it_is_said() -> None:
    with pytest.raises(UsageError, match="without encryption"):
        BrokerAddress.parse("mqtt://broker.example.org")
    assert not BrokerAddress.parse("mqtt://broker.example.org", plain=True).encrypted
    assert not BrokerAddress.parse("mqtt://127.0.0.1").encrypted


def test_a_login_is_two_lines(tmp_path: Path) -> None:
    file = tmp_path / "login"
    file.write_text("me\ns3cret: word\n")
    login = read_login(file)
    assert (login.user, login.password) == ("me", "s3cret: word")
    assert "s3cret" not in repr(login)
    for wrong in ("", "me", "me\n\n", "me\na\nb", f"me\n{'a' * 501}"):
        file.write_text(wrong)
        with pytest.raises(UsageError, match="two lines"):
            read_login(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_login(tmp_path / "nobody")
