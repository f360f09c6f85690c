"""What is written, and what is never overwritten: a day for each sentence of the rules, then days at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, Block, DiversionState, RuleName
from b2cal_desktop.core.reconcile import Manual, ManualOverride, Memory, Policy, end_manual, reconcile
from b2cal_desktop.core.schedule import Schedule
from b2cal_desktop.core.state import NoticeCode
from tests.core import reconcile_histories as histories
from tests.core.reconcile_oracle import MIDNIGHT, Computer, Fault, Phone, edges, instant, play, schedule, state

BY_PHONE = [
    (Phone(), histories.ORDINARY),
    (Phone(), histories.BACK_EARLY),
    (Phone(), histories.BY_HAND),
    (Phone(), histories.REPLACED),
    (Phone(), histories.CONTESTED),
    (Phone(), histories.UNKNOWN_OUTCOME),
    (Phone(), histories.TWO_COMPUTERS),
    (Phone(), histories.SWITCHED_OFF),
    (Phone(lingers=True), histories.ENDS_STILL_SHOWN),
    (Phone(lingers=True, known=True), histories.ENDS_CLEARED),
    (Phone(ends=False), histories.NO_ENDS),
    (Phone(reads_back=False), histories.BLIND),
    (Phone(reads_back=False, ends=False), histories.BLIND_WITHOUT_ENDS),
    (Phone(reads_back=False, ends=False), histories.SWITCHED_OFF_BLIND),
]


@pytest.mark.parametrize(
    ("phone", "history"), [pytest.param(phone, table[name], id=name) for phone, table in BY_PHONE for name in table]
)
def test_a_day(phone: Phone, history: str) -> None:
    play(history, replace(phone))


@pytest.mark.parametrize("history", histories.UNTIL_CLEARED.values(), ids=histories.UNTIL_CLEARED)
def test_a_day_with_manual_override_until_cleared(history: str) -> None:
    play(history, Phone(), ManualOverride.UNTIL_CLEARED)


def test_the_user_is_told_once_that_their_own_takes_precedence_over_what_the_app_had_set() -> None:
    computer = Computer(Phone(), Policy(STANDARD_CATALOGUE), schedule("meeting 09:00-10:00"))
    computer.sync(instant("09:00"))
    computer.phone.put(state("lunch"), by_hand=True)
    computer.sync(instant("09:10"))
    computer.sync(instant("09:11"))
    assert computer.told == [NoticeCode.MANUAL_TAKES_PRECEDENCE]


def test_a_decision_says_what_it_wants_and_whether_that_was_dismissed() -> None:
    day = Computer(Phone(), Policy(STANDARD_CATALOGUE), schedule("meeting 09:00-10:00"))
    begun = day.sync(instant("09:00"))
    assert begun is not None and begun.want == state("meeting until 10:00") and not begun.dismissed
    day.phone.put(CLEAR, by_hand=True)
    back = day.sync(instant("09:30"))
    assert back is not None and back.want == CLEAR and back.dismissed


def test_what_is_to_be_written_is_remembered_before_it_is_written() -> None:
    decision = reconcile(schedule("meeting 09:00-10:00"), CLEAR, Memory(), instant("09:00"), Policy(STANDARD_CATALOGUE))
    assert decision.memory == Memory(pending=state("meeting until 10:00"))
    assert decision.after == Memory(last=state("meeting until 10:00"))


LUNCH, OVER = state("lunch until 08:45"), instant("09:00")


@pytest.mark.parametrize(
    ("phone", "seen", "manual", "clears"),
    [
        pytest.param(Phone(), LUNCH, LUNCH, False, id="the switchboard ends it itself"),
        pytest.param(Phone(lingers=True, known=True), LUNCH, LUNCH, True, id="it does not"),
        pytest.param(Phone(ends=False), state("lunch"), LUNCH, True, id="it knows no ends"),
        pytest.param(Phone(ends=False), state("vacation"), LUNCH, False, id="something else is shown"),
        pytest.param(Phone(ends=False), state("lunch"), state("lunch until 09:30"), False, id="it still lasts"),
        pytest.param(Phone(ends=False), state("lunch"), None, False, id="nothing was set by hand"),
        pytest.param(Phone(reads_back=False, ends=False), None, LUNCH, True, id="it cannot be read"),
    ],
)
def test_a_manual_diversion_ends_while_the_app_rests(
    phone: Phone, seen: DiversionState | None, manual: DiversionState | None, clears: bool
) -> None:
    memory = Memory(manual=Manual(manual, instant("08:30")) if manual else None)
    decision = end_manual(seen, memory, OVER, phone.policy())
    assert decision.write == (CLEAR if clears else None)
    assert decision.after == (Memory() if clears else memory)


# --- Days at random ---
# Few instants and few diversions, so that ends, edges and changes often meet.

ZERO = MIDNIGHT + timedelta(hours=8)
DIVERSIONS = ("meeting", "lunch", AVAILABLE, "vacation", "working_from_home")
BY_HAND = (AVAILABLE, AVAILABLE, "meeting", "lunch", "vacation", "working_from_home", "parental_leave")
LENGTHS = (5, 15, 40)


@dataclass(frozen=True)
class ByHand:
    """Somebody sets ``diversion`` for so many ``minutes``, in the softphone or from the app's ``tray``."""

    diversion: str
    minutes: int | None
    tray: bool


