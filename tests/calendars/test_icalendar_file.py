"""The iCalendar source over real files: the shapes that calendar programs write, and files that are not right."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.calendars.icalendar_file import ICalendarSource, Limits
from b2cal_desktop.core.errors import CalendarProblem, CalendarUnreachable
from b2cal_desktop.core.model import CalendarEvent, ShowAs, Window
from b2cal_desktop.core.ports import Fetched

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DATA = Path(__file__).with_name("data")
SAMPLE = Path(__file__).parents[2] / "resources" / "sample-calendar.ics"
NOW = datetime(2026, 11, 23, 9, tzinfo=STOCKHOLM)
MONTH = Window(datetime(2026, 11, 23, tzinfo=STOCKHOLM), datetime(2026, 12, 21, tzinfo=STOCKHOLM))


def fetch(path: Path, *, user: str = "", window: Window = MONTH) -> Fetched:
    return ICalendarSource(str(path), user=user, timezone=STOCKHOLM).fetch_events(window, NOW)


def calendar(*events: str, header: str = "") -> str:
    """A calendar of events given by their lines."""
    bodies = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{header}{bodies}END:VCALENDAR\n".replace("\n", "\r\n")


def local(event: CalendarEvent) -> tuple[str, str]:
    form = "%m-%d %H:%M"
    return event.start.astimezone(STOCKHOLM).strftime(form), event.end.astimezone(STOCKHOLM).strftime(form)


def by_id(fetched: Fetched) -> dict[str, CalendarEvent]:
    assert len({e.id for e in fetched.events}) == len(fetched.events)
    return {e.id: e for e in fetched.events}


def test_outlook_desktop() -> None:
    fetched = fetch(DATA / "outlook_desktop.ics")
    assert fetched.warnings == ()
    assert not fetched.limited
    meeting, home, maybe, away, free = fetched.events
    assert meeting.id.startswith("040000008200E00074C5B7101A82E008")
    assert len(meeting.id) > 80, "a folded UID is put together"
    assert local(meeting) == ("11-23 09:00", "11-23 10:00")
    assert (meeting.subject, meeting.location) == ("Projektmöte; etapp 2", "Rum Skagerrak, plan 3")
    assert home.private and home.all_day and local(home) == ("11-24 00:00", "11-25 00:00")
    assert [e.show_as for e in (meeting, home, maybe, away, free)] == [
        ShowAs.BUSY,
        ShowAs.WORKING_ELSEWHERE,
        ShowAs.TENTATIVE,
        ShowAs.OOF,
        ShowAs.FREE,
    ]
    assert all(e.series_id is None for e in fetched.events)


def test_exchange_published() -> None:
    fetched = fetch(DATA / "exchange_published.ics")
    events = by_id(fetched)
    assert {event_id: local(e) for event_id, e in events.items()} == {
        "serie-1/20261123T080000Z": ("11-24 14:00", "11-24 14:30"),  # moved; its id says when it was to be
        "serie-1/20261207T080000Z": ("12-07 09:00", "12-07 09:30"),  # the one between is left out
        "serie-1/20261214T080000Z": ("12-14 09:00", "12-14 09:30"),  # UNTIL includes the last one
        "egen-zon-1": ("11-25 09:00", "11-25 10:00"),
        "utc-1": ("11-25 18:00", "11-25 19:00"),
        "okand-1": ("11-26 14:00", "11-26 15:00"),
        "hel-dag-1": ("11-27 00:00", "11-29 00:00"),
    }
    assert events["serie-1/20261123T080000Z"].show_as is ShowAs.TENTATIVE
    assert events["serie-1/20261123T080000Z"].series_id == "serie-1"
    assert events["egen-zon-1"].show_as is ShowAs.OOF, "the intended status stands in where there is no other"
    assert events["hel-dag-1"].all_day
    assert [w.code for w in fetched.warnings] == ["unknown_time_zone"]
    assert "rad 87" in fetched.warnings[0].text.sv
    assert "Customized Time Zone" in fetched.warnings[0].text.en


def test_availability_only() -> None:
    fetched = fetch(DATA / "exchange_availability.ics")
    assert fetched.limited
    assert [e.subject for e in fetched.events] == [None, None, None]
    assert [e.show_as for e in fetched.events] == [ShowAs.BUSY, ShowAs.TENTATIVE, ShowAs.OOF]


def test_free_busy_periods() -> None:
    fetched = fetch(DATA / "outlook_freebusy.ics")
    assert fetched.limited
    assert {e.subject for e in fetched.events} == {None}
    assert [(local(e), e.show_as) for e in fetched.events] == [
        (("11-23 09:00", "11-23 10:00"), ShowAs.BUSY),
        (("11-23 11:00", "11-23 11:30"), ShowAs.TENTATIVE),
        (("11-23 13:00", "11-23 14:00"), ShowAs.TENTATIVE),
        (("11-24 08:00", "11-24 17:00"), ShowAs.OOF),
        (("11-25 08:00", "11-25 17:00"), ShowAs.FREE),
    ]


@pytest.mark.parametrize("user", ["namn@foretag.se", "MAILTO:NAMN@foretag.se", " Namn@Foretag.SE "])
def test_google(user: str) -> None:
    events = by_id(fetch(DATA / "google.ics", user=user))
    assert "aaaabbbb@google.com/20261123T120000Z" not in events, "left out"
    declined = events["aaaabbbb@google.com/20261125T120000Z"]
    assert declined.declined
    assert local(declined) == ("11-25 12:00", "11-25 12:30")
    assert [e.id for e in events.values() if e.declined] == [declined.id], "this occurrence only"
    assert local(events["aaaabbbb@google.com/20261130T120000Z"]) == ("11-30 13:00", "11-30 14:00"), (
        "the computer's zone data counts, not the calendar's wrong copy"
    )
    assert events["ccccdddd@google.com"].show_as is ShowAs.TENTATIVE
    assert events["eeeeffff@google.com"].show_as is ShowAs.FREE


def test_nobody_declined_what_another_declined() -> None:
    assert not any(e.declined for e in fetch(DATA / "google.ics", user="annan@foretag.se").events)
    assert not any(e.declined for e in fetch(DATA / "google.ics").events)


def test_apple() -> None:
    events = by_id(fetch(DATA / "apple.ics"))
    assert [(event_id[:8], local(e)) for event_id, e in events.items()] == [
        ("11111111", ("11-23 10:00", "11-23 11:00")),
        ("33333333", ("11-24 08:15", "11-24 09:00")),
        ("22222222", ("11-25 00:00", "11-26 00:00")),
        ("22222222", ("12-02 00:00", "12-03 00:00")),
    ]
    assert "22222222-2222-3333-4444-555555555555/20261125" in events


@pytest.mark.parametrize("weekday", range(7))
def test_sample_calendar_has_something_every_day(weekday: int) -> None:
    day = MONTH.start + timedelta(days=28 + weekday)
    fetched = fetch(SAMPLE, user="namn@foretag.se", window=Window(day, day + timedelta(days=1)))
    assert fetched.warnings == ()
    assert len([e for e in fetched.events if not e.cancelled and not e.declined]) >= 3
    assert any((e.subject or "")[:4] in ("MOT:", "LUN:", "HEM:", "UTE:", "SLU:", "UPP:") for e in fetched.events)


def test_sample_calendar_shows_what_the_program_can() -> None:
    events = fetch(SAMPLE, user="namn@foretag.se").events
    assert any(e.private for e in events)
    assert any(e.declined for e in events)
    assert any(e.cancelled for e in events)
    assert {e.show_as for e in events} == set(ShowAs) - {ShowAs.UNKNOWN}


# --- One event in many dresses ---------------------------------------------------------------------------------------


def only(path: Path, *events: str, header: str = "", window: Window = MONTH) -> CalendarEvent:
    path.write_text(calendar(*events, header=header), encoding="utf-8", newline="")
    fetched = fetch(path, window=window)
    assert len(fetched.events) == 1, fetched
    return fetched.events[0]


@pytest.mark.parametrize(
    ("tzid", "expected"),
    [
        ("Europe/Stockholm", "09:00"),
        ("europe/stockholm", "09:00"),
        ("W. Europe Standard Time", "09:00"),
        ("W. Europe Standard Time 1", "09:00"),
        ('"FLE Standard Time"', "08:00"),
        ("GMT Standard Time", "10:00"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien"', "09:00"),
        ('"(GMT+02.00) Helsinki, Kiev, Riga"', "08:00"),
        ("/mozilla.org/20050126_1/Europe/Stockholm", "09:00"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/London", "10:00"),
        ("/Europe/Stockholm", "09:00"),
        ("UTC", "10:00"),
        ("tzone://Microsoft/Utc", "10:00"),
        ("GMT+0300", "07:00"),
        ("tzone://Microsoft/Custom", "09:00"),  # nobody knows: our own
        ("../../etc/passwd", "09:00"),
    ],
)
def test_zone_names(tmp_path: Path, tzid: str, expected: str) -> None:
    event = only(tmp_path / "k.ics", f"UID:1\nDTSTART;TZID={tzid}:20261124T090000\nDTEND;TZID={tzid}:20261124T093000")
    assert local(event)[0] == f"11-24 {expected}"


@pytest.mark.parametrize(
    ("tzid", "written", "start"),
    [
        ("Min egen", "Min egen", "07:00"),
        ('"(UTC+01:00) Amsterdam, Berlin"', "(UTC+01:00) Amsterdam\\, Berlin", "07:00"),
        ("Europe/Stockholm", "Europe/Stockholm", "09:00"),  # a known name means what the computer says
    ],
)
def test_zones_that_a_calendar_defines(tmp_path: Path, tzid: str, written: str, start: str) -> None:
    header = (
        f"BEGIN:VTIMEZONE\nTZID:{written}\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0400\n"
        "TZOFFSETTO:+0300\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
        "DTSTART:16010101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0400\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"
        "END:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    winter = only(tmp_path / "k.ics", f"UID:1\nDTSTART;TZID={tzid}:20261124T090000\nDURATION:PT1H", header=header)
    assert local(winter)[0] == f"11-24 {start}"
    july = Window(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC))
    event = f"UID:1\nDTSTART;TZID={tzid}:20260701T090000\nDURATION:PT1H"
    assert local(only(tmp_path / "k.ics", event, header=header, window=july))[0] == f"07-01 {start}"


def test_the_last_definition_of_a_zone_is_not_remembered(tmp_path: Path) -> None:
    """icalendar keeps zones for the life of the process; a second calendar must not get the first one's."""
    for offset, expected in (("+0500", "05:00"), ("-0300", "13:00")):
        zone = (
            f"BEGIN:VTIMEZONE\nTZID:Egen\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:{offset}\n"
            f"TZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\n"
        )
        event = only(tmp_path / "k.ics", "UID:1\nDTSTART;TZID=Egen:20261124T090000\nDURATION:PT1H", header=zone)
        assert local(event)[0] == f"11-24 {expected}"


