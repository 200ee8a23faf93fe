//! Asks the carrier who had a customer whose first text was missed: an earlier life of this database may have passed it on.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;

use super::say;
use crate::carrier::Listed;
use crate::clock::{At, minutes};
use crate::desk::{Desk, Had};
use crate::domain::earlier::{Sent, lane_of};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::keyword;
use crate::store::arrivals::{self, Arrival, Whose};
use crate::store::opening::{self, Counted};
use crate::store::{Result, attempts, selected};

/// The two clocks may differ by so much.
const CLOCKS_DIFFER: Duration = minutes(1);
/// Lists asked for at once.
const AT_ONCE: usize = 8;
/// Most texts of one customer that are compared.
const MOST: i64 = 20;

/// What the carrier has sent to reps, as far as it was asked for.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    lists: HashMap<String, (At, Vec<Listed>)>,
}

/// Why it is not known.
pub(super) enum Unknown {
    /// The carrier could not be asked.
    Carrier,
    Store(crate::store::Error),
}

/// A rep who may have had the customer, with the masks that are free for the rep's phone.
struct Candidate {
    rep: PersonId,
    phone: String,
    masks: Vec<(NumberId, String)>,
}

impl Earlier {
    /// Who had the sender of `arrival`, which was sent at `sent_at`, if it would open a conversation now and the carrier shows
    /// that it did before.
    pub(super) async fn had(
        &mut self,
        desk: &Desk,
        arrival: &Arrival,
        sent_at: At,
    ) -> std::result::Result<Option<Had>, Unknown> {
        let (candidates, texts) = facts(desk, arrival).await.map_err(Unknown::Store)?;
        if candidates.is_empty() {
            return Ok(None);
        }
        let since = sent_at - CLOCKS_DIFFER;
        self.ask(desk, &candidates, since).await?;
        let listed: Vec<(PersonId, NumberId, &Listed)> = candidates
            .iter()
            .flat_map(|one| {
                let texts = self.lists.get(&one.phone).map(|(_, texts)| texts.as_slice()).unwrap_or_default();
                texts.iter().filter_map(|text| {
                    let mask = one.masks.iter().find(|(_, number)| *number == text.from)?.0;
                    Some((one.rep, mask, text))
                })
            })
            .collect();
        let unbound = unbound(desk, &listed).await.map_err(Unknown::Store)?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let lane = lane_of(&texts, sent_at, &unbound);
        if lane.is_some() {
            tracing::warn!(
                "a missed text had been passed on by an earlier life of this database: its rep has it again"
            );
        }
        Ok(lane.map(|(rep, mask)| Had { rep, mask }))
    }

    /// Asks for what was sent to these reps since then, unless that is known.
    async fn ask(&mut self, desk: &Desk, candidates: &[Candidate], since: At) -> std::result::Result<(), Unknown> {
        let wanted = candidates.iter().filter(|one| self.lists.get(&one.phone).is_none_or(|(from, _)| *from > since));
        let mut asked = futures_util::stream::iter(wanted.map(|one| one.phone.clone()).collect::<Vec<_>>())
            .map(|phone| async move {
                let listed = desk.carrier.sent_to(&phone, since).await;
                (phone, listed)
            })
            .buffer_unordered(AT_ONCE);
        let mut got = Vec::new();
        while let Some((phone, listed)) = asked.next().await {
            match listed {
                Ok(texts) => got.push((phone, texts)),
                Err(why) => {
                    say(&why);
                    return Err(Unknown::Carrier);
                }
            }
        }
        drop(asked);
        self.lists.extend(got.into_iter().map(|(phone, texts)| (phone, (since, texts))));
        Ok(())
    }
}

/// Who may have had the customer, and the customer's texts to this number that wait; nobody if the text opens nothing.
async fn facts(desk: &Desk, arrival: &Arrival) -> Result<(Vec<Candidate>, Vec<String>)> {
    let mut tx = desk.store.read().await?;
    let selected = selected::selected(&mut tx, &[(arrival.from.as_str(), arrival.to.as_str())]).await?;
    let line = selected.first().filter(|one| one.conversation.is_none() && !one.from_ours).and_then(|one| one.number);
    let (Some((line, true)), None) = (line, keyword::of(&arrival.body)) else { return Ok((Vec::new(), Vec::new())) };
    let now = desk.clock.now();
    let mut candidates = Vec::new();
    for member in opening::members(&mut tx, line, None, Counted::Limited, now).await? {
        let Some(phone) = member.phone.filter(|_| member.member.enabled) else { continue };
        let masks = opening::masks(&mut tx, &phone).await?;
        let masks = opening::numbers_of(&mut tx, &masks.iter().map(|mask| mask.id).collect::<Vec<_>>()).await?;
        candidates.push(Candidate { rep: member.member.id, phone, masks });
    }
    let waiting = arrivals::earliest(&mut tx, Whose::Phone(&arrival.from), &[], MOST).await?;
    let later = waiting.into_iter().filter(|one| one.to == arrival.to && one.carrier_id != arrival.carrier_id);
    let texts = std::iter::once(arrival.body.clone()).chain(later.map(|one| one.body)).collect();
    Ok((candidates, texts))
}

/// Those of these texts that are bound to nothing here.
async fn unbound(desk: &Desk, listed: &[(PersonId, NumberId, &Listed)]) -> Result<Vec<Sent<(PersonId, NumberId)>>> {
    let mut tx = desk.store.read().await?;
    let mut bound = std::collections::HashSet::new();
    let ids: Vec<&str> = listed.iter().map(|(.., text)| text.id.as_str()).collect();
    for some in ids.chunks(256) {
        bound.extend(attempts::bound(&mut tx, some).await?);
    }
    Ok(listed
        .iter()
        .filter(|(.., text)| !bound.contains(&text.id))
        .map(|(rep, mask, text)| Sent { lane: (*rep, *mask), body: text.body.clone(), created_at: text.created_at })
        .collect())
}
