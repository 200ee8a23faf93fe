//! Asks the carrier who had a customer whose first text was missed: the program may have relayed it before the database
//! went back.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;

use super::say;
use crate::carrier::Listed;
use crate::clock::At;
use crate::desk::{Desk, Had};
use crate::domain::characters::seen;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::outbox::doubt::MARGIN;
use crate::domain::routing::adoption::{Adoption, Missed, Relayed, adopt};
use crate::domain::words::keyword;
use crate::store::Result;
use crate::store::outbox::attempts;
use crate::store::receiving::arrivals::{self, Arrival, Whose};
use crate::store::routing::opening::{self, Counted};
use crate::store::routing::selected;

/// Lists asked for at once.
const AT_ONCE: usize = 8;
/// Most texts of a line that are compared.
const MOST: i64 = 500;

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
        let (candidates, said) = facts(desk, arrival, sent_at).await.map_err(Unknown::Store)?;
        if candidates.is_empty() || seen::is_blank(&arrival.body) {
            return Ok(None);
        }
        self.ask(desk, &candidates, sent_at - MARGIN).await?;
        let listed: Vec<((PersonId, NumberId), &Listed)> = candidates
            .iter()
            .flat_map(|one| {
                let texts = self.lists.get(&one.phone).map(|(_, texts)| texts.as_slice()).unwrap_or_default();
                texts.iter().filter_map(|text| {
                    let mask = one.masks.iter().find(|(_, number)| *number == text.from)?.0;
                    Some(((one.rep, mask), text))
                })
            })
            .collect();
        let ids: Vec<&str> = listed.iter().map(|(_, text)| text.id.as_str()).collect();
        let bound = bound(desk, &ids).await.map_err(Unknown::Store)?;
        let relayed: Vec<Relayed<'_, _>> = listed
            .iter()
            .filter(|(_, text)| !bound.contains(&text.id))
            .map(|(pair, text)| Relayed { pair: *pair, body: &text.body, made_at: text.created_at })
            .collect();
        match adopt(&missed(&said.own), &missed(&said.others), &relayed) {
            Adoption::Pair((rep, mask), since) => {
                tracing::warn!("a missed text was passed on before the database was restored: the same rep gets it");
                Ok(Some(Had { rep, mask, since }))
            }
            Adoption::Several => {
                tracing::error!(
                    "one of several reps may have got a missed text before the database was restored: a rep is picked anew, \
                     and the text may come twice"
                );
                Ok(None)
            }
            // What was sent just before the database went back may not be listed yet.
            Adoption::Nobody
                if desk
                    .readiness
                    .gone_back_at()
                    .is_some_and(|at| at + desk.policies.delivery.listed_within() > desk.clock.now()) =>
            {
                Err(Unknown::Carrier)
            }
            Adoption::Nobody => Ok(None),
        }
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

/// What was missed on one line: the bodies, and when they were sent.
#[derive(Debug, Default)]
struct Said {
    /// Of this customer, the first one first.
    own: Vec<(String, At)>,
    /// Of others whom nobody has.
    others: Vec<(String, At)>,
}

fn missed(texts: &[(String, At)]) -> Vec<Missed<'_>> {
    texts.iter().map(|(body, sent_at)| Missed { body, sent_at: *sent_at }).collect()
}

/// Who may have had the customer, and what waits to be taken in on this line; nobody if the text opens nothing.
async fn facts(desk: &Desk, arrival: &Arrival, sent_at: At) -> Result<(Vec<Candidate>, Said)> {
    let mut tx = desk.store.read().await?;
    let selected = selected::selected(&mut tx, &[(arrival.from.as_str(), arrival.to.as_str())]).await?;
    let line = selected.first().filter(|one| one.conversation.is_none() && !one.from_ours).and_then(|one| one.number);
    let (Some((line, true)), None) = (line, keyword::of(&arrival.body)) else { return Ok(Default::default()) };
    let now = desk.clock.now();
    let mut candidates = Vec::new();
    for member in opening::members(&mut tx, line, None, Counted::Limited, now).await? {
        let Some(phone) = member.phone.filter(|_| member.member.enabled) else { continue };
        // None of these has a live leg of this phone.
        let masks = opening::masks(&mut tx, &phone).await?;
        let masks = opening::numbers_of(&mut tx, &masks.iter().map(|mask| mask.id).collect::<Vec<_>>()).await?;
        candidates.push(Candidate { rep: member.member.id, phone, masks });
    }
    let numbers = [arrival.to.clone()];
    let waiting = arrivals::earliest(&mut tx, Whose::Numbers(&numbers), &[], now, MOST).await?;
    let asked: Vec<(&str, &str)> = waiting.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    let theirs = selected::selected(&mut tx, &asked).await?;
    let mut said = Said { own: vec![(arrival.body.clone(), sent_at)], others: Vec::new() };
    for (one, theirs) in waiting.iter().zip(theirs).filter(|(one, _)| one.carrier_id != arrival.carrier_id) {
        let text = (one.body.clone(), one.sent_at.unwrap_or(one.arrived_at));
        if one.from == arrival.from {
            said.own.push(text);
        } else if theirs.conversation.is_none() {
            said.others.push(text);
        }
    }
    Ok((candidates, said))
}

async fn bound(desk: &Desk, ids: &[&str]) -> Result<HashSet<String>> {
    let mut tx = desk.store.read().await?;
    Ok(attempts::bound(&mut tx, ids).await?.into_iter().collect())
}
