"""What people are told of a trial that came to nothing."""

import pytest

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarNotTrusted,
    CalendarThrottled,
    CalendarUnreachable,
    SwitchboardBadAnswer,
    SwitchboardUnreachable,
)
from b2cal_desktop.ui.background import trial_text


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (CalendarUnreachable("kalender.foretag.se", "borta"), "Kontrollera adressen och nätet, och försök igen."),
        (SwitchboardUnreachable("vaxel.foretag.se", "borta"), "Kontrollera adressen och nätet, och försök igen."),
        (SwitchboardBadAnswer("vaxel.foretag.se", "HTML"), "På ett gästnät kan du behöva logga in där först."),
        (CalendarThrottled("kalender.foretag.se"), "Försök igen om några minuter."),
        (CalendarNotTrusted("kalender.foretag.se"), "Är det företagets eget certifikat behöver IT lägga in det"),
    ],
)
def test_a_trial_speaks_of_no_diversion_and_is_not_repeated(error: B2CalError, remedy: str, swedish: str) -> None:
    told = trial_text(error, swedish)
    assert told.startswith(error.message("sv").what)
    assert remedy in told
    assert "Hänvisningen" not in told
    assert "automatiskt" not in told
