"""Every import statement of a source tree, read from the syntax and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Import:
    """A module imports another. importer, imported: dotted names; path: of the importer, relative to the root."""

    importer: str
    imported: str
    path: Path
    line: int

    @property
    def place(self) -> str:
        return f"{self.path.as_posix()}:{self.line}"


def under(module: str, *prefixes: str) -> bool:
    """Whether `module` is one of the prefixes or lies inside one, by whole dotted parts."""
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def sources(root: Path, *packages: str) -> tuple[Path, ...]:
    return tuple(path for package in packages for path in sorted((root / package).rglob("*.py")))


def read_imports(root: Path, paths: tuple[Path, ...]) -> tuple[Import, ...]:
    """The imports of the files: at the top, inside functions, under TYPE_CHECKING, relative ones resolved."""
    return tuple(found for path in paths for found in _of_file(root, path))


def _of_file(root: Path, path: Path) -> Iterator[Import]:
    relative = path.relative_to(root)
    parts = relative.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    importer = ".".join(parts[:-1] if is_package else parts)
    package = list(parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(importer, name.name, relative, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:
                yield Import(importer, _with_submodule(root, source, name.name), relative, node.lineno)


def _with_submodule(root: Path, source: str, name: str) -> str:
    """`from a.b import c` names the module a.b.c where that is a file, else a.b."""
    inner = root.joinpath(*source.split("."), name)
    return f"{source}.{name}" if inner.with_suffix(".py").is_file() or inner.is_dir() else source
