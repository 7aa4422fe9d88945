"""Which actions are listed together in the shortcut sheet and in Settings, and in which order."""

from __future__ import annotations

from studio.actions import CARDS, ActionCard

GROUPS: tuple[tuple[str, str], ...] = (
    (
        "Make",
        "generate restart cancel pause retry remedy_2 remedy_3 live prompt leave_out weight_up weight_down new_seed"
        " lock_seed model style guidance reuse open_settings paste_settings undo redo",
    ),
    (
        "Steps and picture",
        "play step_back step_on step_first step_last branch parent resume look split plan fit real_size zoom_in"
        " zoom_out smooth pixel_grid clear_ground pin table dissection draw",
    ),
    ("Keep", "favourite export export_clear enlarge sheet copy_picture make_again move_to_project delete restore"),
    (
        "Compare",
        "compare add_lane add_lane_as_create remove_lane in_plane swap_sides keep_side open_race export_numbers"
        " side_a_1 side_a_4 side_a_5 side_a_6 side_b_1 side_b_2 side_b_3 side_b_4 side_b_5 side_b_6"
        " schedules import_grid use_grid",
    ),
    (
        "Go to",
        "mode_create mode_compare mode_video mode_scene mode_history mode_models mode_plane settings palette queue"
        " next_region last_region projects new_project rename_project delete_project",
    ),
    ("Window", "left_panel right_panel all_panels theme tip shortcuts quit"),
)
"""Title, and ids in order; an id that is not there yet is passed over."""
REST = "More"
"""Where an action is listed that no group names."""


def grouped() -> tuple[tuple[str, tuple[ActionCard, ...]], ...]:
    """Every action once, by group."""
    cards = {card.id: card for card in CARDS}
    named = [(title, tuple(cards[name] for name in names.split() if name in cards)) for title, names in GROUPS]
    seen = {card.id for _, group in named for card in group}
    rest = tuple(card for card in CARDS if card.id not in seen)
    return (*named, (REST, rest)) if rest else tuple(named)
