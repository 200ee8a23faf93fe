//! `link EMAIL`: prints a one-time link, for whoever has no password (yet).

use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome, out, person};
use crate::desk::sessions;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The person's e-mail address
    email: String,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    if here.settings.port == 0 && here.settings.public_url.is_none() {
        return Err(Failed::new(
            "ROCKET_PORT is 0, so the address is known only to `serve`: set SWITCHBOARD_PUBLIC_URL, or ROCKET_PORT to \
             the port that `serve` printed",
        ));
    }
    let token = here.chance.token::<32>();
    let store = here.store().await?;
    let made = sessions::make_link(&store, &token, &options.email, here.clock.now()).await;
    store.close().await;
    made?.ok_or_else(|| person::nobody(&options.email))?;
    out::line(url(&here.settings.public_url_at(here.settings.port), &token));
    eprintln!("It signs {} in once, within 24 hours.", options.email);
    Ok(ExitCode::SUCCESS)
}

/// The address of a one-time link.
pub(super) fn url(public_url: &str, token: &str) -> String {
    format!("{public_url}/link/{token}")
}
