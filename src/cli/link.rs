//! `link EMAIL`: prints a one-time link that signs a person in; `link --setup`: one for the first admin.

use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome, out, person};
use crate::desk::people::{sessions, setup};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The person's e-mail address
    #[arg(required_unless_present = "setup")]
    email: Option<String>,
    /// Print a link that makes the first admin, in place of the one that `serve` printed; only while there is no person
    #[arg(long, conflicts_with = "email")]
    setup: bool,
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
    let public_url = here.settings.public_url_at(here.settings.port);
    let Some(email) = options.email else {
        let offered = setup::offer(&store, &token, here.clock.now()).await;
        store.close().await;
        if !offered? {
            return Err(Failed::new("there is somebody already: `switchboard link EMAIL` signs them in"));
        }
        out::line(format_args!("{public_url}/setup/{token}"));
        out::remark("It makes the first admin, once, within an hour.");
        return Ok(ExitCode::SUCCESS);
    };
    let made = sessions::make_link(&store, &token, &email, here.clock.now()).await;
    store.close().await;
    made?.ok_or_else(|| person::nobody(&email))?;
    out::line(url(&public_url, &token));
    out::remark(format_args!("It signs {email} in once, within 24 hours."));
    Ok(ExitCode::SUCCESS)
}

/// The address of a one-time link.
pub(super) fn url(public_url: &str, token: &str) -> String {
    format!("{public_url}/link/{token}")
}
