//! `X-Twilio-Signature`: makes it and checks it.
//!
//! Only the signature keeps a stranger from putting a text into a conversation. So it cannot be switched off, and its
//! answer does not depend on how much of a guess was right.
//!
//! The URL is the one that the carrier was told to call, from configuration, byte for byte, and not one rebuilt from
//! request headers. Source: Twilio, "Webhooks security", and the validators of its official libraries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::form::Form;
use crate::secret::hex;

/// The header that carries the signature.
pub const HEADER: &str = "X-Twilio-Signature";

/// The parameter in the query that carries the digest of a body which is not a form.
const BODY_DIGEST: &str = "bodySHA256";

/// The hash inside the HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// What the auth token signs with.
    #[default]
    Sha1,
    /// What an account may ask for with a shared key.
    Sha256,
}

impl Algorithm {
    /// The carrier's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Algorithm::Sha1 => "HMAC_SHA1",
            Algorithm::Sha256 => "HMAC_SHA256",
        }
    }

    /// The one with this word of the carrier's.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Algorithm::Sha1, Algorithm::Sha256].into_iter().find(|one| one.word() == word)
    }

    /// Characters of a signature: 20 or 32 bytes in base64 with padding.
    const fn signature_chars(self) -> usize {
        match self {
            Algorithm::Sha1 => 28,
            Algorithm::Sha256 => 44,
        }
    }
}

/// The signature of a form posted to `url`, or of a GET when `form` is empty (its parameters are in the URL).
#[must_use]
pub fn sign(token: &str, url: &str, form: &Form) -> String {
    sign_with(Algorithm::Sha1, token, url, form)
}

/// As [`sign`], with another hash.
#[must_use]
pub fn sign_with(algorithm: Algorithm, key: &str, url: &str, form: &Form) -> String {
    let mut text = String::new();
    tag(algorithm, key, without_fragment(url), &parameters(form), &mut text);
    text
}

/// Whether `header` signs this form for this URL with one of `tokens`: the current one, and during a rotation the
/// one before. The carrier is not consistent about ports: the URL may have been signed with or without one.
#[must_use]
pub fn verify<T: AsRef<str>>(tokens: &[T], url: &str, form: &Form, header: &str) -> bool {
    verify_with(Algorithm::Sha1, tokens, url, form, header)
}

/// As [`verify`], with another hash. Blank keys verify nothing.
#[must_use]
pub fn verify_with<T: AsRef<str>>(algorithm: Algorithm, keys: &[T], url: &str, form: &Form, header: &str) -> bool {
    // A header of the wrong length is wrong whatever the rest: no need to sort parameters for it.
    if header.len() != algorithm.signature_chars() {
        return false;
    }
    let url = without_fragment(url);
    let parameters = parameters(form);
    let mut made = String::with_capacity(algorithm.signature_chars());
    let mut matches = |url: &str| {
        // A blank key is none: everybody knows it.
        keys.iter().filter(|key| !key.as_ref().trim().is_empty()).any(|key| {
            made.clear();
            tag(algorithm, key.as_ref(), url, &parameters, &mut made);
            bool::from(made.as_bytes().ct_eq(header.as_bytes()))
        })
    };
    matches(url) || other_port(url).is_some_and(|url| matches(&url))
}

/// Whether `bodySHA256` in the query of `url` is the digest of `body`. The signature of a body that is not a form covers
/// the URL alone, so this parameter is all that binds the body; without it the answer is no.
#[must_use]
pub fn has_digest_of(url: &str, body: &[u8]) -> bool {
    let query = without_fragment(url).split_once('?').map_or("", |(_, query)| query);
    let Some(claimed) = query.split('&').find_map(|pair| pair.strip_prefix(BODY_DIGEST)?.strip_prefix('=')) else {
        return false;
    };
    bool::from(hex(&Sha256::digest(body)).as_bytes().ct_eq(claimed.as_bytes()))
}

/// Names and values without separators, in byte order of the names; the values of a repeated name once each, sorted.
fn parameters(form: &Form) -> String {
    form.sorted().collect()
}

fn tag(algorithm: Algorithm, key: &str, url: &str, parameters: &str, into: &mut String) {
    match algorithm {
        Algorithm::Sha1 => STANDARD.encode_string(hash::<Hmac<Sha1>>(key, url, parameters), into),
        Algorithm::Sha256 => STANDARD.encode_string(hash::<Hmac<Sha256>>(key, url, parameters), into),
    }
}

fn hash<M: Mac + KeyInit>(key: &str, url: &str, parameters: &str) -> hmac::digest::Output<M> {
    // Cannot fail: HMAC takes keys of every length.
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(url.as_bytes());
    mac.update(parameters.as_bytes());
    mac.finalize().into_bytes()
}

/// The fragment holds the carrier's connection settings (`#rc=3&rp=all`); it is neither sent nor signed.
fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

/// The same URL without its port, or with the scheme's own port if it has none. User, password and IPv6 literals
/// stay as they are. `None` if this is no URL with a host.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let host = &authority[host_at..];
    // The colons of an IPv6 literal lie between brackets.
    let bracket = host.rfind(']').unwrap_or(0);
    if let Some(colon) = host[bracket..].find(':') {
        let bare = &authority[..host_at + bracket + colon];
        return Some(format!("{scheme}://{bare}{tail}"));
    }
    let port = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    Some(format!("{scheme}://{authority}:{port}{tail}"))
}

#[cfg(test)]
#[path = "signature_vectors.rs"]
mod tests;
