"""The list of parts that machines read (SBOM): CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from installer.common.parts import Part

_SPDX = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+()-]+)*")


def sbom(parts: Sequence[Part], own: Part, made: int) -> str:
    """The document as JSON text. ``made``: seconds since 1970. The same parts give the same text."""
    known = {_key(part.name): part.purl for part in parts}
    components = [_component(part) for part in parts]
    dependencies = [
        {"ref": own.purl, "dependsOn": sorted(known.values())},
        *(
            {"ref": part.purl, "dependsOn": sorted({known[_key(n)] for n in part.requires if _key(n) in known})}
            for part in parts
        ),
    ]
    seen = json.dumps([components, own.purl], sort_keys=True)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seen)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {**_component(own), "type": "application"},
        },
        "components": components,
        "dependencies": dependencies,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _component(part: Part) -> dict[str, object]:
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "licenses": [_licence(part.licence)],
    }
    if part.homepage.startswith("https://"):
        component["externalReferences"] = [{"type": "website", "url": part.homepage}]
    return component


def _licence(said: str) -> dict[str, object]:
    """An SPDX expression where the package gives one, else the words that it uses."""
    if _SPDX.fullmatch(said) and ("-" in said or said in {"MIT", "ISC", "Zlib", "0BSD"}):
        return {"expression": said}
    return {"license": {"name": said}}
