"""A real Qt tray program, as small as it can be: what the harness's own tests look at."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

RED, GREEN = (214, 40, 57), (31, 157, 85)


def square(colour: tuple[int, int, int]) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.fill(QColor(*colour))
    return QIcon(pixmap)


def main() -> None:
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    tray = QSystemTrayIcon(square(RED))
    tray.setToolTip("Röd & vänlig")

    def turn_green() -> None:
        tray.setIcon(square(GREEN))
        tray.setToolTip("Grön")

    menu = QMenu()
    menu.addAction("Bli &grön", turn_green)
    sound = menu.addAction("Ljud")
    sound.setCheckable(True)
    menu.addSeparator()
    more = menu.addMenu("Mera")
    more.addAction("Meddela", lambda: tray.showMessage("Hej", "Ett meddelande", square(GREEN)))
    more.addAction("Otillgängligt").setEnabled(False)
    menu.addAction("Avsluta", app.quit)
    tray.setContextMenu(menu)
    tray.activated.connect(lambda reason: tray.setToolTip(f"Aktiverad: {reason.name}"))
    # Not by the tooltip: while a message shows, Qt gives its text out as the tooltip.
    tray.messageClicked.connect(sound.toggle)

    def show_when_there_is_a_tray() -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            QTimer.singleShot(100, show_when_there_is_a_tray)
        else:
            tray.show()

    show_when_there_is_a_tray()
    app.exec()


main()
