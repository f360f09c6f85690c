"""Icons are told apart by shape alone, stay readable on both bars, and colours keep their contrast."""

import itertools

import pytest
from PySide6.QtGui import QColor, QImage

from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.ui.colours import contrast, diversion_colour, ink, surfaces
from b2cal_desktop.ui.first_icon import SIZES as STARTING_SIZES
from b2cal_desktop.ui.first_icon import picture_name
from b2cal_desktop.ui.icons import MENU_SIZES, SIZES, app_image, badge_icon, badge_image, menu_icon
from b2cal_desktop.ui.look import STARTING, IconLook, Mark
from b2cal_desktop.ui.resources import RESOURCES
from b2cal_desktop.ui.timeline_item import block_colours
from tests.ui.states import IN_MEETING, NOW, at

pytestmark = pytest.mark.usefixtures("qapp")
KEYS = (*STANDARD_CATALOGUE, "travelling")


def alphas(image: QImage) -> list[int]:
    side = image.width()
    return [image.pixelColor(x, y).alpha() for y in range(side) for x in range(side)]


def shape_distance(one: IconLook, two: IconLook, size: int = 16) -> float:
    """The mean difference of two one-colour templates, 0 to 255: colour has no say in it."""
    pairs = zip(*(alphas(badge_image(look, size, template=True)) for look in (one, two)), strict=True)
    return sum(abs(a - b) for a, b in pairs) / size**2


def test_each_diversion_has_a_shape_of_its_own_at_16_pixels() -> None:
    looks = [IconLook(key, "P") for key in KEYS] + [IconLook("handset"), IconLook("handset", hollow=True)]
    for one, two in itertools.combinations(looks, 2):
        assert shape_distance(one, two) > 8, (one.badge, two.badge)


def test_each_corner_mark_has_a_shape_of_its_own_at_16_pixels() -> None:
    looks = [IconLook("meeting"), *(IconLook("meeting", mark=mark) for mark in Mark)]
    for one, two in itertools.combinations(looks, 2):
        assert shape_distance(one, two) > 2.5, (one.mark, two.mark)


def test_a_template_is_black_and_its_glyph_is_a_hole() -> None:
    image = badge_image(IconLook("busy"), 32, template=True)
    assert image.pixelColor(16, 15).alpha() == 0
    assert image.pixelColor(16, 5) == QColor("black")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("dark", "bar"), [(False, "#F3F3F3"), (True, "#1F1F1F")])
def test_badges_stand_out_from_the_bar_and_their_glyphs_are_readable(key: str, dark: bool, bar: str) -> None:
    colour = diversion_colour(key, dark=dark)
    assert contrast(colour, ink(dark=dark)) >= 4.5
    assert contrast(colour, QColor(bar)) >= 3


def test_every_size_is_drawn_for_itself() -> None:
    drawn = {size.width() for size in badge_icon(IconLook("lunch"), dark=False).availableSizes()}
    assert drawn == set(SIZES)
    in_menus = {size.width() for size in menu_icon(IconLook("lunch"), dark=False).availableSizes()}
    assert in_menus == set(MENU_SIZES)


def test_the_app_icon_is_a_handset_in_a_rounded_square() -> None:
    image = app_image(64)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(32, 6).blue() > 150
    assert image.pixelColor(24, 40) == QColor("white")


@pytest.mark.parametrize("dark", [False, True])
def test_texts_on_blocks_and_surfaces_keep_their_contrast(dark: bool) -> None:
    from dataclasses import replace

    from b2cal_desktop.core.model import Block, DiversionState, RuleName
    from b2cal_desktop.ui.day_presentation import day_view_model

    for key, clock in itertools.product(KEYS, ("09:12", "08:00", "11:00")):  # now, to come, past
        block = Block(at("09:00"), at("10:00"), key, RuleName.PREFIX)
        state = replace(IN_MEETING, blocks=(block,), block=block, want=DiversionState(key))
        item = day_view_model(state, NOW.date(), at(clock), "en").blocks[0]
        ground, text = block_colours(item, dark=dark)
        assert contrast(text, ground) >= 4.5, (key, clock)
        detail = text if item.current else surfaces(dark=dark).muted
        assert contrast(detail, ground) >= 4.5, (key, clock)
    look = surfaces(dark=dark)
    for text, ground in itertools.product((look.text, look.muted), (look.window, look.card)):
        assert contrast(text, ground) >= 4.5
    assert contrast(look.text, look.warning_ground) >= 4.5
    assert contrast(look.accent, look.window) >= 4.5


@pytest.mark.parametrize("template", [False, True])
@pytest.mark.parametrize("size", STARTING_SIZES)
def test_the_picture_of_the_first_icon_is_the_one_that_would_be_drawn(size: int, template: bool) -> None:
    kept = QImage(str(RESOURCES / "icons" / picture_name(size, template=template)))
    drawn = badge_image(STARTING, size, template=template)
    assert kept.size() == drawn.size(), "draw it anew: python resources/icons/update.py"
    apart = [
        abs(one - other)
        for x in range(size)
        for y in range(size)
        for one, other in zip(kept.pixelColor(x, y).getRgb(), drawn.pixelColor(x, y).getRgb(), strict=True)
    ]
    assert sum(apart) / len(apart) < 3, "draw it anew: python resources/icons/update.py"
