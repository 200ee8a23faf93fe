//! An integrator's own server: takes posts, remembers them, and answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A post as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// By lower-case names.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The event's id.
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// The kind of the event.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// Fails unless it is signed with this secret, by a computation of its own.
    pub fn is_signed_with(&self, secret: &str) -> &Self {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("the secret begins with whsec_")).unwrap();
        assert!(key.len() >= 24, "a key of {} bytes", key.len());
        let content = format!("{}.{}.{}", self.headers["webhook-id"], self.headers["webhook-timestamp"], self.body);
        let signature = STANDARD.encode(hmac(&key, content.as_bytes()));
        assert_eq!(self.headers["webhook-signature"], format!("v1,{signature}"));
        self
    }
}

/// HMAC-SHA-256 as RFC 2104 writes it down.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

#[derive(Default)]
struct Memory {
    seen: Vec<Seen>,
    answers: VecDeque<String>,
    always: Option<String>,
}

/// The server.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    memory: Arc<Mutex<Memory>>,
}

impl Receiver {
    pub async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
        let receiver = Receiver { url, memory: Arc::default() };
        let memory = Arc::clone(&receiver.memory);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&memory)));
            }
        });
        receiver
    }

    /// Everything that came, in its order.
    pub fn seen(&self) -> Vec<Seen> {
        self.memory.lock().unwrap().seen.clone()
    }

    /// The kinds of what came, in its order.
    pub fn kinds(&self) -> Vec<String> {
        self.seen().iter().map(Seen::kind).collect()
    }

    /// Answers the next posts so, one after the other: a status, or a status and headers.
    pub fn answers(&self, answers: &[&str]) {
        self.memory.lock().unwrap().answers.extend(answers.iter().map(|answer| (*answer).to_owned()));
    }

    /// Answers every post so from now on.
    pub fn always(&self, answer: &str) {
        self.memory.lock().unwrap().always = Some(answer.to_owned());
    }
}

async fn serve(mut stream: TcpStream, memory: Arc<Mutex<Memory>>) {
    let mut bytes = Vec::new();
    let (headers, body) = loop {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return,
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let headers: HashMap<String, String> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                break (headers, body.to_owned());
            }
        }
    };
    let answer = {
        let mut memory = memory.lock().unwrap();
        memory.seen.push(Seen { headers, body });
        let next = memory.answers.pop_front().or_else(|| memory.always.clone());
        next.unwrap_or_else(|| "204".to_owned())
    };
    let (status, more) = answer.split_once(' ').unwrap_or((&answer, ""));
    let more = if more.is_empty() { String::new() } else { format!("{more}\r\n") };
    let answer = format!("HTTP/1.1 {status} Said\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}
