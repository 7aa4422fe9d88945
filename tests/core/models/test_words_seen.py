"""Which cell looks at which word: the network's own softmax, found anew, and no guess moved by it."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS
from core.diffusion.guidance import ReadsWords
from core.models.painter_guesses import by_item, painter_call
from core.models.picture import Condition
from core.models.tabletop import TabletopModel
from core.networks.blocks import CrossAttention, WordLook, split_heads
from core.requests import GuidanceSettings
from core.worlds.tabletop.grammar import PAD
from tests.core.diffusion.test_guidance import Watched
from tests.core.models.test_tabletop import model as model
from tests.core.models.test_tabletop_guidance import GRID, start


def test_shares_are_those_of_torchs_attention() -> None:
    """Values that are rows of the identity come out of torch's attention as its shares."""
    torch.manual_seed(1)
    layer = CrossAttention(16, 6, heads=2)
    tokens, text = torch.randn(3, 5, 16), torch.randn(3, 4, 6)
    mask = torch.tensor([[True, True, False, False], [False] * 4, [True] * 4])
    weights = torch.tensor([[1.0, 2.0, 0.0, 0.0], [0.0] * 4, [0.5, 1.0, 1.0, 3.0]]).log()
    with torch.no_grad():
        for given in (mask, weights):
            words = torch.cat([layer.nothing.expand(3, -1, -1), text], dim=1)
            key = split_heads(layer.key_value(words).chunk(2, dim=2)[0], 2)
            seen = F.pad(given, (1, 0), value=given is mask)[:, None, None, :]
            identity = torch.eye(5).expand(3, 2, 5, 5)
            expected = F.scaled_dot_product_attention(split_heads(layer.query(tokens), 2), key, identity, seen)
            shares = list[torch.Tensor]()
            assert torch.equal(layer(tokens, text, given, shares), layer(tokens, text, given))
            torch.testing.assert_close(shares[0], expected.mean(dim=1))


def test_guesses_stay_the_same_to_the_bit_while_words_are_watched(model: TabletopModel) -> None:
    texts = ["a red cube", "two gold cones", "a cone AND a (blue:2) torus :0.5"]
    said = [Condition(text, "a cube", model.plan(text, seed)) for seed, text in enumerate(texts)]
    for settings in (GuidanceSettings(3.0), GuidanceSettings(3.0, method="pag"), GuidanceSettings()):
        denoiser = model.denoiser(said, settings, GRID)
        x = start(model, [1, 2, 3])
        plain, parts = denoiser(x, GRID[1]), denoiser.taken_apart(x, GRID[1], words=True)
        assert torch.equal(plain.x0, parts.guided.x0)
        assert torch.equal(plain.eps, parts.guided.eps)
        words = parts.words
        assert words is not None
        assert words.words == (
            ("a", "red", "cube"),
            ("two", "gold (yellow)", "gold (metal)", "cones"),
            ("a", "cone", "a", "blue", "torus"),
        )
        assert words.layers == ("down 2, block 1", "up 2, block 1")
        for layer in words.maps:
            assert layer.shape == (3, 6, 3, 3)
            torch.testing.assert_close(layer.float().sum(1), torch.ones(3, 3, 3), rtol=0, atol=2e-3)
            assert not layer[0, 4:].any()
        assert (words.stir > 0).all()


def test_a_picture_reads_its_words_as_if_it_were_alone(model: TabletopModel) -> None:
    said = [Condition("a red cube", "", None), Condition("a cone AND a torus :0.5", "no sphere", None)]
    both = model.denoiser(said, GuidanceSettings(2.0)).taken_apart(start(model, [1, 2]), GRID[1], words=True).words
    alone = model.denoiser(said[1:], GuidanceSettings(2.0)).taken_apart(start(model, [2]), GRID[1], words=True).words
    assert both is not None
    assert alone is not None
    for layer, other in zip(both.maps, alone.maps, strict=True):
        assert torch.equal(layer[1], other[0])


def test_nothing_waits_for_the_device(model: TabletopModel) -> None:
    denoiser = model.denoiser([Condition("a red cube", "", None)], GuidanceSettings(2.0), GRID)
    x = start(model, [1])
    with Watched():
        assert denoiser.taken_apart(x, GRID[1], words=True).words is not None


def test_one_call_on_all_pictures_is_read_picture_by_picture(model: TabletopModel) -> None:
    """As it is made on other devices than the CPU."""
    words = torch.tensor([[3, 4, 5, PAD], [6, 7, PAD, PAD], [8, PAD, PAD, PAD]])
    layout = torch.zeros(1, MAP_CHANNELS, 12, 12)
    given = [model.painter.conditions(row[None], torch.zeros(1, CAMERA_CHANNELS), layout) for row in words]
    x, together = start(model, [1, 1, 2]), list[WordLook]()
    painter_call(model.painter, x, GRID[1], given, together)
    for item, rows in zip(by_item(together, [2, 1]), (slice(0, 2), slice(2, 3)), strict=True):
        own = list[WordLook]()
        painter_call(model.painter, x[rows], GRID[1], given[rows], own)
        for one, other in zip(item, own, strict=True):
            torch.testing.assert_close(one.shares, other.shares)
            torch.testing.assert_close(one.stir, other.stir)


def test_timed_changes_show_the_words_in_force(model: TabletopModel) -> None:
    said = [Condition("a [red->blue:0.5] cube", "", None)]
    denoiser = model.denoiser(said, GuidanceSettings(2.0))
    x = start(model, [1])
    early, late = (denoiser.taken_apart(x, GRID[step], words=True).words for step in (0, 3))
    assert early is not None
    assert late is not None
    assert (early.words, late.words) == ((("a", "red", "cube"),), (("a", "blue", "cube"),))
    assert isinstance(denoiser.model, ReadsWords)
