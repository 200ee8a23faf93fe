//! What stands beside a thread: the customer, the legs, the consent, and the forms for all actions except answering.

use askama::Template;
use futures_util::future::BoxFuture;

use super::labels::Labels;
use super::parties::Parties;
use crate::clock::{At, hours};
use crate::desk::customers::merge;
use crate::domain::customers::contact::Card;
use crate::domain::ids::{ConversationId, CustomerId, LegId};
use crate::domain::time::wall_clock::WallClock;
use crate::http::guards::Visit;
use crate::store::conversations::snoozes;
use crate::store::customers::contacts;
use crate::store::views::Viewer;
use crate::store::views::colleagues::{self, Colleague};
use crate::store::views::list::View;
use crate::store::views::thread::Head;
use crate::store::views::thread::details::{self, Leg, MayText, Together};
use crate::store::views::thread::evidence::{self, Entry, Evidence};
use crate::store::views::thread::namesakes::{self, Namesake};
use crate::store::views::thread::past::{self, Other};
use crate::store::{self, Tx};
use crate::web::page::frame::viewer;
use crate::web::page::refused::Refused;
use crate::web::page::stamp::Stamp;

/// How many other conversations of a customer are shown.
const OTHERS: i64 = 8;

#[derive(Template)]
#[template(path = "conversations/details.html")]
pub(in crate::web) struct Details {
    head: Head,
    view: View,
    viewer: Viewer,
    /// The whole number, in the answer to the one click that shows it.
    number: Option<String>,
    /// Who is in it and how long it has, where that takes the place of a customer.
    parties: Option<Parties>,
    card: Card,
    tags: String,
    legs: Vec<Leg>,
    may_text: MayText,
    entries: Vec<Entry>,
    block_reason: Option<String>,
    together: Vec<Together>,
    others: Vec<Other>,
    colleagues: Vec<Colleague>,
    namesakes: Vec<Namesake>,
    labels: Labels,
    refused: Refused,
    wall_clock: WallClock,
    now: At,
}

/// What a form of the details was answered: what was refused, a number that is shown, and why a label is not put on.
type Said = (Refused, Option<(Option<LegId>, String)>, Option<String>);

