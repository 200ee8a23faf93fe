//! Every key is read, and every refusal names its key.

use std::time::Duration;

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};

use super::keys::{self, Key, Takes};
use super::{CarrierSettings, Settings, Source, defaults};
use crate::clock::seconds;
use crate::domain::money::{Cents, Prices};
use crate::domain::numbers::country::Countries;
use crate::domain::policy::{PickPolicy, Policies};
use crate::wire::twilio::signing_keys::Allowed;

fn with(toml: &str, env: &[(&str, &str)]) -> Result<Settings, String> {
    let figment = defaults::over_defaults(Figment::from(Toml::string(toml).nested()));
    let env = env.iter().map(|(name, value)| (name.into(), value.into()));
    Settings::read(Source::new(env, figment)).map_err(|refused| refused.to_string())
}

fn env(env: &[(&str, &str)]) -> Result<Settings, String> {
    with("", env)
}

#[test]
fn nothing_set_is_a_complete_setting() {
    let settings = env(&[("PATH", "/bin"), ("HOME", "")]).unwrap();
    assert_eq!(settings.database_url, "sqlite:switchboard.db");
    assert_eq!((settings.address.to_string().as_str(), settings.port), ("127.0.0.1", 8000));
    assert_eq!(settings.public_url_at(8123), "http://127.0.0.1:8123");
    assert!(matches!(settings.carrier, CarrierSettings::Simulator));
    assert_eq!(settings.policies, super::usual_policies());
    assert_eq!((settings.log.filter.as_str(), settings.log.json), ("info", false));
    assert!(!settings.simulator_anywhere && settings.events_allow_private);
    let rocket: rocket::Config = settings.figment.extract().unwrap();
    assert!(rocket.ip_header.is_none());
}

#[test]
fn every_policy_is_read_from_the_environment() {
    let settings = env(&[
        ("SWITCHBOARD_SUPPORT__IDLE_CLOSE", "1h"),
        ("SWITCHBOARD_SUPPORT__REOPEN_WITHIN", "2h"),
        ("SWITCHBOARD_SUPPORT__STICKY_FOR", "3d"),
        ("SWITCHBOARD_SUPPORT__HAND_OVER_AFTER", "4m"),
        ("SWITCHBOARD_SUPPORT__ANSWER_TARGET", "5m"),
        ("SWITCHBOARD_SUPPORT__PICK", "round_robin"),
        ("SWITCHBOARD_SUPPORT__CONTEXT_LINE", "false"),
        ("SWITCHBOARD_POOL__QUARANTINE", "6s"),
        ("SWITCHBOARD_POOL__QUARANTINE_FLOOR", "5s"),
        ("SWITCHBOARD_POOL__HEADROOM", "35%"),
        ("SWITCHBOARD_POOL__SPARES", "4"),
        ("SWITCHBOARD_POOL__LOW_WATERMARK", "5"),
        ("SWITCHBOARD_POOL__HIGH_WATERMARK", "50"),
        ("SWITCHBOARD_POOL__MONTHLY_BUDGET", "99.50"),
        ("SWITCHBOARD_POOL__PRICE", "1.20, GB=1"),
        ("SWITCHBOARD_POOL__AUTOMATIC", "true"),
        ("SWITCHBOARD_INBOX__UNDO_WINDOW", "0s"),
        ("SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT", "100ms"),
        ("SWITCHBOARD_DELIVERY__LEASE", "200ms"),
        ("SWITCHBOARD_DELIVERY__PROOF_AFTER", "300ms"),
        ("SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER", "400ms"),
        ("SWITCHBOARD_DELIVERY__BACKFILL_EVERY", "500ms"),
        ("SWITCHBOARD_DELIVERY__VALID_FOR", "90s"),
        ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", "0.1"),
        ("SWITCHBOARD_DELIVERY__COUNTRIES", "us, ca"),
        ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY", "5000"),
        ("SWITCHBOARD_API__RATE_LIMIT", "600"),
        ("SWITCHBOARD_EVENTS__ALLOW_PRIVATE", "false"),
    ])
    .unwrap();
    assert!(!settings.events_allow_private);
    let millis = Duration::from_millis;
    let Policies { support, pool, inbox, delivery, api, .. } = settings.policies;
    assert_eq!((delivery.countries.to_string().as_str(), delivery.segments_per_day), ("CA, US", Some(5000)));
    assert_eq!((pool.headroom, pool.spares, pool.low_watermark, pool.high_watermark), (35, 4, 5, 50));
    assert_eq!((pool.monthly_budget, pool.automatic), (Some(Cents(9950)), true));
    assert_eq!((pool.prices.of("US"), pool.prices.of("GB")), (Cents(120), Cents(100)));
    assert_eq!(support.idle_close, millis(3_600_000));
    assert_eq!(support.reopen_within, millis(7_200_000));
    assert_eq!(support.sticky_for, millis(259_200_000));
    assert_eq!(support.hand_over_after, millis(240_000));
    assert_eq!(support.answer_target, millis(300_000));
    assert_eq!((support.pick, support.context_line), (PickPolicy::RoundRobin, false));
    assert_eq!((pool.quarantine, pool.quarantine_floor), (millis(6000), millis(5000)));
    assert_eq!(inbox.undo_window, Duration::ZERO);
    assert_eq!((delivery.request_timeout, delivery.lease), (millis(100), millis(200)));
    assert_eq!((delivery.proof_after, delivery.proof_again_after), (millis(300), millis(400)));
    assert_eq!((delivery.backfill_every, delivery.valid_for), (millis(500), millis(90_000)));
    assert_eq!(delivery.segments_per_second, Some(0.1));
    assert_eq!(api.rate_limit, Some(600));
}

