"""The planner's weights in one module: the slot model and the placement that reads its states."""

from __future__ import annotations

from torch import nn

from core.planning.placement import Placement
from core.planning.slot_model import SlotModel, SlotModelConfig


class PlannerNetwork(nn.Module):
    def __init__(self, config: SlotModelConfig) -> None:
        super().__init__()
        self.config = config
        self.slots = SlotModel(config)
        self.placement = Placement(config.words, config.width)
