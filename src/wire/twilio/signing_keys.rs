//! The keys that sign webhooks, and which of them a post has to be signed with.
//! The header that names the key comes with the post. It only chooses among the keys and hashes that the operator allows.

use std::fmt;

use super::form::Form;
use super::signature::{Algorithm, HEADER, sign, sign_with, verify, verify_with};

/// The header in which the carrier names the shared key and the hash of a signature. A post without it is signed with the
/// auth token and SHA-1. Source: Twilio, "Webhook shared keys".
pub const SETTINGS_HEADER: &str = "X-Twilio-Webhooks-Signature-Settings";

/// A key that the carrier signs with in place of the auth token. Its debug output shows the id alone.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedKey {
    /// What the header calls it.
    pub id: String,
    /// The key of the HMAC.
    pub secret: String,
}

impl SharedKey {
    /// Reads `ID:SECRET`.
    ///
    /// # Errors
    /// What to write, without the text that was given.
    pub fn read(text: &str) -> Result<Self, String> {
        let usable = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
        match text.trim().split_once(':') {
            Some((id, secret)) if usable(id) && !id.contains('=') && usable(secret) => {
                Ok(SharedKey { id: id.to_owned(), secret: secret.to_owned() })
            }
            _ => Err("write ID:SECRET, both without blanks and commas".to_owned()),
        }
    }

    /// Reads several, with commas between them.
    ///
    /// # Errors
    /// As [`SharedKey::read`]; also if two have the same id.
    pub fn read_list(text: &str) -> Result<Vec<Self>, String> {
        let mut keys: Vec<SharedKey> = Vec::new();
        for key in text.split(',') {
            let key = SharedKey::read(key)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(format!("write the shared key {} once", key.id));
            }
            keys.push(key);
        }
        Ok(keys)
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Which signatures the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    /// Those of an auth token, and those of a shared key with either hash.
    #[default]
    Any,
    /// Those of a shared key with either hash.
    SharedKey,
    /// Those of a shared key with SHA-256.
    Sha256,
}

impl Allowed {
    /// Its word in the settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Allowed::Any => "any",
            Allowed::SharedKey => "shared_key",
            Allowed::Sha256 => "sha256",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Allowed::Any, Allowed::SharedKey, Allowed::Sha256].into_iter().find(|one| one.word() == word)
    }
}

/// Every key that a post may be signed with.
#[derive(Clone)]
pub struct SigningKeys {
    /// The auth token, and during a rotation the one before it.
    pub tokens: Vec<String>,
    /// What the settings header may name.
    pub shared: Vec<SharedKey>,
    /// Which signatures are allowed.
    pub allowed: Allowed,
}

/// Why nothing proves that a post is the carrier's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The signature is missing or wrong.
    #[error("there is no valid signature")]
    Signature,
    /// The settings header is there twice, or is not `name=value` pieces with each name once, or names a hash without a key.
    #[error("the header {SETTINGS_HEADER} cannot be read")]
    Header,
    /// The settings header names a key that is not among the shared keys.
    #[error("the signature is of a shared key that is not in TWILIO_SHARED_KEYS")]
    Key,
    /// The settings header names a hash that does not exist here.
    #[error("the signature is of a hash that is not known here")]
    Hash,
    /// The signature is of a kind that the operator does not allow.
    #[error("the signature is of a kind that TWILIO_SIGNATURES does not allow")]
    Kind,
}

/// What a post says it is signed with.
enum Named<'a> {
    Token,
    Shared(&'a SharedKey, Algorithm),
}

impl SigningKeys {
    /// Those of an account without shared keys: its auth token, and during a rotation the one before it.
    #[must_use]
    pub fn of_token(token: &str, previous: Option<&str>) -> Self {
        let tokens = [Some(token), previous].into_iter().flatten().map(str::to_owned).collect();
        SigningKeys { tokens, shared: Vec::new(), allowed: Allowed::Any }
    }

    /// Whether `signature` is one that the carrier made for `form` at `url`, with the key and the hash that `settings`, the
    /// values of every [`SETTINGS_HEADER`] of the post, name.
    ///
    /// # Errors
    /// Why not.
    pub fn verify<'a>(
        &self,
        settings: impl IntoIterator<Item = &'a str>,
        url: &str,
        form: &Form,
        signature: &str,
    ) -> Result<(), Unproven> {
        let genuine = match (self.named(settings)?, self.allowed) {
            (Named::Token, Allowed::SharedKey | Allowed::Sha256)
            | (Named::Shared(_, Algorithm::Sha1), Allowed::Sha256) => return Err(Unproven::Kind),
            (Named::Token, Allowed::Any) => verify(&self.tokens, url, form, signature),
            (Named::Shared(key, algorithm), _) => verify_with(algorithm, &[&key.secret], url, form, signature),
        };
        if genuine { Ok(()) } else { Err(Unproven::Signature) }
    }

    fn named<'a>(&self, settings: impl IntoIterator<Item = &'a str>) -> Result<Named<'_>, Unproven> {
        let mut settings = settings.into_iter();
        let header = settings.next().unwrap_or_default().trim();
        if settings.next().is_some() {
            return Err(Unproven::Header);
        }
        let (mut key, mut hash) = (None, None);
        for piece in header.split(',').filter(|_| !header.is_empty()) {
            let (name, value) = piece.split_once('=').ok_or(Unproven::Header)?;
            let place = match name.trim() {
                "key" => &mut key,
                "algorithm" => &mut hash,
                // The carrier may add others. What they change shows in the signature.
                _ => continue,
            };
            if place.replace(value.trim()).is_some() {
                return Err(Unproven::Header);
            }
        }
        let key = key.map(|id| self.shared.iter().find(|key| key.id == id).ok_or(Unproven::Key)).transpose()?;
        let algorithm = hash.map(|word| Algorithm::read(word).ok_or(Unproven::Hash)).transpose()?;
        match (key, algorithm) {
            (_, None) => Ok(Named::Token),
            (Some(key), Some(algorithm)) => Ok(Named::Shared(key, algorithm)),
            (None, Some(_)) => Err(Unproven::Header),
        }
    }
}

impl fmt::Debug for SigningKeys {
    /// Without the tokens and the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SigningKeys");
        shown.field("tokens", &self.tokens.len()).field("shared", &self.shared).field("allowed", &self.allowed).finish()
    }
}

/// What a carrier signs a post with.
#[derive(Clone, Copy)]
pub enum Signer<'a> {
    /// The account's token.
    Token(&'a str),
    /// A shared key.
    Shared(&'a SharedKey, Algorithm),
}

impl Signer<'_> {
    /// The headers of a post of `form` to `url`.
    #[must_use]
    pub fn headers(&self, url: &str, form: &Form) -> Vec<(&'static str, String)> {
        match self {
            Signer::Token(token) => vec![(HEADER, sign(token, url, form))],
            Signer::Shared(key, algorithm) => vec![
                (HEADER, sign_with(*algorithm, &key.secret, url, form)),
                (SETTINGS_HEADER, format!("key={},algorithm={}", key.id, algorithm.word())),
            ],
        }
    }
}

impl fmt::Debug for Signer<'_> {
    /// Without the token and the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signer::Token(_) => f.write_str("Token"),
            Signer::Shared(key, algorithm) => f.debug_tuple("Shared").field(key).field(algorithm).finish(),
        }
    }
}

#[cfg(test)]
#[path = "signing_keys_tests.rs"]
mod tests;