@dataclass(frozen=True)
class Happening:
    """``after`` minutes pass, and then ``what`` happens; an ``asleep`` computer misses the edges between."""

    after: int
    asleep: bool
    what: Fault | ByHand | Schedule


def _minute(count: int) -> datetime:
    return ZERO + timedelta(minutes=count)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Blocks as the planner makes them: sorted, disjoint, and none that touches one with the same diversion."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from((0, 0, 5, 20)), st.sampled_from(LENGTHS), st.sampled_from(DIVERSIONS)), max_size=6
        )
    )
    blocks: list[Block] = []
    at = 0
    for gap, length, diversion in drawn:
        joins = bool(blocks) and gap == 0 and blocks[-1].diversion == diversion
        start = at + (5 if joins else gap)
        at = start + length
        blocks.append(Block(_minute(start), _minute(at), diversion, RuleName.PREFIX))
    return Schedule(tuple(blocks))


def hands(*, tray: st.SearchStrategy[bool]) -> st.SearchStrategy[ByHand]:
    """Changes by hand; a switchboard that cannot be read back is told only what comes from the tray."""
    return st.builds(ByHand, st.sampled_from(BY_HAND), st.sampled_from((None, *LENGTHS)), tray)


def days(*what: st.SearchStrategy[Fault | ByHand | Schedule]) -> st.SearchStrategy[list[Happening]]:
    """What comes one after the other."""
    syncs = st.sampled_from((Fault.NONE, Fault.NONE, *Fault))
    after = st.sampled_from((0, 1, 2, 5, 10, 15))
    return st.lists(st.builds(Happening, after, st.booleans(), st.one_of(syncs, *what)), max_size=14)


@dataclass
class Life:
    """One switchboard and its computers, and how much there was to write for."""

    computers: tuple[Computer, ...]
    now: datetime = ZERO
    causes: int = 0

    @property
    def phone(self) -> Phone:
        return self.computers[0].phone

    @property
    def writes(self) -> int:
        return sum(computer.writes for computer in self.computers)

    def live(self, happenings: Iterable[Happening]) -> None:
        """Every loop wakes at every edge, unless asleep, and after everything that happens."""
        for happening in happenings:
            self.pass_time(self.now + timedelta(minutes=happening.after), asleep=happening.asleep)
            match happening.what:
                case Fault() as fault:
                    self.causes += fault is not Fault.NONE
                    self.sync(fault)
                case ByHand(diversion, minutes, tray):
                    until = self.now + timedelta(minutes=minutes) if minutes and diversion != AVAILABLE else None
                    self.by_hand(DiversionState(diversion, until), tray=tray)
                case Schedule() as plan:
                    self.causes += 1
                    self.computers[0].schedule = plan  # the others learn of it with the next one

    def pass_time(self, until: datetime, *, asleep: bool = False) -> None:
        for edge in sorted({e for c in self.computers for e in edges(c.schedule, self.now, until)}):
            self.causes += 1
            if not asleep:
                self.now = edge
                self.sync()
        self.now = until

    def by_hand(self, shown: DiversionState, *, tray: bool) -> None:
        self.causes += 2  # it begins, and it is over
        if tray:
            self.computers[0].set_from_tray(shown, self.now)
        else:
            self.phone.put(shown, by_hand=True)

    def sync(self, fault: Fault = Fault.NONE) -> None:
        """Everybody syncs; the fault meets the first one."""
        for computer in self.computers:
            computer.sync(self.now, fault)
            if fault is Fault.NONE:
                self._check(computer)
            fault = Fault.NONE

    def _check(self, computer: Computer) -> None:
        again = reconcile(computer.schedule, self.phone.read(self.now), computer.memory, self.now, computer.policy)
        assert again.write is None, f"the same facts, and yet {again.write} at {self.now}"
        assert not again.notices
        if len(self.computers) > 1 or not self.phone.reads_back or self.phone.by_hand:
            return
        shown = self.phone.shows(self.now)
        assert shown.same_as(again.want, ends=self.phone.ends), f"the app left {shown} at {self.now}"


