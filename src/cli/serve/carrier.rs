//! The carrier of `serve`: a real one, or the simulator inside this process, which is reached over HTTP like a real
//! one.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::phones;
use crate::app::{INBOUND_HOOK, SIMULATOR_API};
use crate::carrier::Carrier;
use crate::carrier::late::Late;
use crate::carrier::twilio::{Twilio, TwilioAccount};
use crate::cli::{Failed, Here};
use crate::clock::Clock;
use crate::config::{CarrierSettings, Settings, TwilioSettings};
use crate::desk::Desk;
use crate::hooks::Seal;
use crate::simulator::{self, Simulator};
use crate::wire::twilio::signing_keys::SigningKeys;

/// The account of the simulator inside: always the same, as the database keeps texts by account.
pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// What the database calls that account.
pub(in crate::cli) const SIMULATED: &str = "simulator";

/// What texts travel by.
#[derive(Clone)]
pub(super) enum Network {
    Inside { simulator: Simulator, token: String, late: Arc<Late> },
    Twilio { carrier: Arc<Twilio>, settings: TwilioSettings },
}

impl Network {
    pub(super) fn of(here: &Here) -> Result<Self, Failed> {
        let timeout = here.settings.policies.delivery.request_timeout;
        match &here.settings.carrier {
            CarrierSettings::Twilio(settings) => Ok(Network::Twilio {
                carrier: Arc::new(twilio(settings, timeout, &here.clock)?),
                settings: settings.clone(),
            }),
            CarrierSettings::Simulator => {
                simulator::safe_address(here.settings.address, here.settings.simulator_anywhere)
                    .map_err(Failed::new)?;
                if let Some(url) = &here.settings.public_url {
                    let insists = here.settings.simulator_anywhere;
                    simulator::safe_public_address(url.as_str(), url.is_local(), insists).map_err(Failed::new)?;
                }
                let token = here.chance.hex::<16>();
                let settings = simulator::Settings {
                    clock: here.clock.clone(),
                    chance: here.chance.clone(),
                    anywhere: here.settings.simulator_anywhere,
                    ..simulator::Settings::new(ACCOUNT, &token)
                };
                let simulator = Simulator::new(settings).map_err(Failed::new)?;
                Ok(Network::Inside { simulator, token, late: Arc::new(Late::new(ACCOUNT)) })
            }
        }
    }

    /// What the database remembers, so that a demonstration never texts real people.
    pub(super) fn identity(&self) -> &str {
        match self {
            Network::Inside { .. } => SIMULATED,
            Network::Twilio { settings, .. } => &settings.account,
        }
    }

    /// The database belongs to the account `other`.
    pub(super) fn refused(&self, other: &str) -> Failed {
        let (ours, theirs) = (name(self.identity()), name(other));
        Failed::new(format!(
            "this database belongs to {theirs} and would now be served with {ours}: conversations of one must not be \
             texted through the other. Set DATABASE_URL to a new database, or go back to {theirs}; if the numbers have \
             moved to another account of yours, `switchboard account move` moves the database after them"
        ))
    }

    pub(super) fn carrier(&self) -> Arc<dyn Carrier> {
        match self {
            Network::Inside { late, .. } => Arc::<Late>::clone(late),
            Network::Twilio { carrier, .. } => Arc::<Twilio>::clone(carrier),
        }
    }

    pub(super) fn seal(&self) -> Seal {
        match self {
            Network::Inside { token, .. } => Seal::new(ACCOUNT, SigningKeys::of_token(token, None)),
            Network::Twilio { settings, .. } => Seal::new(&settings.account, settings.signing_keys()),
        }
    }

    pub(super) fn simulator(&self) -> Option<Simulator> {
        match self {
            Network::Inside { simulator, .. } => Some(simulator.clone()),
            Network::Twilio { .. } => None,
        }
    }

    /// The port is bound: from now on the simulator can be reached, and reaches us.
    pub(super) fn open(&self, settings: &Settings, desk: &Desk, port: u16) -> Result<(), Failed> {
        let Network::Inside { simulator, token, late } = self else { return Ok(()) };
        let host = match settings.address {
            any if any.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
            one => one,
        };
        let account = TwilioAccount {
            api_base: format!("http://{}{SIMULATOR_API}", SocketAddr::new(host, port)),
            account_sid: ACCOUNT.to_owned(),
            auth_token: token.clone(),
            request_timeout: settings.policies.delivery.request_timeout,
            clock: desk.clock.clone(),
        };
        late.meet(Box::new(Twilio::new(account).map_err(Failed::new)?));
        simulator.call_at(&format!("{}{INBOUND_HOOK}", settings.public_url_at(port)));
        tokio::spawn(phones::keep(simulator.clone(), desk.clone()));
        Ok(())
    }
}

/// A client for an account at Twilio.
pub(in crate::cli) fn twilio(
    settings: &TwilioSettings,
    request_timeout: Duration,
    clock: &Clock,
) -> Result<Twilio, Failed> {
    Twilio::new(TwilioAccount {
        api_base: settings.api_base.as_str().to_owned(),
        account_sid: settings.account.clone(),
        auth_token: settings.token.clone(),
        request_timeout,
        clock: clock.clone(),
    })
    .map_err(Failed::new)
}

/// An account as people call it.
pub(in crate::cli) fn name(identity: &str) -> String {
    if identity == SIMULATED { "the simulator".to_owned() } else { format!("the Twilio account {identity}") }
}
