//! How often the carrier is told to try webhooks again: settings behind the `#` of the address, which it does not send.
//!
//! Without them it tries a text whose webhook meets a restart once and drops it (Twilio, "Webhooks connection
//! overrides").

/// What to put behind every webhook's address: three more tries, whatever went wrong, 4 s for each, within the 15 s that
/// the carrier gives them all.
pub const TRY_AGAIN: &str = "#rc=3&rp=all&rt=4000";

/// An address apart from its settings.
#[must_use]
pub fn split(url: &str) -> (&str, &str) {
    url.split_once('#').unwrap_or((url, ""))
}

/// What the settings behind an address lack, in words; empty if they bridge a restart.
#[must_use]
pub fn lacks(fragment: &str) -> Vec<String> {
    let of = |key: &str| fragment.split('&').filter_map(|pair| pair.split_once('=')).rfind(|(name, _)| *name == key);
    let number = |key: &str| of(key).map(|(_, value)| (value, value.parse::<u32>().ok()));
    let mut lacks = Vec::new();
    match number("rc") {
        None => lacks.push("rc is missing, so it is tried twice at most".to_owned()),
        Some((_, Some(3..=5))) => {}
        Some((_, Some(few @ 0..=2))) => lacks.push(format!("rc={few} tries again too seldom: 3 is right")),
        Some((odd, _)) => lacks.push(format!("rc={odd} is no number from 0 to 5: 3 is right")),
    }
    match of("rp") {
        None => lacks.push("rp is missing, so only connections that never came about are tried again".to_owned()),
        Some((_, words)) => {
            let words: Vec<&str> = words.split(',').map(str::trim).collect();
            let forgotten: Vec<&str> = ["5xx", "ct", "rt"]
                .into_iter()
                .filter(|word| !words.contains(word) && !words.contains(&"all"))
                .collect();
            if !forgotten.is_empty() {
                lacks.push(format!("rp does not name {}: all is right", forgotten.join(", ")));
            }
        }
    }
    match number("rt") {
        None => lacks.push("rt is missing, so one try that hangs uses up the time of all".to_owned()),
        Some((_, Some(100..=5000))) => {}
        Some((odd, _)) => lacks.push(format!("rt={odd} is not between 100 and 5000 ms: 4000 is right")),
    }
    if let Some((value, parsed)) = number("tt")
        && parsed.is_none_or(|millis| millis < 12_000)
    {
        lacks.push(format!("tt={value} leaves too little time for all tries: leave it out"));
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_advise_lacks_nothing() {
        assert_eq!(lacks(split(&format!("https://a.example/b{TRY_AGAIN}")).1), Vec::<String>::new());
        assert_eq!(lacks("rp=5xx,ct,rt&rc=5&rt=100&e=dublin&sni=y&tt=15000"), Vec::<String>::new());
    }

    #[test]
    fn each_setting_that_is_missing_or_wrong_is_named() {
        assert_eq!(lacks("").len(), 3);
        assert_eq!(lacks("rc=1&rp=all&rt=4000"), ["rc=1 tries again too seldom: 3 is right"]);
        assert_eq!(lacks("rc=many&rp=all&rt=4000"), ["rc=many is no number from 0 to 5: 3 is right"]);
        assert_eq!(lacks("rc=9&rp=all&rt=4000"), ["rc=9 is no number from 0 to 5: 3 is right"]);
        assert_eq!(lacks("rc=3&rp=ct&rt=4000"), ["rp does not name 5xx, rt: all is right"]);
        assert_eq!(lacks("rc=3&rp=all&rt=15000"), ["rt=15000 is not between 100 and 5000 ms: 4000 is right"]);
        assert_eq!(lacks("rc=3&rp=all&rt=4s").len(), 1);
        assert_eq!(
            lacks("rc=3&rp=all&rt=4000&tt=3000"),
            ["tt=3000 leaves too little time for all tries: leave it out"]
        );
    }
}