def _life(phone: Phone, computers: int = 1) -> Life:
    fresh, policy = replace(phone), phone.policy()
    return Life(tuple(Computer(fresh, policy) for _ in range(computers)))


def _ends_well(life: Life) -> None:
    """Once nobody touches it, every block is shown exactly, in one step at each edge."""
    blind = not life.phone.reads_back
    life.by_hand(DiversionState("parental_leave"), tray=blind)  # else clearing what is clear would not be noticed
    life.sync()
    life.by_hand(CLEAR, tray=blind)
    begin = life.now + timedelta(minutes=20)
    middle, end = begin + timedelta(minutes=30), begin + timedelta(minutes=45)
    quiet = Schedule(
        (
            Block(begin, middle, "meeting", RuleName.PREFIX),
            Block(middle, end, "lunch", RuleName.PREFIX),
        )
    )
    for computer in life.computers:
        computer.schedule = quiet
    expected = {life.now: CLEAR, begin: quiet.blocks[0].state, middle: quiet.blocks[1].state, end: CLEAR}
    for now, goal in expected.items():
        life.now = now
        life.computers[0].sync(now)
        assert life.phone.shows(now).same_as(goal, ends=life.phone.ends), now
        before = life.writes
        life.sync()
        assert life.writes == before


PHONES = st.sampled_from((Phone(), Phone(), Phone(ends=False), Phone(lingers=True, known=True)))


@given(PHONES, days(schedules(), hands(tray=st.booleans())))
def test_a_random_day_by_hand_and_by_calendar(phone: Phone, happenings: list[Happening]) -> None:
    life = _life(phone)
    life.live(happenings)
    assert life.writes <= life.causes
    _ends_well(life)


@given(PHONES, days(schedules()))
def test_where_nobody_else_writes_the_switchboard_shows_exactly_what_is_wanted(
    phone: Phone, happenings: list[Happening]
) -> None:
    life = _life(phone)
    life.live(happenings)
    life.sync()
    block = life.computers[0].schedule.block_at(life.now)
    assert life.phone.shows(life.now).same_as(block.state if block else CLEAR, ends=phone.ends)
    _ends_well(life)


@given(st.booleans(), days(schedules(), hands(tray=st.just(True))))
def test_a_random_day_that_cannot_be_read_back(ends: bool, happenings: list[Happening]) -> None:
    life = _life(Phone(reads_back=False, ends=ends))
    life.live(happenings)
    assert life.writes <= life.causes
    _ends_well(life)


@given(PHONES, days(schedules(), hands(tray=st.booleans())))
def test_two_computers_never_fight(phone: Phone, happenings: list[Happening]) -> None:
    life = _life(phone, computers=2)
    for happening in happenings:
        life.live([happening])
        life.sync()
        before = life.writes
        for _ in range(3):
            life.sync()
        assert life.writes == before, "they go on correcting each other"
    assert life.writes <= 2 * life.causes
    _ends_well(life)