def test_floating_times_are_local(tmp_path: Path) -> None:
    event = "UID:1\nDTSTART:20261124T090000\nDTEND:20261124T100000"
    assert local(only(tmp_path / "k.ics", event))[0] == "11-24 09:00"
    elsewhere = only(tmp_path / "k.ics", event, header="X-WR-TIMEZONE:Europe/London\n")
    assert local(elsewhere)[0] == "11-24 10:00"
    assert local(only(tmp_path / "k.ics", event, header="X-WR-TIMEZONE:Ingenstans\n"))[0] == "11-24 09:00"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("DTSTART;VALUE=DATE:20261124", ("11-24 00:00", "11-25 00:00")),
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261124", ("11-24 00:00", "11-25 00:00")),
        ("DTSTART;VALUE=DATE:20261124\nDURATION:P2D", ("11-24 00:00", "11-26 00:00")),
        ("DTSTART:20261124\nDTEND:20261126", ("11-24 00:00", "11-26 00:00")),
        ("DTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270101", ("12-31 00:00", "01-01 00:00")),
        ("DTSTART;VALUE=DATE:20280229", ("02-29 00:00", "03-01 00:00")),
        (
            "DTSTART:20261123T230000Z\nDTEND:20261124T230000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            ("11-24 00:00", "11-25 00:00"),
        ),
        (
            "DTSTART;TZID=Europe/London:20261124T000000\nDTEND;TZID=Europe/London:20261125T000000\n"
            "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            ("11-24 00:00", "11-25 00:00"),
        ),
    ],
)
def test_whole_days(tmp_path: Path, times: str, expected: tuple[str, str]) -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    event = only(tmp_path / "k.ics", f"UID:1\n{times}", window=window)
    assert event.all_day
    assert local(event) == expected