#[test]
fn a_blank_key_verifies_nothing_and_is_refused() {
    let twilio = |pairs: &[(&str, &str)]| {
        let mut all = vec![("SWITCHBOARD_CARRIER", "twilio"), ("TWILIO_ACCOUNT_SID", "AC1")];
        all.extend_from_slice(pairs);
        env(&all)
    };
    for blank in [" ", "\t", "\n", " \r\n ", "\u{A0}"] {
        let said = twilio(&[("TWILIO_AUTH_TOKEN", blank)]).unwrap_err();
        assert!(said.contains("TWILIO_AUTH_TOKEN is blank"), "{blank:?}: {said}");
        let said = twilio(&[("TWILIO_AUTH_TOKEN", "12345"), ("TWILIO_AUTH_TOKEN_PREVIOUS", blank)]).unwrap_err();
        assert!(said.contains("TWILIO_AUTH_TOKEN_PREVIOUS is blank"), "{blank:?}: {said}");
    }
    for torn in ["12 345", "12\n345", "12\u{0}345"] {
        let said = twilio(&[("TWILIO_AUTH_TOKEN", torn)]).unwrap_err();
        assert!(said.contains("has a blank or a line break within") && !said.contains("345"), "{said}");
    }
    let settings = twilio(&[("TWILIO_AUTH_TOKEN", " 12345\n"), ("TWILIO_AUTH_TOKEN_PREVIOUS", "\t54321 ")]).unwrap();
    let CarrierSettings::Twilio(twilio) = settings.carrier else { panic!("not Twilio") };
    assert_eq!((twilio.token.as_str(), twilio.previous_token.as_deref()), ("12345", Some("54321")));
    let odd = twilio.oddities().join("; ");
    for named in ["TWILIO_ACCOUNT_SID is not AC", "TWILIO_AUTH_TOKEN is not 32", "TWILIO_AUTH_TOKEN_PREVIOUS is not 32"]
    {
        assert!(odd.contains(named) && !odd.contains("12345"), "{odd}");
    }
    let mut own = twilio.clone();
    (own.account, own.token) = (format!("AC{}", "0f".repeat(16)), "A1".repeat(16));
    own.previous_token = None;
    assert!(own.oddities().is_empty());
    own.api_base = super::WebAddress::parse("https://sms.example.com").unwrap();
    own.token = "0f".repeat(7);
    assert!(own.oddities()[0].contains("TWILIO_AUTH_TOKEN has fewer than 16 characters"));
    own.token = "2f0c1f5e-7a0b-4d0e".to_owned();
    assert!(own.oddities().is_empty(), "others have shapes of their own");
}

