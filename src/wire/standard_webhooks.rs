//! How posts of events are signed: Standard Webhooks 1.0 (<https://www.standardwebhooks.com>), symmetric.
//! The secret is `whsec_` and the key in base64; the signature covers id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret begins with.
pub const PREFIX: &str = "whsec_";
/// The header with the id of the event; the same each time that it is posted.
pub const ID: &str = "webhook-id";
/// The header with the time of the post, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "webhook-signature";

/// A secret that has this key.
#[must_use]
pub fn secret(key: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(key))
}

/// The value of [`SIGNATURE`] for a post; `None` if the secret is none.
#[must_use]
pub fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, computed anew with Python's `hmac`.
    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        let signed = sign(secret, id, 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_is_its_key_in_base64() {
        assert_eq!(secret(&[0; 24]), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        for wrong in ["", "MfKQ9r8G", "whsec_§"] {
            assert_eq!(sign(wrong, "a", 0, "{}"), None, "{wrong}");
        }
    }
}
