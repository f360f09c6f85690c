r"""The package for a whole computer, which administrators roll out: an MSI for Windows Installer.

wixl packs the files; it knows too little of the rest, so the other tables are written here (``msibuild``): policies by
properties, what an upgrade remembers, the running app's end, log-in start.

    msiexec /i B2Cal-Desktop-0.1.0.msi /qn LOCKED_CALENDAR_MICROSOFT365_TENANT=foretag.se AUTOSTART=0

A property is named by its level, ``LOCKED`` or ``DEFAULTS``, and the setting's key, in capitals, with underscores for
dots. It becomes a value below ``HKLM\Software\Policies\B2Cal``, as Group Policy would write it. An upgrade keeps what
was given before; ``NAME=-`` drops one. Lists, prefixes and diversions of one's own are for Group Policy or a policy
file.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE.parent / "policy")]

import generate as policy  # noqa: E402

from b2cal_desktop.system.registry_policy import KEY as POLICIES  # noqa: E402
from installer.common.project import HOMEPAGE, PUBLISHER, TITLE  # noqa: E402

# Never to be changed: by these Windows knows the product, and each of its parts, again.
NAMESPACE = uuid.UUID("6d0f0d5e-2c57-4a7e-9b8e-6f1d3f1c7a52")
UPGRADE_CODE = uuid.UUID("b7a7c0a4-9d64-4c1f-8f0e-5d2f6a9e3c18")
OWN_KEY = f"Software\\{TITLE}"
KEPT_KEY = f"{OWN_KEY}\\Properties"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
PROGRAM, CONSOLE = f"{TITLE}.exe", "b2cal-desktop.exe"
OLDEST_WINDOWS = 17763  # 10, version 1809
LEVELS = {"LOCKED": "Locked", "DEFAULTS": "Defaults"}
_LOCAL_MACHINE = 2
_COMPONENT_64, _BY_REGISTRY = 256, 4
_SEARCH_VALUE_64 = 2 | 16
_SET_PROPERTY, _RUN_PROGRAM = 51, 50


class MsiError(Exception):
    """The package could not be made."""


@dataclass(frozen=True, slots=True)
class PolicyProperty:
    """One property of the command line and the registry value that it becomes."""

    name: str
    key: str
    value_name: str
    number: bool


def policy_properties() -> tuple[PolicyProperty, ...]:
    """Every setting that one value can say, on both levels; for the connectors' fields, those that ours ask for."""
    found = []
    for prefix, level in LEVELS.items():
        for setting in policy.keys():  # noqa: SIM118  no dict
            if setting.is_table or policy.get_origin(setting.kind) is tuple:
                continue
            *tables, name = setting.path
            key = "\\".join((POLICIES, level, *tables))
            found.append(
                PolicyProperty(_property(prefix, *setting.path), key, name, number=setting.kind in (bool, int))
            )
        fields = "\\".join((POLICIES, level, "switchboard", "fields"))
        found += [
            PolicyProperty(_property(prefix, "switchboard", "fields", name), fields, name, number=False)
            for name in _connector_fields()
        ]
    return tuple(found)


def _property(*parts: str) -> str:
    return re.sub(r"\W", "_", "_".join(parts)).upper()


def _connector_fields() -> list[str]:
    """The fields of the shipped connectors that are no secrets."""
    files = sorted((ROOT / "resources" / "connectors").glob("*.toml"))
    documents = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    fields = [item for document in documents for item in document.get("fields", ())]
    return sorted(
        {item["key"] for item in fields if not item.get("secret")}
        - {item["key"] for item in fields if item.get("secret")}
    )


def product_code(version: str) -> uuid.UUID:
    """One per version, so that each is an upgrade of the one before."""
    return uuid.uuid5(NAMESPACE, f"product {version} x64")


# --- tables


@dataclass
class Table:
    """One table as ``msiinfo export`` writes it: three lines of heading, then rows by tabs."""

    heading: list[str]
    rows: list[list[str]] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> Table:
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
        return cls(lines[:3], [line.split("\t") for line in lines[3:] if line])

    def column(self, name: str) -> int:
        return self.heading[0].split("\t").index(name)

    def add(self, **values: object) -> None:
        """A row; columns not named are empty."""
        names = self.heading[0].split("\t")
        if unknown := values.keys() - set(names):
            raise MsiError(f"no such columns: {unknown}")
        self.rows.append([str(values.get(name, "")) for name in names])

    def text(self) -> str:
        return "".join(f"{line}\r\n" for line in (*self.heading, *("\t".join(row) for row in self.rows)))


