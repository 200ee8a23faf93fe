"""Customers and reps who text: each sends one text after the other, and repeats each until it is acknowledged.

A rep's phone answers each text on the mask from which it came, so everything goes over the network."""

import asyncio
import time

from .judge import Saying, Silence, Thread

LINE = "+18005550100"
REPS = {f"+1505555{121 + n:04d}": name for n, name in enumerate(("ana", "bo", "cy", "dee", "eli", "fay", "gus", "hal"))}
# Within a restart a webhook is tried again at once, as one that ends in `#rc=5&rp=all` and its fallback would be.
AGAIN = 0.05
# Between two answers of a rep, in seconds: nobody types faster.
BREATH = 0.05
# Nobody is refused for so long, whatever happens to the program.
LONGEST = 150.0


def spelled(n):
    """The number in letters: no two texts say the same but for their digits, as those of two machines would."""
    return "".join("abcdefghij"[int(digit)] for digit in str(n))


def masks(count):
    return [f"+1800555{1001 + n:04d}" for n in range(count)]


def phone(n):
    """The `n`-th customer's."""
    return f"+1{(505, 406, 701, 605)[n // 7000]}555{2000 + n % 7000:04d}"


class NeverTaken(Exception):
    """A text was refused for longer than anything lasts here."""


class People:
    """Everybody who texts, and what they have said."""

    def __init__(self, carrier, chance):
        self.carrier = carrier
        self.chance = chance
        self.sayings = []
        self.silences = []
        self.customers = 0
        # The share of customers' texts that a rep answers.
        self.answers = 0.5
        self.breath = BREATH
        self.of_body = {}
        self.answered = set()
        self.lanes = {}
        self.busy = 0
        carrier.delivers = self._arrives

    # ---------------------------------------------------------------- what is said

    def customer(self):
        """Somebody who has never texted."""
        n = self.customers
        self.customers += 1
        return Thread(f"customer {spelled(n)}", phone(n), LINE, "customer")

    def begins(self, thread):
        """The thread's next text reaches the carrier; no webhook tells of it yet."""
        thread.said += 1
        verb = "answers" if thread.kind == "rep" else "says"
        body = f"{thread.name} {verb} {thread.said} {spelled(thread.said)}"
        saying = Saying(thread, thread.said, body, time.monotonic())
        self.sayings.append(saying)
        self.of_body[saying.body] = saying
        return saying, self.carrier.hears(thread.phone, thread.to, saying.body)

    def misses(self, thread):
        """A text that no webhook brings: the carrier's list alone has it."""
        saying, _ = self.begins(thread)
        saying.missed = True
        return saying

    async def says(self, thread):
        """A text, told until it is taken."""
        saying, text = self.begins(thread)
        saying.asked_at = await self.told(text)
        saying.taken_at = time.monotonic()
        return saying

    async def told(self, text):
        """Posts a webhook until it is answered with a 2xx; when the post began that was."""
        end = time.monotonic() + LONGEST
        while (began := time.monotonic()) < end:
            if 200 <= await self.carrier.tells(text) < 300:
                return began
            await asyncio.sleep(AGAIN)
        raise NeverTaken(f"{text.body!r} was not taken within {LONGEST:.0f} s")

    async def stops(self, thread):
        """STOP, told until it is taken."""
        said = time.monotonic()
        await self.told(self.carrier.hears(thread.phone, thread.to, "STOP"))
        silence = Silence(thread.phone, said, time.monotonic())
        self.silences.append(silence)
        return silence

    def misses_stop(self, thread):
        """A STOP that no webhook brings. It binds from the moment at which the carrier has it."""
        self.carrier.hears(thread.phone, thread.to, "STOP")
        now = time.monotonic()
        self.silences.append(Silence(thread.phone, now, now))

    async def starts(self, thread, silence):
        """START, told until it is taken."""
        silence.ended = time.monotonic()
        await self.told(self.carrier.hears(thread.phone, thread.to, "START"))
        silence.over = time.monotonic()

    # ---------------------------------------------------------------- reps' phones

    def _arrives(self, text):
        saying = self.of_body.get(text.body)
        # A second copy is read and not answered again.
        if text.to not in REPS or saying is None or text.body in self.answered:
            return
        self.answered.add(text.body)
        if self.chance.random() < self.answers:
            self.answers_from(text.to, text.sender)

    def rep(self, rep, mask):
        """A rep's thread on a mask."""
        if (rep, mask) not in self.lanes:
            thread = Thread(f"{REPS[rep]} at {mask[-4:]}", rep, mask, "rep")
            self.lanes[rep, mask] = (thread, asyncio.Queue())
            self.carrier.spawns(self._types(*self.lanes[rep, mask]))
        return self.lanes[rep, mask]

    def answers_from(self, rep, mask):
        """A rep answers what came from that mask, after what they are at."""
        self.busy += 1
        self.rep(rep, mask)[1].put_nowait(None)

    async def _types(self, thread, wishes):
        while True:
            await wishes.get()
            try:
                await self.says(thread)
            finally:
                self.busy -= 1
            await asyncio.sleep(self.breath)

    async def quiet(self):
        """Waits until no rep has an answer to give."""
        while self.busy:
            await asyncio.sleep(0.02)


class Traffic:
    """People who text until they are told to stop."""

    def __init__(self, people, pause=0.3):
        self.people = people
        self.pause = pause
        self.over = asyncio.Event()
        self.tasks = []

    def customers(self, count):
        """So many customers, each about every `pause` seconds."""
        threads = [self.people.customer() for _ in range(count)]
        self.go_on(threads)
        return threads

    def go_on(self, threads):
        """These go on."""
        self.tasks += [asyncio.create_task(self._talks(thread)) for thread in threads]
        return self

    def newcomers(self, every):
        """Somebody new every so many seconds, who says three things."""
        self.tasks.append(asyncio.create_task(self._come(every)))
        return self

    def changing_minds(self, count):
        """So many customers who say STOP and START again and again; reps answer them all the while."""
        for _ in range(count):
            self.tasks.append(asyncio.create_task(self._changes_mind(self.people.customer())))
        return self

    async def stops(self):
        """Has everybody stop after the text that they are at, and waits until all of these are taken."""
        self.over.set()
        await asyncio.gather(*self.tasks)
        await self.people.quiet()

    async def _rests(self, seconds):
        try:
            async with asyncio.timeout(seconds * (0.5 + self.people.chance.random())):
                await self.over.wait()
        except TimeoutError:
            pass

    async def _talks(self, thread):
        while not self.over.is_set():
            await self.people.says(thread)
            await self._rests(self.pause)

    async def _come(self, every):
        while not self.over.is_set():
            self.tasks.append(asyncio.create_task(self._comes(self.people.customer())))
            await self._rests(every)

    async def _comes(self, thread):
        for _ in range(3):
            await self.people.says(thread)
            await self._rests(self.pause)

    async def _changes_mind(self, thread):
        while not self.over.is_set():
            for _ in range(3):
                await self.people.says(thread)
                await self._rests(self.pause)
            silence = await self.people.stops(thread)
            await self._rests(2 * self.pause)
            await self.people.starts(thread, silence)
