"""One fault on one database, in a process of its own, so that it cannot affect another trial and leaves nothing behind."""

import asyncio
import json
import sys
import time
import traceback
from pathlib import Path

from .fault import every_fault
from .people import NeverTaken
from .program import Broken
from .world import Order, World


async def tried(order):
    """What came of it."""
    began = time.monotonic()
    world, error = World(order), None
    try:
        await every_fault()[order.key].run(world, order.tries)
    except (Broken, NeverTaken) as why:
        error = str(why)
    except Exception:  # A mistake of the harness is told like any other failure, with where it is.
        error = traceback.format_exc()
    found = world.verdict()
    if error:
        # It was cut off, and what was still under way then is not lost.
        found |= {"error": error, "lost": 0}
        found["examples"].pop("lost", None)
    found["seconds"] = time.monotonic() - began
    world.closes()
    return found


def main():
    """Reads the order from standard input and prints what was found, both as JSON."""
    wish = json.load(sys.stdin)
    wish["folder"] = Path(wish["folder"])
    print(json.dumps(asyncio.run(tried(Order(**wish)))))


if __name__ == "__main__":
    main()
