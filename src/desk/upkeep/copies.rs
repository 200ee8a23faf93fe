//! Copies of the whole database: the audit says that a copy was made. (`restore` writes its own row, before anybody can
//! open the database.)

use crate::clock::At;
use crate::desk::commands;
use crate::domain::people::audit::Action;
use crate::store::copies::backup::Held;
use crate::store::people::acts;
use crate::store::{Job, Result, Store, Tx};

/// Writes down that a copy was taken, and what it holds.
pub async fn taken(store: &Store, held: &Held, now: At) -> Result<()> {
    store.write(Taken { held: held.clone(), now }).await
}

struct Taken {
    held: Held,
    now: At,
}

impl Job for Taken {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        acts::by_command(tx, (commands::ids().next(self.now), self.now), Action::BackedUp, None, &self.held.told())
            .await
    }
}
