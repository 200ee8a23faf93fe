//! The port: reserved at the start, opened when the server is ready, closed first at the end.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Shutdown};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::hand_on::Within;
use super::limits::Limits;
use super::refused::Refused;
use super::seats::Seats;
use super::{body, connection};

/// Connections that the system keeps while we look at one, at most.
const BACKLOG: u32 = 4096;
/// When the system gives no file for a connection, it is asked again after this.
const BREATH: Duration = Duration::from_millis(20);

/// A port that is ours and not open yet: connections are refused.
#[derive(Debug)]
pub struct Door {
    socket: TcpSocket,
    address: SocketAddr,
}

/// A Rocket that is ready to answer, without a listener.
pub struct House(Client);

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("House")
    }
}

impl House {
    /// Makes `rocket` ready: its settings are read, its fairings have run.
    ///
    /// # Errors
    /// What Rocket says of routes, fairings and settings that do not fit.
    pub async fn of(rocket: Rocket<Build>) -> Result<Self, Box<rocket::Error>> {
        Client::untracked(rocket).await.map(House).map_err(Box::new)
    }

    /// What ends it: streams are told, doors close.
    pub fn shutdown(&self) -> Shutdown {
        self.0.rocket().shutdown()
    }

    /// Rocket's settings.
    #[must_use]
    pub fn config(&self) -> &rocket::Config {
        self.0.rocket().config()
    }
}

impl Door {
    /// Keeps a port; 0 takes a free one.
    ///
    /// # Errors
    /// What the system says, such as that somebody else has it.
    pub fn keep(address: IpAddr, port: u16) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // After a restart, connections of the time before would hold the port for a minute.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::new(address, port))?;
        let address = socket.local_addr()?;
        Ok(Door { socket, address })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Opens it: from now on connections are kept, and answered once `Open::serve` runs.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(self) -> io::Result<Open> {
        Ok(Open(self.socket.listen(BACKLOG)?))
    }
}

/// An open port.
#[derive(Debug)]
pub struct Open(TcpListener);

impl Open {
    /// Lets `house` answer all connections until its [`House::shutdown`]; then finishes what has begun, within time limits.
    pub async fn serve(self, house: House, limits: Limits) {
        let (open, stop) = (self, house.shutdown());
        let (everybody, busy) = watch::channel(());
        let within = Arc::new(Within { rocket: house.0, bodies: body::room(&limits), limits, busy });
        let seats = Seats::new(&limits);
        tokio::select! {
            () = open.accept(&seats, &within) => {}
            () = stop => {}
        }
        drop(open);
        drop(within);
        if timeout(limits.grace, everybody.closed()).await.is_err() {
            seats.clear();
            // What does not notice goes on without anybody who listens, and ends with the process.
            let _ = timeout(limits.mercy, everybody.closed()).await;
        }
    }

    async fn accept(&self, seats: &Arc<Seats>, within: &Arc<Within>) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => match seats.take(peer.ip()) {
                    Some(place) => {
                        let within = Arc::clone(within);
                        tokio::spawn(connection::serve(stream, peer, place, within));
                    }
                    None => refuse(&stream, within),
                },
                Err(error) if is_of_one(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken; those that only wait are ended");
                    seats.make_way();
                    sleep(BREATH).await;
                }
            }
        }
    }
}

/// Somebody left before we looked; nothing is wrong with the others.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn refuse(stream: &TcpStream, within: &Within) {
    // What does not go into the system's buffer is not sent: nobody is waited for.
    let _ = stream.try_write(&Refused::NoRoom.bytes(within.site()));
}
