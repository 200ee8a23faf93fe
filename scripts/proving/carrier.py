"""A carrier outside the program: Twilio's REST API, its webhooks and receipts, and whatever can go wrong with them.

It also takes the place of the network in front of the program: what it posts to the public address reaches one node."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from email.utils import formatdate
from urllib.parse import urlencode

from .book import API, Book
from .wire import Answer, Client, Server

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://texts.example.com"
HOOK = "/hooks/twilio/messages"
# How a request to send can go wrong. What was "sent" the carrier has taken, whatever it answers.
WRONG = ("500-sent", "500-unsent", "hang-sent", "hang-unsent", "reset-sent", "429", "junk")
# As a carrier whose webhook ends in `#rt=4000` waits.
WEBHOOK_PATIENCE = 4.0
RECEIPT_TRIES = 3


def signature(url, form):
    """`X-Twilio-Signature` of a form that is posted there."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), hashlib.sha1)).decode()


class Carrier:
    """See the module. Its behaviour is set by its members, at any time."""

    def __init__(self, chance, numbers):
        self.chance = chance
        self.numbers = numbers
        self.book = Book()
        self.server = Server(self._answers)
        self.client = Client()
        # Ports of the nodes to which the public address leads.
        self.doors = []
        self.turn = 0
        # The carrier's clock stands so many seconds ahead of this machine's.
        self.offset = 0.0
        # The share of requests to send that go wrong, and how.
        self.share = 0.0
        self.wrong = WRONG
        # Seconds that a request to send, and a list, take.
        self.latency = 0.01
        self.list_latency = 0.0
        # Lists leave out what is younger than this, in seconds.
        self.list_late = 0.0
        # No request is answered, nor has it any effect.
        self.silent = False
        # A request to send to these phones is answered with 429.
        self.busy = set()
        # The share of texts for which a receipt comes.
        self.receipts = 0.7
        # Called with each text of ours that reaches a phone.
        self.delivers = lambda text: None
        self.counts = Counter()
        # How often it was asked for what came to a number.
        self.asked_for = Counter()
        # When it was last asked to send, and to list.
        self.last_request = self.last_list = time.monotonic()
        self.tasks = set()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.port}"

    def now(self):
        """Its clock."""
        return time.time() + self.offset

    async def opens(self):
        await self.server.opens()

    def closes(self):
        """Connections are refused until it opens again."""
        self.server.closes()

    def spawns(self, work):
        """Lets it be done beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # ---------------------------------------------------------------- the API

    async def _answers(self, request):
        if self.silent:
            await request.given_up()
            return Answer(cut=True)
        answer = await self._answered(request)
        answer.headers.setdefault("Content-Type", "application/json")
        answer.headers["Date"] = formatdate(self.now(), usegmt=True)
        return answer

    async def _answered(self, request):
        wanted = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != wanted:
            return self._error(401, 20003)
        path = request.path.removeprefix(f"{API}/Accounts/{ACCOUNT}/")
        if path == "Messages.json":
            return await (self._sends(request) if request.method == "POST" else self._lists(request))
        if path == "IncomingPhoneNumbers.json" and request.method == "GET":
            return self._rented(request)
        if path.endswith("/Media.json"):
            return self._json(200, {"media_list": [], "next_page_uri": None})
        text = self.book.by_sid.get(path.removeprefix("Messages/").removesuffix(".json"))
        return self._json(200, text.shown(ACCOUNT)) if text else self._error(404, 20404)

    @staticmethod
    def _json(status, body):
        return Answer(status, json.dumps(body).encode())

    def _error(self, status, code):
        return self._json(status, {"code": code, "message": "", "more_info": "", "status": status})

    async def _sends(self, request):
        self.last_request = time.monotonic()
        form = request.form()
        self.counts["requests"] += 1
        kind = self.chance.choice(self.wrong) if self.chance.random() < self.share else "good"
        if form["To"] in self.busy:
            kind = "429"
        self.counts[kind] += 1
        text = None
        if kind in ("good", "junk") or kind.endswith("-sent"):
            text = self._takes(form)
        await asyncio.sleep(self.latency)
        if kind.startswith("hang"):
            await request.given_up()
            return Answer(cut=True)
        if kind.startswith("reset"):
            return Answer(cut=True)
        if kind.startswith("500"):
            return self._error(500, 20500)
        if kind == "429":
            return self._error(429, 20429)
        if kind == "junk":
            return Answer(200, b"<html>Please wait</html>", {"Content-Type": "text/html"})
        return self._json(201, {**text.shown(ACCOUNT), "status": "queued", "date_sent": None})

    def _takes(self, form):
        sent = (form["From"], form["To"], form["Body"])
        text = self.book.takes(*sent, False, time.monotonic(), self.now(), form.get("StatusCallback", ""))
        self.delivers(text)
        if text.callback and self.chance.random() < self.receipts:
            self.spawns(self._reports(text, 0.05 + self.chance.random() * 0.3))
        return text

    async def _lists(self, request):
        self.counts["lists"] += 1
        self.last_list = time.monotonic()
        self.asked_for[dict(request.query).get("To", "")] += 1
        if self.list_latency:
            await asyncio.sleep(self.list_latency)
        query = dict(request.query)
        size = int(query.get("PageSize") or 50)
        token = query.get("PageToken", "")
        since, until = query.get("DateSent>"), query.get("DateSent<")
        on = query.get("DateSent")

        youngest, dated = time.monotonic() - self.list_late, since or until or on

        def wanted(text):
            if text.at > youngest:
                return False
            if not dated:
                return True
            day = time.strftime("%Y-%m-%d", time.gmtime(text.made))
            return not ((since and day < since[:10]) or (until and day > until[:10]) or (on and day != on[:10]))

        before = self.book.by_sid[token.removeprefix("PA")].seq if token else None
        page, more = self.book.listed(query.get("From", ""), query.get("To", ""), before, size, wanted)
        self.counts["listed"] += len(page)
        following = None
        if more:
            kept = [(name, value) for name, value in request.query if name not in ("PageToken", "Page")]
            following = f"{request.path}?{urlencode([*kept, ('Page', '1'), ('PageToken', 'PA' + page[-1].sid)])}"
        messages = [text.shown(ACCOUNT) for text in page]
        return self._json(200, {"messages": messages, "next_page_uri": following, "page_size": size})

    def _rented(self, request):
        wanted = dict(request.query).get("PhoneNumber", "").strip("*")
        numbers = [{
            "sid": f"PN{at:032x}", "account_sid": ACCOUNT, "phone_number": number, "friendly_name": number,
            "sms_url": PUBLIC + HOOK, "sms_method": "POST", "sms_fallback_url": "", "sms_fallback_method": "POST",
            "sms_application_sid": "", "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "status": "in-use", "origin": "twilio", "uri": f"{request.path}/PN{at:032x}.json",
        } for at, number in enumerate(self.numbers) if wanted in number]
        return self._json(200, {"incoming_phone_numbers": numbers, "next_page_uri": None})

    # ---------------------------------------------------------------- webhooks and receipts

    async def _posts(self, path, form, door=None):
        """Posts a signed form to one of the nodes; the status, and 0 for no answer."""
        if door is None:
            if not self.doors:
                return 0
            self.turn += 1
            door = self.doors[self.turn % len(self.doors)]
        headers = {"X-Twilio-Signature": signature(PUBLIC + path, form),
                   "Content-Type": "application/x-www-form-urlencoded"}
        reply = await self.client.asks(door, "POST", path, headers, urlencode(form).encode(), WEBHOOK_PATIENCE)
        return 0 if reply is None else reply.status

    async def _reports(self, text, after):
        """Posts that a text was delivered, a few times if need be, and then no more."""
        await asyncio.sleep(after)
        path = text.callback.removeprefix(PUBLIC)
        form = {"MessageSid": text.sid, "SmsSid": text.sid, "MessageStatus": "delivered", "SmsStatus": "delivered",
                "AccountSid": ACCOUNT, "From": text.sender, "To": text.to, "ApiVersion": API[1:]}
        for _ in range(RECEIPT_TRIES):
            if 200 <= await self._posts(path, form) < 300:
                self.counts["receipts"] += 1
                return
            await asyncio.sleep(0.5)

    def hears(self, sender, to, body):
        """Somebody has sent a text to one of our numbers; no webhook tells of it yet."""
        return self.book.takes(sender, to, body, True, time.monotonic(), self.now())

    async def tells(self, text):
        """Posts the webhook of a text once; the status, and 0 for no answer."""
        form = {"MessageSid": text.sid, "SmsSid": text.sid, "SmsMessageSid": text.sid, "AccountSid": ACCOUNT,
                "From": text.sender, "To": text.to, "Body": text.body, "NumMedia": "0", "NumSegments": "1",
                "SmsStatus": "received", "ApiVersion": API[1:], "FromCountry": "US", "ToCountry": "US", "FromCity": ""}
        return await self._posts(HOOK, form)


def chance(seed):
    """What is left to chance, the same for the same seed."""
    return random.Random(seed)
