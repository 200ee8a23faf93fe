//! HTTP/1.1 with as little work as possible, so that the bench measures the server and not this client.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: usize,
}

impl Connection {
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(16 * 1024), head: 0 })
    }

    /// Sends a whole request and reads the whole answer: its status and its body.
    pub async fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
            }
            if let Some(head) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break (head + 4, content_length(&self.buffer[..head + 2])?);
            }
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "half an answer"));
            }
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).ok().and_then(|digits| digits.parse().ok());
        let status = status.ok_or_else(|| Error::new(ErrorKind::InvalidData, "no status"))?;
        self.head = head;
        Ok((status, &self.buffer[head..head + length]))
    }

    /// A field of the last answer's head.
    pub fn field(&self, name: &str) -> Option<String> {
        let head = std::str::from_utf8(&self.buffer[..self.head]).ok()?;
        let fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).next()
    }

    /// How many bytes the last answer had, head and body.
    pub fn size(&self) -> usize {
        self.buffer.len()
    }

    /// Sends a request whose answer does not end, and reads until its head is there.
    pub async fn listen(mut self, request: &[u8]) -> Result<TcpStream> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        while !self.buffer.windows(4).any(|four| four == b"\r\n\r\n") {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
            }
        }
        Ok(self.stream)
    }
}

fn content_length(head: &[u8]) -> Result<usize> {
    let text = std::str::from_utf8(head).map_err(|_| Error::new(ErrorKind::InvalidData, "a head that is no text"))?;
    let field = text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    // An answer without a body may have no length.
    Ok(field.unwrap_or(0))
}

/// One request on a connection of its own.
pub async fn once(port: u16, method: &str, path: &str, json: &str) -> Result<(u16, Vec<u8>)> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    if !json.is_empty() {
        request += "Content-Type: application/json\r\n";
    }
    request += "Content-Length: ";
    request += &json.len().to_string();
    request += "\r\n\r\n";
    request += json;
    let mut connection = Connection::open(port).await?;
    let (status, body) = connection.ask(request.as_bytes()).await?;
    Ok((status, body.to_vec()))
}