class Database:
    """The tables of an MSI file. Those asked for are written back by ``save``."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tables: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = Table.parse(_call(["msiinfo", "export", str(self._file), name]))
        return self._tables[name]

    def save(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, table in self._tables.items():
                file = Path(folder) / f"{name}.idt"
                file.write_bytes(table.text().encode("ascii"))
                _call(["msibuild", str(self._file), "-i", str(file)])


# --- making it


def make_msi(folder: Path, target: Path, version: str, icon: Path) -> None:
    """Pack the frozen program in ``folder`` as ``target``. Needs wixl and msitools; raises MsiError."""
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "package.wxs"
        (Path(work) / "icon.ico").write_bytes(icon.read_bytes())
        (Path(work) / "files").symlink_to(folder.resolve(), target_is_directory=True)
        ET.ElementTree(_files_document(folder, version)).write(source, encoding="utf-8", xml_declaration=True)
        target.unlink(missing_ok=True)
        _call(["wixl", "--arch", "x64", "--output", str(target.resolve()), source.name], cwd=Path(work))
    database = Database(target)
    _correct_files(database, folder)
    _add_own_keys(database, version)
    _add_policies(database)
    _add_conditions(database)
    _end_running_copies(database)
    database.save()
    package_code = uuid.uuid5(NAMESPACE, f"package {version} {_state(folder)}")
    code = f"{{{str(package_code).upper()}}}"
    _call(["msibuild", str(target), "-s", f"{TITLE} {version}", PUBLISHER, "x64;1033", code])


def _state(folder: Path) -> str:
    """What tells one build of the same version from another."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return str(
        uuid.uuid5(
            NAMESPACE,
            "".join(f"{path.relative_to(folder)} {uuid.uuid5(NAMESPACE, path.read_bytes().hex())}" for path in files),
        )
    )