impl Details {
    /// Reads what belongs beside the conversation of `head`, as the visitor may see it.
    pub(in crate::web) fn load<'a>(
        tx: &'a mut Tx,
        visit: &'a Visit<'_>,
        head: &'a Head,
        view: View,
        said: Said,
    ) -> BoxFuture<'a, store::Result<Details>> {
        Box::pin(Self::read(tx, visit, head, view, said))
    }

    async fn read(
        tx: &mut Tx,
        visit: &Visit<'_>,
        head: &Head,
        view: View,
        (refused, shown, label_why): Said,
    ) -> store::Result<Details> {
        let (viewer, now) = (viewer(&visit.who), visit.now);
        let group = match head.customer {
            Some(customer) if head.knows => contacts::group(tx, customer).await?,
            // Who else it is stands on the card.
            Some(customer) => vec![customer],
            None => Vec::new(),
        };
        let card = match group.first() {
            Some(first) if head.knows => contacts::card(tx, *first).await?,
            _ => Card::default(),
        };
        let together = match head.customer {
            Some(own) => details::together(tx, viewer, &group, own).await?,
            None => Vec::new(),
        };
        let mut colleagues = match head.line.filter(|_| head.closed_at.is_none()) {
            Some(line) => colleagues::of(tx, line, now).await?,
            None => Vec::new(),
        };
        colleagues.retain(|other| Some(other.id) != head.rep);
        let hours = snoozes::hours(tx, viewer.person, head.id).await?;
        let parties = match &head.pair {
            Some(pair) => Some(Parties::load(tx, pair, view, (shown.as_ref(), &refused), now).await?),
            None => None,
        };
        Ok(Details {
            legs: details::legs(tx, viewer, head.id, now).await?,
            may_text: details::may_text(tx, head).await?,
            entries: evidence::of(tx, head).await?,
            block_reason: evidence::block_reason(tx, head).await?,
            others: past::others(tx, viewer, (&group, head.id), OTHERS).await?,
            namesakes: namesakes(tx, viewer, head.customer, &refused).await?,
            labels: Labels::load(tx, head.id, view, label_why).await?,
            tags: card.tags.join(", "),
            wall_clock: WallClock::of(hours.as_deref()),
            head: head.clone(),
            view,
            viewer,
            number: shown.map(|(_, number)| number),
            parties,
            card,
            together,
            colleagues,
            refused,
            now,
        })
    }

    /// The address of a form, which brings the details to the front of a phone.
    fn at(&self, what: &str) -> String {
        format!("/conversations/{}/{what}?view={}#details", self.head.id, self.view)
    }

    /// A manager may see what is hidden from everybody else.
    fn can_show(&self) -> bool {
        self.viewer.sees_all() && self.head.customer.is_some() && self.head.contact.masked.starts_with('•')
    }

    /// The number is hidden from the reader, who cannot ask for it.
    fn hides_number(&self) -> bool {
        !self.viewer.sees_all() && self.head.contact.masked.starts_with('•')
    }

    /// The number was shown, which a reload hides again, or the form of the contact was refused.
    fn keeps_contact(&self) -> bool {
        self.number.is_some() || self.refused.is("contact")
    }

    /// One of the forms of what can be done was refused.
    fn keeps_acts(&self) -> bool {
        ["transfer", "snooze", "close", "merge", "block"].contains(&self.refused.form)
    }

    fn stamp(at: &At) -> Stamp {
        Stamp(*at)
    }

    /// What the newest word about texting says, in one sentence.
    fn told(&self) -> String {
        let day = |at: At| Stamp(at).day();
        match self.may_text {
            MayText::Yes => "Yes. Never opted out.".to_owned(),
            MayText::Again(at) => format!("Yes, opted in again on {}.", day(at)),
            MayText::OptedOutByStaff(at) => format!("No. A colleague entered on {} that they want none.", day(at)),
            MayText::OptedOut(at) => format!("No, opted out on {}. Only they can lift it, by START.", day(at)),
            MayText::Blocked(at) => format!("No, this line is blocked since {}. START lifts it.", day(at)),
        }
    }

    /// A text may be sent, as far as consent and the carrier go.
    fn may(&self) -> bool {
        matches!(self.may_text, MayText::Yes | MayText::Again(_))
    }

    /// A colleague entered the opt-out that holds, so staff can take it back.
    fn staff_out(&self) -> bool {
        matches!(self.may_text, MayText::OptedOutByStaff(_))
    }

    /// Staff may enter that they want no texts, or take back what staff entered.
    fn is_for_staff(&self) -> bool {
        self.staff_out() || self.may()
    }

    /// The reader may follow a link into this conversation.
    fn links(&self, of: &ConversationId) -> bool {
        *of == self.head.id || self.others.iter().any(|other| other.id == *of)
    }

    /// Those who can take a customer now, and those who cannot.
    fn choices(&self) -> [(&'static str, Vec<&Colleague>); 2] {
        let (free, busy) = self.colleagues.iter().partition(|other| other.obstacle.is_none());
        [("Can take it now", free), ("Not now", busy)]
    }

    /// Whether somebody is on duty, until when they are off, and how much they have.
    fn availability(&self, other: &Colleague) -> String {
        let open = match other.limit {
            Some(limit) => format!("{} open of {limit}", other.open),
            None => format!("{} open", other.open),
        };
        let duty = match (other.obstacle, other.back_at) {
            (None, _) => "on duty".to_owned(),
            (Some("full"), _) => "on duty, full".to_owned(),
            (Some("off duty"), Some(back)) => format!("off duty until {}", self.wall_clock.short(back, self.now)),
            (Some(why), _) => why.to_owned(),
        };
        format!("{duty}, {open}")
    }

    fn is_chosen(&self, other: &Colleague) -> bool {
        self.refused.typed("transfer", "to", "") == other.id.to_string()
    }

    /// The name of the reader's time zone.
    pub(in crate::web) fn zone(&self) -> &str {
        self.wall_clock.zone()
    }

    /// The time that the picker of "until" begins with: the hour after the next one.
    pub(in crate::web) fn pick_at(&self) -> String {
        let next = At((self.now + hours(2)).0 / 3_600_000_000 * 3_600_000_000);
        self.refused.typed("snooze", "until", &self.wall_clock.field(next)).to_owned()
    }
}

/// Whom the words of a refused merge may mean.
async fn namesakes(
    tx: &mut Tx,
    viewer: Viewer,
    customer: Option<CustomerId>,
    refused: &Refused,
) -> store::Result<Vec<Namesake>> {
    let with = refused.typed("merge", "with", "");
    match customer.filter(|_| merge::numbered(with).is_none()) {
        Some(customer) => namesakes::called(tx, viewer, with, customer).await,
        None => Ok(Vec::new()),
    }
}
