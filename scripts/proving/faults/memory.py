"""The program must compare a long list of the carrier page by page, and not hold it in memory."""

import time

from ..fault import SQLITE, fault
from ..people import LINE, phone
from ..program import until

MOST = 32.0


@fault("backfill-memory", "start with 30,000 texts of today in the carrier's list (long form: 100,000)", SQLITE, (1, 1))
async def backfill_memory(world, _):
    count = 100_000 if world.order.long else 30_000
    await world.opens()
    world.people.answers = 0.0
    threads = await world.acquainted(20)
    world.node.dies()
    await world.node.serves()
    await until("the first comparison is over", lambda: time.monotonic() - world.carrier.last_list > 3.0)
    usual = world.node.memory("VmHWM")
    world.node.dies()
    # Of the same day, which is what the carrier's list can be asked for, and of before the line was there.
    now = world.carrier.now()
    made = max(now - now % 86_400, now - 3_600)
    older = [world.carrier.book.takes(phone(7_000 + n % 500), LINE, f"Once upon a time, {n}", True, 0.0, made)
             for n in range(count)]
    world.carrier.book.sorts()
    for thread in threads:
        world.people.misses(thread)
    await world.node.serves()
    await world.arrived()
    await until("the comparison is over", lambda: time.monotonic() - world.carrier.last_list > 3.0)
    most = world.node.memory("VmHWM")
    await world.drains()
    world.tells(f"{len(older)} listed: {usual:.0f} MB without, {most:.0f} MB with")
    world.expects(f"memory grew by more than {MOST:.0f} MB", most - usual <= MOST)
