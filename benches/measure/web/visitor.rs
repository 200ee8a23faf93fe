//! A signed-in person who asks for pages over one connection.

use std::io::{Error, Result};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::http::Connection;

pub struct Visitor {
    port: u16,
    cookie: String,
    connection: Connection,
}

/// A page as it came.
pub struct Page {
    pub status: u16,
    pub body: String,
    /// Head and body, in bytes.
    pub size: usize,
    pub took: Duration,
}

impl Visitor {
    /// Uses a one-time link up.
    pub async fn sign_in(port: u16, link: &str) -> Result<Self> {
        let mut connection = Connection::open(port).await?;
        let origin = format!("http://127.0.0.1:{port}");
        let request = format!(
            "POST {link} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
        );
        let (status, _) = connection.ask(request.as_bytes()).await?;
        let cookie = connection.field("set-cookie").and_then(|cookie| Some(cookie.split(';').next()?.to_owned()));
        let cookie = cookie.ok_or_else(|| Error::other(format!("signing in was answered with {status}")))?;
        Ok(Visitor { port, cookie, connection })
    }

    fn request(&self, path: &str, more: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {}\r\n{more}\r\n", self.port, self.cookie)
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Result<Page> {
        self.get_with(path, "").await
    }

    /// Asks for a page with fields more in the head, each ending with CR LF.
    pub async fn get_with(&mut self, path: &str, more: &str) -> Result<Page> {
        let request = self.request(path, more);
        let begun = Instant::now();
        let (status, body) = self.connection.ask(request.as_bytes()).await?;
        let took = begun.elapsed();
        let body = String::from_utf8_lossy(body).into_owned();
        Ok(Page { status, body, size: self.connection.size(), took })
    }

    /// Opens a stream of announcements, at whichever node.
    pub async fn listens(&self, port: u16) -> Result<TcpStream> {
        Connection::open(port).await?.listen(self.request("/live", "Accept: text/event-stream\r\n").as_bytes()).await
    }
}