#[test]
fn shared_keys_are_read_kept_secret_and_required_where_nothing_else_counts() {
    let twilio = |pairs: &[(&str, &str)]| {
        let mut all =
            vec![("SWITCHBOARD_CARRIER", "twilio"), ("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", "12345")];
        all.extend_from_slice(pairs);
        env(&all).map(|settings| match settings.carrier {
            CarrierSettings::Twilio(twilio) => twilio,
            CarrierSettings::Simulator => panic!("not Twilio"),
        })
    };
    for pairs in [&[][..], &[("TWILIO_SHARED_KEYS", ""), ("TWILIO_SIGNATURES", "")]] {
        let plain = twilio(pairs).unwrap();
        assert_eq!((plain.shared_keys.len(), plain.signatures), (0, Allowed::Any));
    }
    let both = twilio(&[("TWILIO_SHARED_KEYS", "SK1:first,SK2:second"), ("TWILIO_SIGNATURES", "sha256")]).unwrap();
    assert_eq!((both.shared_keys[1].secret.as_str(), both.signatures), ("second", Allowed::Sha256));
    let odd = both.oddities().join("; ");
    assert!(odd.contains("the secret of SK2 in TWILIO_SHARED_KEYS has fewer than 16"), "{odd}");
    assert!(!odd.contains("second") && !format!("{both:?}").contains("second"), "{odd}");
    for word in ["shared_key", "sha256"] {
        let said = twilio(&[("TWILIO_SIGNATURES", word)]).unwrap_err();
        assert!(said.contains(word) && said.contains("without TWILIO_SHARED_KEYS"), "{said}");
    }
    // Keys that cannot be read are one mistake, and not also none at all.
    let said = twilio(&[("TWILIO_SHARED_KEYS", "hush"), ("TWILIO_SIGNATURES", "sha256")]).unwrap_err();
    assert!(!said.contains("without TWILIO_SHARED_KEYS"), "{said}");
    let said = twilio(&[("TWILIO_SHARED_KEYS", "hush")]).unwrap_err();
    assert!(said.contains("TWILIO_SHARED_KEYS has a value of 4 characters") && !said.contains("hush"), "{said}");
    let said = twilio(&[("TWILIO_SIGNATURES", "sha1")]).unwrap_err();
    assert!(said.contains("write one of any, shared_key, sha256"), "{said}");
}

#[test]
fn proxies_are_named_and_no_header_of_rockets_names_the_peer() {
    assert!(env(&[]).unwrap().policies.proxies.is_empty());
    assert!(env(&[("SWITCHBOARD_TRUSTED_PROXIES", "")]).unwrap().policies.proxies.is_empty());
    let named = env(&[("SWITCHBOARD_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8")]).unwrap();
    assert_eq!(named.policies.proxies.to_string(), "127.0.0.1/32, 10.0.0.0/8");
    let named = with("[default]\ntrusted_proxies = \"::1\"", &[]).unwrap();
    assert_eq!(named.policies.proxies.to_string(), "::1/128");
    let said = env(&[("SWITCHBOARD_TRUSTED_PROXIES", "nginx")]).unwrap_err();
    assert!(said.contains("SWITCHBOARD_TRUSTED_PROXIES is `nginx`: write addresses"), "{said}");
    let said = env(&[("SWITCHBOARD_TRUSTED_PROXIES", "0.0.0.0/0")]).unwrap_err();
    assert!(said.contains("is every address"), "{said}");
    for header in ["ip_header = \"X-Real-IP\"", "ip_header = true"] {
        let said = with(&format!("[default]\n{header}"), &[]).unwrap_err();
        assert!(said.contains("ROCKET_IP_HEADER") && said.contains("SWITCHBOARD_TRUSTED_PROXIES"), "{said}");
    }
    assert!(with("[default]\nip_header = false", &[]).is_ok());
}

