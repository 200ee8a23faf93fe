"""A fault as the harness sees it: its name, its databases, and the number of tries. Each file of `faults/` has one or a
few faults; the folder is the list."""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

SQLITE, POSTGRES = ("sqlite",), ("postgres",)
BOTH = SQLITE + POSTGRES


@dataclass(frozen=True)
class Fault:
    """`tries` are those of the short form and of the long one; 0 leaves it out of that form."""

    key: str
    words: str
    databases: tuple[str, ...]
    tries: tuple[int, int]
    run: Any
    # It only waits most of the time, so others may run beside it.
    waits: bool = False
    # Only root can do it.
    root: bool = False


_ALL: dict[str, Fault] = {}


def fault(key, words, databases, tries, waits=False, root=False):
    """Makes a coroutine of a world and a number of tries the fault of that key."""
    def made(run):
        if key in _ALL:
            raise ValueError(f"two faults are called {key}")
        _ALL[key] = Fault(key, words, databases, tries, run, waits, root)
        return run
    return made


def every_fault():
    """All that the folder holds, by key, in the order of the files."""
    from . import faults
    for module in sorted(pkgutil.iter_modules(faults.__path__), key=lambda module: module.name):
        importlib.import_module(f"{faults.__name__}.{module.name}")
    return _ALL
