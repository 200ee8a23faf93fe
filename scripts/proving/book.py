"""The carrier's own record of every text, in the order in which the carrier got them. The judge uses nothing else."""

import bisect
from collections import defaultdict
from dataclasses import dataclass
from email.utils import formatdate

API = "/2010-04-01"


@dataclass(slots=True)
class Text:
    """A text as the carrier has it. `at` is steady time, `made` is the carrier's clock in Unix seconds."""

    seq: int
    sid: str
    sender: str
    to: str
    body: str
    inbound: bool
    at: float
    made: float
    callback: str = ""

    def shown(self, account):
        """As the API shows it (Twilio, "Messages resource")."""
        when = formatdate(self.made)
        path = f"{API}/Accounts/{account}/Messages/{self.sid}"
        return {
            "sid": self.sid, "account_sid": account, "api_version": API[1:], "body": self.body, "from": self.sender,
            "to": self.to, "date_created": when, "date_sent": when, "date_updated": when,
            "direction": "inbound" if self.inbound else "outbound-api", "error_code": None, "error_message": None,
            "messaging_service_sid": None, "num_media": "0", "num_segments": "1", "price": None, "price_unit": None,
            "status": "received" if self.inbound else "sent", "subresource_uris": {"media": f"{path}/Media.json"},
            "uri": f"{path}.json",
        }


class Book:
    """All texts, found by sender, by recipient and by both."""

    def __init__(self):
        self.texts = []
        self.outbound = []
        self.by_sid = {}
        self.by_sender = defaultdict(list)
        self.by_recipient = defaultdict(list)
        self.by_lane = defaultdict(list)
        # Bodies of ours that the carrier has taken, and how often.
        self.taken = defaultdict(int)

    def takes(self, sender, to, body, inbound, at, made, callback=""):
        """Writes a text down."""
        seq = len(self.texts) + 1
        text = Text(seq, f"SM{seq:032x}", sender, to, body, inbound, at, made, callback)
        self.texts.append(text)
        self.by_sid[text.sid] = text
        self.by_sender[sender].append(text)
        self.by_recipient[to].append(text)
        self.by_lane[sender, to].append(text)
        if not inbound:
            self.outbound.append(text)
            self.taken[body] += 1
        return text

    def sorts(self):
        """Puts everything in the order of the carrier's clock, after older texts have been added."""
        self.texts.sort(key=lambda text: (text.made, text.seq))
        for seq, text in enumerate(self.texts, 1):
            text.seq = seq
        for found in (self.by_sender, self.by_recipient, self.by_lane):
            for texts in found.values():
                texts.sort(key=lambda text: text.seq)

    def listed(self, sender, to, before, size, wanted):
        """A page of what was sent from and to there, newest first, and whether there is more."""
        if sender and to:
            texts = self.by_lane.get((sender, to), [])
        elif sender:
            texts = self.by_sender.get(sender, [])
        elif to:
            texts = self.by_recipient.get(to, [])
        else:
            texts = self.texts
        end = len(texts) if before is None else bisect.bisect_left(texts, before, key=lambda text: text.seq)
        page = []
        for at in range(end - 1, -1, -1):
            if wanted(texts[at]):
                if len(page) == size:
                    return page, True
                page.append(texts[at])
        return page, False
