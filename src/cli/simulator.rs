//! `simulator`: the simulated carrier alone, in a process of its own, so that the witness survives whatever is done to
//! the server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;

use clap::Args;

use super::stop::Stop;
use super::{Failed, Here, Outcome, out, port};
use crate::config;
use crate::simulator::{self, Settings, Simulator};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Where to listen
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Where to listen; 0 takes a free port
    #[arg(long, default_value_t = 9100)]
    port: u16,
    /// The account's id [default: a new one, printed]
    #[arg(long)]
    account: Option<String>,
    /// The account's token [default: a new one, printed]
    #[arg(long)]
    token: Option<String>,
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
    let port = match options.port {
        // Chosen here and kept, because an outage on demand closes the port and opens the same one again.
        0 => free_port(options.address)?,
        port => {
            port::is_free(options.address, port, ("--address", "--port"))?;
            port
        }
    };
    let account = options.account.unwrap_or_else(|| format!("AC{}", here.chance.hex::<16>()));
    let token = options.token.unwrap_or_else(|| here.chance.hex::<16>());
    let settings = Settings {
        clock: here.clock.clone(),
        chance: here.chance.clone(),
        webhook: Some(options.webhook),
        strict: options.strict,
        auto_replies: options.auto_replies,
        ..Settings::new(&account, &token)
    };
    let simulator = Simulator::new(settings).map_err(Failed::new)?;
    let base = format!("http://{}", SocketAddr::new(options.address, port));
    out::line(format_args!("Virtual phones: {base}/simulator"));
    out::line("To serve with it, set");
    out::line("  SWITCHBOARD_CARRIER=twilio");
    out::line(format_args!("  TWILIO_API_BASE={base}"));
    out::line(format_args!("  TWILIO_ACCOUNT_SID={account}"));
    out::line(format_args!("  TWILIO_AUTH_TOKEN={token}"));
    // It keeps nothing, so there is nothing to finish.
    tokio::select! {
        ended = simulator::run_alone(simulator, config::bare_figment(options.address, port)) => ended.map_err(Failed::new)?,
        () = stop.asked() => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn free_port(address: IpAddr) -> Result<u16, Failed> {
    let bound = TcpListener::bind((address, 0)).and_then(|listener| listener.local_addr());
    bound.map(|at| at.port()).map_err(|error| Failed::new(format!("no free port on {address}: {error}")))
}
