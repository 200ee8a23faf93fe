//! Relays a message: one draft for every other leg of its conversation whose phone takes texts now.
//!
//! It depends on its inputs only; `receiving/` and `replies/` both use it.

use super::Draft;
use crate::clock::At;
use crate::domain::ids::{LegId, MessageId, PersonId};
use crate::domain::leg::Role;
use crate::domain::numbers::phone::masked;
use crate::domain::outbox::delivery;
use crate::domain::pairs::pair;
use crate::domain::policy::Policies;
use crate::domain::words::text::Wording;
use crate::store::routing::routes::{Conversation, LiveLeg};

/// Who said it, so that nobody gets an echo and a colleague is named.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// The leg that it came by; none from the web.
    pub leg: Option<LegId>,
    /// The person, if staff.
    pub person: Option<PersonId>,
    /// Their name, if staff; a party's alias.
    pub name: &'a str,
}

/// How the customer is called towards staff: the name, and the last two digits.
#[must_use]
pub fn customer_label(conversation: &Conversation) -> String {
    let digits = conversation.customer_phone.as_deref().map(masked).unwrap_or_default();
    match conversation.customer_name.as_deref() {
        Some(name) => format!("{name} {digits}"),
        None => digits,
    }
}

/// What a message says to those who hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// To staff.
    pub staff: String,
    /// To customers and parties.
    pub others: String,
}

impl Words {
    /// The same to everybody.
    #[must_use]
    pub fn plain(body: &str) -> Self {
        Words { staff: body.to_owned(), others: body.to_owned() }
    }
}

/// What a message becomes on the other legs of its conversation.
#[derive(Debug, Default)]
#[must_use = "nobody gets anything until the drafts are enqueued"]
pub struct Fan {
    /// One for each phone that takes texts now.
    pub drafts: Vec<Draft>,
    /// Legs that hear of their conversation for the first time.
    pub greeted: Vec<LegId>,
    /// It waits for the phone of the rep, who is off duty, or of the rep who gets the conversation.
    pub waits: bool,
}

/// The drafts for `words` at `now`. A conversation's rep is texted while on duty; nobody else's duty matters.
pub fn fan_out(
    conversation: &Conversation,
    legs: &[LiveLeg],
    author: Author<'_>,
    message: MessageId,
    words: &Words,
    house: &Policies,
    now: At,
) -> Fan {
    let own_phone = author.person.is_some() && author.person == conversation.pinned_to;
    let missing = match conversation.pinned_to {
        None => conversation.customer.is_some(),
        Some(_) => conversation.rep_phone.is_some() && !own_phone && !conversation.on_shift(now),
    };
    let mut fan = Fan { waits: missing, ..Fan::default() };
    let parties = legs.iter().filter(|leg| leg.conversation == conversation.id && leg.role == Role::Party).count();
    for leg in legs.iter().filter(|leg| leg.conversation == conversation.id) {
        let own = author.leg == Some(leg.id) || (author.person.is_some() && author.person == leg.person);
        if own || !leg.reachable || (leg.person.is_some() && missing) {
            continue;
        }
        let mut text = String::new();
        if leg.role == Role::Rep {
            if let Some(context) = context(leg, conversation, house) {
                fan.greeted.push(leg.id);
                text.push_str(&context);
            }
            if author.person.is_some() {
                // A colleague's words in this rep's thread are not the customer's.
                text.push_str(author.name);
                text.push_str(": ");
            }
        }
        match leg.role {
            Role::Party => text.push_str(&pair::as_heard(author.name, parties, &words.others)),
            Role::Rep => text.push_str(&words.staff),
            Role::Customer => text.push_str(&words.others),
        }
        fan.drafts.push(draft(conversation, leg, message, text));
    }
    fan
}

/// The line with which a fresh thread on a rep's phone begins: who it is about, and which line they texted. `None` where
/// the thread is not fresh, or its line does without.
pub(in crate::desk) fn context(leg: &LiveLeg, conversation: &Conversation, house: &Policies) -> Option<String> {
    if leg.greeted || !house.support_of(conversation.line_policies.as_deref()).context_line {
        return None;
    }
    let customer = customer_label(conversation);
    Some(match &conversation.line_name {
        Some(line) => {
            let said =
                Wording::Context.say(conversation.line_context.as_deref(), &[("customer", &customer), ("line", line)]);
            format!("{said}\n")
        }
        None => format!("{customer}:\n"),
    })
}

/// A message on its way by one leg.
pub(in crate::desk) fn draft(conversation: &Conversation, leg: &LiveLeg, message: MessageId, body: String) -> Draft {
    Draft {
        message: Some(message),
        leg: Some(leg.id),
        conversation: Some(conversation.id),
        kind: delivery::Kind::Text,
        number: leg.number,
        to: leg.phone.clone(),
        person: leg.person,
        body,
        window_at: None,
    }
}
