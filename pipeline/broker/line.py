"""The connection to a broker, which comes back by itself."""

import json
import secrets
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pipeline.broker.address import BrokerAddress, Login
from pipeline.broker.told import FORMAT
from tracking.errors import UsageError
from tracking.hosts import trust

if TYPE_CHECKING:
    from paho.mqtt.client import Client

AT_LEAST_ONCE = 1
"""Quality of service: the broker says that it has a message."""
ANSWER_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1, 300
KEEPALIVE_S = 60


class BrokerLine:
    """Speaks MQTT 3.1.1 to one broker, in a thread that connects again and again.

    A topic says whether somebody publishes; the broker itself sets it to offline when the connection is lost.

    Args:
        address: Of the broker.
        login: User and password; None for nobody.
        status: The topic.

    Raises:
        UsageError: The library is not installed, or the certificates cannot be read.
    """

    def __init__(self, address: BrokerAddress, login: Login | None, status: str) -> None:
        if find_spec("paho") is None:
            raise UsageError('--broker: needs paho-mqtt; install it with pip install "fietsflow[mqtt]"')
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self._address, self._status = address, status
        self._connected = threading.Event()
        self._trouble = f"{address.name} does not answer"
        self.connections = 0
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"fietsflow-{secrets.token_hex(6)}")
        if login is not None:
            client.username_pw_set(login.user, login.password)
        if address.encrypted:
            client.tls_set_context(trust(address.certificates, "--certificates"))
        client.will_set(status, state("offline"), AT_LEAST_ONCE, retain=True)
        client.reconnect_delay_set(FIRST_WAIT_S, LONGEST_WAIT_S)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_connect_fail = self._on_connect_fail
        self._client: Client = client

    @property
    def trouble(self) -> str:
        """Why nothing can be sent just now; empty where it can."""
        return "" if self._connected.is_set() else self._trouble

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S)
        self._client.loop_start()

    def wait(self, seconds: float) -> bool:
        """Wait for a connection, for so long at most; whether there is one."""
        return self._connected.wait(seconds)

    def send(self, topic: str, payload: str) -> bool:
        """Hand over a message that the broker keeps; whether it said so in time."""
        told = self._client.publish(topic, payload, AT_LEAST_ONCE, retain=True)
        try:
            told.wait_for_publish(ANSWER_S)
        except (RuntimeError, ValueError):
            return False
        return bool(told.is_published())

    def close(self) -> None:
        """Say that nobody publishes any more, and leave."""
        if self._connected.is_set():
            self.send(self._status, state("offline"))
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: "Client", _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._trouble = f"{self._address.name} refuses: {reason}; check --login-file"
            return
        client.publish(self._status, state("online"), AT_LEAST_ONCE, retain=True)
        self.connections += 1
        self._connected.set()

    def _on_disconnect(self, _client: "Client", _data: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if self._connected.is_set():
            self._trouble = f"the connection to {self._address.name} is lost ({reason})"
        self._connected.clear()

    def _on_connect_fail(self, _client: "Client", _data: Any) -> None:
        self._trouble = f"{self._address.name} cannot be reached, or its certificate is not trusted"


def state(name: str) -> str:
    """What the topic of the status holds."""
    return json.dumps({"format": FORMAT, "state": name})
