//! The database as Rocket knows it: `databases.switchboard.url` in the configuration.
//!
//! A page gets a connection by the guard `Connection<Db>`. The program opens the store itself, because the desk and the
//! clockwork need it too; it hands the store over, and closes it after the last answer.

use rocket::figment::Figment;
use rocket_db_pools::{Database, Pool};

use crate::store::{Error, Opening, Store, Tx};

/// The database of this process.
#[derive(Database)]
#[database("switchboard")]
pub struct Db(Opened);

/// A [`Store`] that Rocket opens.
#[derive(Clone, Debug)]
pub struct Opened(pub Store);

#[rocket::async_trait]
impl Pool for Opened {
    type Connection = Tx;
    type Error = Error;

    async fn init(figment: &Figment) -> Result<Self, Error> {
        let url: String = figment.extract_inner("url").map_err(|error| {
            Error::Refused(format!("databases.switchboard.url is not set: write sqlite:PATH or postgres://… ({error})"))
        })?;
        Store::open_as(&url, Opening::Make).await.map(Opened)
    }

    async fn get(&self) -> Result<Tx, Error> {
        self.0.read().await
    }

    /// Does nothing: Rocket calls it at the start of a shutdown, while requests are still being answered.
    async fn close(&self) {}
}
