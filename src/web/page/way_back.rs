//! The page to which a reader returns after signing in, and the address of the sign-in page that remembers it.

use rocket::http::uri::Origin;

/// The longest address of a page that is gone back to.
const LONGEST_NEXT: usize = 500;

/// A page of this site that may be gone to after signing in: a path and a query as this program writes them, whose first
/// part is that of a page. Whatever is anything else is dropped.
pub(in crate::web) fn keep_next(next: &str) -> Option<String> {
    let (path, query) = next.split_once('?').map_or((next, ""), |(path, query)| (path, query));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%+".contains(&byte);
    let mut parts = path.strip_prefix('/')?.split('/');
    let of_ours = next.len() <= LONGEST_NEXT
        && parts.clone().all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
        && query.bytes().all(|byte| plain(byte) || b"=&,:*[]@!'()/".contains(&byte))
        && !path.contains('%')
        && parts.next().is_some_and(|first| crate::web::first_parts().contains(first));
    // It becomes a header.
    (of_ours && Origin::parse(next).is_ok()).then(|| next.to_owned())
}

/// The address of the sign-in page.
pub(in crate::web) fn address(next: Option<&str>) -> String {
    match next {
        Some(next) => {
            format!("/sign-in?next={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
        }
        None => "/sign-in".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_nowhere_else_after_signing_in() {
        for good in [
            "/conversations",
            "/conversations/1042?view=mine",
            "/held",
            "/history?q=a+b&who=%2B1",
            "/conversations/1042?seen=7&view=waiting",
            "/people/914949262322696193",
        ] {
            assert_eq!(keep_next(good).as_deref(), Some(good));
        }
        for bad in [
            "https://x.example",
            "//x.example",
            "///x.example",
            "/\\x.example",
            "/sign-out",
            "/sign-in?next=/held",
            "/link/abc",
            "/setup/abc",
            "/hooks/twilio/messages",
            "/api/v1/pairs",
            "/simulator",
            "/nowhere",
            "/",
            "",
            "held",
            "/a\r\nb",
            "/held\r\nSet-Cookie: a=b",
            "/é",
            "/\t/x",
            "/held\t",
            "/ held",
            "/held#x",
            "/held//x",
            "/held/../x",
            "/held/%2e%2e/x",
            "/%68eld",
            "/held?<x>",
            "/held?a=\0",
            "/held?a=\u{7f}",
            "javascript:alert(1)",
            "/;/held",
        ] {
            assert_eq!(keep_next(bad), None, "{bad:?}");
        }
        let long = format!("/held?q={}", "a".repeat(500));
        assert_eq!(keep_next(&long), None);
        assert_eq!(address(Some("/conversations/1?view=mine")), "/sign-in?next=%2Fconversations%2F1%3Fview%3Dmine");
    }
}
