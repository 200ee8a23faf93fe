//! The account of the database: the carrier account with which it is first served, once the carrier knows that account.
//! So a typing error does not bind the database for ever.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rocket::Shutdown;
use tokio::task::JoinHandle;

use super::carrier::{ACCOUNT, Network, SIMULATED, name};
use crate::carrier::{Carrier, Unanswered};
use crate::cli::Failed;
use crate::config::Settings;
use crate::desk::upkeep::identity;
use crate::store::Store;

/// How soon a carrier that could not be asked is asked again.
const AGAIN: Duration = Duration::from_secs(15);

/// Refuses a real carrier that could not reach us: no text would come in, and no receipt.
pub(super) fn reachable(settings: &Settings) -> Result<(), Failed> {
    if !settings.is_out_of_reach() {
        return Ok(());
    }
    let why = match &settings.public_url {
        None => "is not set".to_owned(),
        Some(url) => format!("is {url}, which leads to this machine only"),
    };
    Err(Failed::settings(format!(
        "SWITCHBOARD_PUBLIC_URL {why}, and the carrier posts texts there: none would come in, and nobody would learn whether one \
         arrived. Set it to the https address that leads here, such as https://texts.example.com"
    )))
}

/// What the database says about whose it is.
pub(super) enum Claim {
    /// It is this account's.
    Ours,
    /// It is nobody's yet, because the carrier could not be asked.
    Open,
}

/// Gives the database to our account, if it is nobody's and the carrier knows the account.
///
/// # Errors
/// It is another account's, or the carrier refuses this one: then it stays nobody's.
pub(super) async fn claim(store: &Store, network: &Network) -> Result<Claim, Failed> {
    match identity::claimed(store).await? {
        Some(account) if account == network.identity() => return Ok(Claim::Ours),
        Some(other) => return Err(network.refused(&other)),
        None => {}
    }
    match ask(network).await {
        Ok(()) => settle(store, network).await?.map_or(Ok(Claim::Ours), |other| Err(network.refused(&other))),
        Err(Unanswered::Credentials(why)) => Err(Failed::settings(format!(
            "the carrier does not know {} with this token ({why}): mend TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as its \
             console shows them. The database was given to nobody",
            name(network.identity())
        ))),
        Err(Unanswered::Unavailable(why)) => {
            tracing::warn!(
                "the carrier could not be asked whether it knows {} ({why}): texts are taken in, and the database is given to \
                 that account as soon as the carrier says that it does",
                name(network.identity())
            );
            Ok(Claim::Open)
        }
    }
}

async fn ask(network: &Network) -> Result<(), Unanswered> {
    match network {
        Network::Inside { .. } => Ok(()),
        Network::Twilio { carrier, .. } => carrier.numbers().await.map(drop),
    }
}

/// Writes the claim down; whose the database is instead, if it is another account's.
async fn settle(store: &Store, network: &Network) -> Result<Option<String>, Failed> {
    let account = network.carrier().account().to_owned();
    let claimed = identity::claim(store, network.identity(), &account).await?;
    Ok(claimed.err().map(|other| if other == ACCOUNT { SIMULATED.to_owned() } else { other }))
}

/// Asks the carrier again and again until it has said that it knows our account.
pub(super) struct Asking {
    task: JoinHandle<()>,
    taken: Arc<OnceLock<String>>,
}

impl Asking {
    /// Begins to ask. If the database turns out to be another account's, the server stops.
    pub(super) fn begin(store: Store, network: Network, house: Shutdown) -> Self {
        let taken = Arc::new(OnceLock::new());
        let found = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(AGAIN).await;
                match ask(&network).await {
                    Ok(()) => {}
                    Err(why) => {
                        tracing::warn!("the database is still nobody's: {why}");
                        continue;
                    }
                }
                match settle(&store, &network).await {
                    Ok(None) => {
                        tracing::info!(
                            "the carrier knows {}; the database is this account's",
                            name(network.identity())
                        );
                        return;
                    }
                    Ok(Some(other)) => {
                        tracing::error!("the database is {}'s by now; stopping", name(&other));
                        // Nobody else sets it.
                        let _ = found.set(other);
                        house.notify();
                        return;
                    }
                    Err(failed) => tracing::warn!("the database could not be given to the account: {failed}"),
                }
            }
        });
        Asking { task, taken }
    }

    /// Stops asking; whose the database turned out to be, if it is another account's.
    pub(super) fn end(self) -> Option<String> {
        self.task.abort();
        self.taken.get().cloned()
    }
}
