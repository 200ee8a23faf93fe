//! Where a text goes, decided from its two numbers and its words.
//!
//! The leg is chosen once, when the text is stored: the one that is live then, or one that this text itself opens; else
//! the text is held. An ended leg gives its texts to no other conversation.

pub mod adoption;
pub mod allocation;
pub mod comparison;
pub mod pick;
pub mod shift;
pub mod waiting;

use super::words::keyword::Keyword;

/// Which of our numbers was texted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texted {
    /// A published line.
    Line,
    /// A mask of the pool.
    Mask,
    /// None of ours.
    Stranger,
}

/// Whose live leg the sender and the number select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A customer's, or a party's of a pair.
    Outside,
    /// A rep's.
    Rep,
}

/// What is left of an earlier leg of the same two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// There never was one.
    Never,
    /// Its conversation has ended, or has no use for this phone any more.
    Ended,
    /// It was a rep's, and the conversation is with somebody else now.
    Moved,
    /// It was a rep's, and the conversation is still the rep's.
    Own,
}

/// Everything that decides.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Which of our numbers was texted.
    pub texted: Texted,
    /// The sender is itself one of our numbers.
    pub from_ours: bool,
    /// The live leg, if there is one.
    pub live: Option<Side>,
    /// That leg began only after the text was sent: the text was missed then.
    pub younger: bool,
    /// The sender's phone belongs to staff.
    pub staff: bool,
    /// An earlier leg, where none is live.
    pub past: Past,
    /// The keyword that the whole text is.
    pub keyword: Option<Keyword>,
    /// The text is a rep's command, or looks like one.
    pub command: bool,
    /// Staff have blocked the sender, a customer.
    pub blocked: bool,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the other legs of the live leg's conversation.
    Into,
    /// It opens a conversation.
    Open,
    /// A rep's late answer: it takes the rep's own conversation up again, if that can be; else it is held.
    TakeUp,
    /// Nowhere until a manager decides.
    Held(Hold),
    /// Nowhere: it was for us, not for anybody.
    Kept(Keep),
    /// Nowhere: our own numbers must not talk to each other.
    Refused,
}

/// Why a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It was sent to a number that is not ours.
    Stranger,
    /// There never was a conversation.
    Never,
    /// The conversation has ended.
    Ended,
    /// The conversation is with another rep now.
    Moved,
    /// The text was missed, and the conversation that has its two numbers now began only after it was sent.
    Younger,
}

/// What a text was for, if it was for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// A rep's command.
    Command,
    /// A rep turned off texts to the phone.
    PhoneOff,
    /// A rep texted a line, which is for customers.
    RepOnLine,
    /// Somebody without a conversation opted out.
    OptedOut,
    /// Staff have blocked the sender.
    Blocked,
}

impl Hold {
    /// In plain words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Hold::Stranger => "sent to a number that is not ours",
            Hold::Never => "no conversation was ever there",
            Hold::Ended => "the conversation has ended",
            Hold::Moved => "the conversation is with somebody else now",
            Hold::Younger => "it was sent before this conversation began, and came in late",
        }
    }
}

impl Keep {
    /// In plain words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Keep::Command => "a command",
            Keep::PhoneOff => "texts to this phone are off",
            Keep::RepOnLine => "a rep texted a line",
            Keep::OptedOut => "opted out",
            Keep::Blocked => "the sender is blocked",
        }
    }
}

