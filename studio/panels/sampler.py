"""The right panel: sampler, noise schedule, guidance, fresh noise, decoder and colour."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.diffusion.grids.cards import GridCard
from core.errors import RequestError
from core.requests import MAX_NOISE_SCALE, MAX_STEPS, WHOLE_SETTINGS
from core.samplers.cards import EtaCard, SamplerCard
from studio.panels.bends_section import BendsSection
from studio.panels.colour_section import ColourSection
from studio.panels.guidance_section import GuidanceSection
from studio.panels.solver_options import SolverOptions
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.theme.tokens import MARGIN, SAMPLER_SERIES
from studio.widgets.buttons import Button
from studio.widgets.choice import Choice
from studio.widgets.markers import marker_icon
from studio.widgets.schedule_plot import SchedulePlot
from studio.widgets.section import INSET, Section
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import surface, text, wrapped

FINISH = "Decoder and colour"


class SamplerPanel(QFrame):
    """Writes into the session's draft, shows the session's sampler view model."""

    def __init__(self, theme: Theme, session: Session, settings: Settings) -> None:
        super().__init__()
        self._theme, self._session, self._settings = theme, session, settings
        self.setProperty("surface", "panel")
        self.setAccessibleName("How to make it")
        self.samplers, self.grids = Choice(theme, "Sampler"), Choice(theme, "Noise schedule")
        self.axis = Segmented("Axis", ("σ", "log-SNR"))
        self.plot = SchedulePlot(theme)
        self.steps = SliderField(
            theme,
            "Steps",
            1,
            60,
            1,
            lambda value: str(round(value)),
            whole=True,
            hard_high=MAX_STEPS,
            tip="How many times noise is taken away. More steps follow the path more closely and take longer.",
        )
        self.guidance = GuidanceSection(theme, session.desk)
        self.solver = SolverOptions(theme)
        self.scale, self.rescale, self.interval = self.guidance.scale, self.guidance.rescale, self.guidance.interval
        self.eta = SliderField(
            theme,
            "Amount η",
            0,
            1,
            0.01,
            lambda value: f"{value:.2f}",
            title="Fresh noise η",
            tip="How much fresh noise each step adds: 0 is deterministic, 1 ancestral. DDIM's own is 0, Euler"
            " ancestral's 1; each keeps what you set.",
        )
        self.noise_scale = SliderField(
            theme,
            "Noise scale",
            0.9,
            1.1,
            0.001,
            lambda value: f"{value:.3f}",
            hard_low=0,
            hard_high=MAX_NOISE_SCALE,
            tip="The strength of the fresh noise that the sampler adds. Slightly above 1 brings back fine detail that"
            " was smoothed away; 1.000 is exact.",
        )
        self.bends = BendsSection(theme, session.desk)
        self.sigma_largest, self.sigma_smallest = self.bends.largest, self.bends.smallest
        self.rho = self.bends.rho
        self.back = Button(theme, "", "link")
        self._drawn = QWidget()
        self._steps_note, self._steps_default = text("", "tx3", fonts.caption()), text("", "tx3", fonts.caption())
        self._fresh_note = wrapped("", "tx3")
        self._build()
        self._connect()
        self._watch()
        if not self._settings.value(f"create/folded/{FINISH}", True):
            self.complete()

    @cached_property
    def colour(self) -> ColourSection:
        """Its last part; made when first asked for."""
        made = ColourSection(self._theme, self._session.desk)
        self._finish.body.addWidget(made)
        return made

    def complete(self) -> None:
        """Make what a first look at the window doesn't need."""
        _ = self.colour

    def _build(self) -> None:
        body = surface("panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN - INSET, 9, MARGIN, 10)
        column.setSpacing(0)
        sampler = self._section("Sampler", first=True)
        sampler.body.addWidget(self.samplers)
        sampler.body.addSpacing(4)
        sampler.body.addWidget(self.steps)
        notes = QHBoxLayout()
        notes.addStretch(1)
        notes.addWidget(self._steps_note)
        notes.addSpacing(20)
        notes.addWidget(self._steps_default)
        sampler.body.addLayout(notes)
        sampler.body.addWidget(self.solver)
        schedule = self._section("Noise schedule")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.grids, 1)
        row.addWidget(self.axis)
        schedule.body.addLayout(row)
        schedule.body.addSpacing(6)
        schedule.body.addWidget(self.plot)
        schedule.body.addWidget(self.bends)
        drawn = QHBoxLayout(self._drawn)
        drawn.setContentsMargins(0, 2, 0, 0)
        drawn.addWidget(text("Double-click adds a handle", "tx3", fonts.caption()), 1)
        drawn.addWidget(self.back)
        schedule.body.addWidget(self._drawn)
        guidance = self._section("Guidance")
        guidance.body.addWidget(self.guidance)
        fresh = self._section("Fresh noise")
        fresh.body.addWidget(self.eta)
        fresh.body.addWidget(self.noise_scale)
        fresh.body.addWidget(self._fresh_note)
        self._finish = finish = self._section(FINISH, folded=True)
        for section in (sampler, schedule, guidance, fresh, finish):
            column.addWidget(section)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _section(self, title: str, *, first: bool = False, folded: bool = False) -> Section:
        section = Section(self._theme, title, first=first)
        key = f"create/folded/{title}"
        section.set_folded(self._settings.value(key, folded))
        section.folded.connect(lambda folded: self._settings.keep(key, folded))
        return section

    def _connect(self) -> None:
        session = self._session
        self.samplers.activated.connect(lambda at: session.desk.change(sampler=self.samplers.itemData(at)))
        self.grids.activated.connect(lambda at: session.desk.choose_grid(self.grids.itemData(at)))
        self.plot.banded.connect(session.desk.set_band)
        self.plot.moved.connect(session.desk.move_handle)
        self.plot.added.connect(session.desk.add_handle)
        self.plot.removed.connect(session.desk.remove_handle)
        self.back.clicked.connect(session.desk.unbend)
        self.steps.changed.connect(lambda value: session.desk.change(steps=round(value)))
        self.eta.changed.connect(self._change_eta)
        self.solver.changed.connect(self._change_solver)
        self.noise_scale.changed.connect(lambda value: session.desk.change(noise_scale=value))
        self.axis.chosen.connect(self._choose_axis)
        self._theme.changed.connect(self._tint)

    def _watch(self) -> None:
        model = self._session.desk.sampler
        as_log_snr = self._settings.value("create/as_log_snr", False)
        model.update(as_log_snr=as_log_snr)
        self.axis.choose(int(as_log_snr))
        model.watch("samplers", self._fill_samplers)
        model.watch("grids", self._fill_grids)
        model.watch("sampler", lambda name: self.samplers.take(name))
        model.watch("grid", lambda name: self.grids.take(name))
        model.watch("evaluations", self.samplers.set_note)
        model.watch("steps_note", self._steps_note.setText)
        model.watch("steps_default", lambda steps: self._steps_default.setText(f"default {steps}"))
        for field in ("steps", "steps_default"):
            model.watch(field, lambda _: self.steps.set_value(model.view.steps, model.view.steps_default))
        for field in ("eta", "eta_card"):
            model.watch(field, lambda _: self._show_eta(model.view.eta, model.view.eta_card))
        model.watch("solver", self.solver.show_options)
        model.watch("noise_scale", lambda value: self.noise_scale.set_value(value, 1.0))
        model.watch("noise_scale_free", self.noise_scale.setVisible)
        model.watch("fresh_note", self._show_fresh_note)
        for field in ("curve", "curve_problem"):
            model.watch(field, lambda _: self.plot.show_curve(model.view.curve, model.view.curve_problem))

        model.watch("blamed", self._show_blame)
        model.watch("preset", self._show_preset)

    def _change_solver(self, setting: str, value: float) -> None:
        desk = self._session.desk
        told = {setting: round(value) if setting in WHOLE_SETTINGS else value}
        try:
            desk.change(solver=replace(desk.draft.solver, **told))  # pyright: ignore[reportArgumentType]
        except RequestError:
            # One end of a range past the other: the slider goes back to where it was.
            self.solver.show_options(desk.sampler.view.solver)

    def _change_eta(self, value: float) -> None:
        card = self._session.desk.sampler.view.eta_card
        if card is not None:
            self._session.desk.change(**{card.setting: value})

    def _show_eta(self, eta: float, card: EtaCard | None) -> None:
        self.eta.setVisible(card is not None)
        if card is not None:
            self.eta.set_bounds(card.low, card.high)
            self.eta.set_value(eta, card.default)

    def _show_blame(self, blamed: tuple[str, str]) -> None:
        rows = {
            "guidance_scale": self.scale,
            "noise_scale": self.noise_scale,
            "largest": self.sigma_largest,
            "smallest": self.sigma_smallest,
        }
        for name, slider in rows.items():
            slider.blame(blamed[1] if name == blamed[0] else "")

    def _show_preset(self, title: str) -> None:
        self._drawn.setVisible(bool(title))
        self.back.setText(f"Back to {title}")
        self.back.setToolTip("Leaves the drawn curve for the schedule it came from.")

    def _choose_axis(self, index: int) -> None:
        self._session.desk.sampler.update(as_log_snr=bool(index))
        self._settings.keep("create/as_log_snr", bool(index))

    def _show_fresh_note(self, words: str) -> None:
        self._fresh_note.setText(words)
        self._fresh_note.setVisible(bool(words))

    def _fill_samplers(self, cards: tuple[SamplerCard, ...]) -> None:
        with QSignalBlocker(self.samplers):
            self.samplers.clear()
            for card in cards:
                self.samplers.addItem(self._marker(card.name), card.title, card.name)
                tip = f"{card.family}, order {card.order}\n{card.source}"
                self.samplers.setItemData(self.samplers.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _fill_grids(self, grids: tuple[GridCard, ...]) -> None:
        with QSignalBlocker(self.grids):
            self.grids.clear()
            for card in grids:
                self.grids.addItem(card.title, card.name)
                tip = "\n".join(line for line in (card.summary, card.source, card.peers) if line)
                self.grids.setItemData(self.grids.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _marker(self, sampler: str) -> QIcon:
        series = self._theme.tokens.series[SAMPLER_SERIES.get(sampler, 0)]
        return marker_icon(series.marker, QColor(series.colour))

    def _tint(self) -> None:
        for at in range(self.samplers.count()):
            self.samplers.setItemIcon(at, self._marker(self.samplers.itemData(at)))
