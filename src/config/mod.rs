//! Reads Rocket.toml and the environment once, into typed settings and the policies of the domain.
//!
//! Refuses wrong values before anything starts, and names for each the key, the form of the value and the remedy.

use std::fmt;
use std::net::IpAddr;

use rocket::figment::Figment;

use crate::domain::policy::Policies;
use crate::wire::twilio::signing_keys::{Allowed, SharedKey, SigningKeys};

pub mod address;
mod defaults;
mod key;
pub mod keys;
mod names;
mod policies;
mod rocket_toml;
mod server;
mod source;
mod values;

use address::WebAddress;
pub use defaults::bare_figment;
pub use policies::usual_policies;
pub use source::Source;

/// Everything that an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Where Rocket listens.
    pub address: IpAddr,
    /// Where Rocket listens; 0 lets the system choose.
    pub port: u16,
    /// Where the carrier and the browsers reach us, if the operator says so.
    pub public_url: Option<WebAddress>,
    /// The company that moves the texts.
    pub carrier: CarrierSettings,
    /// Whether the simulator may be reached from other machines.
    pub simulator_anywhere: bool,
    /// Whether events may be posted to private addresses and by plain http.
    pub events_allow_private: bool,
    /// How texts are handled.
    pub policies: Policies,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Rocket's own settings, with what this program insists on.
    pub figment: Figment,
    /// What is set and is not read, and may be meant for another program.
    pub warnings: Vec<String>,
}

/// The company that moves the texts.
#[derive(Clone, Debug)]
pub enum CarrierSettings {
    /// The one inside `serve`.
    Simulator,
    /// Twilio, or whatever speaks its contract at the API base.
    Twilio(TwilioSettings),
}

/// An account at Twilio.
#[derive(Clone)]
pub struct TwilioSettings {
    /// `AC…`.
    pub account: String,
    /// The token that signs webhooks and opens the API.
    pub token: String,
    /// A token that still verifies webhooks while it is being replaced.
    pub previous_token: Option<String>,
    /// Keys with which webhooks may be signed in place of a token.
    pub shared_keys: Vec<SharedKey>,
    /// Which signatures of webhooks are accepted.
    pub signatures: Allowed,
    /// Where the API is, without a slash at the end.
    pub api_base: WebAddress,
}

impl TwilioSettings {
    /// What proves that a post is Twilio's.
    #[must_use]
    pub fn signing_keys(&self) -> SigningKeys {
        SigningKeys {
            shared: self.shared_keys.clone(),
            allowed: self.signatures,
            ..SigningKeys::of_token(&self.token, self.previous_token.as_deref())
        }
    }

    /// What is odd about the credentials, which Twilio's own never are: a slip of copying, or a key that can be guessed. In
    /// words that do not repeat them. Others who speak its contract have shapes of their own.
    #[must_use]
    pub fn oddities(&self) -> Vec<String> {
        let hex = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let short_keys = self.shared_keys.iter().filter(|key| key.secret.len() < SHORT_TOKEN);
        let mut odd: Vec<String> = short_keys
            .map(|key| {
                let name = keys::TWILIO_SHARED_KEYS.key.name;
                format!("the secret of {} in {name} has fewer than {SHORT_TOKEN} characters and can be guessed", key.id)
            })
            .collect();
        let tokens = [
            (&keys::TWILIO_AUTH_TOKEN, Some(&self.token)),
            (&keys::TWILIO_AUTH_TOKEN_PREVIOUS, self.previous_token.as_ref()),
        ];
        let tokens = tokens.into_iter().filter_map(|(setting, token)| Some((setting.key.name, token?)));
        if self.api_base != WebAddress::twilio() {
            let short = tokens.filter(|(_, token)| token.len() < SHORT_TOKEN);
            odd.extend(
                short.map(|(name, _)| format!("{name} has fewer than {SHORT_TOKEN} characters and can be guessed")),
            );
            return odd;
        }
        if !self.account.strip_prefix("AC").is_some_and(hex) {
            odd.push(
                "TWILIO_ACCOUNT_SID is not AC and 32 hexadecimal digits, as Twilio's are: copy it again".to_owned(),
            );
        }
        let odd_tokens = tokens.filter(|(_, token)| !hex(token));
        odd.extend(
            odd_tokens.map(|(name, _)| format!("{name} is not 32 hexadecimal digits, as Twilio's are: copy it again")),
        );
        odd
    }
}

impl fmt::Debug for TwilioSettings {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioSettings").field("api_base", &self.api_base).finish_non_exhaustive()
    }
}

/// A token that is shorter than this is a password, not a key.
const SHORT_TOKEN: usize = 16;

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Directives such as `info` or `switchboard=debug,warn`.
    pub filter: String,
    /// Lines of JSON instead of text.
    pub json: bool,
}

