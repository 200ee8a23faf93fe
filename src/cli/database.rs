//! The database for commands. Most commands use it only as it is: a command that reads, or changes a row, must neither
//! make a database because of a forgotten variable nor change the schema under running nodes.

use std::time::Instant;

use clap::Args;

use super::{Failed, Here};
use crate::config::CarrierSettings;
use crate::store::engine::sqlite::file::DatabaseFile;
use crate::store::{self, Opening, State, Store};

/// Whether a command may make a database.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct New {
    /// Make a new database if there is none; needed for that with a real carrier
    #[arg(long)]
    pub new: bool,
}

impl Here {
    /// The database as it is: there, and its schema up to date.
    pub(crate) async fn store(&self) -> Result<Store, Failed> {
        self.opened(Opening::AsItIs).await
    }

    /// The database, made if there is none and one may be made.
    pub(crate) async fn store_or_new(&self, new: New) -> Result<Store, Failed> {
        self.opened(if self.may_make(new) { Opening::IfNew } else { Opening::AsItIs }).await
    }

    /// The database, made if there is none and one may be made, its schema brought up to date.
    pub(crate) async fn store_brought_up_to_date(&self, new: New) -> Result<Store, Failed> {
        self.opened(if self.may_make(new) { Opening::Make } else { Opening::Upgrade }).await
    }

    /// With a real carrier a new database is made only on request: where there was one before, it would forget who has whom,
    /// what was sent, and who has said STOP.
    fn may_make(&self, New { new }: New) -> bool {
        new || matches!(self.settings.carrier, CarrierSettings::Simulator)
    }

    /// Refuses a SQLite database that its last user did not close, such as after a kill, if it is damaged. Hold its lock.
    pub(crate) async fn sound(&self) -> Result<(), Failed> {
        let Some(file) = DatabaseFile::of(&self.settings.database_url).filter(DatabaseFile::was_left_open) else {
            return Ok(());
        };
        if matches!(file.state().await?, State::Missing | State::Empty) {
            return Ok(());
        }
        let begun = Instant::now();
        let found = file.complaints().await?;
        let path = file.path().display();
        match found.first() {
            None => {
                let took = begun.elapsed().as_millis();
                tracing::info!("{path} was not closed when it was last used; it was checked in {took} ms and is sound");
                Ok(())
            }
            Some(first) => Err(Failed::settings(format!(
                "{path} is damaged ({first}): put a backup back by `switchboard restore FILE`. If a file was copied to its \
                 place, the {path}-wal beside it belongs to the file before: `switchboard restore FILE` takes care of that, too"
            ))),
        }
    }

    /// Whether it is a SQLite database whose schema is to be brought up to date.
    pub(crate) async fn has_older_file(&self) -> Result<bool, Failed> {
        let Some(file) = DatabaseFile::of(&self.settings.database_url) else { return Ok(false) };
        Ok(matches!(file.state().await?, State::Older(..)))
    }

    async fn opened(&self, opening: Opening) -> Result<Store, Failed> {
        Ok(Store::open_as(&self.settings.database_url, opening).await?)
    }

    /// As [`Here::store`], for code that reports by itself what is wrong.
    pub(crate) async fn opened_as_it_is(&self) -> store::Result<Store> {
        Store::open_as(&self.settings.database_url, Opening::AsItIs).await
    }

    /// What the database is called; never with a password.
    pub(crate) fn database(&self) -> String {
        Store::named(&self.settings.database_url)
    }
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        let code = if matches!(error, store::Error::Refused(_)) { 2 } else { 1 };
        Failed { message: error.to_string(), code }
    }
}
