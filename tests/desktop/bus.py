"""A D-Bus connection for tests: its own thread inside, plain calls outside."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

PROPERTIES = "org.freedesktop.DBus.Properties"
CALL_TIMEOUT = 10.0  # seconds; a busy two-core machine, not a hung one

Method = Callable[[Message], tuple[str, list[Any]]]


class CallFailedError(Exception):
    """The other side answered with an error, whose D-Bus name is `name`."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Signal:
    sender: str
    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What we answer on one interface; properties are asked for at each read."""

    path: str
    interface: str
    methods: Mapping[str, Method]
    properties: Mapping[str, Callable[[], Variant]]

    def answer(self, message: Message) -> Message | None:
        if message.path != self.path:
            return None
        if message.interface == PROPERTIES and message.body and message.body[0] == self.interface:
            return self._answer_property(message)
        method = self.methods.get(message.member or "")
        if message.interface != self.interface or method is None:
            return None
        signature, body = method(message)
        return Message.new_method_return(message, signature, body)

    def _answer_property(self, message: Message) -> Message | None:
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [{n: read() for n, read in self.properties.items()}])
        if message.member == "Get" and message.body[1] in self.properties:
            return Message.new_method_return(message, "v", [self.properties[message.body[1]]()])
        return None


class SessionBus:
    """Connects to `address`; every public method may be called from the test's thread only."""

    def __init__(self, address: str) -> None:
        self.signals: list[Signal] = []
        self._services: list[Service] = []
        self._changed = threading.Condition()
        self._changes = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-bus", daemon=True)
        self._thread.start()
        try:
            self._bus = self._run(self._connect(address))
        except BaseException:
            self._stop_loop()
            raise
        self._ask_daemon("AddMatch", "s", "type='signal'")

    def close(self) -> None:
        self._bus.disconnect()
        self._run(self._bus.wait_for_disconnect())
        self._stop_loop()

    def call(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> list[Any]:
        """The body of the answer; CallFailedError where it is an error."""
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        reply = self._run(self._bus.call(message))
        if reply is None or reply.message_type is MessageType.ERROR:
            raise CallFailedError(
                getattr(reply, "error_name", "no reply"), " ".join(map(str, getattr(reply, "body", [])))
            )
        return list(reply.body)

    def read(self, destination: str, path: str, interface: str, name: str) -> Any:
        """A property's value, its variant unwrapped."""
        return self.call(destination, path, PROPERTIES, "Get", "ss", interface, name)[0].value

    def owner(self, name: str) -> str | None:
        """The unique name behind `name`, or None where nobody has it."""
        try:
            return str(self._ask_daemon("GetNameOwner", "s", name)[0])
        except CallFailedError as error:
            if error.name == "org.freedesktop.DBus.Error.NameHasNoOwner":
                return None
            raise

    def serve(
        self,
        name: str,
        path: str,
        interface: str,
        methods: Mapping[str, Method],
        properties: Mapping[str, Callable[[], Variant]],
    ) -> None:
        """Answers for `interface` under the well-known `name`. The methods run in the bus thread."""
        self._services.append(Service(path, interface, methods, properties))
        granted = self._ask_daemon("RequestName", "su", name, 4)[0]  # 4: do not queue
        if granted not in (1, 4):
            raise CallFailedError("NameTaken", name)

    def withdraw(self, name: str, interface: str) -> None:
        """Stops answering, as a service that dies."""
        self._ask_daemon("ReleaseName", "s", name)
        self._services = [service for service in self._services if service.interface != interface]

    def emit(self, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()) -> None:
        message = Message.new_signal(path, interface, member, signature, list(body))
        self._loop.call_soon_threadsafe(self._bus.send, message)

    def wait_until(self, predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
        """The first true answer of `predicate`, asked again after each message on the bus.

        What makes no message (a file, a process) is noticed too, within a twentieth of a second.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                seen = self._changes
            if answer := predicate():
                return answer
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"not within {timeout} s: {what or getattr(predicate, '__doc__', None) or predicate}"
                )
            with self._changed:
                self._changed.wait_for(lambda: self._changes != seen, timeout=0.05)  # noqa: B023 - used at once

    def count_change(self) -> None:
        """Wakes `wait_until`; for services that keep their own record."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def _ask_daemon(self, member: str, signature: str, *body: Any) -> list[Any]:
        return self.call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", member, signature, *body
        )

    async def _connect(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._receive)
        return bus

    def _receive(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL:
            self.signals.append(
                Signal(
                    message.sender or "",
                    message.path or "",
                    message.interface or "",
                    message.member or "",
                    tuple(message.body),
                )
            )
            self.count_change()
            return None
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        for service in self._services:
            if answer := service.answer(message):
                if message.sender != self._bus.unique_name:  # else a predicate that asks us would wake itself
                    self.count_change()
                return True if MessageFlag.NO_REPLY_EXPECTED in message.flags else answer
        return None

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, CALL_TIMEOUT), self._loop).result()

    def _stop_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
