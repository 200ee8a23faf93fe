//! `token NAME --scopes …`: prints a token by which a program uses the API. It stands alone on standard output, so that a
//! script can keep it; what there is to say about it goes to standard error.

use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome, out};
use crate::desk::Failure;
use crate::desk::tokens::{self, Asked};
use crate::domain::duration;
use crate::domain::scope::Scopes;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// What it is for, such as the name of the program
    name: String,
    /// What it may do, with commas between: pairs:read, pairs:write, messages:write, endpoints:write
    #[arg(long)]
    scopes: String,
    /// How long it holds, such as 90d; for good if left out
    #[arg(long)]
    expires: Option<String>,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let scopes = Scopes::read(&options.scopes).map_err(|why| Failed::new(format!("--scopes: {why}")))?;
    let expires = options.expires.as_deref().map(duration::parse).transpose();
    let expires = expires.map_err(|why| Failed::new(format!("--expires: {why}")))?;
    let asked = Asked { name: options.name, scopes: scopes.clone(), expires };
    let store = here.store().await?;
    let made = tokens::make(&here.desk(&store), None, asked).await;
    store.close().await;
    let token = made.map_err(|failure| match failure {
        Failure::Store(error) => Failed::from(error),
        Failure::Refused { field: "expires", why } => Failed::new(format!("--expires: {why}")),
        other => Failed::new(other),
    })?;
    out::line(&token);
    let until = expires.map_or_else(|| "for good".to_owned(), |long| format!("for {}", duration::words(long)));
    eprintln!("It holds {until} and may: {scopes}. It is not shown again; admins revoke it under Tokens.");
    Ok(ExitCode::SUCCESS)
}
