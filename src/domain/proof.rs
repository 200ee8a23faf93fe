//! How a process proves that it serves a certain database, to somebody who can read that database too: it answers a
//! random question with a hash, keyed by a secret of the database. The answer reveals nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The shortest and the longest question, in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// Whether this is a question that is answered: URL-safe base64 of a fair length.
#[must_use]
pub fn is_question(nonce: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    LENGTH.contains(&nonce.len()) && nonce.bytes().all(plain)
}

/// The answer to `nonce`, made with `key`.
#[must_use]
pub fn answer(key: &str, nonce: &str) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(b"switchboard serves here\0");
    mac.update(nonce.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_knows_the_key_can_answer_and_no_answer_serves_twice() {
        let nonce = "abcdefghijklmnop_-12";
        assert_eq!(answer("key", nonce).len(), 43);
        assert_eq!(answer("key", nonce), answer("key", nonce));
        assert_ne!(answer("key", nonce), answer("other", nonce));
        assert_ne!(answer("key", nonce), answer("key", "abcdefghijklmnop_-13"));
    }

    #[test]
    fn what_is_no_question_is_not_answered() {
        assert!(is_question("abcdefghijklmnop") && is_question(&"a".repeat(64)));
        for odd in ["", "short", &"a".repeat(65), "abcdefghijklmnop<script>", "abcdefgh ijklmnop", "äbcdefghijklmnop"]
        {
            assert!(!is_question(odd), "{odd}");
        }
    }
}
