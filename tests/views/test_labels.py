"""Labels: at no scale does one cover another. Oracle: the boxes themselves."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sonnim.views.labels import HEIGHT, Label, least_scales, shortened, text_width

PLACES = st.floats(-60, 60).map(lambda place: round(place, 1))
LABELS = st.lists(
    st.builds(
        Label,
        x=PLACES, y=PLACES, rise=st.sampled_from([0.0, 9.0, 14.0]),
        text=st.text("ab가나 ·…", max_size=14),
    ),
    max_size=25,
)  # fmt: skip


@given(LABELS, st.floats(0.05, 40), st.floats(0.05, 40))
def test_no_two_boxes_meet_at_any_scale(labels: list[Label], most: float, scale: float) -> None:
    scales = least_scales(labels, most)
    assert len(scales) == len(labels)
    # A hair further than its own scale, where the boxes touch.
    written = [
        one
        for one, least in zip(labels, scales, strict=True)
        if least is not None and least * 1.0001 <= scale
    ]
    for a, b in combinations(written, 2):
        beside = abs(a.x - b.x) * scale >= (a.width + b.width) / 2
        above = abs((a.y * scale + a.rise) - (b.y * scale + b.rise)) >= HEIGHT
        assert beside or above, (a, b)


@given(LABELS, st.floats(0.5, 40))
def test_the_first_is_always_written_and_a_label_that_finds_no_room_takes_none(
    labels: list[Label], most: float
) -> None:
    scales = least_scales(labels, most)
    assert scales[:1] in ([], [0.0])
    kept = [one for one, least in zip(labels, scales, strict=True) if least is not None]
    assert least_scales(kept, most) == [least for least in scales if least is not None]


@given(st.text(max_size=60), st.floats(30, 300))
def test_shortened_texts_fit(text: str, width: float) -> None:
    found = shortened(text, width)
    assert text_width(found) <= width
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))
