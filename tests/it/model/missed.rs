//! Texts that people have sent and nobody has told us of: found at the carrier, sooner or later.

use switchboard::clock::days;
use switchboard::desk::receiving::backfill;

use super::deeds::Deed;
use super::oracle::Event;
use super::run::Run;
use super::seen::Seen;

/// The message that came under this key, if it is new.
fn stored(key: &str, seen: &Seen) -> Option<i64> {
    seen.messages.iter().find(|row| row.key.as_deref() == Some(key)).map(|row| row.id)
}

impl Run {
    /// Texts that had been missed are found at the carrier.
    pub(super) async fn compares(&mut self) -> Event {
        let desk = self.rig.desks[0].clone();
        backfill::turn(&desk).await.map_err(|why| why.to_string())?;
        let mut seen = self.look(true).await?;
        let mut found = Vec::new();
        for (deed, sent_at) in std::mem::take(&mut self.missed) {
            let Deed::Text { key, .. } = &deed else { continue };
            match stored(key, &seen) {
                Some(id) => found.push((id, deed, sent_at)),
                // Otherwise it came by webhook after all.
                None if !self.oracle.stored.contains(key) => self.missed.push((deed, sent_at)),
                None => {}
            }
        }
        // In the order in which they were taken in.
        found.sort_by_key(|(id, ..)| *id);
        for (_, deed, sent_at) in found {
            self.oracle.hears_late(&deed, sent_at, &mut seen).map_err(|why| format!("{why}\nfound late: {deed:?}"))?;
        }
        self.oracle.follows(&mut seen, false)?;
        self.oracle.agrees(&seen)?;
        self.begins(None)?;
        self.makes_requests().await
    }

    /// Nothing is missed for ever.
    pub(super) async fn finds_all(&mut self) -> Event {
        for _ in 0..2 {
            self.passes(days(1), true).await?;
            self.compares().await?;
        }
        if self.missed.is_empty() { Ok(()) } else { Err(format!("never found: {:?}", self.missed)) }
    }
}
