"""People text while the program is down: nothing may go to somebody who said STOP meanwhile, and no text may overtake a
missed one. The carrier's list shows texts late, as real ones do."""

import asyncio

from ..fault import BOTH, fault
from ..program import until

# Longer than the pause after a second 429.
PAUSE = 3.0


@fault("stop-while-down", "STOP while down, a rep's text waits; half say no STOP, theirs must arrive", BOTH, (20, 60),
       waits=True)
async def stop_while_down(world, tries):
    await world.opens()
    customers = await world.acquainted(tries)
    world.carrier.busy = {thread.phone for thread in customers}
    for thread in customers:
        world.people.answers_from(*world.home(thread))
    await world.people.quiet()
    await until("the texts wait", lambda: world.carrier.counts["429"] >= tries)
    world.node.dies()
    # So long that the time has come at which the waiting texts are tried again.
    await asyncio.sleep(PAUSE)
    for thread in customers[::2]:
        world.people.misses_stop(thread)
    world.carrier.busy = set()
    world.carrier.list_latency = 0.2
    await world.node.serves()
    others = {thread.phone for thread in customers[1::2]}
    await until("the other texts arrive", lambda: {
        text.to for text in world.carrier.book.outbound if text.body.split(" ")[3:4] == ["answers"]} >= others)
    await world.drains()


@fault("missed-order", "texts missed while down, and the next one's webhook right after the start", BOTH, (20, 50),
       waits=True)
async def missed_order(world, tries):
    await world.opens()
    world.people.answers = 0.0
    customers = await world.acquainted(tries)
    reps = [world.people.rep(*world.home(thread))[0] for thread in customers]
    await asyncio.gather(*(world.people.says(thread) for thread in reps))
    await world.arrived()
    world.node.dies()
    for _ in range(3):
        for thread in customers + reps:
            world.people.misses(thread)
        # The carrier's list is exact to the second only.
        await asyncio.sleep(1.0)
    world.carrier.list_latency = 0.3
    world.node.starts()
    await asyncio.gather(*(world.people.says(thread) for thread in customers + reps))
    await world.drains()