#[test]
fn a_published_house_misses_its_proxies_wherever_it_listens() {
    let missing = |pairs: &[(&str, &str)], address: &str| {
        let toml = format!("[default]\naddress = \"{address}\"");
        with(&toml, pairs).unwrap().missing_proxies().map(|(_, fix)| fix)
    };
    let https = ("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com");
    assert!(missing(&[https], "127.0.0.1").unwrap().contains("set SWITCHBOARD_TRUSTED_PROXIES=127.0.0.1 "));
    assert!(missing(&[https], "::1").unwrap().contains("set SWITCHBOARD_TRUSTED_PROXIES=::1 "));
    for address in ["10.0.0.7", "192.168.1.4", "0.0.0.0", "::", "203.0.113.7"] {
        assert!(
            missing(&[https], address).unwrap().contains("SWITCHBOARD_TRUSTED_PROXIES to the address"),
            "{address}"
        );
    }
    assert_eq!(missing(&[https, ("SWITCHBOARD_TRUSTED_PROXIES", "127.0.0.1")], "127.0.0.1"), None);
    assert_eq!(missing(&[], "127.0.0.1"), None);
    assert_eq!(missing(&[("SWITCHBOARD_PUBLIC_URL", "https://localhost")], "127.0.0.1"), None);
}

#[test]
fn twilio_needs_its_account_and_token_and_no_shape_of_them() {
    let said = env(&[("SWITCHBOARD_CARRIER", "twilio"), ("TWILIO_AUTH_TOKEN", "")]).unwrap_err();
    assert!(said.contains("TWILIO_ACCOUNT_SID is missing") && said.contains("TWILIO_AUTH_TOKEN is missing"), "{said}");

    let settings = env(&[
        ("SWITCHBOARD_CARRIER", "twilio"),
        ("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com/"),
        ("TWILIO_ACCOUNT_SID", "x"),
        ("TWILIO_AUTH_TOKEN", "y"),
        ("TWILIO_AUTH_TOKEN_PREVIOUS", "z"),
    ])
    .unwrap();
    assert_eq!(settings.public_url_at(1), "https://texts.example.com");
    let CarrierSettings::Twilio(twilio) = settings.carrier else { panic!("not Twilio") };
    assert_eq!((twilio.account.as_str(), twilio.token.as_str()), ("x", "y"));
    assert_eq!(twilio.previous_token.as_deref(), Some("z"));
    assert_eq!(twilio.api_base.as_str(), "https://api.twilio.com");
    assert!(!format!("{twilio:?}").contains('y'), "a token must not be printed");
    assert!(!settings.events_allow_private, "a real carrier's events stay out of this network");
}

