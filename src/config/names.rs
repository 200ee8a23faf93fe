//! Names that are set but that the program does not read, most of them a typing error away from a key. The program
//! refuses a name where the mistake is certain, warns where the name may belong to another program, and ignores it
//! where it does.

use std::collections::BTreeMap;

use super::keys;
use crate::domain::characters::slips;

/// Rocket's own keys.
pub(super) const ROCKETS: [&str; 15] = [
    "address",
    "port",
    "workers",
    "max_blocking",
    "keep_alive",
    "ident",
    "ip_header",
    "proxy_proto_header",
    "limits",
    "tls",
    "temp_dir",
    "secret_key",
    "log_level",
    "shutdown",
    "cli_colors",
];

/// Near one of ours, and a name that others use.
const OTHERS: [&str; 1] = ["DATABASE_URI"];

/// So many slips make one name of another at most.
const MOST_SLIPS: usize = 2;

/// What is to be said of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It was meant for this program, and would not be read.
    Refuse(String),
    /// It may have been.
    Warn(String),
}

/// Every name of the environment that is read.
fn read_names() -> Vec<String> {
    let paths = keys::ALL.iter().map(|key| key.path()).filter(|path| !path.contains('.'));
    let rockets = ROCKETS.into_iter().chain(["config", "profile"]).map(str::to_owned);
    let rockets = rockets.chain(keys::tables()).chain(paths);
    let rockets = rockets.map(|path| format!("ROCKET_{}", path.to_uppercase()));
    keys::ALL.iter().map(|key| key.name.to_owned()).chain(rockets).collect()
}

/// What is to be said of the names of an environment, in their order.
pub(super) fn environment(env: &BTreeMap<String, String>) -> Vec<Said> {
    let read = read_names();
    env.iter().filter_map(|(name, value)| one(name, value, env, &read)).collect()
}

fn one(name: &str, value: &str, env: &BTreeMap<String, String>, read: &[String]) -> Option<Said> {
    let upper = name.to_uppercase();
    let known = |name: &str| read.iter().any(|known| known == name);
    // Rocket reads its keys in any case, and `ROCKET_TLS.CERTS` as a part of `tls`.
    let rockets = upper.starts_with("ROCKET_") && known(upper.split('.').next().unwrap_or_default());
    if known(name) || rockets || by_a_cluster(name, value) {
        return None;
    }
    let ours = upper.starts_with("SWITCHBOARD_") || misspelt_prefix(&upper);
    let otherwise_cased = read.iter().find(|known| **known == upper).map(String::as_str);
    let near = otherwise_cased.or_else(|| nearest(&upper, read));
    match near {
        Some(near) if !ours && (env.contains_key(near) || OTHERS.contains(&name)) => {
            Some(Said::Warn(format!("{name} is not a key of this program and is not read; {near} is")))
        }
        Some(near) => Some(Said::Refuse(refusal(name, Some(near)))),
        None if ours => Some(Said::Refuse(refusal(name, alike(&upper, read)))),
        None if ["ROCKET_", "TWILIO_"].iter().any(|prefix| upper.starts_with(prefix)) => {
            Some(Said::Warn(format!("{} Nobody reads it", refusal(name, alike(&upper, read)))))
        }
        None => None,
    }
}

/// What is said of a name that is not read.
pub(super) fn refusal(name: &str, near: Option<&str>) -> String {
    let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    format!("{name} is not a key: {near}`switchboard --help` lists them all.")
}

/// Kubernetes and Docker set such names for a service that is called as this program is.
fn by_a_cluster(name: &str, value: &str) -> bool {
    let address = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let parts: Vec<&str> = name.split('_').collect();
    let protocol = |part: &&str| matches!(*part, "TCP" | "UDP" | "SCTP");
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && address)
        || (name.contains("_PORT_") && parts.iter().any(protocol))
}

/// Whether a name begins nearly as ours do, so that it can only be meant for us.
fn misspelt_prefix(upper: &str) -> bool {
    let prefix = upper.split('_').next().unwrap_or_default();
    upper.contains('_') && prefix != "SWITCHBOARD" && distance(prefix, "SWITCHBOARD") <= 2
}

/// The name among `known` that `name` is a slip of the keyboard away from.
pub(super) fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let long = name.chars().count();
    // As many slips at least lie between two names as one is longer by.
    let near = known.iter().filter(|known| known.chars().count().abs_diff(long) <= MOST_SLIPS);
    let near = near.map(|known| (distance(name, known), known)).filter(|(far, known)| is_slip(name, known, *far));
    near.min_by_key(|(far, _)| *far).map(|(_, known)| known.as_str())
}

fn is_slip(name: &str, known: &str, far: usize) -> bool {
    // Of names with one beginning only what follows is compared: in a short rest two letters make another word.
    let prefix =
        ["SWITCHBOARD_", "TWILIO_", "ROCKET_"].into_iter().find(|one| name.starts_with(one) && known.starts_with(one));
    let rest = known.len() - prefix.map_or(0, str::len);
    let allowed = if rest < 6 { 1 } else { MOST_SLIPS };
    let first = |text: &str| text.as_bytes().first().copied();
    // SOCKET_PORT and POCKET_PORT are others' words.
    let other_word = first(name) != first(known) && (far > 1 || name.len() == known.len());
    far > 0 && far <= allowed && !other_word
}

