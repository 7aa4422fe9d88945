"""The right panel: sampler, noise schedule, guidance, fresh noise, decoder and colour."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.errors import RequestError
from core.requests import MAX_GUIDANCE, MAX_NOISE_SCALE, MAX_RHO, MAX_STEPS, MIN_RHO, WHOLE_SETTINGS
from core.samplers.cards import EtaCard, SamplerCard
from studio.panels.colour_section import ColourSection
from studio.panels.solver_options import SolverOptions
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN, SAMPLER_SERIES
from studio.viewmodels.sampler import Bends
from studio.widgets.buttons import Button
from studio.widgets.markers import draw_marker
from studio.widgets.schedule_plot import SchedulePlot
from studio.widgets.section import INSET, Section
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import surface, text, wrapped
from studio.widgets.track import RangeTrack

FINISH = "Decoder and colour"


class Choice(QComboBox):
    """A combo box that leaves the wheel to the panel's scrolling. A note may stand at its right."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._note = theme, ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setAccessibleName(name)
        sizes.fix(self, height=28)
        self.setFont(fonts.section())
        self.setIconSize(QSize(12, 12))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def set_note(self, words: str) -> None:
        """Words at the right, shown where there is room for them."""
        self._note = words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        room = self.rect().adjusted(36 + self.fontMetrics().horizontalAdvance(self.currentText()), 0, -30, 0)
        with QPainter(self) as painter:
            painter.setFont(fonts.caption())
            if painter.fontMetrics().horizontalAdvance(self._note) <= room.width():
                painter.setPen(QColor(self._theme.tokens.tx3))
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._note)


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
        self.scale = SliderField(
            theme,
            "Scale",
            1,
            15,
            0.1,
            lambda value: f"{value:.1f}",
            hard_high=MAX_GUIDANCE,
            title="Guidance scale",
            tip="How strongly the prompt pulls on the picture. 1.0 is off; higher follows the words more closely,"
            " with less variety and harsher colour.",
        )
        self.rescale = SliderField(
            theme,
            "Rescale",
            0,
            1,
            0.01,
            lambda value: f"{value:.2f}",
            title="Guidance rescale",
            tip="Gives the guided guess the contrast of the unguided one: 0 is off, 1 in full.",
        )
        self.solver = SolverOptions(theme)
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
        self.sigma_largest = SliderField(
            theme,
            "σ largest",
            0.01,
            80,
            1,
            lambda value: f"{value:.3g}",
            log=True,
            tip="How much noise the run begins with. Less keeps to plain layouts, and may look flat.",
        )
        self.sigma_smallest = SliderField(
            theme,
            "σ smallest",
            0.01,
            80,
            0.01,
            lambda value: f"{value:.3g}",
            log=True,
            tip="The noise before the last step. Smaller spends more steps on fine detail.",
        )
        self.rho = SliderField(
            theme,
            "Bend ρ",
            MIN_RHO,
            15,
            0.1,
            lambda value: f"{value:.1f}",
            hard_high=MAX_RHO,
            tip="How strongly the steps crowd towards little noise: 1 is even in σ.",
        )
        self.back = Button(theme, "", "link")
        self._drawn = QWidget()
        self.interval = RangeTrack(theme, "Guidance interval")
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
        for slider in (self.sigma_largest, self.sigma_smallest, self.rho):
            schedule.body.addWidget(slider)
        drawn = QHBoxLayout(self._drawn)
        drawn.setContentsMargins(0, 2, 0, 0)
        drawn.addWidget(text("Double-click adds a handle", "tx3", fonts.caption()), 1)
        drawn.addWidget(self.back)
        schedule.body.addWidget(self._drawn)
        guidance = self._section("Guidance")
        guidance.body.addWidget(self.scale)
        guidance.body.addWidget(self._interval_row())
        guidance.body.addWidget(self.rescale)
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

    def _interval_row(self) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        name = text("Interval", "tx2")
        sizes.bound(name, least_width=74)
        whole.setToolTip("The steps in which guidance acts. Early steps decide the layout, late ones the detail.")
        self._interval_words = text("", "tx1", fonts.value())
        sizes.fix(self._interval_words, width=58)
        self._interval_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(name)
        row.addWidget(self.interval, 1)
        row.addSpacing(28)
        row.addWidget(self._interval_words)
        sizes.fix(whole, height=30)
        return whole

    def _connect(self) -> None:
        session = self._session
        self.samplers.activated.connect(lambda at: session.desk.change(sampler=self.samplers.itemData(at)))
        self.grids.activated.connect(lambda at: session.desk.choose_grid(self.grids.itemData(at)))
        self.plot.banded.connect(session.desk.set_band)
        self.plot.moved.connect(session.desk.move_handle)
        self.plot.added.connect(session.desk.add_handle)
        self.plot.removed.connect(session.desk.remove_handle)
        self.back.clicked.connect(session.desk.unbend)
        self.sigma_largest.changed.connect(lambda value: self._bend(largest=value))
        self.sigma_smallest.changed.connect(lambda value: self._bend(smallest=value))
        self.rho.changed.connect(lambda value: self._bend(rho=value))
        self.steps.changed.connect(lambda value: session.desk.change(steps=round(value)))
        self.scale.changed.connect(lambda value: session.desk.change(guidance_scale=value))
        self.rescale.changed.connect(lambda value: session.desk.change(rescale=value))
        self.eta.changed.connect(self._change_eta)
        self.solver.changed.connect(self._change_solver)
        self.noise_scale.changed.connect(lambda value: session.desk.change(noise_scale=value))
        self.interval.changed.connect(lambda low, high: session.desk.change(interval=(low, high)))
        self.axis.chosen.connect(self._choose_axis)
        self._theme.changed.connect(self._tint)

    def _watch(self) -> None:
        model = self._session.desk.sampler
        as_log_snr = self._settings.value("create/as_log_snr", False)
        model.update(as_log_snr=as_log_snr)
        self.axis.choose(int(as_log_snr))
        model.watch("samplers", self._fill_samplers)
        model.watch("grids", self._fill_grids)
        model.watch("sampler", lambda name: _take(self.samplers, name))
        model.watch("grid", lambda name: _take(self.grids, name))
        model.watch("evaluations", self.samplers.set_note)
        model.watch("steps_note", self._steps_note.setText)
        model.watch("steps_default", lambda steps: self._steps_default.setText(f"default {steps}"))
        for field in ("steps", "steps_default"):
            model.watch(field, lambda _: self.steps.set_value(model.view.steps, model.view.steps_default))
        for field in ("scale", "scale_default"):
            model.watch(field, lambda _: self.scale.set_value(model.view.scale, model.view.scale_default))
        model.watch("interval", lambda interval: self.interval.set_values(*interval))
        model.watch("interval_words", self._interval_words.setText)
        for field in ("interval_words", "steps"):
            model.watch(field, lambda _: self.interval.set_words(model.view.interval_spoken))
        model.watch("steps", lambda steps: self.interval.set_step(1 / max(steps, 1)))
        model.watch("rescale", lambda value: self.rescale.set_value(value, 0.0))
        for field in ("eta", "eta_card"):
            model.watch(field, lambda _: self._show_eta(model.view.eta, model.view.eta_card))
        model.watch("solver", self.solver.show_options)
        model.watch("noise_scale", lambda value: self.noise_scale.set_value(value, 1.0))
        model.watch("noise_scale_free", self.noise_scale.setVisible)
        model.watch("fresh_note", self._show_fresh_note)
        for field in ("curve", "curve_problem"):
            model.watch(field, lambda _: self.plot.show_curve(model.view.curve, model.view.curve_problem))

        model.watch("blamed", self._show_blame)
        model.watch("bends", self._show_bends)
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

    def _bend(self, **bend: float) -> None:
        bends = self._session.desk.sampler.view.bends
        (name, value), *_ = bend.items()
        self._session.desk.change_grid(**{name: None if value == getattr(bends, f"{name}_default") else value})
        # A refused value leaves the view as it was; the slider must go back to it.
        self._show_bends(self._session.desk.sampler.view.bends)

    def _show_bends(self, bends: Bends) -> None:
        low, high = bends.smallest_default, bends.largest_default
        for slider, value, default in (
            (self.sigma_largest, bends.largest, high),
            (self.sigma_smallest, bends.smallest, low),
            (self.rho, bends.rho, bends.rho_default),
        ):
            slider.setVisible(value is not None)
            if value is not None:
                if slider is not self.rho:
                    slider.set_bounds(low, high)
                slider.set_value(value, default)

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

    def _fill_grids(self, grids: tuple[tuple[str, str], ...]) -> None:
        with QSignalBlocker(self.grids):
            self.grids.clear()
            for name, title in grids:
                self.grids.addItem(title, name)

    def _marker(self, sampler: str) -> QIcon:
        series = self._theme.tokens.series[SAMPLER_SERIES.get(sampler, 0)]
        picture = QPixmap(24, 24)
        picture.setDevicePixelRatio(2.0)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_marker(painter, QRectF(1, 1, 10, 10), series.marker, QColor(series.colour))
        return QIcon(picture)

    def _tint(self) -> None:
        for at in range(self.samplers.count()):
            self.samplers.setItemIcon(at, self._marker(self.samplers.itemData(at)))


def _take(box: QComboBox, name: str) -> None:
    with QSignalBlocker(box):
        box.setCurrentIndex(box.findData(name))
