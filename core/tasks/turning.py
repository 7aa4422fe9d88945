"""Variations of a branch: the noise in the state that it leaves its parent with, turned; all else of it stays."""

from __future__ import annotations

import torch

from core.artifacts.recipe import state_hash
from core.artifacts.trajectory import State
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.requests import ImageRequest
from core.tasks.beginning import stepped_aside, turned

STREAM = "branch neighbour"


def state_turned(request: ImageRequest, state: State, level: Level) -> State:
    """The state that this picture of a branch begins from. request: of it alone. state: its parent's, at `level`.

    With the clean guess x0 that the parent's last step was made from, its state is x = alpha * x0 + sigma * eps, which
    gives eps = (x - alpha * x0) / sigma, the noise as the run saw it. Each turn takes eps along a great circle of its
    own sphere, by the turn's part of a right angle and towards an aside a of the seed at a right angle to eps and of
    its length (see `stepped_aside`): eps' = cos(angle) * eps + sin(angle) * a. Then x' = alpha * x0 + sigma * eps'.
    A variation comes first: it takes eps towards the start noise of its seed, at 1 all the way (see `turned`).
    So guess and noise level stay, a small radius gives a picture that is nearly the branch's own, and one of 1 draws
    x' as the forward process would from x0 with noise that has nothing to do with eps. Without either it is `state`.
    Reckoned on the CPU in float64, so the same on any device. The asides don't repeat those of the start noise.
    """
    if not request.turns and (request.variation is None or not request.variation.strength):
        return state
    x, x0 = (torch.from_numpy(part).double() for part in (state.x, state.x0))
    eps = (x - level.alpha * x0) / level.sigma
    if not bool(eps.any()):
        # Without noise there is nothing to turn.
        return state
    if request.variation is not None:
        other = Noise([request.variation.seed], tuple(x.shape)).draw("start", 0)[0]
        eps = turned(eps, other.double(), request.variation.strength)
    noise = Noise([request.seed], tuple(x.shape))
    for depth, turn in enumerate(request.turns):
        eps = stepped_aside(noise, eps, turn, depth, stream=STREAM)
    begun = (level.alpha * x0 + level.sigma * eps).float().numpy()
    return State(begun, state.x0, state_hash(begun.tobytes()))
