//! `simulator`: the simulated carrier alone, in a process of its own, so that its record survives whatever a test does
//! to the server. It uses the same front as `serve`, so that it has the same time limits.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::serve::files;
use super::stop::Stop;
use super::{Failed, Here, Outcome, out, port};
use crate::config;
use crate::http::front::{Door, House, Limits, Open};
use crate::simulator::{self, Outage, Settings, Simulator};
use crate::wire::twilio::signing_keys::{Allowed, SharedKey};

/// What sets its address and its port.
const NAMES: port::Names = ("--address", "--port");
/// A request for an outage is answered within this time, before the connection is cut.
const FAREWELL: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The address on which to listen
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port on which to listen; 0 takes a free one
    #[arg(long, default_value_t = 9100)]
    port: u16,
    /// The account's id [default: a new one, printed]
    #[arg(long)]
    account: Option<String>,
    /// The account's token [default: a new one, printed]
    #[arg(long)]
    token: Option<String>,
    /// Sign webhooks with this shared key and SHA-256, not with the account's token
    #[arg(long, value_name = "ID:SECRET", value_parser = SharedKey::read)]
    shared_key: Option<SharedKey>,
    /// Where inbound texts are posted for numbers without an address of their own
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000/hooks/twilio/messages")]
    webhook: String,
    /// Refuse senders that the account does not rent, as the real carrier does
    #[arg(long)]
    strict: bool,
    /// Answer STOP, START and HELP, as the real carrier does by default
    #[arg(long)]
    auto_replies: bool,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let mut stop = Stop::listen().map_err(|error| Failed::new(format!("the system gives no signals: {error}")))?;
    simulator::safe_address(options.address, here.settings.simulator_anywhere).map_err(Failed::new)?;
    // Kept from here on: the account is told with it, and an outage on demand closes and opens the same one.
    let door = Door::keep(options.address, options.port)
        .map_err(|error| cannot_listen(options.address, options.port, &error))?;
    let port = door.port();
    let account = options.account.unwrap_or_else(|| format!("AC{}", here.chance.hex::<16>()));
    let token = options.token.unwrap_or_else(|| here.chance.hex::<16>());
    let settings = Settings {
        clock: here.clock.clone(),
        chance: here.chance.clone(),
        shared_key: options.shared_key.clone(),
        webhook: Some(options.webhook),
        strict: options.strict,
        auto_replies: options.auto_replies,
        anywhere: here.settings.simulator_anywhere,
        ..Settings::new(&account, &token)
    };
    let simulator = Simulator::new(settings).map_err(Failed::new)?;
    let open = door.open().map_err(|error| cannot_listen(options.address, port, &error))?;
    let base = format!("http://{}", SocketAddr::new(options.address, port));
    out::line(format_args!("Virtual phones: {base}/simulator"));
    out::line("To serve with it, set");
    out::line("  SWITCHBOARD_CARRIER=twilio");
    out::line(format_args!("  TWILIO_API_BASE={base}"));
    out::line(format_args!("  TWILIO_ACCOUNT_SID={account}"));
    out::line(format_args!("  TWILIO_AUTH_TOKEN={token}"));
    if let Some(key) = &options.shared_key {
        out::line(format_args!("  TWILIO_SHARED_KEYS={}:{}", key.id, key.secret));
        out::line(format_args!("  TWILIO_SIGNATURES={}", Allowed::Sha256.word()));
    }
    // It keeps nothing, so there is nothing to finish.
    tokio::select! {
        ended = serve(simulator, open, (options.address, port)) => ended?,
        () = stop.asked() => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves through any number of outages, each of which closes the port for a while.
async fn serve(simulator: Simulator, mut open: Open, (address, port): (IpAddr, u16)) -> Result<(), Failed> {
    let cannot = |error: &io::Error| cannot_listen(address, port, error);
    let files = files();
    loop {
        let outage = Outage::default();
        let rocket = simulator::alone(simulator.clone(), config::bare_figment(address, port), outage.clone());
        let house = House::of(rocket).await.map_err(|error| Failed::new(format!("cannot serve: {error}")))?;
        let usual = Limits::of(house.config(), files);
        // An outage is meant to be sudden: it waits only for the request that asked for it. All clients here have one
        // address.
        let limits = Limits { grace: FAREWELL, mercy: Duration::ZERO, of_one: usual.connections, ..usual };
        open.serve(house, limits).await;
        let Some(closed) = outage.asked() else { return Ok(()) };
        // Ours meanwhile, and not open.
        let door = Door::keep(address, port).map_err(|error| cannot(&error))?;
        tokio::time::sleep(closed).await;
        open = door.open().map_err(|error| cannot(&error))?;
    }
}

/// The port cannot be had.
fn cannot_listen(address: IpAddr, port: u16, error: &io::Error) -> Failed {
    Failed::new(port::trouble(address, port, error, NAMES))
}
