//! What stands around every page of a signed-in person: views, counts, problems, and who is signed in.

use std::time::Duration;

use askama::Template;
use futures_util::future::BoxFuture;

pub use super::here::Here;
use super::stamp::Stamp;
use crate::clock::{At, hours, minutes};
use crate::desk::people::sessions::Who;
use crate::desk::routing::legs::NO_MASK;
use crate::desk::upkeep::tallies;
use crate::domain::ids::PersonId;
use crate::domain::people::person::{self, Duty, Role};
use crate::domain::time::offset;
use crate::http::guards::Visit;
use crate::store::conversations::changes;
use crate::store::outbox::outage;
use crate::store::pool::peaks;
use crate::store::programs::endpoints;
use crate::store::upkeep::carrier_clock::{self, Kept};
use crate::store::views::Viewer;
use crate::store::views::list::{Counts, LineCount, View, ViewContext, Which, counts};
use crate::store::views::managers::health;
use crate::store::{self, Tx};

/// Something that needs a hand.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// Since when, or the last time.
    pub at: Option<Stamp>,
    /// What helps.
    pub remedy: &'static str,
}

/// The views with their counts, and what belongs to every page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/views.html")]
pub struct Frame {
    /// Who reads.
    pub who: Who,
    /// Where.
    pub here: Here,
    /// The numbers beside the views.
    pub counts: Counts,
    /// What needs a hand, for those who can do something about it.
    pub troubles: Vec<Trouble>,
    /// Since when texts to the reader's own phone are off.
    pub phone_off: Option<Stamp>,
    /// The newest change that this page can know of.
    pub cursor: i64,
    /// Whether the carrier is the simulator.
    pub simulator: bool,
}

/// A viewer with a person's rights.
#[must_use]
pub fn viewer(who: &Who) -> Viewer {
    Viewer { person: who.id, role: who.role }
}

impl Frame {
    /// Reads it. The cursor is read first, so that a change during the reading is announced again, not missed.
    ///
    /// Boxed, as is what else many pages await: the code of an `async fn` is compiled again wherever it is awaited.
    pub fn load<'a>(tx: &'a mut Tx, visit: &'a Visit<'_>, here: Here) -> BoxFuture<'a, store::Result<Self>> {
        Box::pin(Self::read(tx, visit, here))
    }

    async fn read(tx: &mut Tx, visit: &Visit<'_>, here: Here) -> store::Result<Self> {
        let (who, now) = (visit.who.clone(), visit.now);
        let cursor = changes::newest(tx).await?;
        let context = ViewContext::load(tx, viewer(&who), View::default(), None).await?;
        let counts = counts(tx, viewer(&who), here.view(), &context).await?;
        let muted = health::muted_phones(tx).await?;
        let phone_off = muted.iter().find(|one| one.id == who.id).map(|one| Stamp(one.at));
        let mut troubles = if who.role >= Role::Manager { troubles(tx, who.role, now).await? } else { Vec::new() };
        if who.role >= Role::Manager {
            troubles.extend(muted.into_iter().filter(|one| one.id != who.id).map(|one| Trouble {
                what: format!("{}'s phone takes no texts, their customers are answered in the inbox. Since", one.name),
                at: Some(Stamp(one.at)),
                remedy: "They turn them on by #on or START from the phone, or in the inbox.",
            }));
        }
        Ok(Frame { who, here, counts, troubles, phone_off, cursor, simulator: visit.site.simulated() })
    }

    /// Whether the reader is in this view.
    #[must_use]
    pub fn is_at(&self, which: &Which) -> bool {
        matches!(self.here, Here::View(view) if view.which == *which)
    }

    /// The view of that kind, of the line that the reader has chosen.
    #[must_use]
    pub fn beside(&self, which: &Which) -> View {
        self.here.view().beside(*which)
    }

    /// The line that the reader has chosen.
    #[must_use]
    pub fn line(&self) -> Option<&LineCount> {
        let chosen = self.here.view().line?;
        self.counts.lines.iter().find(|line| line.id == chosen)
    }

    /// Whether the reader has chosen this line.
    #[must_use]
    pub fn is_on(&self, line: &LineCount) -> bool {
        self.here.view().line == Some(line.id)
    }

    /// The view that the reader is in, of this line, or of all if it is chosen already.
    #[must_use]
    pub fn on(&self, line: &LineCount) -> View {
        self.here.view().on(Some(line.id).filter(|_| !self.is_on(line)))
    }

    /// The number beside a view, in words.
    #[must_use]
    pub fn count(&self, which: &Which) -> Option<String> {
        self.counts.of(*which).map(Counts::said)
    }

    /// The number beside the held texts, in words.
    #[must_use]
    pub fn held(&self) -> String {
        Counts::said(self.counts.held)
    }

    /// Whether the number is one that somebody should act on.
    #[must_use]
    pub fn is_hot(&self, which: &Which) -> bool {
        matches!(which, Which::Unassigned | Which::Failed) && self.counts.of(*which).is_some_and(|count| count > 0)
    }

    /// Whether the view is shown: what nothing is in and hardly ever anything is, is not.
    #[must_use]
    pub fn has(&self, which: &Which) -> bool {
        *which != Which::Mentions || self.is_at(which) || self.counts.of(*which).is_some_and(|count| count > 0)
    }

    /// The jack for the reader's duty.
    #[must_use]
    pub fn jack(&self) -> &'static str {
        if self.who.duty == Duty::On { "ours" } else { "none" }
    }

    /// The held texts, which managers decide about, stand before this view.
    fn is_after_held(&self, which: &Which) -> bool {
        *which == Which::Closed && self.who.role >= Role::Manager
    }

    /// The unread ones as the title tells them: `(8) `.
    #[must_use]
    pub fn unread(&self) -> String {
        if self.counts.unread == 0 { String::new() } else { format!("({}) ", Counts::said(self.counts.unread)) }
    }

    /// The reader's initials.
    #[must_use]
    pub fn initials(&self) -> String {
        person::initials(&self.who.name)
    }

    /// The reader.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.who.id
    }
}

