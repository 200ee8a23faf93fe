"""The table: a row for each fault and database, and whether every guarantee held."""

from .judge import KINDS

HEAD = ("fault", "database", "tries", "acknowledged", *KINDS, "other", "s", "measured")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def is_good(found):
    """Whether a row has nothing but zeros."""
    return not found.get("error") and not found["broken"] and not any(found[kind] for kind in KINDS)


def row(fault, kind, found):
    """One row, as text."""
    other = sum(found["broken"].values()) + bool(found.get("error"))
    counts = [found[kind] for kind in KINDS]
    cells = [f"`{fault.key}`: {fault.words}", NAMES[kind], found["tries"], f"{found['acknowledged']:,}", *counts, other,
             f"{found['seconds']:.0f}", "; ".join(found["figures"])]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head():
    return "| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD)


def complaints(fault, kind, found):
    """What is behind the figures that are not 0, a line each."""
    where = f"{fault.key} on {NAMES[kind]}"
    for what, count in found["broken"].items():
        yield f"{where}: {what}" + (f" ({count})" if count > 1 else "")
    for what, examples in found["examples"].items():
        yield from (f"{where}: {what}: {example}" for example in examples)
    if found.get("error"):
        yield f"{where}: {found['error']}"
