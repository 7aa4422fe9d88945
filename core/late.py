"""Modules that are run when something of them is first asked for, though an import statement names them earlier.

    meta = LateModules("torch._meta_registrations")
    meta.install()
    import torch       # binds torch._meta_registrations and does not run it
    meta.complete()    # from here on all is as without this

The standard library's LazyLoader does the like, but two threads may run a module twice with it, and it can't serve
loaders that rename what they load, as PySide's does.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, SupportsIndex, TypeVar

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:
    # Neither holds anything that is needed here, and their module takes a fiftieth of the start.
    Loader = MetaPathFinder = object

Finder = TypeVar("Finder")


class LateModule(ModuleType):
    """Stands for a module, which is run at the first look at an attribute and answers from then on."""

    def __init__(self, spec: ModuleSpec, lock: RLock) -> None:
        super().__init__(spec.name)
        self._late_spec, self._late_lock, self._late_bound = spec, lock, False
        self._late_real: ModuleType | None = None
        if spec.has_location:
            self.__file__ = spec.origin

    def __getattr__(self, name: str) -> object:
        # The import statement itself looks for a __path__, and `inspect` for the file of every module there is.
        if not self._late_bound or name == "__file__":
            raise AttributeError(name)
        return getattr(self._late_run(), name)

    def __dir__(self) -> list[str]:
        return dir(self._late_run())

    def _late_run(self) -> ModuleType:
        with self._late_lock:
            if self._late_real is None:
                self._late_real = self._run()
            return self._late_real

    def _run(self) -> ModuleType:
        spec = self._late_spec
        assert spec.loader is not None
        real = module_from_spec(spec)
        # Asked for by what it imports itself, it answers half made, as modules do.
        self._late_real = sys.modules[spec.name] = real
        try:
            spec.loader.exec_module(real)
        except BaseException:
            self._late_real, sys.modules[spec.name] = None, self
            raise
        package, _, name = spec.name.rpartition(".")
        if package in sys.modules:
            setattr(sys.modules[package], name, real)
        return real


class LateModules(MetaPathFinder):
    """A finder that makes modules of these names late. Names of modules that are not there are no fault."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self._lock = RLock()

    def install(self) -> None:
        """Serve every import from now on, before all other finders."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    @contextmanager
    def leading(self) -> Generator[None]:
        """Serve the imports meanwhile, also before finders that put themselves first."""
        finders = sys.meta_path
        sys.meta_path = _Led([self, *finders])
        try:
            yield
        finally:
            finders[:] = [finder for finder in sys.meta_path if finder is not self]
            sys.meta_path = finders

    def waiting(self) -> tuple[str, ...]:
        """Those that were imported and not yet run."""
        return tuple(name for name in self.names if isinstance(sys.modules.get(name), LateModule))

    def complete(self) -> None:
        """Run those that wait, in their order. Raises what they raise."""
        for name in self.waiting():
            module = sys.modules[name]
            if isinstance(module, LateModule):
                module._late_run()  # pyright: ignore[reportPrivateUsage]

    def bind(self) -> None:
        """Import those of imported packages that no import statement has named yet: attributes lead to them then."""
        for name in self.names:
            if name not in sys.modules and self._found(name, None) is not None:
                importlib.import_module(name)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """For the import system."""
        present = sys.modules.get(name)
        if present is not None and name.rpartition(".")[0] in self.names:
            # Its package was late, was run only just, and has imported it.
            return ModuleSpec(name, _Present(present))
        found = self._found(name, path, target) if name in self.names else None
        return None if found is None else ModuleSpec(name, _Later(found, self._lock))

    def _found(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if path is None and "." in name:
            path = getattr(sys.modules.get(name.rpartition(".")[0]), "__path__", None)
        for finder in tuple(sys.meta_path):
            spec = finder.find_spec(name, path, target) if finder is not self else None
            if spec is not None:
                return spec
        return None


class _Led(list[Finder]):
    """Finders of which the first stays the first."""

    def insert(self, index: SupportsIndex, finder: Finder, /) -> None:
        super().insert(max(int(index), 1), finder)


class _Later(Loader):
    def __init__(self, spec: ModuleSpec, lock: RLock) -> None:
        self._spec, self._lock = spec, lock

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        del spec
        return LateModule(self._spec, self._lock)

    def exec_module(self, module: ModuleType) -> None:
        module._late_bound = True  # type: ignore[attr-defined]


class _Present(Loader):
    """Gives back a module as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        del spec
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
