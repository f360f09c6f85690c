"""What the app says of itself to macOS. https://developer.apple.com/documentation/bundleresources/information-property-list"""

from __future__ import annotations

from installer.common import project

# PySide6's own libraries are built for 15.0, though their wheel's name says 13.0: check_app.py looks into each.
OLDEST_MACOS = "15.0"


def info_plist() -> dict[str, object]:
    """The Info.plist, but for the name of the program and of the icon, which PyInstaller knows."""
    return {
        "CFBundleIdentifier": project.APP_ID,
        "CFBundleName": project.TITLE,
        "CFBundleDisplayName": project.TITLE,
        "CFBundleShortVersionString": project.version(),
        "CFBundleVersion": ".".join(map(str, project.version_quad()[:3])),
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "sv"],
        "LSApplicationCategoryType": "public.app-category.business",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "LSUIElement": True,  # an icon in the menu bar, none in the Dock
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT licence",
        "NSRequiresAquaSystemAppearance": False,  # dark where the system is
        # Never ended without being asked: quitting may have a diversion to clear.
        "NSSupportsAutomaticTermination": False,
        "NSSupportsSuddenTermination": False,
    }
