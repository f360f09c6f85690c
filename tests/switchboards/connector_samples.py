"""Connector files for the tests, after what is known of real platforms, and a way to build a connector from one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from b2cal_desktop.core.model import STANDARD_CATALOGUE, Catalogue
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector

HEAD = """
format = 1
id = "sample"
label = { sv = "Prov", en = "Sample" }
confirmed = true
facts = "Made up."
"""
FIELDS = """
[[fields]]
key = "base_url"
kind = "address"
label = { sv = "Adress", en = "Address" }
[[fields]]
key = "user"
label = { sv = "Användare", en = "User" }
[[fields]]
key = "domain"
label = { sv = "Domän", en = "Domain" }
required = false
[[fields]]
key = "password"
label = { sv = "Lösenord", en = "Password" }
secret = true
"""
DIVERSIONS = """
[diversions]
available = "Available"
lunch = "Lunch"
meeting = "Meeting"
"""
SIMPLE = f"""
{HEAD}
ends = true
{FIELDS}
[auth]
kind = "basic"
user = "{{user}}"
password = "{{password}}"
[requests.get]
method = "GET"
path = "/users/{{user}}"
answer = {{ diversion = "now", until = "until" }}
[requests.set]
method = "PUT"
path = "/users/{{user}}"
json = {{ now = "{{remote}}", "until?" = "{{until:iso_utc}}" }}
{DIVERSIONS}
"""
BROADWORKS = f"""
{HEAD}
ends = true
{FIELDS}
[auth]
kind = "basic"
user = "{{user}}@{{domain}}"
password = "{{password}}"
[namespaces]
bw = "http://schema.broadsoft.com/xsi"
[requests.get]
method = "GET"
path = "/com.broadsoft.xsi-actions/v2.0/user/{{user}}/services/personalassistant"
format = "xml"
[requests.get.answer]
diversion = "string(/bw:PersonalAssistant/bw:presence)"
until = "/bw:PersonalAssistant[bw:enableExpirationTime='true']/bw:expirationTime"
absent = "None"
[requests.set]
method = "PUT"
path = "/com.broadsoft.xsi-actions/v2.0/user/{{user}}/services/personalassistant"
format = "xml"
[requests.set.xml]
tag = "bw:PersonalAssistant"
children = [
  {{ tag = "bw:presence", text = "{{remote}}" }},
  {{ tag = "bw:enableExpirationTime", text = "{{until:present}}" }},
  {{ tag = "bw:expirationTime?", text = "{{until:iso_ms}}" }},
]
[diversions]
available = "None"
lunch = "Lunch"
meeting = "Meeting"
out_of_office = "Out Of Office"
"""
XCAP = f"""
{HEAD}
ends = true
{FIELDS}
[auth]
kind = "digest"
user = "{{user}}"
password = "{{password}}"
[namespaces]
pidf = "urn:ietf:params:xml:ns:pidf"
rpid = "urn:ietf:params:xml:ns:pidf:rpid"
[requests.get]
method = "GET"
path = "/pidf-manipulation/users/sip:{{user}}@example.se/index"
format = "xml"
accept = "application/pidf+xml"
outcomes = [{{ status = 404, is = "available" }}]
[requests.get.answer]
diversion = "local-name(//rpid:activities/*[1])"
until = "string(//rpid:activities/@until)"
absent = "available"
[requests.set]
method = "PUT"
path = "/pidf-manipulation/users/sip:{{user}}@example.se/index"
content_type = "application/pidf+xml"
format = "xml"
if_match = true
[requests.set.xml]
tag = "pidf:presence"
attributes = {{ entity = "sip:{{user}}@example.se" }}
[[requests.set.xml.children]]
tag = "pidf:tuple"
attributes = {{ id = "b2cal" }}
children = [
  {{ tag = "pidf:status", children = [{{ tag = "pidf:basic", text = "open" }}] }},
  {{ tag = "pidf:note", attributes = {{ "xml:lang" = "sv" }}, text = "{{label:sv}}" }},
]
[[requests.set.xml.children]]
tag = "rpid:activities"
attributes = {{ "until?" = "{{until:iso_utc}}" }}
children = [{{ tag = "rpid:{{remote}}" }}]
[requests.clear]
method = "DELETE"
path = "/pidf-manipulation/users/sip:{{user}}@example.se/index"
if_match = true
outcomes = [{{ status = 404, is = "ok" }}]
[diversions]
available = "available"
lunch = "meal"
meeting = "meeting"
"""
THREE_CX = f"""
{HEAD}
{FIELDS}
[auth]
kind = "login"
token = "Token.access_token"
[auth.request]
path = "/webclient/api/Login/GetAccessToken"
json = {{ Username = "{{user}}", Password = "{{password}}", SecurityCode = "" }}
outcomes = [{{ status = 200, when = "Status != 'AuthSuccess'", is = "sign_in" }}]
[requests.get]
method = "GET"
path = "/xapi/v1/MyUser"
query = {{ "$select" = "CurrentProfileName" }}
answer = {{ diversion = "CurrentProfileName" }}
[requests.set]
method = "PATCH"
path = "/xapi/v1/MyUser"
json = {{ CurrentProfileName = "{{remote}}" }}
[diversions]
available = "Available"
lunch = "Away"
meeting = "Away"
out_of_office = "Out of office"
"""
PORTSIP = f"""
{HEAD}
{FIELDS}
[auth]
kind = "bearer"
token = "{{password}}"
[requests.set]
method = "POST"
path = "/api/user/presence"
json = {{ presence = "{{remote}}", presence_note = "{{label:en}}" }}
[diversions]
available = "AVAILABLE"
lunch = "LUNCH"
"""
DSTNY = f"""
{HEAD}
{FIELDS}
[auth]
kind = "bearer"
token = "{{password}}"
query = "t"
[requests.check]
path = "/api/contacts/list/{{user}}"
[requests.set]
method = "POST"
path = "/api/user/info/{{user}}/activity/{{remote}}"
headers = {{ X-HTTP-Method-Override = "PUT" }}
content_type = "application/json"
{DIVERSIONS}
"""


def write_file(folder: Path, text: str, name: str = "sample.toml") -> Path:
    """The connector file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def build(
    folder: Path,
    text: str,
    fields: Mapping[str, str],
    secrets: Mapping[str, str] | None = None,
    catalogue: Catalogue = STANDARD_CATALOGUE,
    **more: Any,
) -> Connector:
    """A connector of the file ``text``; the fields are given as the user would."""
    known = {"password": "s3cret/ö&"} if secrets is None else secrets
    return Connector(load_connector(write_file(folder, text)), fields, known.get, catalogue, **more)
