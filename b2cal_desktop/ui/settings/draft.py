"""What the user is about to decide: the settings as a draft, judged at every change, saved by somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_check import Layer, WrongSettings, check_layer
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.system.settings_whole import Layers
from b2cal_desktop.ui.configuration import Configuration

# What is compared and saved as a whole; everything else goes value by value.
_WHOLE = ("diversions", "rules.prefixes", "rules.order", "rules.working_hours.days", "switchboard.fields")


class Draft(QObject):
    """Settings by dotted key. ``settings`` are the last that held; ``problems`` what is wrong with the present ones.

    ``log_in`` is whether the app is to start at log-in, None where that is left as it is: no file of ours keeps it.
    """

    changed = Signal()

    def __init__(self, loaded: LoadedSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.secrets: dict[str, str] = {}
        self.rebase(loaded)

    def rebase(self, loaded: LoadedSettings) -> None:
        """Begin anew from what is saved."""
        self.loaded = loaded
        self._saved = plain_settings(loaded.settings)
        self._data = deepcopy(self._saved)
        self.secrets.clear()
        self.log_in: bool | None = None
        self.settings = loaded.settings
        self.problems: tuple[SettingsProblem, ...] = ()

    def value(self, key: str) -> Any:
        """The value of ``key`` as plain data; None where there is none."""
        return _at(self._data, key)

    def set(self, key: str, value: Any) -> None:
        """Change ``key``; says so, with everything judged again."""
        if self.value(key) != value:
            _put(self._data, key, deepcopy(value))
            self._judge()

    def update(self, changes: Mapping[str, Any]) -> None:
        """Several changes at once."""
        for key, value in changes.items():
            _put(self._data, key, deepcopy(value))
        self._judge()

    def set_secret(self, name: str, value: str) -> None:
        """What is to be kept in the keyring under ``name``; an empty text changes nothing there."""
        self.secrets.pop(name, None)
        if value:
            self.secrets[name] = value
        self.changed.emit()

    def set_log_in(self, wanted: bool | None) -> None:
        self.log_in = wanted
        self.changed.emit()

    def save_with(self, configuration: Configuration) -> Callable[[], LoadedSettings]:
        """What writes this draft, for a worker thread: it holds the values as they are now."""
        changes, secrets, log_in = self.changes(), dict(self.secrets), self.log_in

        def save() -> LoadedSettings:
            loaded = configuration.save(changes, secrets)
            if log_in is not None:
                configuration.start_at_log_in(log_in)
            return loaded

        return save

    def is_locked(self, key: str) -> bool:
        """Whether the administrator has decided ``key``."""
        return self.loaded.is_locked(key)

    def is_given(self, key: str) -> bool:
        """Whether the administrator has said what ``key`` is to be, whether or not it can be changed."""
        policy, keys = self.loaded.policy, tuple(key.split("."))
        return policy is not None and (policy.defaults.holds(keys) or policy.locked.holds(keys))

    @property
    def is_changed(self) -> bool:
        return bool(self.changes() or self.secrets) or self.log_in is not None

    def changes(self) -> dict[str, Any]:
        """What differs from the saved settings, as ``save_settings`` takes it."""
        keys = {*_keys(self._saved), *_keys(self._data)}
        found = {key: self.value(key) for key in sorted(keys) if self.value(key) != _at(self._saved, key)}
        if "switchboard.connector" in found:
            found["switchboard.fields"] = self.value("switchboard.fields")
        return found

    def _judge(self) -> None:
        own = dict(deepcopy(msgspec.to_builtins(self.loaded.raw)))
        for key, value in self.changes().items():
            _put(own, key, value)
        self.problems = tuple(self._problems(Layer(self.loaded.path, own)))
        self.changed.emit()

    def _problems(self, own: Layer) -> Iterator[SettingsProblem]:
        wrong = [finding for finding in check_layer(own) if isinstance(finding, WrongSettings)]
        if wrong:
            yield from wrong
            return
        policy = self.loaded.policy
        layers = Layers((policy.defaults, own, policy.locked) if policy else (own,))
        wrong = [*layers.problems()]
        yield from wrong
        if not wrong:
            self.settings = layers.merged()


def problem_text(problem: SettingsProblem, language: str) -> str:
    """What is wrong, without the place: that is where the text is shown."""
    text = problem.details["problem"]
    return f"{text.to(language) if isinstance(text, Text) else text}."


def plain_settings(settings: Settings) -> dict[str, Any]:
    """``settings`` as plain data; of the diversions only what they say."""
    data: dict[str, Any] = msgspec.to_builtins(settings)
    data["diversions"] = [
        {name: part for name, part in entry.items() if part not in (None, {}, False)} for entry in data["diversions"]
    ]
    return data


def _keys(data: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in data.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, Mapping) and key not in _WHOLE:
            yield from _keys(value, key)
        else:
            yield key


def _at(data: Any, key: str) -> Any:
    for name in key.split("."):
        if not isinstance(data, Mapping) or name not in data:
            return None
        data = data[name]
    return data


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    *above, last = key.split(".")
    for name in above:
        below = data.get(name)
        data[name] = below if isinstance(below, dict) else {}
        data = data[name]
    data[last] = value
