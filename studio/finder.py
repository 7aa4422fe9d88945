"""Everything the palette can find, from commands and settings to pictures and prompts. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from studio.actions import Actions
from studio.background import Background
from studio.bridge import Bridge
from studio.gallery import THUMBNAIL_PIXELS, read_image
from studio.preferences import PREFERENCES, Kind, Preference, Preferences, spoken
from studio.session import Session
from studio.viewmodels import wording
from studio.viewmodels.finding import Found, best, score

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

REST_MS = 90
"""Pictures are looked for once typing has rested for so long."""
MOST_PICTURES, MOST_PROMPTS, MOST_COMMANDS, MOST_OTHERS = 6, 5, 8, 6
ALL = 1000
RECENT = 40
TITLE = 90


class Finder(QObject):
    """found(sections): tuples of Found, the best section first. pictured(artifact id, QImage): a thumbnail came.

    Pictures come a moment later than the rest; an answer to an older search is dropped.
    """

    found = Signal(tuple)
    pictured = Signal(str, QImage)

    def __init__(
        self,
        actions: Actions,
        session: Session,
        preferences: Preferences,
        go_to_setting: Callable[[str], object],
        open_picture: Callable[[Artifact], object],
        bridge: Bridge,
        background: Background,
    ) -> None:
        super().__init__()
        self._actions, self._session, self._preferences = actions, session, preferences
        self._go_to_setting, self._open_picture = go_to_setting, open_picture
        self._bridge, self._background = bridge, background
        self._search = ""
        self._pictures: tuple[Artifact, ...] = ()
        self._recent: tuple[Artifact, ...] | None = None
        self._asked: set[str] = set()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look_up)

    def begin(self) -> None:
        """A new search: nothing is remembered of the last one."""
        self._recent, self._pictures = None, ()
        self._asked.clear()
        self.ask("")

    def ask(self, search: str) -> None:
        """`found` follows at once, and again when the history has answered."""
        self._search = search
        self._tell()
        self._rest.start(0 if self._recent is None else REST_MS)

    def _look_up(self) -> None:
        if not self._bridge.is_open:
            return
        history, search, first = self._bridge.engine.history, self._search.strip(), self._recent is None

        def read() -> tuple[tuple[Artifact, ...], tuple[Artifact, ...] | None]:
            pictures = history.page(0, MOST_PICTURES, search)
            return pictures, history.page(0, RECENT) if first else None

        self._background.run(read, lambda answer: self._take(search, *answer), self._session.said.emit)

    def _take(self, search: str, pictures: tuple[Artifact, ...], recent: tuple[Artifact, ...] | None) -> None:
        if recent is not None:
            self._recent = recent
        if search == self._search.strip():
            self._pictures = pictures
            self._tell()
            for artifact in pictures:
                self._ask_thumbnail(artifact)

    def _ask_thumbnail(self, artifact: Artifact) -> None:
        if artifact.id in self._asked:
            return
        self._asked.add(artifact.id)
        path = artifact.thumbnail or artifact.path
        self._background.run(
            lambda: read_image(path, THUMBNAIL_PIXELS),
            lambda image: self.pictured.emit(artifact.id, image),
            # A picture without a thumbnail can still be opened.
            lambda _: None,
        )

    def _tell(self) -> None:
        search = self._search
        sections = [
            (best(self._commands(), search, MOST_COMMANDS if search.strip() else ALL)),
            (best(self._settings(), search, MOST_OTHERS)),
            (best(self._projects(), search, MOST_OTHERS)),
            (best(self._choices(), search, MOST_OTHERS)),
            (best(self._prompts(), search, MOST_PROMPTS)),
        ]
        if search.strip():
            # Full text has found the pictures already: the words need not stand in their titles.
            sections.append(tuple(self._picture(artifact) for artifact in self._pictures))
            sections.sort(key=lambda section: -max((score(entry, search) for entry in section), default=0.0))
        else:
            sections.insert(0, tuple(self._picture(artifact) for artifact in self._pictures[:3]))
        self.found.emit(tuple(section for section in sections if section))

    def _commands(self) -> Iterator[Found]:
        for card, action in self._actions.listed():
            if action.isEnabled():
                yield Found("Commands", card.name, action.trigger, card.tip, keys=self._actions.shown_keys(card.id))

    def _settings(self) -> Iterator[Found]:
        for preference in PREFERENCES if self._search.strip() else ():
            words = f"setting {preference.words} {preference.help}"
            value = self._preferences[preference.key]
            match preference.kind:
                case Kind.CHOICE:
                    for choice, _ in preference.choices:
                        yield self._setting(preference, choice, words, now=choice == value)
                case Kind.SWITCH:
                    yield self._setting(preference, not value, words, now=False)
                case Kind.NUMBER:
                    go = self._go(preference.key)
                    yield Found("Settings", preference.name, go, words, note=preference.told(value))

    def _setting(self, preference: Preference, value: object, words: str, *, now: bool) -> Found:
        return Found("Settings", spoken(preference, value), self._put(preference.key, value), words, now=now)

    def _put(self, key: str, value: object) -> Callable[[], object]:
        return lambda: self._preferences.set(key, value)

    def _go(self, key: str) -> Callable[[], object]:
        return lambda: self._go_to_setting(key)

    def _projects(self) -> Iterator[Found]:
        """To go to."""
        projects = self._session.projects
        for each in projects.model.inputs.projects if self._search.strip() else ():
            go, note = partial(projects.go_to, each.number), wording.count(each.count, "picture")
            yield Found("Projects", each.name, go, "project", note=note, now=each.number == projects.current)

    def _choices(self) -> Iterator[Found]:
        """Models, samplers and schedules, to take."""
        if not self._search.strip():
            return
        desk = self._session.desk
        draft, view = desk.draft, desk.sampler.view
        for card in desk.cards:
            yield Found(
                "Models",
                card.title,
                lambda model_id=card.id: desk.choose_model(model_id),
                f"model {card.summary}",
                note=f"{wording.weights(card.parameters)} weights",
                now=card.id == draft.model_id,
            )
        for style in desk.prompt.view.styles:
            take_style = partial(desk.choose_style, style)
            yield Found("Styles", wording.style(style), take_style, "style", now=style == draft.style)
        for sampler in view.samplers:
            yield Found(
                "Samplers",
                sampler.title,
                lambda name=sampler.name: desk.change(sampler=name),
                f"sampler {sampler.family}",
                note=wording.count(sampler.evaluations_per_step, "evaluation") + " a step",
                now=sampler.name == draft.sampler,
            )
        for grid in view.grids:
            take = lambda name=grid.name: desk.choose_grid(name)  # noqa: E731
            yield Found(
                "Noise schedules", grid.title, take, "noise schedule time grid", now=grid.name == draft.time_grid
            )

    def _prompts(self) -> Iterator[Found]:
        seen = {self._session.desk.draft.prompt}
        for artifact in self._recent or ():
            prompt = artifact.recipe.request.prompt
            if prompt and prompt not in seen:
                seen.add(prompt)
                take = lambda prompt=prompt: self._session.desk.change(prompt=prompt)  # noqa: E731
                yield Found("Recent prompts", wording.shortened(prompt, TITLE), take, "prompt")

    def _picture(self, artifact: Artifact) -> Found:
        recipe = artifact.recipe
        title = wording.shortened(recipe.request.prompt, TITLE) or "Picture without a prompt"
        return Found(
            "Pictures",
            title,
            lambda: self._open_picture(artifact),
            recipe.request.model_id,
            note=f"seed {wording.whole(recipe.seed)}",
            artifact=artifact,
        )
