#!/usr/bin/env bash
# Signs the app and makes a .dmg for people and a .pkg for roll-out of it. Runs on macOS, after installer/build.py:
#
#   installer/macos/package.sh APP TARGET_DIR VERSION
#
# With these in the environment the result is signed and notarised; without them it is signed for this Mac only, which
# is said, and Gatekeeper on other Macs will not open it.
#   B2CAL_MAC_APP_IDENTITY        "Developer ID Application: … (TEAM)"
#   B2CAL_MAC_INSTALLER_IDENTITY  "Developer ID Installer: … (TEAM)"
#   B2CAL_MAC_NOTARY_PROFILE      what `xcrun notarytool store-credentials` was given as a name
set -euo pipefail
app=$1 target=$2 version=$3
here=$(cd "$(dirname "$0")" && pwd)
name="b2cal-desktop-$version-$(uname -m)"
identity=${B2CAL_MAC_APP_IDENTITY:--}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target"

# From the inside outwards: a signature holds what lies below it. `--deep` would give every library the entitlements.
stamp=(--timestamp)
[ "$identity" != - ] || stamp=(--timestamp=none)
while IFS= read -r -d '' file; do
  case $(file -b "$file") in *Mach-O*) codesign --force --options runtime "${stamp[@]}" --sign "$identity" "$file" ;; esac
done < <(find "$app/Contents/Frameworks" "$app/Contents/Resources" -type f -print0)
find "$app/Contents/Frameworks" -depth -type d -name '*.framework' -exec \
  codesign --force --options runtime "${stamp[@]}" --sign "$identity" {} \;
codesign --force --options runtime "${stamp[@]}" --entitlements "$here/entitlements.plist" --sign "$identity" "$app"
codesign --verify --strict --deep "$app"

notarise() { # what Apple has seen, it says so for; the ticket goes along for Macs without a network
  [ -n "${B2CAL_MAC_NOTARY_PROFILE:-}" ] || { echo "not notarised: B2CAL_MAC_NOTARY_PROFILE is not set"; return 0; }
  xcrun notarytool submit "$1" --keychain-profile "$B2CAL_MAC_NOTARY_PROFILE" --wait
  [ "${1##*.}" = zip ] || xcrun stapler staple "$1"
}
ditto -c -k --keepParent "$app" "$work/app.zip"
notarise "$work/app.zip"
[ -z "${B2CAL_MAC_NOTARY_PROFILE:-}" ] || xcrun stapler staple "$app"

mkdir "$work/dmg"
ditto "$app" "$work/dmg/$(basename "$app")"
ln -s /Applications "$work/dmg/Applications"
hdiutil create -quiet -volname "B2Cal Desktop $version" -srcfolder "$work/dmg" -fs HFS+ -format ULFO -ov "$target/$name.dmg"
[ "$identity" = - ] || codesign --timestamp --sign "$identity" "$target/$name.dmg"
[ "$identity" = - ] || notarise "$target/$name.dmg"

mkdir "$work/root"
ditto "$app" "$work/root/$(basename "$app")"
pkgbuild --analyze --root "$work/root" "$work/parts.plist"
plutil -replace 0.BundleIsRelocatable -bool NO "$work/parts.plist" # else it follows a copy that a user has moved
pkgbuild --root "$work/root" --component-plist "$work/parts.plist" --install-location /Applications \
  --identifier se.b2cal.desktop --version "$version" --scripts "$here/scripts" "$work/app.pkg"
product=(productbuild --package "$work/app.pkg")
[ -z "${B2CAL_MAC_INSTALLER_IDENTITY:-}" ] || product+=(--sign "$B2CAL_MAC_INSTALLER_IDENTITY")
"${product[@]}" "$target/$name.pkg"
[ -z "${B2CAL_MAC_INSTALLER_IDENTITY:-}" ] || notarise "$target/$name.pkg"
ls -l "$target"