/// The name among `known` that has most pairs of letters in common with `name`, if most are.
pub(super) fn alike<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let best = known.iter().max_by(|a, b| likeness(name, a).total_cmp(&likeness(name, b)));
    best.filter(|best| likeness(name, best) > 0.7).map(String::as_str)
}

/// The share of letter pairs that two names have in common (Dice), from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn likeness(one: &str, other: &str) -> f64 {
    let own = |text: &str| text.trim_start_matches("SWITCHBOARD_").to_owned();
    let pairs = |text: &str| own(text).as_bytes().windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>();
    let (ours, mut theirs) = (pairs(one), pairs(other));
    let all = ours.len() + theirs.len();
    let common =
        ours.iter().filter(|pair| theirs.iter().position(|it| it == *pair).map(|at| theirs.remove(at)).is_some());
    2.0 * common.count() as f64 / all.max(1) as f64
}

/// How many slips lie between two names.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let letters = |name: &str| name.chars().collect::<Vec<_>>();
    slips::between(&letters(one), &letters(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(set: &[(&str, &str)]) -> Vec<Said> {
        environment(&set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_slip_of_the_keyboard_is_refused_with_what_was_meant() {
        for (name, meant) in [
            ("DATABSE_URL", "DATABASE_URL"),
            ("DATABASE_ULR", "DATABASE_URL"),
            ("DATABASEURL", "DATABASE_URL"),
            ("ATABASE_URL", "DATABASE_URL"),
            ("database_url", "DATABASE_URL"),
            ("ROCKET_PROT", "ROCKET_PORT"),
            ("ROCKET_ADRESS", "ROCKET_ADDRESS"),
            ("ROKCET_PORT", "ROCKET_PORT"),
            ("TWILIO_API_BSE", "TWILIO_API_BASE"),
            ("TWILIO_ACCOUNT_ID", "TWILIO_ACCOUNT_SID"),
            ("TWILLIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"),
            ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
            ("SWITCHBORD_CARRIER", "SWITCHBOARD_CARRIER"),
            ("SWICTHBOARD_LOG", "SWITCHBOARD_LOG"),
            ("SWITCH_BOARD_PUBLIC_URL", "SWITCHBOARD_PUBLIC_URL"),
            ("SWITCHBOARD_POOL__QUARANTENE", "SWITCHBOARD_POOL__QUARANTINE"),
            ("SWITCHBOARD_SUPPORT_IDLE_CLOSE", "SWITCHBOARD_SUPPORT__IDLE_CLOSE"),
        ] {
            let found = said(&[(name, "x")]);
            match &found[..] {
                [Said::Refuse(told)] => assert!(told.contains(&format!("did you mean {meant}?")), "{name}: {told}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(matches!(&said(&[("SWITCHBORD_COLOUR", "red")])[..], [Said::Refuse(_)]));
    }

    #[test]
    fn where_the_right_name_is_set_too_or_it_may_be_anothers_it_is_only_warned_of() {
        for set in [
            &[("DATABSE_URL", "x"), ("DATABASE_URL", "y")][..],
            &[("DATABASE_URI", "x")],
            &[("TWILIO_PHONE_NUMBER", "x")],
            &[("TWILIO_API_KEY", "x")],
            &[("TWILIO_AUTH_TOKEN_FILE", "x")],
            &[("ROCKET_HOST", "x")],
            &[("ROCKET_DATABASES", "{}")],
        ] {
            assert!(matches!(&said(set)[..], [Said::Warn(_)]), "{set:?}: {:?}", said(set));
        }
    }

    #[test]
    fn what_is_read_and_what_is_others_is_passed_over() {
        for key in keys::ALL.iter().chain(&keys::ROCKET) {
            assert_eq!(said(&[(key.name, "x")]), [], "{}", key.name);
        }
        for (name, value) in [
            ("PATH", "/bin"),
            ("DATABASE_HOST", "db"),
            ("DATABASE_USER", "x"),
            ("SOCKET_PORT", "1"),
            ("POCKET_ADDRESS", "1"),
            ("ROCKET_WORKERS", "2"),
            ("rocket_port", "8000"),
            ("ROCKET_PUBLIC_URL", "https://texts.example.com"),
            ("ROCKET_PROFILE", "staging"),
            ("ROCKET_SECRET_KEY", "x"),
            ("SWITCHBOARD_SERVICE_HOST", "10.0.0.1"),
            ("SWITCHBOARD_SERVICE_PORT_HTTP", "80"),
            ("SWITCHBOARD_PORT", "tcp://10.0.0.1:80"),
            ("SWITCHBOARD_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("SWITCHBOARD_WEB_SERVICE_PORT", "80"),
        ] {
            assert_eq!(said(&[(name, value)]), [], "{name}");
        }
        assert!(matches!(&said(&[("SWITCHBOARD_PORT", "8000")])[..], [Said::Refuse(_)]));
    }

    #[test]
    fn a_swap_is_one_slip() {
        for (one, other, far) in
            [("PROT", "PORT", 1), ("PORT", "PORT", 0), ("", "AB", 2), ("ABC", "AC", 1), ("HOST", "PORT", 2)]
        {
            assert_eq!(distance(one, other), far, "{one} {other}");
        }
    }
}
