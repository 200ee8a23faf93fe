//! What an empty database starts with, and what `serve` prints when it is open.

use super::carrier::Network;
use crate::app::SIMULATOR_PAGE;
use crate::cli::{Failed, Here, link, out};
use crate::desk::lines::apply::Unchanged;
use crate::desk::people::{sessions, setup};
use crate::domain::setup::Setup;
use crate::store::Store;
use crate::store::people::{self, sessions as store_sessions};
use crate::store::routing::numbers;

/// A line, an admin, a manager, three reps with phones, twenty masks, no passwords.
const DEMO: &str = include_str!("demo.toml");
/// Who signs in first in the demonstration.
const DEMO_ADMIN: &str = "admin@example.com";

/// What is said when the port is open.
pub(super) struct Hello {
    simulated: bool,
    /// Nothing to serve: a real carrier and no number yet.
    empty: bool,
    /// The token of the admin's one-time link, at the first run of a demonstration.
    link: Option<String>,
    /// The token of the link by which the first admin is made: a real carrier and nobody yet.
    setup: Option<String>,
}

/// Gives an empty database the built-in set-up if the carrier is the simulator, and a link to set it up if it is a real
/// one.
pub(super) async fn prepare(here: &Here, store: &Store, network: &Network) -> Result<Hello, Failed> {
    let simulated = network.simulator().is_some();
    let (people, no_numbers, visited) = {
        let mut tx = store.read().await?;
        let people = people::all(&mut tx).await?;
        (people, numbers::all(&mut tx).await?.is_empty(), store_sessions::anybody_came_in(&mut tx).await?)
    };
    let fresh = people.is_empty() && no_numbers;
    // A first start may have failed after the set-up (a port in use) and nobody has seen its link.
    let waiting = !visited && people.iter().any(|person| person.email == DEMO_ADMIN);
    if !simulated {
        let token = here.chance.token::<32>();
        let offered = setup::offer(store, &token, here.clock.now()).await?;
        return Ok(Hello { simulated, empty: no_numbers, link: None, setup: offered.then_some(token) });
    }
    if !(fresh || waiting) {
        return Ok(Hello { simulated, empty: no_numbers, link: None, setup: None });
    }
    let now = here.clock.now();
    if fresh {
        let setup: Setup = DEMO.parse().map_err(|_| Failed::new("the built-in set-up cannot be read"))?;
        here.apply(setup, store, false).await.map_err(|why| match why {
            Unchanged::Mistakes(_) => Failed::new("the built-in set-up does not fit"),
            Unchanged::Store(error) => error.into(),
        })?;
    }
    let token = here.chance.token::<32>();
    sessions::make_link(store, &token, DEMO_ADMIN, now).await?;
    Ok(Hello { simulated, empty: false, link: Some(token), setup: None })
}

impl Hello {
    /// On standard output, where a person or a script finds it; the log is elsewhere.
    pub(super) fn say(&self, public_url: &str) {
        out::line(format_args!("Switchboard   {public_url}"));
        if self.simulated {
            out::line(format_args!(
                "Simulator     {public_url}{SIMULATOR_PAGE}   virtual phones; no text leaves this machine"
            ));
        }
        if let Some(token) = &self.link {
            out::line(format_args!("Sign in once  {}", link::url(public_url, token)));
            out::line(format_args!(
                "              as {DEMO_ADMIN}, within 24 hours; `switchboard link EMAIL` makes another"
            ));
        }
        if let Some(token) = &self.setup {
            out::line(format_args!("Set it up     {public_url}/setup/{token}"));
            out::line(
                "              once, within an hour; makes the first admin. A restart, or `switchboard link --setup`, makes \
                 another link",
            );
        } else if self.empty {
            out::line(
                "There is no number yet: add a line in the inbox, or write a set-up file and run `switchboard apply FILE`; \
                 then `switchboard doctor`.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_set_up_is_a_line_five_people_and_twenty_masks() {
        let setup: Setup = DEMO.parse().unwrap();
        assert_eq!((setup.lines.len(), setup.people.len(), setup.masks.len()), (1, 5, 20));
        assert_eq!(setup.people.iter().filter(|person| person.phone.is_some()).count(), 3);
        assert!(setup.people.iter().any(|person| person.email.value == DEMO_ADMIN));
    }
}