async fn troubles(tx: &mut Tx, role: Role, now: At) -> store::Result<Vec<Trouble>> {
    let mut troubles: Vec<Trouble> = health::paused_senders(tx)
        .await?
        .into_iter()
        .map(|paused| Trouble {
            what: if paused.why.is_empty() {
                format!("{} sends nothing since", paused.name)
            } else {
                format!("{} sends nothing: {}. Since", paused.name, paused.why.trim_end_matches('.'))
            },
            at: Some(Stamp(paused.at)),
            remedy: "It is tried again by itself. Run switchboard doctor: it names the fix.",
        })
        .collect();
    troubles.extend(missed(tx, now).await?);
    if role >= Role::Manager {
        troubles.extend(stopped(tx, now).await?);
    }
    if role >= Role::Admin
        && let Some(tally) = health::tally(tx, health::REJECTED_WEBHOOKS).await?
        && now.since(tally.last_at) < hours(24)
    {
        let texts = if tally.total == 1 { "webhook was" } else { "webhooks were" };
        troubles.push(Trouble {
            what: format!("{} {texts} turned away in all, because the signature was wrong. Last", tally.total),
            at: Some(Stamp(tally.last_at)),
            remedy: "Check the auth token and the public address.",
        });
    }
    troubles.extend(peaks::latest(tx, now - hours(1)).await?.into_iter().filter(|one| one.low).map(|low| Trouble {
        what: format!("Masks run low in {}: the busiest phone has {} of {}. Measured", low.country, low.busiest, low.masks),
        at: Some(Stamp(low.at)),
        remedy: "An admin can order more under Pool; without, rests are shortened and then some go on in the inbox alone.",
    }));
    if role >= Role::Admin {
        troubles.extend(endpoints::disabled(tx).await?.into_iter().map(|(url, at, why)| Trouble {
            what: format!("No events are posted to {url}: {why}. Since"),
            at: Some(Stamp(at)),
            remedy: "Mend it, then enable it under Endpoints: what has happened meanwhile is posted then.",
        }));
    }
    if role >= Role::Manager
        && let Some(tally) = health::tally(tx, NO_MASK).await?
        && now.since(tally.last_at) < hours(24)
    {
        let found = if tally.total == 1 { "conversation found" } else { "conversations found" };
        troubles.push(Trouble {
            what: format!("{} {found} no mask in all and went on in the inbox alone. Last", tally.total),
            at: Some(Stamp(tally.last_at)),
            remedy: "Add masks: one for each open or lately closed conversation of the busiest phone.",
        });
    }
    Ok(troubles)
}