def _files_document(folder: Path, version: str) -> ET.Element:
    """What wixl is told: every file a component of its own, known by its place."""
    wix = ET.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    product = _element(
        wix, "Product", Id=str(product_code(version)), Name=TITLE, Language="1033", Version=msi_version(version),
        Manufacturer=PUBLISHER, UpgradeCode=str(UPGRADE_CODE).upper(),
    )  # fmt: skip
    _element(product, "Package", InstallerVersion="500", Compressed="yes", InstallScope="perMachine", Description=TITLE)
    _element(product, "MajorUpgrade", DowngradeErrorMessage=f"A newer version of {TITLE} is already installed.")
    _element(product, "Media", Id="1", Cabinet="files.cab", EmbedCab="yes")
    _element(product, "Icon", Id="icon.ico", SourceFile="icon.ico")
    _element(product, "Property", Id="ARPPRODUCTICON", Value="icon.ico")
    _element(product, "Property", Id="ARPNOMODIFY", Value="1")
    if HOMEPAGE:
        _element(product, "Property", Id="ARPURLINFOABOUT", Value=HOMEPAGE)
    # A file of an older version counts for nothing: the new package's files belong together.
    _element(product, "Property", Id="REINSTALLMODE", Value="amus")
    top = _element(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    _element(top, "Directory", Id="ProgramMenuFolder", Name=".")
    programs = _element(top, "Directory", Id="ProgramFiles64Folder", Name=".")
    install = _element(programs, "Directory", Id="INSTALLDIR", Name=TITLE)
    feature = _element(product, "Feature", Id="Complete", Level="1", Title=TITLE)
    _add_folder(install, feature, folder, Path())
    return wix


def _add_folder(parent: ET.Element, feature: ET.Element, folder: Path, below: Path) -> None:
    for path in sorted((folder / below).iterdir()):
        place = below / path.name
        if path.is_dir():
            _add_folder(_element(parent, "Directory", Id=_id("d", place), Name=path.name), feature, folder, place)
            continue
        component = _element(parent, "Component", Id=_id("c", place), Guid=_guid(place.as_posix()), Win64="yes")
        _element(
            component, "File", Id=_id("f", place), Name=path.name, Source=f"files/{place.as_posix()}", KeyPath="yes"
        )
        _element(feature, "ComponentRef", Id=_id("c", place))


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _id(kind: str, place: Path) -> str:
    return kind + uuid.uuid5(NAMESPACE, place.as_posix()).hex


def _guid(of: str) -> str:
    return f"{{{str(uuid.uuid5(NAMESPACE, f'component {of}')).upper()}}}"


def msi_version(version: str) -> str:
    """The three numbers that Windows Installer compares."""
    return ".".join(str(number) for number in version_quad_of(version)[:3])


def version_quad_of(version: str) -> tuple[int, ...]:
    numbers = [int(found) for found in re.findall(r"^\d+|(?<=\.)\d+", version)]
    return (*numbers, 0, 0, 0, 0)[:4]


def _correct_files(database: Database, folder: Path) -> None:
    """Short names for long ones, and the versions of programs and libraries, by which Windows Installer judges them."""
    files, hashes, directories = database["File"], database["MsiFileHash"], database["Directory"]
    sources = {_id("f", path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    taken: dict[str, set[str]] = {}
    of_component = {row[0]: row[database["Component"].column("Directory_")] for row in database["Component"].rows}
    versioned = set()
    for row in files.rows:
        source = sources[row[0]]
        row[2] = _with_short_name(source.name, taken.setdefault(of_component[row[1]], set()))
        if found := file_version(source):
            row[files.column("Version")], row[files.column("Language")] = found, "1033"
            versioned.add(row[0])
    hashes.rows = [row for row in hashes.rows if row[0] not in versioned]
    for row in directories.rows:
        name = row[2].rpartition("|")[2]
        if name not in (".", "SourceDir"):
            row[2] = _with_short_name(name, taken.setdefault(row[1], set()))


def _with_short_name(name: str, taken: set[str]) -> str:
    """``SHORT~1.EXT|long name.ext``, or the name alone where it is short already."""
    stem, dot, ending = name.rpartition(".") if "." in name.lstrip(".") else (name, "", "")
    if re.fullmatch(r"[A-Za-z0-9_~-]{1,8}", stem) and re.fullmatch(r"[A-Za-z0-9_]{0,3}", ending):
        taken.add(name.upper())
        return name
    plain = re.sub(r"[^A-Z0-9_]", "", stem.upper()) or "FILE"
    ending = re.sub(r"[^A-Z0-9_]", "", ending.upper())[:3]
    for number in range(1, 100_000):
        short = f"{plain[: 7 - len(str(number))]}~{number}{dot and ending and '.'}{ending}"
        if short not in taken:
            taken.add(short)
            return f"{short}|{name}"
    raise MsiError(f"no short name for {name}")


def file_version(file: Path) -> str:
    """The version that a program's or library's own information states; empty where it has none."""
    if file.suffix.lower() not in (".exe", ".dll", ".pyd"):
        return ""
    data = file.read_bytes()
    # VS_FIXEDFILEINFO: its mark, and its own version, which NSIS leaves at 0
    if not (found := re.search(rb"\xbd\x04\xef\xfe\0\0[\0\1]\0", data)):
        return ""
    high, low = struct.unpack_from("<II", data, found.end())
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def _add_own_keys(database: Database, version: str) -> None:
    """The shortcut, log-in start, and what the next version finds."""
    program = f"[#{_id('f', Path(PROGRAM))}]"
    values = {"Version": version, "Program": f"[#{_id('f', Path(CONSOLE))}]"}
    _add_component(database, "own", [(OWN_KEY, name, value) for name, value in values.items()])
    _add_component(database, "autostart", [(RUN_KEY, TITLE, f'"{program}" --background')], 'AUTOSTART = "1"')
    _add_component(database, "autostart_kept", [(KEPT_KEY, "AUTOSTART", "[AUTOSTART]")], 'AUTOSTART <> ""')
    database["Shortcut"].add(
        Shortcut="startmenu", Directory_="ProgramMenuFolder", Name=_with_short_name(TITLE, set()),
        Component_=_id("c", Path(PROGRAM)), Target=program, WkDir="INSTALLDIR",
    )  # fmt: skip
    for table, action, place in (
        ("InstallExecuteSequence", "RemoveShortcuts", 3200),
        ("InstallExecuteSequence", "CreateShortcuts", 4500),
        ("AdvtExecuteSequence", "CreateShortcuts", 4500),
    ):
        if action not in {row[0] for row in database[table].rows}:
            database[table].add(Action=action, Sequence=place)


def _add_policies(database: Database) -> None:
    """A property is what the command line says, else what it said when this computer was installed or upgraded."""
    names = ["AUTOSTART"]
    for item in policy_properties():
        names.append(item.name)
        value = f"#[{item.name}]" if item.number else f"[{item.name}]"
        said = f'{item.name} <> "" AND {item.name} <> "-"'
        _add_component(
            database,
            item.name.lower(),
            [(item.key, item.value_name, value), (KEPT_KEY, item.name, f"[{item.name}]")],
            said,
        )
    sequences = [database[name] for name in ("InstallExecuteSequence", "InstallUISequence")]
    for number, name in enumerate(names):
        _search(database, f"KEPT_{name}", KEPT_KEY, name)
        database["CustomAction"].add(Action=f"Keep_{name}", Type=_SET_PROPERTY, Source=name, Target=f"[KEPT_{name}]")
        for sequence in sequences:
            condition = f'{name} = "" AND KEPT_{name} <> ""'
            sequence.add(Action=f"Keep_{name}", Condition=condition, Sequence=_after_search(number))
    database["CustomAction"].add(Action="DefaultAutostart", Type=_SET_PROPERTY, Source="AUTOSTART", Target="1")
    for sequence in sequences:
        sequence.add(Action="DefaultAutostart", Condition='AUTOSTART = ""', Sequence=_after_search(len(names)))
        _move(sequence, "LaunchConditions", 690)
    _make_secure(database, [*names, *(f"KEPT_{name}" for name in names)])


def _after_search(number: int) -> int:
    place = 51 + number
    if place >= 690:
        raise MsiError("too many properties for the room between AppSearch and LaunchConditions")
    return place


def _add_component(database: Database, name: str, values: Iterable[tuple[str, str, str]], condition: str = "") -> None:
    identity = f"r_{name}"
    for number, (key, value_name, value) in enumerate(values):
        database["Registry"].add(
            Registry=f"{identity}_{number}",
            Root=_LOCAL_MACHINE,
            Key=key,
            Name=value_name,
            Value=value,
            Component_=identity,
        )
    database["Component"].add(
        Component=identity, ComponentId=_guid(f"registry {name}"), Directory_="INSTALLDIR",
        Attributes=_COMPONENT_64 | _BY_REGISTRY, Condition=condition, KeyPath=f"{identity}_0",
    )  # fmt: skip
    database["FeatureComponents"].add(Feature_="Complete", Component_=identity)
    sequence = database["InstallExecuteSequence"]
    for action, place in (("RemoveRegistryValues", 2600), ("WriteRegistryValues", 5000)):
        if action not in {row[0] for row in sequence.rows}:
            sequence.add(Action=action, Sequence=place)


def _search(database: Database, property_name: str, key: str, value_name: str) -> None:
    identity = f"s_{property_name}"
    database["AppSearch"].add(Property=property_name, Signature_=identity)
    database["RegLocator"].add(
        Signature_=identity, Root=_LOCAL_MACHINE, Key=key, Name=value_name, Type=_SEARCH_VALUE_64
    )


def _move(sequence: Table, action: str, place: int) -> None:
    at = sequence.column("Sequence")
    rows = [row for row in sequence.rows if row[0] == action]
    if rows:
        rows[0][at] = str(place)
    else:
        sequence.add(Action=action, Sequence=place)


def _make_secure(database: Database, names: Iterable[str]) -> None:
    """Passed on to the part of Windows Installer that runs as the system."""
    table = database["Property"]
    row = next((row for row in table.rows if row[0] == "SecureCustomProperties"), None)
    if row is None:
        table.add(Property="SecureCustomProperties", Value=";".join(names))
    else:
        row[1] = ";".join((row[1], *names))


def _add_conditions(database: Database) -> None:
    _search(database, "WINDOWSBUILD", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuild")
    database["LaunchCondition"].add(
        Condition=f"Installed OR WINDOWSBUILD >= {OLDEST_WINDOWS}",
        Description=f"{TITLE} needs Windows 10 version 1809 or later, 64 bits.",
    )
    for name in ("InstallExecuteSequence", "InstallUISequence"):
        for action, place in (("AppSearch", 50), ("FindRelatedProducts", 25)):
            _move(database[name], action, place)
    # Within the transaction: what fails later brings the old version back.
    _move(database["InstallExecuteSequence"], "RemoveExistingProducts", 1501)
    _make_secure(database, ["WINDOWSBUILD", "RUNNINGPROGRAM"])


def _end_running_copies(database: Database) -> None:
    """The version that is there asks its running copies to end before files are looked at; one that hangs stops us."""
    _search(database, "RUNNINGPROGRAM", OWN_KEY, "Program")
    database["CustomAction"].add(Action="EndCopies", Type=_RUN_PROGRAM, Source="RUNNINGPROGRAM", Target="--quit")
    database["InstallExecuteSequence"].add(Action="EndCopies", Condition="RUNNINGPROGRAM", Sequence=1399)


def _call(command: Sequence[str], cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    except FileNotFoundError:
        raise MsiError(f"{command[0]} is not installed: apt-get install wixl msitools") from None
    if done.returncode != 0:
        raise MsiError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode("latin-1")
