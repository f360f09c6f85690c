"""Garbage with widgets in it is taken apart on the GUI thread, however much another thread makes."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from b2cal_desktop.ui.garbage import GarbageOnThisThread


class Cycle(QObject):
    """Cannot be freed by counting references."""

    def __init__(self) -> None:
        super().__init__()
        self.self = self


@pytest.mark.usefixtures("qapp")
def test_another_thread_frees_no_widget_and_this_one_does(qtbot: QtBot) -> None:
    freed_on: list[str] = []
    gc.enable()  # as in the app; around tests with windows it is off
    garbage = GarbageOnThisThread()
    try:
        gc.collect()
        weakref.finalize(Cycle(), lambda: freed_on.append(threading.current_thread().name))

        def allocate() -> None:
            kept = [[number] for number in range(200_000)]  # far beyond the measure at which Python collects
            kept.clear()

        busy = threading.Thread(target=allocate, name="busy")
        busy.start()
        busy.join()
        assert freed_on == []
        for _ in range(150):  # one generation after the other comes due
            made = [[number] for number in range(2_000)]
            garbage.look()
            made.clear()
            if freed_on:
                break
        assert freed_on == [threading.main_thread().name]
    finally:
        garbage.close()
    assert gc.isenabled()
