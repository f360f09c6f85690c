"""Connectors, requests and trials, in the values that the windows show. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.choices import Choice
from b2cal_desktop.switchboards.connector_fields import complaint
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.connector_trial import Finding, Step
from b2cal_desktop.switchboards.own_choice import OwnChoice
from b2cal_desktop.switchboards.trial_report import FINDING_NAMES, STEP_NAMES, promise
from b2cal_desktop.ui.configuration import CheckStatus, ConnectorForm, FieldForm, SentRequest, TrialStep


def connector_form(file: Choice) -> ConnectorForm:
    """What a window needs to know of a connector."""
    fields = tuple(
        FieldForm(
            field.key,
            field.label,
            field.help,
            field.secret,
            field.required,
            field.default,
            partial(complaint, file, field),
        )
        for field in file.fields
    )
    values = {key: remote.value for key, remote in file.diversions.items()}
    works = file.works if isinstance(file, OwnChoice) else None
    texts = (file.help, file.unconfirmed, file.limits)
    return ConnectorForm(file.id, file.label, *texts, fields, values, works, promise(file))


def trial_step(step: Step) -> TrialStep:
    """``step`` as a window shows it."""
    name, finding = STEP_NAMES[step.name], FINDING_NAMES[step.finding]
    title = Text(f"{name.sv}: {finding.sv}", f"{name.en}: {finding.en}")
    return TrialStep(_status(step), title, step.text, tuple(sent_request(one) for one in step.exchanges))


def _status(step: Step) -> CheckStatus:
    if step.finding is Finding.LEFT_ALONE:
        return CheckStatus.WARNING
    return CheckStatus.OK if step.ok else CheckStatus.PROBLEM


def status_of_all(steps: Sequence[Step]) -> CheckStatus:
    """A trial went well only where the switchboard itself showed the change; what is merely sent is a warning."""
    found = {_status(step) for step in steps}
    if CheckStatus.PROBLEM in found:
        return CheckStatus.PROBLEM
    confirmed = any(step.finding is Finding.CONFIRMED for step in steps)
    return CheckStatus.OK if confirmed and CheckStatus.WARNING not in found else CheckStatus.WARNING


def sent_request(exchange: Exchange) -> SentRequest:
    """``exchange`` as text: what went out, and what came back."""
    lines = [f"{exchange.method} {exchange.url}", *(f"{name}: {value}" for name, value in exchange.headers)]
    request = "\n".join(lines) + (f"\n\n{exchange.body}" if exchange.body else "")
    return SentRequest(exchange.at, request, exchange.answer, exchange.status, exchange.failure)
