"""A second `serve` on one SQLite file, which it opens by other names."""

import os

from ..fault import SQLITE, fault
from ..program import Broken


@fault("second-serve", "a second serve through a symlink, a linked folder and a path with ..", SQLITE, (3, 3))
async def second_serve(world, _):
    await world.opens()
    traffic = world.traffic(0.1)
    traffic.customers(20)
    await world.more(40)
    elsewhere = world.folder / "elsewhere"
    elsewhere.mkdir()
    os.symlink(world.database.path, elsewhere / "link.db")
    os.symlink(world.folder / "data", elsewhere / "folder")
    names = ["link.db", "folder/switchboard.db", "../data/switchboard.db"]
    for name in names:
        other = world.another("second")
        other.settings["DATABASE_URL"] = f"sqlite:{elsewhere / name}"
        other.starts()
        try:
            code = await other.ends(10.0)
            world.expects("a second serve ended with 0", code != 0)
        except Broken:
            world.breaks(f"a second serve ran, by {name}")
            other.dies()
    await world.more(40)
    await traffic.stops()
    await world.drains()
