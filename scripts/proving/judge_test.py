"""Checks that the judge finds each kind of error, and none in a good record. The harness runs this before every run."""

import time
import unittest

from .book import Book
from .judge import KINDS, Saying, Silence, Thread, judge
from .people import LINE, REPS

REP, OTHER_REP = list(REPS)[:2]
MASK, OTHER_MASK = "+18005551001", "+18005551002"


class Judged(unittest.TestCase):
    """One customer who says three things, and a rep who answers once."""

    def setUp(self):
        self.book = Book()
        self.customer = Thread("customer a", "+15055552000", LINE, "customer")
        self.rep = Thread("ana at 1001", REP, MASK, "rep")
        self.sayings, self.silences = [], []

    def says(self, thread, n, taken=True):
        saying = Saying(thread, n, f"{thread.name} says {n}", float(n), float(n), float(n) if taken else None)
        self.sayings.append(saying)
        return saying

    def leaves(self, saying, sender, to, at=5.0):
        self.book.takes(sender, to, saying.body, False, at, time.time())

    def found(self):
        verdict = judge(LINE, self.sayings, self.book.outbound, self.silences)
        return {kind: verdict.counts[kind] for kind in KINDS if verdict.counts[kind]}

    def all_arrives(self):
        for n in (1, 2, 3):
            self.leaves(self.says(self.customer, n), MASK, REP)
        self.leaves(self.says(self.rep, 1), LINE, self.customer.phone)

    def test_nothing_where_all_went_well(self):
        self.all_arrives()
        self.assertEqual(self.found(), {})
        self.assertEqual(judge(LINE, self.sayings, self.book.outbound, []).acknowledged, 4)

    def test_lost(self):
        self.all_arrives()
        self.says(self.customer, 4)
        self.assertEqual(self.found(), {"lost": 1})

    def test_what_was_not_acknowledged_is_not_lost_and_what_was_missed_is(self):
        self.all_arrives()
        self.says(self.customer, 4, taken=False)
        self.assertEqual(self.found(), {})
        self.sayings[-1].missed = True
        self.assertEqual(self.found(), {"lost": 1})

    def test_doubled(self):
        self.all_arrives()
        self.leaves(self.sayings[2], MASK, REP)
        self.assertEqual(self.found(), {"doubled": 1})

    def test_given_to_another_rep(self):
        self.all_arrives()
        self.leaves(self.says(self.customer, 4), OTHER_MASK, OTHER_REP)
        self.assertEqual(self.found(), {"misdelivered": 1})

    def test_an_answer_to_another_customer(self):
        self.all_arrives()
        self.leaves(self.says(self.rep, 2), LINE, "+15055552001")
        self.assertEqual(self.found(), {"misdelivered": 1})

    def test_two_customers_in_one_thread(self):
        self.all_arrives()
        other = Thread("customer b", "+15055552001", LINE, "customer")
        self.leaves(self.says(other, 1), MASK, REP)
        self.assertEqual(self.found(), {"misdelivered": 1})

    def test_out_of_order(self):
        first, second = self.says(self.customer, 1), self.says(self.customer, 2)
        self.leaves(second, MASK, REP)
        self.leaves(first, MASK, REP)
        self.assertEqual(self.found(), {"disordered": 1})

    def test_to_who_has_opted_out(self):
        self.all_arrives()
        self.silences = [Silence(self.customer.phone, 1.0, 2.0)]
        self.assertEqual(self.found(), {"opted-out": 1})
        self.silences = [Silence(self.customer.phone, 1.0, 2.0, 4.0, 4.1)]
        self.assertEqual(self.found(), {})

    def test_what_waited_for_who_has_opted_out_is_not_lost(self):
        self.all_arrives()
        self.says(self.rep, 2)
        self.assertEqual(self.found(), {"lost": 1})
        self.silences = [Silence(self.customer.phone, 6.0, 6.1)]
        self.assertEqual(self.found(), {})

    def test_a_text_of_a_program_goes_once_to_each_of_its_lanes(self):
        lanes = ((MASK, "+14065552000"), (MASK, "+14065552001"))
        saying = self.says(Thread("pair a", "", "", "api", lanes), 1)
        self.leaves(saying, *lanes[0])
        self.assertEqual(self.found(), {"lost": 1})
        self.leaves(saying, *lanes[1])
        self.assertEqual(self.found(), {})
        self.leaves(saying, *lanes[1])
        self.assertEqual(self.found(), {"doubled": 1})