/// What is not sent because the operator has set a limit.
async fn stopped(tx: &mut Tx, now: At) -> store::Result<Vec<Trouble>> {
    let mut troubles = Vec::new();
    if let Some(tally) = recent(tx, tallies::ABROAD, now, hours(24)).await? {
        let texts = if tally.total == 1 { "text was" } else { "texts were" };
        troubles.push(Trouble {
            what: format!("{} {texts} not sent in all, because of the country of the phone. Last", tally.total),
            at: Some(Stamp(tally.last_at)),
            remedy: "If they are no abuse, add the country to SWITCHBOARD_DELIVERY__COUNTRIES.",
        });
    }
    if let Some(tally) = recent(tx, tallies::SPENT, now, hours(24)).await? {
        troubles.push(Trouble {
            what:
                "The most of the day has been sent: texts wait until midnight UTC, if they are valid for so long. Last"
                    .to_owned(),
            at: Some(Stamp(tally.last_at)),
            remedy: "Look who sends so much; if it is no abuse, raise SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY.",
        });
    }
    Ok(troubles)
}

/// What is not between us and the carrier as it should be: clocks that differ, texts that came late, a carrier that cannot be
/// asked, texts that it sent and we know nothing of.
async fn missed(tx: &mut Tx, now: At) -> store::Result<Vec<Trouble>> {
    let mut troubles = Vec::new();
    if let Some(out) = outage::get(tx).await?.filter(|out| !out.trial) {
        troubles.push(Trouble {
            what: format!("The carrier cannot be reached ({}): texts wait. Since", out.why.trim_end_matches('.')),
            at: Some(Stamp(out.since)),
            remedy: "It is asked every few seconds; everything is sent once it answers. Run switchboard doctor if this stays.",
        });
    }
    if let Some(Kept { ahead, off_since: Some(since) }) = carrier_clock::get(tx).await? {
        troubles.push(Trouble {
            what: format!("Our clock is {} the carrier's. Since", offset::worded(ahead)),
            at: Some(Stamp(since)),
            remedy: "Have it set by the network (NTP). Until then instants are compared by the difference.",
        });
    }
    if let Some(tally) = recent(tx, tallies::MISSED_TEXTS, now, hours(24)).await? {
        let texts = if tally.total == 1 { "text was" } else { "texts were" };
        troubles.push(Trouble {
            what: format!("{} {texts} missed in all and taken in later. Last", tally.total),
            at: Some(Stamp(tally.last_at)),
            remedy: "After an outage that is as it should be; otherwise run switchboard doctor: it checks the webhooks.",
        });
    }
    if let Some(tally) = recent(tx, tallies::UNASKED, now, minutes(10)).await? {
        troubles.push(Trouble {
            what: "The carrier cannot be asked for texts that were missed; nothing is closed meanwhile. Last tried"
                .to_owned(),
            at: Some(Stamp(tally.last_at)),
            remedy: "It is asked again and again; run switchboard doctor if this stays.",
        });
    }
    if let Some(tally) = recent(tx, tallies::UNLOOKED, now, hours(24)).await? {
        let texts = if tally.total == 1 { "text was" } else { "texts were" };
        troubles.push(Trouble {
            what: format!(
                "{} {texts} passed on without knowing what their phone had sent meanwhile, such as STOP. Last",
                tally.total
            ),
            at: Some(Stamp(tally.last_at)),
            remedy: "The carrier's lists could not be had for 15 minutes. Look at who has stopped since; run switchboard doctor.",
        });
    }
    if let Some(tally) = recent(tx, tallies::STRANGE_TEXTS, now, hours(24)).await? {
        troubles.push(Trouble {
            what: format!("The carrier has sent {} texts that this database does not know. Found", tally.total),
            at: Some(Stamp(tally.last_at)),
            remedy: "Was it restored from a backup? What waited was looked up there, so that nothing is sent twice.",
        });
    }
    Ok(troubles)
}

async fn recent(tx: &mut Tx, name: &str, now: At, within: Duration) -> store::Result<Option<health::Tally>> {
    Ok(health::tally(tx, name).await?.filter(|tally| now.since(tally.last_at) < within))
}
