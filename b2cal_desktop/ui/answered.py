"""Which steps of the set-up the administrator's policy leaves nothing to ask in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from b2cal_desktop.ui.configuration import ConnectorForm
from b2cal_desktop.ui.settings.draft import Draft


def answered_steps(draft: Draft, connectors: Mapping[str, ConnectorForm]) -> tuple[str, ...]:
    """The steps, by name, that policy answers by what it locks or by its defaults. Who has to sign in is asked."""
    return tuple(_answered(draft, connectors))


def _answered(draft: Draft, connectors: Mapping[str, ConnectorForm]) -> Iterator[str]:
    if _calendar_is_named(draft):
        yield "calendar"
    form = connectors.get(str(draft.value("switchboard.connector")))
    if draft.is_given("switchboard.connector") and form is not None and not _asks(form, draft):
        yield "switchboard"
    if draft.is_given("rules.method"):
        yield "diversions"


def _calendar_is_named(draft: Draft) -> bool:
    """Whether the calendar can be read as it stands: the other sources need somebody to sign in."""
    if not draft.is_given("calendar.source"):
        return False
    if draft.value("calendar.source") == "icalendar":
        return draft.is_given("calendar.icalendar.location")
    by_computer = draft.value("calendar.source") == "exchange" and draft.value("calendar.exchange.auth") == "sso"
    return by_computer and draft.is_given("calendar.exchange.url")


def _asks(form: ConnectorForm, draft: Draft) -> bool:
    """Whether ``form`` has something to read, or a field to fill in, that the policy has not filled in."""
    if form.unconfirmed is not None:
        return True
    required = [field for field in form.fields if field.required]
    return any(
        field.secret or not (draft.is_given(f"switchboard.fields.{field.key}") or field.default) for field in required
    )
