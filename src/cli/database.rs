//! The database as commands take it: most only as it is. A command that looks, or changes a row, must neither make a
//! database because of a forgotten variable nor change the schema under nodes that run.

use super::{Failed, Here};
use crate::store::{self, Opening, Store};

impl Here {
    /// The database as it is: there, and its schema up to date.
    pub(crate) async fn store(&self) -> Result<Store, Failed> {
        self.opened(Opening::AsItIs).await
    }

    /// The database, made if there is none.
    pub(crate) async fn store_or_new(&self) -> Result<Store, Failed> {
        self.opened(Opening::IfNew).await
    }

    /// The database, made if there is none, its schema brought up to date.
    pub(crate) async fn store_brought_up_to_date(&self) -> Result<Store, Failed> {
        self.opened(Opening::Make).await
    }

    async fn opened(&self, opening: Opening) -> Result<Store, Failed> {
        Ok(Store::open_as(&self.settings.database_url, opening).await?)
    }

    /// As [`Here::store`], for whoever says by itself what is wrong.
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