def test_a_timed_event_stays_one_where_outlook_is_wrong(tmp_path: Path) -> None:
    times = "UID:1\nDTSTART:20261124T080000Z\nDTEND:20261124T093000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
    assert not only(tmp_path / "k.ics", times).all_day


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Stockholm", "20260329", "2026-03-28T23", 23),
        ("Europe/Stockholm", "20261025", "2026-10-24T22", 25),
        ("America/Santiago", "20260906", "2026-09-06T04", 23),  # the clock skips midnight: the day begins at one
        ("America/Havana", "20261101", "2026-11-01T04", 25),  # midnight comes twice: the day begins at the first
    ],
)
def test_whole_days_where_the_clock_changes(tmp_path: Path, zone: str, day: str, start: str, hours: int) -> None:
    path = tmp_path / "k.ics"
    path.write_text(calendar(f"UID:1\nDTSTART;VALUE=DATE:{day}"), newline="")
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    (event,) = ICalendarSource(str(path), timezone=ZoneInfo(zone)).fetch_events(window, NOW).events
    assert event.start == datetime.fromisoformat(f"{start}:00:00+00:00")
    assert event.end - event.start == timedelta(hours=hours)


def test_wall_time_that_does_not_exist(tmp_path: Path) -> None:
    window = Window(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    event = "UID:1\nDTSTART;TZID=Europe/Stockholm:20260329T023000\nDURATION:PT1H"
    assert local(only(tmp_path / "k.ics", event, window=window)) == ("03-29 03:30", "03-29 04:30")


@pytest.mark.parametrize(
    ("lines", "show_as"),
    [
        ("", ShowAs.BUSY),
        ("TRANSP:TRANSPARENT", ShowAs.FREE),
        ("STATUS:TENTATIVE", ShowAs.TENTATIVE),
        ("TRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", ShowAs.OOF),
        ("X-MICROSOFT-CDO-BUSYSTATUS:workingelsewhere", ShowAs.WORKING_ELSEWHERE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:NONSENSE\nSTATUS:TENTATIVE", ShowAs.TENTATIVE),
        ("X-MICROSOFT-CDO-INTENDEDSTATUS:OOF", ShowAs.BUSY),
    ],
)
def test_show_as(tmp_path: Path, lines: str, show_as: ShowAs) -> None:
    assert only(tmp_path / "k.ics", f"UID:1\nDTSTART:20261124T090000\nDURATION:PT1H\n{lines}").show_as is show_as


@pytest.mark.parametrize(("value", "private"), [("PUBLIC", False), ("PRIVATE", True), ("Confidential", True)])
def test_private(tmp_path: Path, value: str, private: bool) -> None:
    assert only(tmp_path / "k.ics", f"UID:1\nDTSTART:20261124T090000\nDURATION:PT1H\nCLASS:{value}").private is private


def test_cancelled(tmp_path: Path) -> None:
    event = "UID:1\nDTSTART:20261124T090000\nDURATION:PT1H"
    assert not only(tmp_path / "k.ics", event).cancelled
    assert only(tmp_path / "k.ics", f"{event}\nSTATUS:CANCELLED").cancelled
    assert only(tmp_path / "k.ics", event, header="METHOD:CANCEL\n").cancelled


def test_missing_uid_gives_a_stable_id(tmp_path: Path) -> None:
    event = "DTSTART:20261124T090000\nDURATION:PT1H\nSUMMARY:{}"
    first = only(tmp_path / "k.ics", event.format("Ett"))
    assert only(tmp_path / "k.ics", event.format("Två")).id == first.id
    (tmp_path / "k.ics").write_text(calendar(event.format("Ett"), event.format("Två")), newline="")
    assert len(by_id(fetch(tmp_path / "k.ics"))) == 2


def test_the_higher_sequence_wins(tmp_path: Path) -> None:
    event = "UID:1\nSEQUENCE:{}\nDTSTART:20261124T{}00\nDURATION:PT1H"
    assert local(only(tmp_path / "k.ics", event.format(2, "1000"), event.format(1, "0900")))[0] == "11-24 10:00"


def test_subject_of_a_private_event_is_in_no_repr(tmp_path: Path) -> None:
    event = only(tmp_path / "k.ics", "UID:1\nDTSTART:20261124T090000\nDURATION:PT1H\nSUMMARY:Hemligt\nCLASS:PRIVATE")
    assert event.subject == "Hemligt"
    assert "Hemligt" not in repr(event)


# --- What is wrong with an event costs that event --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("DURATION:PT1H", "rad 8, DTSTART"),
        ("DTSTART:20261301T090000", "rad 11, DTSTART"),
        ("DTSTART:20261124T090000\nDTEND:20261124T080000", "rad 12, DTEND"),
        ("DTSTART:20261124T090000\nDURATION:-PT1H", "rad 12, DURATION"),
        ("DTSTART:20261124T090000\nDURATION:PT1H\nRRULE:FREQ=FORTNIGHTLY", "rad 13, RRULE"),
        ("DTSTART:20261124T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0", "rad 13, RRULE"),
        ("DTSTART:20261124T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEXDATE:i går", "rad 14, EXDATE"),
        ("DTSTART:99991231T235959\nDURATION:P9999D", "rad 8, VEVENT"),
    ],
)
def test_a_broken_event_costs_that_event(tmp_path: Path, lines: str, place: str) -> None:
    path = tmp_path / "k.ics"
    good = "UID:god\nDTSTART:20261124T120000\nDURATION:PT1H"
    path.write_text(calendar(good, f"UID:x\nCLASS:PRIVATE\n{lines}\nSUMMARY:Hemligt"), encoding="utf-8", newline="")
    fetched = fetch(path)
    assert [e.id for e in fetched.events] == ["god"]
    (warning,) = fetched.warnings
    assert warning.code == "broken_event"
    assert warning.text.sv.startswith(f"{path}, {place}: ")
    assert "Hemligt" not in f"{warning.text.sv} {warning.text.en}"


