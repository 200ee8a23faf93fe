"""Decides from the carrier's record alone whether a text was lost, doubled, misdelivered, out of order, or sent to somebody
who opted out.

No two texts have the same words, so a body identifies a text. A text counts as acknowledged when its webhook was answered
with a 2xx; a text that no webhook brought counts as soon as the carrier lists it."""

from collections import defaultdict
from dataclasses import dataclass, field

# A text that was on its way when the STOP was answered may still be sent within this time, in seconds.
ON_ITS_WAY = 1.0
# A rep's text that waited this long before the STOP may be held back by it.
WAITED = 30.0
EXAMPLES = 3


@dataclass(slots=True, eq=False)
class Thread:
    """One sender on one of our numbers. `targets` are the lanes on which each of its texts must leave, where they are
    known beforehand; for customers and reps they follow from the first text that arrived."""

    name: str
    phone: str
    to: str
    kind: str
    targets: tuple = ()
    said: int = 0


@dataclass(slots=True, eq=False)
class Saying:
    """The `n`-th text of a thread. Times are steady; `taken_at` is when it was answered with a 2xx, `asked_at` when the
    post that was answered so began."""

    thread: Thread
    n: int
    body: str
    at: float
    asked_at: float | None = None
    taken_at: float | None = None
    missed: bool = False

    @property
    def promised(self):
        return self.missed or self.taken_at is not None


@dataclass(slots=True)
class Silence:
    """A customer who wants nothing more: said at `said`, surely known at `known`; taken back at `ended`, which is
    surely known at `over`."""

    phone: str
    said: float
    known: float
    ended: float | None = None
    over: float | None = None


@dataclass
class Verdict:
    """Counts, and a few examples of each."""

    acknowledged: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def finds(self, what, example):
        self.counts[what] += 1
        if len(self.examples[what]) < EXAMPLES:
            self.examples[what].append(example)


KINDS = ("lost", "doubled", "misdelivered", "disordered", "opted-out")


def judge(line, sayings, outbound, silences):
    """The verdict on what was said and what the carrier took from us, in its order."""
    verdict = Verdict(acknowledged=sum(saying.promised for saying in sayings))
    copies = defaultdict(list)
    for text in outbound:
        copies[text.body].append(text)
    homes, owners = _homes(sayings, copies)
    newest = {}
    first = [(copies[saying.body][0].seq, saying) for saying in sayings if saying.body in copies]
    for _, saying in sorted(first, key=lambda pair: pair[0]):
        before = newest.get(saying.thread, 0)
        if saying.n < before:
            verdict.finds("disordered", f"{saying.body!r} came after number {before}")
        newest[saying.thread] = max(before, saying.n)
    for saying in sayings:
        lanes = _lanes(line, saying.thread, homes, owners)
        found = copies.get(saying.body, [])
        for lane in lanes or [None]:
            # With one lane a copy that went astray counts as misdelivered, and not as lost, too.
            here = found if lane is None or len(lanes) == 1 else [one for one in found if (one.sender, one.to) == lane]
            if not here and saying.promised and not _excused(saying, owners, silences):
                verdict.finds("lost", f"{saying.body!r}, of {saying.thread.phone} to {saying.thread.to}")
            for _ in here[1:]:
                verdict.finds("doubled", f"{saying.body!r} on {[(text.sender, text.to) for text in here]}")
        for text in found:
            if lanes is not None and (text.sender, text.to) not in lanes:
                verdict.finds("misdelivered", f"{saying.body!r} went from {text.sender} to {text.to}")
    for silence in silences:
        for text in outbound:
            begins = silence.known + (ON_ITS_WAY if silence.known > silence.said else 0)
            holds = begins < text.at < (silence.ended or float("inf"))
            if holds and (text.sender, text.to) == (line, silence.phone):
                verdict.finds("opted-out", f"{text.body!r} to {text.to}, {text.at - silence.known:.1f} s after STOP")
    return verdict


def missing(sayings, taken, silences):
    """How many promised texts the carrier has not seen yet; cheap, and without regard to where they went."""
    silent = {silence.phone for silence in silences}
    return sum(saying.promised and saying.body not in taken and not (silent and saying.thread.kind == "rep")
               for saying in sayings)


def _homes(sayings, copies):
    """Where each customer's first text arrived, (mask, rep's phone), and whose thread each of these is."""
    firsts = []
    for saying in sayings:
        if saying.thread.kind == "customer":
            firsts += [(text.seq, (text.sender, text.to), saying.thread) for text in copies.get(saying.body, [])]
    homes, owners = {}, {}
    for _, lane, thread in sorted(firsts, key=lambda one: one[0]):
        # Two customers in one thread are one too many: the second has no home there.
        if owners.setdefault(lane, thread) is thread:
            homes.setdefault(thread, lane)
    return homes, owners


def _lanes(line, thread, homes, owners):
    """The lanes on which a thread's texts belong; `None` if nobody can tell."""
    if thread.kind == "customer":
        # Without a home of its own it is in somebody else's thread, or nowhere yet.
        return [homes[thread]] if thread in homes else []
    if thread.kind == "rep":
        owner = owners.get((thread.to, thread.phone))
        return None if owner is None else [(line, owner.phone)]
    return list(thread.targets)


def _excused(saying, owners, silences):
    """Whether a rep's text may have been held back, because its customer wanted nothing more."""
    if saying.thread.kind != "rep":
        return False
    owner = owners.get((saying.thread.to, saying.thread.phone))
    last = (saying.taken_at or saying.at) + WAITED
    return any(
        owner is not None and silence.phone == owner.phone and silence.said < last
        and (silence.over is None or saying.at < silence.over)
        for silence in silences
    )