/// Decides where a text goes.
#[must_use]
pub fn route(facts: &Facts) -> Route {
    let stop = facts.keyword == Some(Keyword::Stop);
    match (facts.texted, facts.live) {
        (Texted::Stranger, _) => Route::Held(Hold::Stranger),
        _ if facts.from_ours => Route::Refused,
        // On a line it is the same customer and the same line, whenever it was sent.
        (Texted::Mask, Some(_)) if facts.younger && !stop => Route::Held(Hold::Younger),
        (_, Some(Side::Rep)) if stop => Route::Kept(Keep::PhoneOff),
        // Held on an ended leg, it might be forwarded some day: a command is never for a customer.
        (_, Some(Side::Rep)) | (Texted::Mask, None) if facts.command => Route::Kept(Keep::Command),
        (_, Some(_)) => Route::Into,
        (_, None) if facts.blocked && !facts.staff => Route::Kept(Keep::Blocked),
        // A word that turns texts off or on is for us and worth no conversation.
        (Texted::Mask, None) if facts.past == Past::Own && matches!(facts.keyword, None | Some(Keyword::Help)) => {
            Route::TakeUp
        }
        (Texted::Mask, None) => Route::Held(match facts.past {
            Past::Never => Hold::Never,
            Past::Ended | Past::Own => Hold::Ended,
            Past::Moved => Hold::Moved,
        }),
        // A rep's phone that texts a line never opens a conversation.
        (Texted::Line, None) if facts.staff && stop => Route::Kept(Keep::PhoneOff),
        (Texted::Line, None) if facts.staff && facts.command => Route::Kept(Keep::Command),
        (Texted::Line, None) if facts.staff => Route::Kept(Keep::RepOnLine),
        // There is nobody to answer, and a rep picked for it could not either.
        (Texted::Line, None) if stop => Route::Kept(Keep::OptedOut),
        (Texted::Line, None) => Route::Open,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> impl Strategy<Value = Facts> {
        let texted = prop_oneof![Just(Texted::Line), Just(Texted::Mask), Just(Texted::Stranger)];
        let live = prop_oneof![Just(None), Just(Some(Side::Outside)), Just(Some(Side::Rep))];
        let past = prop_oneof![Just(Past::Never), Just(Past::Ended), Just(Past::Moved), Just(Past::Own)];
        let words = [None, Some(Keyword::Stop), Some(Keyword::Start), Some(Keyword::Help)];
        let keyword = proptest::sample::select(words.to_vec());
        (texted, any::<bool>(), (live, any::<bool>()), any::<bool>(), past, keyword, any::<bool>(), any::<bool>())
            .prop_map(|(texted, from_ours, (live, younger), staff, past, keyword, command, blocked)| Facts {
                texted,
                from_ours,
                live,
                younger,
                staff,
                past,
                keyword,
                command,
                blocked,
            })
    }

    proptest! {
        #[test]
        fn only_a_live_leg_or_one_that_the_text_opens_relays_it(facts in facts()) {
            match route(&facts) {
                Route::Into => prop_assert!(facts.live.is_some() && !facts.from_ours),
                Route::Open => prop_assert!(
                    facts.live.is_none() && facts.texted == Texted::Line && !facts.staff && !facts.from_ours
                ),
                Route::TakeUp => prop_assert!(
                    facts.live.is_none() && facts.texted == Texted::Mask && facts.past == Past::Own
                ),
                Route::Held(_) => prop_assert!(
                    facts.texted == Texted::Stranger || facts.live.is_none() || facts.younger
                ),
                Route::Kept(_) | Route::Refused => {}
            }
        }

        #[test]
        fn a_loop_is_always_refused_and_an_ended_leg_never_opens_another(facts in facts()) {
            if facts.from_ours && facts.texted != Texted::Stranger {
                prop_assert_eq!(route(&facts), Route::Refused);
            }
            if facts.texted == Texted::Mask && facts.live.is_none() && !facts.from_ours && !facts.command && !facts.blocked {
                prop_assert!(matches!(route(&facts), Route::Held(_) | Route::TakeUp));
            }
        }

        #[test]
        fn a_blocked_sender_opens_nothing_and_is_held_nowhere(facts in facts()) {
            let quiet = facts.blocked && !facts.staff && facts.live.is_none() && facts.texted != Texted::Stranger;
            if quiet && !facts.from_ours {
                prop_assert!(matches!(route(&facts), Route::Kept(_)));
            }
        }

        #[test]
        fn what_customers_say_is_never_swallowed(facts in facts()) {
            let customer = facts.live == Some(Side::Outside) && !facts.from_ours && facts.texted != Texted::Stranger;
            if customer && (facts.texted == Texted::Line || !facts.younger) {
                prop_assert_eq!(route(&facts), Route::Into);
            }
        }
    }
}
