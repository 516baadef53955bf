"""Who imports whom, read from the source: nothing is executed."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipeline", "simulation", "web", "workshop", "flows", "reid", "anonymize", "tracking")


@dataclass(frozen=True)
class Import:
    """One imported name.

    Attributes:
        module: Module as written, such as ``pipeline.sources`` or ``av.container``.
        name: What is taken from it; None for the module itself.
        line: Where.
        at_once: It happens when the importing module is loaded, not when a function is called.
        typing: It happens for a type checker alone.
    """

    module: str
    name: str | None
    line: int
    at_once: bool
    typing: bool

    @property
    def top(self) -> str:
        """First part of the module's name."""
        return self.module.partition(".")[0]

    @property
    def own(self) -> bool:
        """Whether it is one of our packages."""
        return self.top in PACKAGES


@cache
def modules(root: Path = ROOT) -> dict[str, Path]:
    """All modules of our packages by their dotted names."""
    found = {}
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@cache
def imports_of(file: Path) -> tuple[Import, ...]:
    """Everything that a file imports, in functions too, and by a literal name too."""
    return tuple(_imports(ast.parse(file.read_text(encoding="utf-8")), at_once=True, typing=False))


def _imports(node: ast.AST, at_once: bool, typing: bool) -> Iterator[Import]:
    match node:
        case ast.Import(names=names):
            yield from (Import(one.name, None, node.lineno, at_once, typing) for one in names)
        case ast.ImportFrom(module=module, names=names, level=0):
            assert module is not None
            yield from (Import(module, one.name, node.lineno, at_once, typing) for one in names)
        case ast.ImportFrom():
            raise AssertionError(f"line {node.lineno}: a relative import hides whose room it enters")
        case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]) if _imports_by_name(called):
            yield Import(name, None, node.lineno, at_once, typing)
        case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test):
            for child in node.body:
                yield from _imports(child, at_once, typing=True)
            for child in node.orelse:
                yield from _imports(child, at_once, typing)
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            at_once = False
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, at_once, typing)


def _imports_by_name(called: ast.expr) -> bool:
    return ast.unparse(called).rpartition(".")[2] in {"import_module", "__import__"}


def target(one: Import, known: dict[str, Path]) -> str:
    """The module that an import enters: ``from pipeline import sources`` enters ``pipeline.sources``."""
    inner = f"{one.module}.{one.name}"
    return inner if inner in known else one.module


def loaded(starts: Iterable[str], lazily: bool, root: Path = ROOT) -> dict[str, str | None]:
    """Our modules that are loaded with some, the packages around them included.

    Args:
        starts: Modules that are loaded.
        lazily: Their functions are called too, so that what these import counts.
        root: Where the packages lie.

    Returns:
        Module → who imports it; None for the starts.
    """
    known = modules(root)

    def entered(module: str) -> Iterator[str]:
        yield from _parents(module)
        for one in imports_of(known[module]):
            if one.own and not one.typing and (lazily or one.at_once):
                yield target(one, known)

    return _followed(starts, entered, known)


def reached(starts: Iterable[str], root: Path = ROOT) -> dict[str, str | None]:
    """Our modules whose code some modules can call, function by function.

    Unlike `loaded`, a name is followed through the ``__init__`` that only passes it on: who takes one
    name from a room cannot call all that the room offers.

    Args:
        starts: Modules that begin.
        root: Where the packages lie.

    Returns:
        Module → who names it; None for the starts.
    """
    known = modules(root)

    def entered(module: str) -> Iterator[str]:
        for one in imports_of(known[module]):
            if one.own and not one.typing:
                yield _origin(one, known)

    return _followed(starts, entered, known)


def _followed(
    starts: Iterable[str], entered: Callable[[str], Iterator[str]], known: dict[str, Path]
) -> dict[str, str | None]:
    """Everything that is come to from some modules, and from where each was come to first."""
    found: dict[str, str | None] = {}
    waiting: list[tuple[str, str | None]] = [(one, None) for one in starts]
    while waiting:
        module, by = waiting.pop()
        if module in known and module not in found:
            found[module] = by
            waiting += [(one, module) for one in entered(module)]
    return found


def _origin(one: Import, known: dict[str, Path]) -> str:
    """The module in which an imported name is defined."""
    entered = target(one, known)
    if entered != one.module or one.name is None or entered not in known:
        return entered
    for passed_on in imports_of(known[entered]):
        if passed_on.name == one.name and passed_on.own:
            return _origin(passed_on, known)
    return entered


def way_to(module: str, found: dict[str, str | None]) -> str:
    """How a module is come to, for the message."""
    way = [module]
    while (by := found[way[-1]]) is not None:
        way.append(by)
    return " → ".join(reversed(way))


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]
