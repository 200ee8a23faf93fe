"""kill -9 at any moment: the program must keep what it acknowledged, and look up what was on its way before sending again."""

from ..fault import BOTH, fault


# With proofs after one second, as 36 s would be with those after a minute that are usual.
LATE = 0.6


@fault("kill", "kill -9 under load, 10 % carrier faults, late lists, newcomers, STOP and START", BOTH, (5, 70))
async def kill(world, tries):
    nodes = 1 if world.order.kind == "sqlite" else 2
    await world.opens(nodes)
    world.carrier.share = 0.1
    world.carrier.list_late = LATE
    traffic = world.traffic()
    traffic.customers(40)
    traffic.newcomers(0.4).changing_minds(6)
    slowest = 0.0
    for n in range(tries):
        await world.more(world.chance.randrange(30, 90))
        node = world.nodes[n % nodes]
        node.dies()
        slowest = max(slowest, await node.serves())
    await world.more(60)
    world.carrier.share = 0.0
    await traffic.stops()
    await world.drains()
    world.tells(f"back in {slowest:.2f} s at most")