/// Why the settings were refused: every mistake, not only the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings cannot be used:\n{}", .0.iter().map(|mistake| format!("  - {mistake}")).collect::<Vec<_>>().join("\n"))]
pub struct Refused(pub Vec<String>);

impl Settings {
    /// Whether a carrier elsewhere would have to post to an address that leads to this machine only.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(&self.carrier, CarrierSettings::Twilio(twilio) if !twilio.api_base.is_local())
            && self.public_url.as_ref().is_none_or(WebAddress::is_local)
    }

    /// Reads this process's environment and Rocket.toml, if there is one.
    ///
    /// # Errors
    /// [`Refused`] names every key that is unknown or has a value that cannot be used.
    pub fn from_process() -> Result<Self, Refused> {
        Self::read(Source::of_process())
    }

    /// Reads `source`.
    ///
    /// # Errors
    /// As [`Settings::from_process`].
    pub fn read(mut source: Source) -> Result<Self, Refused> {
        source.refuse_unknown_keys();
        let (address, port) = server::listen(&mut source);
        let carrier = carrier(&mut source);
        let simulated = matches!(carrier, CarrierSettings::Simulator);
        let settings = Settings {
            database_url: source.value(&keys::DATABASE_URL),
            address,
            port,
            public_url: source.given(&keys::SWITCHBOARD_PUBLIC_URL),
            carrier,
            simulator_anywhere: source.value(&keys::SWITCHBOARD_SIMULATOR_ANYWHERE),
            events_allow_private: source.given(&keys::SWITCHBOARD_EVENTS__ALLOW_PRIVATE).unwrap_or(simulated),
            policies: policies::read(&mut source),
            log: LogSettings {
                filter: source.value(&keys::SWITCHBOARD_LOG),
                json: source.value(&keys::SWITCHBOARD_LOG_FORMAT) == "json",
            },
            figment: source.figment(),
            warnings: source.warnings(),
        };
        source.finish(settings)
    }

    /// What is missing for the doors to know who asks: a proxy must stand before a house that is published by https, since
    /// `serve` speaks no TLS, and none is named. In words: what holds meanwhile, and what to set.
    #[must_use]
    pub fn missing_proxies(&self) -> Option<(String, String)> {
        let url = self.public_url.as_ref().filter(|url| url.is_https() && !url.is_local())?;
        if !self.policies.proxies.is_empty() {
            return None;
        }
        let found = format!(
            "people reach {url} through a proxy that SWITCHBOARD_TRUSTED_PROXIES does not name, so wrong passwords are \
             counted by account alone, not by address"
        );
        let fix = if self.address.is_loopback() {
            format!(
                "set SWITCHBOARD_TRUSTED_PROXIES={} (the proxy on this machine), and let the proxy send X-Forwarded-For",
                self.address
            )
        } else {
            "set SWITCHBOARD_TRUSTED_PROXIES to the address from which the proxy connects, such as 10.0.0.2 or \
             172.16.0.0/12, and let the proxy send X-Forwarded-For"
                .to_owned()
        };
        Some((found, fix))
    }

    /// Where the carrier and the browsers reach us when Rocket listens at `port`, without a slash at the end.
    #[must_use]
    pub fn public_url_at(&self, port: u16) -> String {
        self.public_url.as_ref().map_or_else(|| format!("http://127.0.0.1:{port}"), |url| url.as_str().to_owned())
    }
}

fn carrier(source: &mut Source) -> CarrierSettings {
    let choice = source.value(&keys::SWITCHBOARD_CARRIER);
    let api_base = source.value(&keys::TWILIO_API_BASE);
    if choice != "twilio" {
        return CarrierSettings::Simulator;
    }
    let before = source.mistaken();
    let shared_keys = source.given(&keys::TWILIO_SHARED_KEYS);
    let unread = source.mistaken() > before;
    let signatures = source.value(&keys::TWILIO_SIGNATURES);
    if signatures != Allowed::Any && shared_keys.is_none() && !unread {
        source.mistake(format!(
            "{} is {} without {}, so every webhook would be refused: set the shared keys, or write {}",
            keys::TWILIO_SIGNATURES.key.name,
            signatures.word(),
            keys::TWILIO_SHARED_KEYS.key.name,
            Allowed::Any.word(),
        ));
    }
    CarrierSettings::Twilio(TwilioSettings {
        account: source.require(&keys::TWILIO_ACCOUNT_SID, "it stands at the top of the Twilio console"),
        token: source.require(&keys::TWILIO_AUTH_TOKEN, "it stands beside the account SID in the Twilio console"),
        previous_token: source.credential(&keys::TWILIO_AUTH_TOKEN_PREVIOUS),
        shared_keys: shared_keys.unwrap_or_default(),
        signatures,
        api_base,
    })
}

#[cfg(test)]
mod tests;
