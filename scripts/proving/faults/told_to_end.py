"""SIGTERM under load: the program must finish what it has begun, and exit with 0."""

import signal
import time

from ..fault import BOTH, fault


@fault("sigterm", "SIGTERM under load, newcomers", BOTH, (3, 20))
async def sigterm(world, tries):
    await world.opens()
    world.carrier.latency = 0.1
    traffic = world.traffic(0.2)
    traffic.customers(30)
    traffic.newcomers(0.4)
    slowest = 0.0
    for _ in range(tries):
        await world.more(world.chance.randrange(60, 120))
        began = time.monotonic()
        world.node.signals(signal.SIGTERM)
        code = await world.node.ends()
        slowest = max(slowest, time.monotonic() - began)
        world.expects(f"SIGTERM ended with {code} and not with 0", code == 0)
        await world.node.serves()
    await traffic.stops()
    await world.drains()
    world.tells(f"ended in {slowest:.2f} s at most")
