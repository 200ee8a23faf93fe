//! The rules, each by its name, so that the model can be run without one of them: a mutant, which must be caught.

/// A rule of the outbox, of the pin, or of what a process may remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A request whose lease has run out is in doubt; it is not made again at once.
    DoubtWhenTheLeaseEnds,
    /// Two empty looks, far enough apart, are needed for proof.
    TwoLooks,
    /// A request that was not made within its lease is not made.
    NoRequestAfterTheLease,
    /// The answer to an attempt that has been overtaken changes nothing.
    OnlyTheNewestAttemptCounts,
    /// The carrier's instants may be wrong by a minute.
    ClocksDiffer,
    /// The rank of a delivery only rises.
    RankRises,
    /// A text in doubt holds its lane.
    DoubtHoldsTheLane,
    /// What is bound to one attempt is no candidate for another.
    BoundOnce,
    /// What waited leaves only when it is known that the carrier does not have it.
    VouchFirst,
    /// The mark that a request was done stands in the commit that does it.
    MarkWithTheWork,
    /// Consent is judged after the comparison with the carrier's list.
    CompareFirst,
    /// What was missed is looked for at the carrier and taken in.
    TakeInWhatWasMissed,
    /// What was missed is taken in before what comes by webhook.
    MissedBeforeWebhook,
    /// What was missed is looked up in the carrier's list before it is requested.
    LookUpWhatWasMissed,
    /// Whoever has got the missed first text of a customer keeps the customer.
    AdoptThePair,
    /// Where several may have got it, nobody is given the customer by guess.
    AdoptOnlyWhatIsSure,
    /// A pair from which the carrier has sent what nobody here knows of is given to nobody by chance.
    PickNobodyElses,
    /// Whoever writes on while a person has to decide whose customer they are is given to nobody.
    HoldWhatFollows,
    /// The leg of an adopted pair is as old as its first text.
    AdoptTheAge,
    /// What a process remembers ends when the database goes back.
    MemoryEndsWithTheDatabase,
    /// Another life of the database counts as going back, however far it has come.
    LivesAreToldApart,
    /// What the life that is gone may have sent is proven unsent only as anything in doubt is.
    FullProofAfterGoingBack,
    /// Nobody is given a customer until the carrier's list is sure to show what the life that is gone has sent.
    PickOnlyWhenListed,
    /// The carrier's instants are shifted by the measured offset.
    ShiftByTheOffset,
    /// So is the instant at which it says that a missed text was sent.
    ShiftWhatWasMissed,
    /// While the offset is not known, what seems to have been made before may be it all the same.
    NoProofWithoutTheOffset,
}

/// All rules, or all but one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    without: Option<Rule>,
}

impl Rules {
    pub const fn without(rule: Rule) -> Self {
        Rules { without: Some(rule) }
    }

    pub fn has(self, rule: Rule) -> bool {
        self.without != Some(rule)
    }
}
