"""What every error that a person meets has: a code, an exit code, and a message in Swedish and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from b2cal_desktop.core.model import Text


@dataclass(frozen=True, slots=True)
class Message:
    """What a person is told of an error, in one language."""

    what: str
    meaning: str
    remedy: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.meaning, self.remedy) if part)


NOTHING = Text("", "")
GOES_ON = Text("Hänvisningen är orörd.", "The diversion is left as it is.")
RETRY = Text("Vi försöker igen automatiskt.", "We will try again automatically.")
LAST_EVENTS = Text(
    "Hänvisningen följer de bokningar som redan är hämtade.",
    "The diversion follows the events that were already fetched.",
)
WAITS = Text("Hänvisningen ändras inte förrän du gör det.", "The diversion does not change until you do.")


class B2CalError(Exception):
    """Base of all; ``message(language)`` is the text for people, ``str()`` the English one."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    what: ClassVar[Text]
    meaning: ClassVar[Text] = GOES_ON
    remedy: ClassVar[Text] = NOTHING

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(str(self.message("en")))

    def message(self, language: str) -> Message:
        """What happened, what it means for the diversion and what to do, in ``language``."""
        shown = {k: v.to(language) if isinstance(v, Text) else v for k, v in self.details.items()}
        return Message(*(part.to(language).format_map(shown) for part in (self.what, self.meaning, self.remedy)))

    @property
    def as_problem(self) -> Text:
        """What happened, to stand in another error's sentence."""
        return Text(*(self.message(language).what.rstrip(".") for language in ("sv", "en")))


class Complaint(Exception):
    """What is wrong, found where nobody is told yet: whoever catches it knows file, host or event, and tells."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        super().__init__(problem.en)
