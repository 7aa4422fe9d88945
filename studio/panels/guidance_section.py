"""How the prompt is made to count: the method, its strength over the run, and what tames it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.errors import NoisetteError
from core.guidance_settings import LEAST_THRESHOLD, MAX_GUIDANCE, MAX_LEAVE_OUT, MAX_NORM, GuidanceSettings, read_scales
from studio.desk import Desk
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.guidance import COURSES, METHODS, GuidanceView
from studio.widgets.choice import Choice
from studio.widgets.list_field import ListField
from studio.widgets.slider_field import SliderField
from studio.widgets.text import text, wrapped
from studio.widgets.track import RangeTrack


class GuidanceSection(QWidget):
    """Writes into the desk's draft, shows its sampler view model. Rows that only some methods have are made when
    needed."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._plain = GuidanceSettings()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.method = self._choice("Method", "Guidance method", METHODS, self._change_method)
        self._note = wrapped("", "tx3", fonts.caption())
        self._column.addWidget(self._note)
        self._column.addSpacing(2)
        tip = (
            "How strongly the prompt pulls on the picture. 1.0 is off; higher follows the words more closely, with less"
            " variety and harsher colour."
        )
        self.scale = SliderField(
            theme, "Scale", 1, 15, 0.1, "{:.1f}".format, hard_high=MAX_GUIDANCE, title="Guidance scale", tip=tip
        )
        self.scale.changed.connect(lambda value: desk.change(guidance_scale=value))
        self._column.addWidget(self.scale)
        self._own = QVBoxLayout()
        self._own.setSpacing(0)
        self._column.addLayout(self._own)
        self._sliders: dict[str, SliderField] = {}
        self.course = self._choice("Course", "Scale over the run", COURSES, self._change_course)
        self._drawn = QVBoxLayout()
        self._column.addLayout(self._drawn)
        self.interval = RangeTrack(theme, "Guidance interval")
        self._interval_words = text("", "tx1", fonts.value())
        self._column.addWidget(self._interval_row())
        tip = "Gives the guided guess the contrast of the unguided one: 0 is off, 1 in full."
        self.rescale = SliderField(theme, "Rescale", 0, 1, 0.01, "{:.2f}".format, title="Guidance rescale", tip=tip)
        self.rescale.changed.connect(lambda value: desk.change(rescale=value))
        self._column.addWidget(self.rescale)
        tip = (
            "Dynamic thresholding: no value of the clean guess goes further out than this share of the unguided one's"
            f" values do. 0 is off; below {LEAST_THRESHOLD:g} there is none."
        )
        self.threshold = SliderField(
            theme, "Threshold", 0, 1, 0.005, "{:.3f}".format, title="Guidance threshold", tip=tip
        )
        self.threshold.changed.connect(self._change_threshold)
        self._column.addWidget(self.threshold)
        self._watch()

    @cached_property
    def drawn(self) -> ListField:
        made = ListField(
            "Scales",
            read_scales,
            _written,
            title="Drawn guidance scales",
            tip="Scales at even places of the run, noise first, with commas between; it goes straight from one to the"
            " next, and guidance is off where it is 1.",
        )
        made.committed.connect(lambda numbers: self._change(drawn=numbers))
        self._drawn.addWidget(made)
        return made

    @cached_property
    def blend(self) -> SliderField:
        tip = "How far each step goes from the guess without the prompt to the one with it. Good values are 0.2 to 1."
        return self._slider("blend", "Share", 1, tip)

    @cached_property
    def parallel(self) -> SliderField:
        tip = "How much of the pull along the picture itself is kept, which only raises contrast: 1 keeps all."
        return self._slider("parallel", "Parallel", 1, tip)

    @cached_property
    def norm(self) -> SliderField:
        return self._slider("norm", "Norm", 2, "The longest pull, as a root mean square; 0 sets no bound.", MAX_NORM)

    @cached_property
    def zero(self) -> SliderField:
        tip = "The first part of the run in which nothing moves, since the model knows least there; 0 is none of it."
        return self._slider("zero", "At rest", 0.3, tip, 1)

    @cached_property
    def leave_out(self) -> SliderField:
        tip = "How much counts what is to be left out, where it does not touch what the prompt asks for."
        return self._slider("leave_out", "Leave out", 3, tip, MAX_LEAVE_OUT)

    def _slider(self, field: str, name: str, high: float, tip: str, hard_high: float | None = None) -> SliderField:
        made = SliderField(self._theme, name, 0, high, 0.01, "{:.2f}".format, hard_high=hard_high, tip=tip)
        made.changed.connect(lambda value: self._change(**{field: value}))
        self._own.addWidget(made)
        self._sliders[field] = made
        return made

    def _choice(
        self, name: str, title: str, entries: dict[Any, tuple[str, str]], chosen: Callable[[Any], None]
    ) -> Choice:
        made = Choice(self._theme, title)
        made.setFont(fonts.value())
        for key, (words, tip) in entries.items():
            made.addItem(words, key)
            made.setItemData(made.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        made.activated.connect(lambda at: chosen(made.itemData(at)))
        row = QHBoxLayout()
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(4)
        label = text(name, "tx2")
        sizes.bound(label, least_width=74)
        row.addWidget(label)
        row.addWidget(made, 1)
        whole = QWidget()
        whole.setLayout(row)
        self._column.addWidget(whole)
        return made

    def _interval_row(self) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        name = text("Interval", "tx2")
        sizes.bound(name, least_width=74)
        whole.setToolTip("The steps in which guidance acts. Early steps decide the layout, late ones the detail.")
        sizes.fix(self._interval_words, width=58)
        self._interval_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(name)
        row.addWidget(self.interval, 1)
        row.addSpacing(28)
        row.addWidget(self._interval_words)
        sizes.fix(whole, height=30)
        return whole

    def _watch(self) -> None:
        desk, model = self._desk, self._desk.sampler
        self.interval.changed.connect(lambda low, high: desk.change(interval=(low, high)))
        for field in ("scale", "scale_default"):
            model.watch(field, lambda _: self.scale.set_value(model.view.scale, model.view.scale_default))
        model.watch("interval", lambda interval: self.interval.set_values(*interval))
        model.watch("interval_words", self._interval_words.setText)
        for field in ("interval_words", "steps"):
            model.watch(field, lambda _: self.interval.set_words(model.view.interval_spoken))
        model.watch("steps", lambda steps: self.interval.set_step(1 / max(steps, 1)))
        model.watch("rescale", lambda value: self.rescale.set_value(value, 0.0))
        model.watch("guidance", self._show)

    def _show(self, view: GuidanceView) -> None:
        settings, takes = view.settings, view.takes
        self.method.take(settings.method)
        self.method.setToolTip(view.note)
        self._note.setText(view.note)
        self._note.setVisible(settings.method != self._plain.method)
        self.course.take(settings.course)
        self.threshold.set_value(settings.threshold, self._plain.threshold)
        for row, field in ((self.scale, "scale"), (self.rescale, "rescale"), (self.threshold, "threshold")):
            row.setVisible(field in takes)
        parent = self.course.parentWidget()
        if parent is not None:
            parent.setVisible("course" in takes)
        for field in ("blend", "parallel", "norm", "zero", "leave_out"):
            if field in takes:
                slider: SliderField = getattr(self, field)
                slider.set_value(getattr(settings, field), getattr(self._plain, field))
            if field in self._sliders:
                self._sliders[field].setVisible(field in takes)
        if "drawn" in takes:
            self.drawn.set_numbers(settings.drawn)
        if "drawn" in self.__dict__:
            self.drawn.setVisible("drawn" in takes)

    def _change(self, **settings: Any) -> None:
        try:
            guide = replace(self._desk.draft.guide, **settings)
        except NoisetteError as error:
            if "drawn" in settings:
                self.drawn.refuse(str(error))
            return
        self._desk.change(guide=guide)

    def _change_method(self, method: Any) -> None:
        self._change(method=method)

    def _change_course(self, course: Any) -> None:
        guide = self._desk.draft.guide
        scale = self._desk.draft.guidance_scale
        self._change(course=course, drawn=guide.drawn or ((scale, scale) if course == "drawn" else ()))

    def _change_threshold(self, value: float) -> None:
        """Between off and the least there is nothing: the slider goes to the nearer."""
        if 0.0 < value < LEAST_THRESHOLD:
            value = LEAST_THRESHOLD if value > self._desk.draft.guide.threshold else 0.0
        self._change(threshold=value)
        self._show(self._desk.sampler.view.guidance)


def _written(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