#[test]
fn bad_values_are_refused_with_the_key_and_the_remedy() {
    for (name, value, remedy) in [
        ("DATABASE_URL", "mysql://root:pass@db/x", "sqlite:PATH"),
        ("DATABASE_URL", "sqlite:", "sqlite:PATH"),
        ("SWITCHBOARD_PUBLIC_URL", "http://texts.example.com", "use https"),
        ("SWITCHBOARD_CARRIER", "Twilio", "simulator, twilio"),
        ("TWILIO_API_BASE", "http://api.example.com", "use https"),
        ("SWITCHBOARD_SIMULATOR_ANYWHERE", "yes", "true or false"),
        ("SWITCHBOARD_LOG", "a=b=c", "a level"),
        ("SWITCHBOARD_LOG_FORMAT", "xml", "text, json"),
        ("SWITCHBOARD_SUPPORT__IDLE_CLOSE", "0s", "more than 0"),
        ("SWITCHBOARD_SUPPORT__PICK", "fair", "random, least_busy, round_robin"),
        ("SWITCHBOARD_SUPPORT__CONTEXT_LINE", "1", "true or false"),
        ("SWITCHBOARD_POOL__QUARANTINE", "72", "such as 90s"),
        ("SWITCHBOARD_POOL__QUARANTINE", "", "such as 90s"),
        ("SWITCHBOARD_INBOX__UNDO_WINDOW", "5m", "at most 60s"),
        ("SWITCHBOARD_DELIVERY__VALID_FOR", "900ms", "at least 1s"),
        ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", "-1", "0.001 to 100000"),
        ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", "inf", "0.001 to 100000"),
        ("SWITCHBOARD_DELIVERY__COUNTRIES", "Narnia", "US, CA, GB"),
        ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY", "0", "none for no limit"),
        ("SWITCHBOARD_DELIVERY__COUNTRIES", "home", "write all"),
        ("SWITCHBOARD_SUPPORT__COUNTRIES", "Narnia", "write home, all"),
        ("SWITCHBOARD_SUPPORT__FIRST_TEXTS_PER_HOUR", "0", "1 to 100000"),
        ("SWITCHBOARD_API__RATE_LIMIT", "0", "leave it out"),
        ("SWITCHBOARD_API__COUNTRIES", "Narnia", "write home, all"),
        ("SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR", "9", "10 to 1000000"),
        ("SWITCHBOARD_API__RATE_LIMIT", "1.5", "1 to 1000000"),
        ("SWITCHBOARD_EVENTS__ALLOW_PRIVATE", "no", "true or false"),
    ] {
        let said = env(&[(name, value)]).unwrap_err();
        assert!(said.contains(name) && said.contains(remedy), "{name}={value}: {said}");
        assert!(!said.contains("root:pass"), "a secret was repeated: {said}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused_with_both_keys() {
    let said = env(&[("SWITCHBOARD_POOL__QUARANTINE", "1h")]).unwrap_err();
    assert!(said.contains("QUARANTINE_FLOOR (4 h)") && said.contains("QUARANTINE (1 h)"), "{said}");
    let said = env(&[("SWITCHBOARD_DELIVERY__LEASE", "10s")]).unwrap_err();
    assert!(said.contains("LEASE (10 s)") && said.contains("REQUEST_TIMEOUT (10 s)"), "{said}");
}

#[test]
fn unknown_keys_are_refused_all_at_once_and_the_nearest_is_named() {
    let said = env(&[("SWITCHBOARD_SUPPORT__IDLE_CLOSED", "1h"), ("SWITCHBOARD_COLOUR", "red")]).unwrap_err();
    assert!(said.contains("did you mean SWITCHBOARD_SUPPORT__IDLE_CLOSE?"), "{said}");
    assert!(said.contains("SWITCHBOARD_COLOUR is not a key"), "{said}");
}

#[test]
fn rocket_toml_sets_the_same_and_the_environment_wins() {
    let toml = r#"
        [default]
        port = 9000
        database_url = "sqlite:elsewhere.db"
        carrier = "simulator"
        simulator_anywhere = true
        [default.support]
        idle_close = "1h"
        context_line = false
        [default.delivery]
        segments_per_second = 2.5
    "#;
    let settings = with(toml, &[("SWITCHBOARD_SUPPORT__IDLE_CLOSE", "2h")]).unwrap();
    assert_eq!((settings.port, settings.database_url.as_str()), (9000, "sqlite:elsewhere.db"));
    assert!(settings.simulator_anywhere && !settings.policies.support.context_line);
    assert_eq!(settings.policies.support.idle_close, crate::clock::hours(2));
    assert_eq!(settings.policies.delivery.segments_per_second, Some(2.5));

    let said = with("[default.pool]\nquarantene = \"1h\"", &[]).unwrap_err();
    assert!(said.contains("pool.quarantene is not a key: did you mean pool.quarantine?"), "{said}");
    let said = with("[default.pool]\nquarantine = \"long\"", &[]).unwrap_err();
    assert!(said.contains("pool.quarantine in Rocket.toml is `long`"), "{said}");
}

#[test]
fn rocket_is_told_where_to_listen_in_its_own_words() {
    let said = with("[default]\nport = \"here\"\naddress = \"nowhere\"", &[]).unwrap_err();
    assert!(said.contains("ROCKET_PORT") && said.contains("ROCKET_ADDRESS"), "{said}");
}

#[test]
fn the_table_of_keys_tells_the_defaults_that_hold() {
    let nothing = format!("{:?}", env(&[]).unwrap().policies);
    for key in keys::ALL {
        let depends = key.default.is_empty() || key.default.contains("PORT") || key.default.contains(" or ");
        if !depends {
            let settings = env(&[(key.name, key.default)]).unwrap();
            assert_eq!(format!("{:?}", settings.policies), nothing, "{}", key.name);
        }
    }
    let Policies { pool, delivery, .. } = env(&[]).unwrap().policies;
    assert_eq!(pool.prices, Prices::default());
    assert_eq!((delivery.request_timeout, delivery.lease), (seconds(10), seconds(30)));
}

#[test]
fn the_bounds_of_the_table_are_the_last_values_that_are_taken() {
    let refused = |name: &str, value: &str| {
        let said = env(&[(name, value)]).err().unwrap_or_default();
        said.contains(&format!("{name} is `"))
    };
    let mut bounded = 0;
    for key in keys::ALL {
        let (Takes::Range(least, most, _) | Takes::Limit(least, most, _)) = key.takes else { continue };
        bounded += 1;
        for value in [least, most] {
            assert!(!refused(key.name, value), "{} = {value}", key.name);
        }
        // One more than the most, in the same unit.
        let digits = most.trim_end_matches(char::is_alphabetic);
        let beyond = format!("{}{}", digits.parse::<u64>().unwrap() + 1, &most[digits.len()..]);
        assert!(refused(key.name, &beyond), "{} = {beyond}", key.name);
        if !least.starts_with("0s") {
            assert!(refused(key.name, if most.ends_with('d') { "0s" } else { "-1" }), "{}", key.name);
        }
        assert!(!key.remedy().contains('{'), "{}", key.remedy());
    }
    assert!(bounded > 20, "{bounded}");
}

#[test]
fn a_key_has_one_name_in_the_environment_and_one_in_rocket_toml() {
    let paths = [&keys::DATABASE_URL.key, &keys::SWITCHBOARD_LOG.key, &keys::ROCKET_PORT.key].map(Key::path);
    assert_eq!(paths, ["database_url", "log", "port"]);
    assert_eq!(keys::SWITCHBOARD_POOL__QUARANTINE_FLOOR.key.path(), "pool.quarantine_floor");
    assert_eq!(keys::tables(), ["support", "pool", "inbox", "delivery", "api", "events"]);
}

#[test]
fn a_pool_that_would_undo_itself_or_spend_without_end_is_refused() {
    let said = env(&[("SWITCHBOARD_POOL__HIGH_WATERMARK", "3")]).unwrap_err();
    assert!(said.contains("SWITCHBOARD_POOL__HIGH_WATERMARK (3) is not above"), "{said}");
    let said = env(&[("SWITCHBOARD_POOL__AUTOMATIC", "true")]).unwrap_err();
    assert!(said.contains("without SWITCHBOARD_POOL__MONTHLY_BUDGET"), "{said}");
    for (name, value, remedy) in [
        ("SWITCHBOARD_POOL__HEADROOM", "-1", "a percentage from 0"),
        ("SWITCHBOARD_POOL__SPARES", "few", "a number of masks"),
        ("SWITCHBOARD_POOL__MONTHLY_BUDGET", "$5", "an amount such as 1.15"),
        ("SWITCHBOARD_POOL__PRICE", "Canada=1", "is no country"),
    ] {
        let said = env(&[(name, value)]).unwrap_err();
        assert!(said.contains(name) && said.contains(remedy), "{said}");
    }
    assert_eq!(env(&[("SWITCHBOARD_POOL__MONTHLY_BUDGET", "none")]).unwrap().policies.pool.monthly_budget, None);
}

#[test]
fn spending_has_an_end_without_a_setting() {
    let Policies { support, pool, delivery, api, .. } = super::usual_policies();
    assert_eq!((support.countries, support.first_texts_per_hour), (Countries::Home, 30));
    assert_eq!((api.countries, api.first_texts_per_hour), (Countries::Home, Some(1_000)));
    assert_eq!((delivery.segments_per_day, pool.monthly_budget), (Some(10_000), Some(Cents(25_000))));
}
