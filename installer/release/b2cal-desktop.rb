cask "b2cal-desktop" do
  version "@VERSION@"
  sha256 "@DMG_SHA256@"

  url "@DMG_URL@"
  name "B2Cal Desktop"
  desc "Keeps your diversion in the company switchboard right, from your own calendar"
  homepage "@HOMEPAGE@"

  depends_on arch: :arm64
  depends_on macos: ">= :sequoia"

  app "B2Cal Desktop.app"
  binary "#{appdir}/B2Cal Desktop.app/Contents/MacOS/b2cal-desktop"

  uninstall quit: "se.b2cal.desktop"

  zap trash: [
    "~/Library/Application Support/B2Cal Desktop",
    "~/Library/Caches/B2Cal Desktop",
    "~/Library/LaunchAgents/se.b2cal.desktop.plist",
    "~/Library/Logs/B2Cal Desktop",
  ]
end
