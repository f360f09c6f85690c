"""Hearing of a change in the calendar within seconds, where the Exchange server tells it (2010 SP1 and later).

An answer that stays open for minutes can only be waited for in a thread of its own, on a connection of its own, so that
polls are never kept waiting. Whatever goes wrong here is nobody's business: the polls go on as if nothing were.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from b2cal_desktop.calendars.exchange_answers import Refused
from b2cal_desktop.core.errors import CalendarError, CalendarNeedsSignIn, CalendarRefused
from b2cal_desktop.core.ports import Clock

if TYPE_CHECKING:
    import requests

    from b2cal_desktop.calendars.exchange_ews import EwsClient

_log = logging.getLogger(__name__)
_MINUTES = 10
_PAUSE, _LONGEST_PAUSE = 30.0, 900.0
_LONG_ENOUGH = 60.0  # an answer that ends sooner is not worth asking for at once
_MOST_BYTES = 1_000_000  # of one envelope
_CHUNK = 64 * 1024
_END = re.compile(rb"</(?:\w+:)?Envelope\s*>")
_ABOUT_NOTHING = frozenset({"SubscriptionId", "PreviousWatermark", "MoreEvents", "Watermark", "StatusEvent"})


class StreamEnded(Exception):
    """The server sends no more, or what is no notification."""


class ExchangeNotifications:
    """Calls ``changed`` from a thread of its own, once for each batch of changes in the calendar of ``mailbox``.

    ``connect`` gives a client that nobody else uses; it may raise CalendarError. After a failure, or an answer that
    ends at once, it waits ``pause`` seconds, then longer and longer; where the server refuses, it ends for good.
    """

    def __init__(
        self,
        connect: Callable[[], EwsClient],
        mailbox: str,
        changed: Callable[[], None],
        *,
        clock: Clock,
        pause: float = _PAUSE,
    ) -> None:
        self._connect, self._mailbox, self._changed = connect, mailbox, changed
        self._clock, self._pause = clock, pause
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._answer: requests.Response | None = None
        self._thread = threading.Thread(target=self._run, name="b2cal-exchange", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop listening, and wait for it no longer than ``timeout`` seconds."""
        with self._lock:
            self._stopping.set()
            if self._answer is not None:
                _hang_up(self._answer)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            client = self._connect()
        except CalendarError:
            return
        pause = self._pause
        try:
            while not self._stopping.is_set():
                began = self._clock.monotonic()
                asked = self._listen_once(client)
                if asked is None:
                    return
                lasted = self._clock.monotonic() - began
                pause = self._pause if lasted >= _LONG_ENOUGH else min(pause * 2, _LONGEST_PAUSE)
                self._stopping.wait(max(pause, asked))
        finally:
            client.close()

    def _listen_once(self, client: EwsClient) -> float | None:
        """Subscribe, and listen until something ends it: how long the server asks us to wait, None for ever."""
        try:
            subscription = client.subscribe(self._mailbox)
            while self._listen(client, subscription):
                pass
        except (CalendarNeedsSignIn, CalendarRefused, Refused) as error:
            _log.info("no notifications from Exchange: %s", getattr(error, "code", "refused"))
            return None
        except (CalendarError, StreamEnded) as error:
            _log.info("notifications from Exchange are interrupted: %s", getattr(error, "code", "ended"))
            return getattr(error, "retry_after", None) or 0.0
        return 0.0

    def _listen(self, client: EwsClient, subscription: str) -> bool:
        """Listen for as long as one answer lasts; whether it is to be asked for again at once."""
        began = self._clock.monotonic()
        answer = client.stream(subscription, _MINUTES)
        with self._lock:
            if self._stopping.is_set():
                answer.close()
                return False
            self._answer = answer
        try:
            for has_changes in read_notifications(answer):
                if has_changes and not self._stopping.is_set():
                    self._changed()
        finally:
            with self._lock:
                self._answer = None
            answer.close()
        return self._clock.monotonic() - began >= _LONG_ENOUGH


def read_notifications(answer: requests.Response) -> Iterator[bool]:
    """For each envelope of a streaming ``answer``, whether it tells of changes; ends where the server says it closes.

    Raises StreamEnded where it breaks off, errs or talks of something else.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for envelope in _envelopes(answer):
        try:
            message = etree.fromstring(envelope, parser).find(".//{*}GetStreamingEventsResponseMessage")
        except etree.XMLSyntaxError:
            raise StreamEnded from None
        if message is None or message.findtext("{*}ResponseCode") != "NoError":
            raise StreamEnded
        events = (etree.QName(event).localname for event in message.iterfind(".//{*}Notification/*"))
        yield any(event not in _ABOUT_NOTHING for event in events)
        if message.findtext("{*}ConnectionStatus") == "Closed":
            return


def _envelopes(answer: requests.Response) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError

    waiting = b""
    while True:
        try:
            chunk = answer.raw.read1(_CHUNK)
        except (HTTPError, OSError, ValueError):  # ValueError: we have hung up ourselves
            raise StreamEnded from None
        if not chunk or len(waiting) > _MOST_BYTES:
            raise StreamEnded
        waiting += chunk
        while end := _END.search(waiting):
            yield waiting[: end.end()].strip()
            waiting = waiting[end.end() :]


def _hang_up(answer: requests.Response) -> None:
    """Wake whoever reads ``answer``, from another thread: closing alone would not."""
    connection: Any = getattr(answer.raw, "connection", None)
    plain = getattr(connection, "sock", None)
    plain = getattr(plain, "socket", plain)  # where a proxy is reached by TLS too
    if isinstance(plain, socket.socket):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(plain, socket.SHUT_RDWR)  # not the TLS layer's, which the reader is using
