"""This program replaces the older one that --old names, under load, as docs/OPERATIONS.md says."""

import signal

from ..fault import BOTH, fault
from ..program import Broken


@fault("upgrade", "upgrade from the program that --old names, under load", BOTH, (1, 1))
async def upgrade(world, _):
    old = world.order.old
    await world.opens(1 if world.order.kind == "sqlite" else 2, binary=old)
    traffic = world.traffic(0.5)
    traffic.customers(12)
    await world.more(60)
    for node in world.nodes:
        node.signals(signal.SIGTERM)
        await node.ends()
        node.binary = world.order.binary
    world.forgiven = len(world.database.deadlocks())
    for node in world.nodes:
        await node.serves()
    traffic.newcomers(0.5)
    await world.more(60)
    before = world.another("before", old)
    before.starts()
    try:
        world.expects("the old program served the newer database", await before.ends(10.0) != 0)
    except Broken:
        world.breaks("the old program served the newer database")
        before.dies()
    await traffic.stops()
    await world.drains()
