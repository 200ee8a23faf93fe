//! Whether the public address leads to the server of this database. The carrier posts texts there. If the name does not
//! resolve, if nothing answers behind a proxy, or if another service is there, the texts are lost.
//!
//! `serve` answers a random question with a hash that needs a secret of the database. So `doctor` recognises another
//! service, and a Switchboard with another database; a proxy in between changes nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::report::Report;
use crate::cli::Here;
use crate::config::address::WebAddress;
use crate::courier::knock::{Knock, knock};
use crate::desk::upkeep::identity;
use crate::store::Store;

/// The longest that one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

const WHAT: &str = "public address";

/// Examines it.
pub(super) async fn examine(here: &Here, store: Option<&Store>, report: &mut Report) {
    let settings = &here.settings;
    if settings.public_url.is_none() && settings.port == 0 {
        let found = "ROCKET_PORT is 0, so only `serve` knows its address, and nothing was asked there";
        return report.note(WHAT, found);
    }
    let base = settings.public_url_at(settings.port);
    let local = settings.public_url.as_ref().is_none_or(WebAddress::is_local);
    if settings.is_out_of_reach() {
        let fix = "set SWITCHBOARD_PUBLIC_URL to the https address that leads here, such as https://texts.example.com";
        return report.missing(WHAT, &format!("{base} leads to this machine only; no carrier reaches it"), fix);
    }
    let nonce = here.chance.token::<18>();
    let wanted = match store {
        None => Wanted::NotKnown,
        Some(store) => match identity::answer(store, &nonce).await {
            Ok(answer) => answer.map_or(Wanted::Nobodys, Wanted::Is),
            Err(error) => return report.unseen(WHAT, &error.to_string(), "mend the database first"),
        },
    };
    let asked = |base: &str| format!("{base}/health/live?nonce={nonce}");
    let Some((found, fix)) = judge(&knock(&asked(&base), PATIENCE).await, &wanted, here) else {
        let whose =
            if matches!(wanted, Wanted::Is(_)) { "whoever serves this database answers there" } else { "it answers" };
        return report.good(WHAT, &format!("{base}: {whose}"));
    };
    let here_too = if local { String::new() } else { beside(here, &asked, &wanted).await };
    report.missing(WHAT, &format!("{base}: {found}{here_too}"), &fix);
}

/// The answer that a server of this database gives.
enum Wanted {
    Is(String),
    /// Nobody has served this database yet, so nobody can give it.
    Nobodys,
    /// The database could not be asked.
    NotKnown,
}

/// Whether `serve` answers on this machine, in words: the fault is then between there and here.
async fn beside(here: &Here, asked: &impl Fn(&str) -> String, wanted: &Wanted) -> String {
    let address = match here.settings.address {
        any if any.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        one => one,
    };
    if here.settings.port == 0 {
        return String::new();
    }
    let at = SocketAddr::new(address, here.settings.port);
    match judge(&knock(&asked(&format!("http://{at}")), PATIENCE).await, wanted, here) {
        None => format!(
            ". `serve` does answer at {at}, so what lies between is wrong (or this machine alone cannot reach its own public \
             address: try that from elsewhere)"
        ),
        Some(_) => format!(". `serve` does not answer at {at} either"),
    }
}

/// What is wrong with an answer, and the fix; `None` if nothing is.
fn judge(knock: &Knock, wanted: &Wanted, here: &Here) -> Option<(String, String)> {
    let (address, port) = (here.settings.address, here.settings.port);
    let pass = format!("start `switchboard serve`, and let the proxy pass requests on to {address}:{port}");
    let name =
        "set SWITCHBOARD_PUBLIC_URL to the address that leads here, and the numbers' webhooks with it".to_owned();
    let serve = "start `switchboard serve`".to_owned();
    Some(match knock {
        Knock::Answer(200, body) if body.trim_end() == "live" || body.starts_with("live ") => {
            return by_proof(body.trim_end().strip_prefix("live").unwrap_or_default().trim(), wanted);
        }
        Knock::Answer(status @ (502..=504 | 521..=523), _) => {
            (format!("a proxy answers there (HTTP {status}), and nothing serves behind it"), pass)
        }
        Knock::Answer(status @ (401 | 403 | 407 | 429), _) => (
            format!("whoever answers there lets not everybody in (HTTP {status})"),
            "let the carrier through to /hooks without a password of the proxy's; texts prove by a signature whose they are".to_owned(),
        ),
        Knock::Answer(status, _) => (format!("another service answers there (HTTP {status})"), name),
        Knock::Redirect(status, to) => (
            format!("it sends everybody on to {to} (HTTP {status}), and what the carrier posts must arrive where it is posted"),
            format!("{name}: no redirect may lie between"),
        ),
        Knock::NoAddress(why) => (
            format!("its host has no address ({why})"),
            "mend SWITCHBOARD_PUBLIC_URL, or add the name to the DNS; what was added just now may need some minutes".to_owned(),
        ),
        Knock::Refused => ("nothing listens there".to_owned(), if port == 0 { serve } else { pass }),
        Knock::Tls(why) => (
            format!("no agreement on TLS ({why})"),
            "let the proxy show a certificate for this name that everybody trusts, with the certificates between".to_owned(),
        ),
        Knock::Silent => (
            format!("no answer within {} s", PATIENCE.as_secs()),
            "see whether a firewall lies between, and whether `switchboard serve` runs".to_owned(),
        ),
        Knock::Broken(why) => (format!("no answer that can be read ({why})"), pass),
    })
}

fn by_proof(answer: &str, wanted: &Wanted) -> Option<(String, String)> {
    let fix = "let the address lead to the `switchboard serve` of this database, or DATABASE_URL name the database that is served \
               there";
    let found = match wanted {
        Wanted::Is(wanted) if answer == wanted => return None,
        Wanted::NotKnown => return None,
        Wanted::Is(_) if answer.is_empty() => {
            "what answers there does not show that it serves this database: it is another service, \
            an older program, or its database does not answer it"
        }
        Wanted::Is(_) => "a Switchboard answers there that serves another database",
        Wanted::Nobodys => "a Switchboard answers there, and nobody has served this database yet",
    };
    Some((found.to_owned(), fix.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_of_this_database_will_do() {
        let wanted = Wanted::Is("abc".to_owned());
        assert_eq!(by_proof("abc", &wanted), None);
        assert!(by_proof("abd", &wanted).is_some_and(|(found, _)| found.contains("another database")));
        assert!(by_proof("", &wanted).is_some_and(|(found, _)| found.contains("does not show")));
        assert!(by_proof("abc", &Wanted::Nobodys).is_some());
        assert_eq!(by_proof("", &Wanted::NotKnown), None);
    }
}
