"""``connectors``: the list, the check of a file, and its trial on the switchboard itself."""

from __future__ import annotations

import getpass
import sys
import textwrap
from contextlib import closing
from pathlib import Path

from b2cal_desktop.cli import print_json
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.choices import all_choices
from b2cal_desktop.switchboards.connector_file import ConnectorFile, load_connector
from b2cal_desktop.switchboards.connector_trial import Step, try_connector
from b2cal_desktop.switchboards.manual import MANUAL
from b2cal_desktop.switchboards.trial_report import describe_step, exit_code, step_json


def connectors_command(context: Context) -> int:
    """The connectors there are, or the check or trial of one file."""
    if context.arguments.action == "try":
        return _try_connector(context)
    if context.arguments.action == "check":
        file = load_connector(Path(context.arguments.file), context.connector_folders)
        print(
            Text(f"{context.arguments.file}: giltig ({file.id})", f"{context.arguments.file}: valid ({file.id})").to(
                context.language
            )
        )
        return 0
    for key, choice in sorted(all_choices(context.connector_folders).items()):
        confirmed = Text("bekräftad", "confirmed") if choice.confirmed else Text("obekräftad", "unconfirmed")
        confirmed = Text("skickar inget", "sends nothing") if choice is MANUAL else confirmed
        print(f"{key:16} {choice.label.to(context.language):40} {confirmed.to(context.language)}")
        for text in (choice.unconfirmed, choice.limits):
            if text is not None:
                print(textwrap.indent(text.to(context.language), " " * 17))
    return 0


def _try_connector(context: Context) -> int:
    """Each step as it is done; what was set is taken back also when the command is interrupted."""
    arguments = context.arguments
    file = load_connector(Path(arguments.file), context.connector_folders)
    _require_plain_fields(file, arguments.field)
    secrets: dict[str, str] = {}
    catalogue = context.loaded.settings.catalogue()
    steps: list[Step] = []
    fields, asked = dict(arguments.field), arguments.set
    if arguments.clear and asked is None:
        raise UsageError(Text("--clear hör ihop med --set", "--clear belongs to --set"))
    with closing(try_connector(file, fields, secrets.get, asked, clear=arguments.clear, catalogue=catalogue)) as trial:
        secrets |= _asked_secrets(context, file)
        for step in trial:
            steps.append(step)
            if not arguments.json:
                print(describe_step(step, context.language), flush=True)
    code = exit_code(steps)
    if arguments.json:
        shown = [step_json(step, context.language) for step in steps]
        print_json({"connector": file.id, "ok": code == 0, "steps": shown})
    return code


def _require_plain_fields(file: ConnectorFile, given: list[tuple[str, str]]) -> None:
    plain = {field.key: field for field in file.fields}
    for key, _ in given:
        if key not in plain:
            known = ", ".join(field.key for field in file.fields if not field.secret)
            raise UsageError(Text(f"fältet {key} finns inte; här finns {known}", f"no field {key}; there is {known}"))
        if plain[key].secret:
            text = f"{key} är en hemlighet och ges inte som argument", f"{key} is a secret, and no argument"
            raise UsageError(Text(*text))


def _asked_secrets(context: Context, file: ConnectorFile) -> dict[str, str]:
    """Asked for without echo, or read from standard input, a line each in the order of the file."""
    found = {}
    for field in file.fields:
        if not field.secret:
            continue
        if context.arguments.secret_stdin:
            secret = sys.stdin.readline().rstrip("\r\n")
        else:
            secret = getpass.getpass(f"{field.label.to(context.language)}: ")
        if not secret and field.required:
            raise UsageError(Text(f"ingen hemlighet gavs för {field.key}", f"no secret was given for {field.key}"))
        found[field.key] = secret
    return found
