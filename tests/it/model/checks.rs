//! What must hold at the end of every sequence, whatever happened in it.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::clock::hours;

use super::oracle::{Event, hold};
use super::run::Run;
use crate::house::carrier_is_content;

/// How deliveries end of which the carrier has a copy.
const REACHED: [&str; 4] = ["accepted", "sent", "delivered", "undelivered"];

impl Run {
    /// The carrier is well again and time passes, until nothing waits; then the books are compared.
    pub(super) async fn comes_to_rest(&mut self) -> Event {
        self.heals();
        for (token, task) in std::mem::take(&mut self.rig.held) {
            self.rig.carrier.answer(&token);
            task.await.map_err(|why| why.to_string())?;
            self.follows().await?;
        }
        self.finds_all().await?;
        for _ in 0..40 {
            carrier_is_content(self.rig.store(), self.rig.clock.now()).await.map_err(|why| why.to_string())?;
            let open = |state: &str| ["ready", "sending", "unknown"].contains(&state);
            if !self.oracle.outs.values().any(|out| open(&out.state)) {
                break;
            }
            self.passes(hours(1), true).await?;
        }
        self.works().await?;
        self.every_delivery_is_accounted_for()?;
        self.lanes_are_in_order()
    }

    /// Each reached the carrier once if it could, and never twice; and what did not says why.
    fn every_delivery_is_accounted_for(&mut self) -> Event {
        let mut copies: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for taken in self.rig.carrier.taken() {
            let key = taken.key.trim_start_matches("switchboard-");
            let id: i64 = key.parse().map_err(|_| format!("the carrier has {taken:?}"))?;
            let out =
                self.oracle.outs.get(&id).ok_or_else(|| format!("the carrier has {taken:?}, and nobody wrote it"))?;
            let from = &self.oracle.numbers[&out.number].e164;
            hold!(
                (from, &out.to, &out.body) == (&taken.from, &taken.to, &taken.body),
                "{taken:?} went astray: {out:?}"
            );
            copies.entry(id).or_default().push(taken.id);
        }
        self.deal_out_alike(&mut copies);
        let mut ends: BTreeSet<String> = BTreeSet::new();
        for (id, out) in &self.oracle.outs {
            let taken = copies.get(id).map_or(&[][..], Vec::as_slice);
            hold!(taken.len() <= 1, "{} copies of {out:?}", taken.len());
            let wrong = taken.iter().any(|one| self.reports.wrong.contains(one));
            let once = taken.len() == 1;
            match out.state.as_str() {
                state if REACHED.contains(&state) => hold!(once, "the carrier never had {out:?}"),
                "failed" => hold!(once == wrong, "{out:?} failed, and the carrier has {taken:?}"),
                "suppressed" | "expired" | "dead" => hold!(!once, "the carrier has {out:?}"),
                "parked" => {}
                _ => return Err(format!("it never came to rest: {out:?}")),
            }
            ends.insert(out.state.clone());
        }
        for state in ends {
            self.oracle.count(match state.as_str() {
                "accepted" => "sequences with: accepted",
                "sent" => "sequences with: sent",
                "delivered" => "sequences with: delivered",
                "undelivered" => "sequences with: undelivered",
                "failed" => "sequences with: failed",
                "suppressed" => "sequences with: suppressed",
                "expired" => "sequences with: expired",
                "parked" => "sequences with: parked",
                _ => "sequences with: dead",
            });
        }
        Ok(())
    }

    /// Texts that say the same between the same two numbers cannot be told apart in the carrier's list. If the first is in
    /// doubt and the list cannot be had until the second is too, the copy of the second may stand for the first, and the
    /// second stays in doubt: as many have come as should have, whichever is whose.
    fn deal_out_alike(&self, copies: &mut BTreeMap<i64, Vec<String>>) {
        let outs = &self.oracle.outs;
        for (id, out) in outs.iter().filter(|(_, out)| REACHED.contains(&out.state.as_str())) {
            if copies.contains_key(id) {
                continue;
            }
            let alike = outs.iter().find(|(other, one)| {
                one.state == "parked"
                    && copies.contains_key(other)
                    && (one.number, &one.to, &one.body) == (out.number, &out.to, &out.body)
            });
            if let Some(copy) = alike.and_then(|(other, _)| copies.remove(other)) {
                copies.insert(*id, copy);
            }
        }
    }

    /// To one phone from one number, texts came in the order in which they were accepted.
    fn lanes_are_in_order(&self) -> Event {
        let mut newest: BTreeMap<(String, String), i64> = BTreeMap::new();
        for taken in self.rig.carrier.taken() {
            let id: i64 = taken.key.trim_start_matches("switchboard-").parse().unwrap_or(0);
            let accepted = |id: &i64| self.oracle.outs.get(id).map(|out| out.accepted_at);
            let lane = (taken.from.clone(), taken.to.clone());
            if let Some(before) = newest.insert(lane, id) {
                hold!(
                    before < id || accepted(&before) == accepted(&id),
                    "{:?} came after {:?}",
                    self.oracle.outs.get(&id),
                    self.oracle.outs.get(&before)
                );
            }
        }
        Ok(())
    }
}