def test_an_event_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    text = calendar("UID:1\nDTSTART:20261124T090000\nDURATION:PT1H", "UID:2\nDTSTART:20261124T120000\nDURATION:PT1H")
    path.write_text(text.replace("END:VEVENT\r\n", "", 1), newline="")
    fetched = fetch(path)
    assert [e.id for e in fetched.events] == ["2"]
    assert [(w.code, "rad 3," in w.text.sv) for w in fetched.warnings] == [("broken_event", True)]


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    event = (
        "UID:1\nDTSTART:20261124T090000\nDESCRIPTION:En text\nsom ingen har vikt\n<b>: ;;\nDURATION:PT1H\nEND:VALARM"
    )
    assert local(only(tmp_path / "k.ics", event)) == ("11-24 09:00", "11-24 10:00")


def test_a_broken_free_busy_period(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    path.write_text("BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20261124T090000Z/strax\nEND:VFREEBUSY\nEND:VCALENDAR\n")
    fetched = fetch(path)
    assert fetched.events == ()
    assert fetched.warnings[0].text.en.startswith(f"{path}, line 3, FREEBUSY: ")


# --- Files -----------------------------------------------------------------------------------------------------------

ONE = calendar("UID:1\nDTSTART:20261124T090000\nDURATION:PT1H\nSUMMARY:Möte på ön")


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        (ONE.encode(), False),
        (b"\xef\xbb\xbf" + ONE.encode(), False),
        (ONE.encode("utf-16"), False),
        (ONE.encode("utf-16-be"), False),
        (ONE.encode("utf-16-le"), False),
        (ONE.encode("cp1252"), True),
        (ONE.replace("\r\n", "\n").encode(), False),
        (ONE.replace("\r\n", "\r").encode(), False),
        (ONE.encode() + b"\0" * 512, True),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, warned: bool) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(data)
    fetched = fetch(path)
    assert [e.subject for e in fetched.events] == ["Möte på ön"]
    assert [w.code for w in fetched.warnings] == ["calendar_encoding"] * warned


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "tom"),
        (b" \r\n", "tom"),
        (b"<!DOCTYPE html><p>Logga in", "webbsida"),
        (b"hej", "rad 1: det här är ingen kalender"),
        (bytes(range(256)), "rad 1: det här är ingen kalender"),
        (ONE.encode()[:-20], "avhuggen"),
        (ONE.encode()[: len(ONE) // 2], "avhuggen"),
    ],
)
def test_files_that_are_no_calendar(tmp_path: Path, data: bytes, part: str) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(data)
    with pytest.raises(CalendarProblem) as caught:
        fetch(path)
    assert caught.value.message("sv").what.startswith(str(path))
    assert part in caught.value.message("sv").what


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def problem(location: str, limits: Limits | None = None) -> str:
        with pytest.raises((CalendarProblem, CalendarUnreachable)) as caught:
            ICalendarSource(location, timezone=STOCKHOLM, limits=limits).fetch_events(MONTH, NOW)
        return caught.value.message("sv").what

    with pytest.raises(CalendarUnreachable):
        ICalendarSource(str(tmp_path / "saknas.ics"), timezone=STOCKHOLM).fetch_events(MONTH, NOW)
    assert "finns inte" in problem(str(tmp_path / "saknas.ics"))
    assert "ingen fil" in problem(str(tmp_path))
    assert "location: ingen fil eller adress" in problem(" ")
    assert "går inte" in problem("a\0b")
    if hasattr(os, "mkfifo"):  # opening one would wait for ever
        os.mkfifo(tmp_path / "pipe")
        assert "ingen fil" in problem(str(tmp_path / "pipe"))
    path = tmp_path / "stor.ics"
    path.write_bytes(ONE.encode())
    assert "större än" in problem(str(path), Limits(max_bytes=50))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="only on a system where we are not root")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(ONE.encode())
    path.chmod(0)
    with pytest.raises(CalendarUnreachable, match="may not be read"):
        fetch(path)


