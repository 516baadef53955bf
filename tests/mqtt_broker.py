"""A real MQTT broker on this machine, and a dashboard that listens to everything."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pwdlib.hashers.argon2 import Argon2Hasher

PATIENCE_S = 60.0
_PLUGINS = "amqtt.plugins.authentication"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class LoopbackBroker:
    """A broker that can be ended and begun anew on its port.

    Args:
        users: Name → password; empty lets everybody in.
        certificate: Files of certificate and key; None for no encryption.
        folder: For the file of users.
    """

    def __init__(
        self,
        folder: Path,
        users: Mapping[str, str] | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.port = free_port()
        listener: dict[str, Any] = {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}
        if certificate is not None:
            listener |= {"ssl": True, "certfile": str(certificate[0]), "keyfile": str(certificate[1])}
        plugins: dict[str, Any] = {f"{_PLUGINS}.AnonymousAuthPlugin": {"allow_anonymous": True}}
        if users:
            file = folder / "users"
            file.write_text("".join(f"{name}:{Argon2Hasher().hash(word)}\n" for name, word in users.items()))
            plugins = {f"{_PLUGINS}.FileAuthPlugin": {"password_file": str(file)}}
        self._config = {"listeners": {"default": listener}, "plugins": plugins}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._broker: Broker | None = None

    def start(self) -> None:
        """Listen; what an earlier one kept is lost."""

        async def begin() -> Broker:
            broker = Broker(self._config)
            await broker.start()
            return broker

        self._broker = asyncio.run_coroutine_threadsafe(begin(), self._loop).result(PATIENCE_S)

    def stop(self) -> None:
        """Leave everybody."""
        if self._broker is not None:
            asyncio.run_coroutine_threadsafe(self._broker.shutdown(), self._loop).result(PATIENCE_S)
        self._broker = None

    def close(self) -> None:
        """End it for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


@contextmanager
def broking(folder: Path, **how: Any) -> Iterator[LoopbackBroker]:
    """A broker for as long as the block takes; arguments as for `LoopbackBroker`."""
    broker = LoopbackBroker(folder, **how)
    try:
        broker.start()
        yield broker
    finally:
        broker.close()


class Dashboard:
    """Listens to every topic of a broker."""

    def __init__(self, port: int, login: tuple[str, str] | None = None) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        if login is not None:
            self._client.username_pw_set(*login)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_message = self._hear
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        self.heard.append((message.topic, json.loads(message.payload)))

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        """Topic → what it holds now."""
        return dict(self.heard)

    def wait(self, holds: Callable[[], object]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < until, self.heard
            time.sleep(0.05)

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def dashboard(port: int, login: tuple[str, str] | None = None) -> Iterator[Dashboard]:
    """A dashboard for as long as the block takes."""
    shown = Dashboard(port, login)
    try:
        yield shown
    finally:
        shown.close()
