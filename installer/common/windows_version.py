"""The version information that Windows shows of a program, as PyInstaller reads it."""

from __future__ import annotations

from pathlib import Path

from installer.common.project import NAME, PUBLISHER, SUMMARY, TITLE, version, version_quad

_FORM = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={quad}, prodvers={quad}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0,
                    date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
{strings}
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def write(path: Path) -> None:
    """Put the file that PyInstaller's ``version`` option wants at ``path``."""
    strings = {
        "CompanyName": PUBLISHER,
        "FileDescription": TITLE,  # what the task manager and the start-up list show
        "FileVersion": version(),
        "InternalName": NAME,
        "LegalCopyright": "MIT licence",
        "OriginalFilename": f"{TITLE}.exe",
        "ProductName": TITLE,
        "ProductVersion": version(),
        "Comments": SUMMARY["en"],
    }
    lines = ",\n".join(f"      StringStruct({key!r}, {value!r})" for key, value in strings.items())
    path.write_text(_FORM.format(quad=version_quad(), strings=lines), encoding="utf-8")