def test_file_addresses(tmp_path: Path) -> None:
    path = tmp_path / "min kalender.ics"
    path.write_bytes(ONE.encode())
    source = ICalendarSource(path.as_uri(), timezone=STOCKHOLM)
    assert len(source.fetch_events(MONTH, NOW).events) == 1


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(ONE.encode())
    source = ICalendarSource(str(path), timezone=STOCKHOLM)
    first = source.fetch_events(MONTH, NOW)
    assert source.fetch_events(MONTH, NOW) is first
    week = Window(MONTH.start, MONTH.start + timedelta(hours=3))
    assert source.fetch_events(week, NOW).events == ()

    replacement = tmp_path / "ny.ics"  # as careful programs save: a new file in the old one's place
    replacement.write_bytes(ONE.replace("T09", "T10").encode())
    os.utime(replacement, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    replacement.replace(path)
    assert local(source.fetch_events(MONTH, NOW).events[0])[0] == "11-24 10:00"


def test_a_file_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(ONE.encode())
    source = ICalendarSource(str(path), timezone=STOCKHOLM)
    source.fetch_events(MONTH, NOW)
    path.write_bytes(ONE.encode()[:-10])
    for _ in range(2):
        with pytest.raises(CalendarProblem):
            source.fetch_events(MONTH, NOW)
    path.write_bytes(ONE.replace("T09", "T11").encode())
    assert local(source.fetch_events(MONTH, NOW).events[0])[0] == "11-24 11:00"
    source.close()
