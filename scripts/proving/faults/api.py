"""Programs make requests with a key and repeat them until they get an answer: each request must take effect once."""

import asyncio
import json
import time

from ..fault import BOTH, fault
from ..judge import Saying, Thread
from ..people import NeverTaken, spelled

PROGRAMS = 24
LONGEST = 150.0


class Integration:
    """A program of others that opens pairs and writes to them."""

    def __init__(self, world, token, name):
        self.world = world
        self.token = token
        self.name = name
        self.repeated = 0

    async def asks(self, path, body, key):
        """The answer; asked again, in the same words and with the same key, until there is one."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            node = self.world.chance.choice(self.world.nodes)
            reply = await node.client.asks(node.port, "POST", f"/api/v1{path}", headers, json.dumps(body).encode())
            if reply is not None and reply.good:
                return json.loads(reply.body)
            if reply is not None and reply.status not in (409, 429, 503):
                self.world.breaks(f"POST {path.split('/')[-1]} was answered with {reply.status}")
                raise NeverTaken(f"{path}: {reply.status} {reply.body[:300]!r}")
            self.repeated += 1
            await asyncio.sleep(0.2)
        raise NeverTaken(f"{path} had no answer within {LONGEST:.0f} s")

    async def says(self, thread, n, body, asking):
        """Does what makes the text come about, and holds it promised from the answer on."""
        saying = Saying(thread, n, body, time.monotonic())
        self.world.people.sayings.append(saying)
        answer = await asking
        saying.taken_at = time.monotonic()
        return answer

    async def works(self, over, base):
        """Opens pairs, one after the other, and says three things in each."""
        count = 0
        while not over.is_set():
            count += 1
            name = f"{self.name} {spelled(count)}"
            phones = [f"+1406555{base + 2 * count + k:04d}" for k in range(2)]
            named = zip(phones, ("Fisher", "Helper"), strict=True)
            parties = [{"phone": phone, "alias": alias} for phone, alias in named]
            welcome, words = Thread(f"welcome of {name}", "", "", "api"), f"Welcome to {name}"
            wish = {"reference": name, "parties": parties, "expiry": {"kind": "after_completion"},
                    "welcome": {"Fisher": words}}
            pair = await self.says(welcome, 1, words, self.asks("/pairs", wish, f"pair {name}"))
            lanes = [(party["mask"], party["phone"]) for party in pair["parties"]]
            welcome.targets = tuple(lane for lane in lanes if lane[1] == phones[0])
            both = Thread(f"pair {name}", "", "", "api", tuple(lanes))
            for n in range(1, 4):
                body = f"In {name} the app says {spelled(n)}"
                asking = self.asks(f"/pairs/{pair['id']}/messages", {"body": body}, f"text {name} {n}")
                await self.says(both, n, body, asking)


@fault("api-keys", "kill -9 while programs ask with Idempotency-Key, and repeat until answered", BOTH, (6, 45),
       waits=True)
async def api_keys(world, tries):
    # The program asks for more than a careful operator allows.
    await world.opens(1 if world.order.kind == "sqlite" else 2, {"SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR": "none"})
    token = (await world.node.does("token", "boats", "--scopes", "pairs:read,pairs:write,messages:write")).strip()
    programs = [Integration(world, token, f"boats {spelled(n)}") for n in range(PROGRAMS)]
    over = asyncio.Event()
    work = [asyncio.create_task(program.works(over, 2000 + 300 * n)) for n, program in enumerate(programs)]
    for n in range(tries):
        await world.more(world.chance.randrange(8, 24))
        node = world.nodes[n % len(world.nodes)]
        node.dies()
        await node.serves()
    over.set()
    await asyncio.gather(*work)
    await world.drains()
    await _pairs_are_single(world, token)
    world.tells(f"{sum(program.repeated for program in programs)} requests repeated")


async def _pairs_are_single(world, token):
    """No reference stands for two pairs."""
    seen, cursor = set(), ""
    while cursor is not None:
        path = "/api/v1/pairs?limit=100" + (f"&cursor={cursor}" if cursor else "")
        reply = await world.node.client.asks(world.node.port, "GET", path, {"Authorization": f"Bearer {token}"})
        page = json.loads(reply.body)
        for pair in page["data"]:
            if pair["reference"] in seen:
                world.breaks("a pair was opened twice")
            seen.add(pair["reference"])
        cursor = page["next_cursor"]
