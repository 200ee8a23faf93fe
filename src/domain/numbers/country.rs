//! The country of a number, from its first digits, and which masks serve which phones.
//!
//! Calling codes are those of ITU-T E.164; within +1 the area codes of Canada and the Caribbean are distinguished from
//! those of the United States (North American Numbering Plan). Elsewhere a shared code stands for its largest country.

use std::fmt;

use super::phone::Phone;

#[rustfmt::skip]
const CANADA: &[&str] = &[
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382", "387",
    "403", "416", "418", "428", "431", "437", "438", "450", "460", "468", "474", "506", "514", "519", "537", "548",
    "568", "579", "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709", "742", "753", "778",
    "780", "782", "807", "819", "825", "867", "873", "879", "902", "905", "942",
];

/// Area code and country of +1 outside the United States and Canada.
#[rustfmt::skip]
const ISLANDS: &[(&str, &str)] = &[
    ("242", "BS"), ("246", "BB"), ("264", "AI"), ("268", "AG"), ("284", "VG"), ("340", "VI"), ("345", "KY"),
    ("441", "BM"), ("473", "GD"), ("649", "TC"), ("658", "JM"), ("664", "MS"), ("670", "MP"), ("671", "GU"),
    ("684", "AS"), ("721", "SX"), ("758", "LC"), ("767", "DM"), ("784", "VC"), ("787", "PR"), ("809", "DO"),
    ("829", "DO"), ("849", "DO"), ("868", "TT"), ("869", "KN"), ("876", "JM"), ("939", "PR"),
];

/// Calling codes of the world but for +1; no code is the beginning of another.
#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("20", "EG"), ("211", "SS"), ("212", "MA"), ("213", "DZ"), ("216", "TN"), ("218", "LY"), ("220", "GM"),
    ("221", "SN"), ("222", "MR"), ("223", "ML"), ("224", "GN"), ("225", "CI"), ("226", "BF"), ("227", "NE"),
    ("228", "TG"), ("229", "BJ"), ("230", "MU"), ("231", "LR"), ("232", "SL"), ("233", "GH"), ("234", "NG"),
    ("235", "TD"), ("236", "CF"), ("237", "CM"), ("238", "CV"), ("239", "ST"), ("240", "GQ"), ("241", "GA"),
    ("242", "CG"), ("243", "CD"), ("244", "AO"), ("245", "GW"), ("248", "SC"), ("249", "SD"), ("250", "RW"),
    ("251", "ET"), ("252", "SO"), ("253", "DJ"), ("254", "KE"), ("255", "TZ"), ("256", "UG"), ("257", "BI"),
    ("258", "MZ"), ("260", "ZM"), ("261", "MG"), ("262", "RE"), ("263", "ZW"), ("264", "NA"), ("265", "MW"),
    ("266", "LS"), ("267", "BW"), ("268", "SZ"), ("269", "KM"), ("27", "ZA"), ("290", "SH"), ("291", "ER"),
    ("297", "AW"), ("298", "FO"), ("299", "GL"), ("30", "GR"), ("31", "NL"), ("32", "BE"), ("33", "FR"),
    ("34", "ES"), ("350", "GI"), ("351", "PT"), ("352", "LU"), ("353", "IE"), ("354", "IS"), ("355", "AL"),
    ("356", "MT"), ("357", "CY"), ("358", "FI"), ("359", "BG"), ("36", "HU"), ("370", "LT"), ("371", "LV"),
    ("372", "EE"), ("373", "MD"), ("374", "AM"), ("375", "BY"), ("376", "AD"), ("377", "MC"), ("378", "SM"),
    ("380", "UA"), ("381", "RS"), ("382", "ME"), ("383", "XK"), ("385", "HR"), ("386", "SI"), ("387", "BA"),
    ("389", "MK"), ("39", "IT"), ("40", "RO"), ("41", "CH"), ("420", "CZ"), ("421", "SK"), ("423", "LI"),
    ("43", "AT"), ("44", "GB"), ("45", "DK"), ("46", "SE"), ("47", "NO"), ("48", "PL"), ("49", "DE"),
    ("500", "FK"), ("501", "BZ"), ("502", "GT"), ("503", "SV"), ("504", "HN"), ("505", "NI"), ("506", "CR"),
    ("507", "PA"), ("508", "PM"), ("509", "HT"), ("51", "PE"), ("52", "MX"), ("53", "CU"), ("54", "AR"),
    ("55", "BR"), ("56", "CL"), ("57", "CO"), ("58", "VE"), ("590", "GP"), ("591", "BO"), ("592", "GY"),
    ("593", "EC"), ("594", "GF"), ("595", "PY"), ("596", "MQ"), ("597", "SR"), ("598", "UY"), ("599", "CW"),
    ("60", "MY"), ("61", "AU"), ("62", "ID"), ("63", "PH"), ("64", "NZ"), ("65", "SG"), ("66", "TH"),
    ("670", "TL"), ("672", "NF"), ("673", "BN"), ("674", "NR"), ("675", "PG"), ("676", "TO"), ("677", "SB"),
    ("678", "VU"), ("679", "FJ"), ("680", "PW"), ("681", "WF"), ("682", "CK"), ("683", "NU"), ("685", "WS"),
    ("686", "KI"), ("687", "NC"), ("688", "TV"), ("689", "PF"), ("690", "TK"), ("691", "FM"), ("692", "MH"),
    ("7", "RU"), ("81", "JP"), ("82", "KR"), ("84", "VN"), ("850", "KP"), ("852", "HK"), ("853", "MO"),
    ("855", "KH"), ("856", "LA"), ("86", "CN"), ("880", "BD"), ("886", "TW"), ("90", "TR"), ("91", "IN"),
    ("92", "PK"), ("93", "AF"), ("94", "LK"), ("95", "MM"), ("960", "MV"), ("961", "LB"), ("962", "JO"),
    ("963", "SY"), ("964", "IQ"), ("965", "KW"), ("966", "SA"), ("967", "YE"), ("968", "OM"), ("970", "PS"),
    ("971", "AE"), ("972", "IL"), ("973", "BH"), ("974", "QA"), ("975", "BT"), ("976", "MN"), ("977", "NP"),
    ("98", "IR"), ("992", "TJ"), ("993", "TM"), ("994", "AZ"), ("995", "GE"), ("996", "KG"), ("998", "UZ"),
];

/// The ISO 3166 code of an E.164 number's country, as far as its digits tell; `None` for short codes and for codes
/// without a country (satellites, global services).
#[must_use]
pub fn of(number: &str) -> Option<&'static str> {
    let digits = number.strip_prefix('+')?;
    if let Some(rest) = digits.strip_prefix('1') {
        let area = rest.get(..3)?;
        let island = ISLANDS.iter().find(|(code, _)| *code == area).map(|(_, country)| *country);
        return island.or(Some(if CANADA.contains(&area) { "CA" } else { "US" }));
    }
    CODES.iter().find(|(code, _)| digits.starts_with(code)).map(|(_, country)| *country)
}

/// Whether `mask`, one of our numbers that was set up for `country`, is of the right country for `phone`. Toll-free
/// numbers and those of +1 without a country serve every phone of +1.
#[must_use]
pub fn serves(mask: &str, country: Option<&str>, phone: &str) -> bool {
    let north_american = |number: &str| Phone::parse(number).is_ok_and(|number| number.is_north_american());
    let toll_free = Phone::parse(mask).is_ok_and(|mask| mask.is_toll_free());
    if north_american(mask) && (toll_free || country.is_none()) {
        return north_american(phone);
    }
    country.or_else(|| of(mask)) == of(phone)
}

/// Whether `mask`, as in [`serves`], is of the right country for phones of `country`.
#[must_use]
pub fn covers(mask: &str, set: Option<&str>, country: &str) -> bool {
    let north_american = Phone::parse(mask).is_ok_and(|mask| mask.is_north_american());
    let toll_free = Phone::parse(mask).is_ok_and(|mask| mask.is_toll_free());
    if north_american && (toll_free || set.is_none()) {
        return is_north_american(country);
    }
    set.or_else(|| of(mask)) == Some(country)
}

/// Whether phones of this country begin with +1.
#[must_use]
pub fn is_north_american(country: &str) -> bool {
    ["US", "CA"].contains(&country) || ISLANDS.iter().any(|(_, island)| *island == country)
}

/// The countries of our lines, sorted: those that they were set up for, else those that their digits tell. Lines of the
/// United States, of Canada and toll-free ones are at home in both.
#[must_use]
pub fn homes<'a>(lines: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Vec<String> {
    let mut homes: Vec<String> = Vec::new();
    for (number, set) in lines {
        let toll_free = Phone::parse(number).is_ok_and(|number| number.is_north_american() && number.is_toll_free());
        match set.or_else(|| of(number)) {
            Some("US" | "CA") => homes.extend(["CA".to_owned(), "US".to_owned()]),
            _ if toll_free => homes.extend(["CA".to_owned(), "US".to_owned()]),
            Some(country) => homes.push(country.to_owned()),
            None => {}
        }
    }
    homes.sort_unstable();
    homes.dedup();
    homes
}

/// The countries to whose numbers something may be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Countries {
    /// All of them.
    #[default]
    All,
    /// Those of our lines, as [`homes`] tells them.
    Home,
    /// These, by their ISO 3166 codes, sorted.
    Only(Vec<String>),
}

impl Countries {
    /// Reads `home`, or what [`Countries::read_fixed`] reads.
    ///
    /// # Errors
    /// As [`Countries::read_fixed`].
    pub fn read(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case("home") {
            return Ok(Countries::Home);
        }
        Countries::read_fixed(text).map_err(|why| why.replacen("write all,", "write home, all,", 1))
    }

    /// Reads `all`, or codes with commas between them: `US, CA`.
    ///
    /// # Errors
    /// What is wrong, its shape and the remedy, in words.
    pub fn read_fixed(text: &str) -> Result<Self, String> {
        let mut codes: Vec<String> =
            text.split(',').map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty()).collect();
        if codes == ["ALL"] {
            return Ok(Countries::All);
        }
        codes.sort_unstable();
        codes.dedup();
        if let Some(strange) = codes.iter().find(|code| !is_told(code)) {
            let shown = strange.escape_debug();
            return Err(format!("`{shown}` is no country that numbers tell; write all, or codes such as US, CA, GB"));
        }
        if codes.is_empty() {
            return Err("write all, or codes such as US, CA, GB".to_owned());
        }
        Ok(Countries::Only(codes))
    }

    /// The same countries, by name where they are those of our lines, which are at home in `homes`.
    #[must_use]
    pub fn told(&self, homes: &[String]) -> Countries {
        if *self == Countries::Home { Countries::Only(homes.to_vec()) } else { self.clone() }
    }

    /// Whether `number` is of one of them; of `home` none is until [`Countries::told`] names them.
    #[must_use]
    pub fn allow(&self, number: &str) -> bool {
        match self {
            Countries::All => true,
            Countries::Home => false,
            Countries::Only(codes) => of(number).is_some_and(|country| codes.iter().any(|code| code == country)),
        }
    }
}

impl fmt::Display for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Countries::All => f.write_str("all"),
            Countries::Home => f.write_str("home"),
            Countries::Only(codes) => f.write_str(&codes.join(", ")),
        }
    }
}

/// Some number belongs to this country by its digits.
#[must_use]
pub fn is_told(code: &str) -> bool {
    ["US", "CA"].contains(&code) || ISLANDS.iter().chain(CODES).any(|(_, country)| *country == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digits_tell_the_country() {
        let told = ["+15055550121", "+14165550121", "+18765550121", "+442079460000", "+4930123456", "+390612345678"];
        assert_eq!(told.map(of), [Some("US"), Some("CA"), Some("JM"), Some("GB"), Some("DE"), Some("IT")]);
        assert_eq!(of("72345"), None);
        assert_eq!(of("+88160000000"), None);
    }

    #[test]
    fn no_calling_code_is_the_beginning_of_another() {
        for (code, _) in CODES {
            assert_eq!(CODES.iter().filter(|(other, _)| other.starts_with(code)).count(), 1, "{code}");
            assert!(!code.starts_with('1'));
        }
    }

    #[test]
    fn toll_free_and_unset_numbers_serve_all_of_north_america_and_no_other_country() {
        assert!(serves("+18005550100", Some("US"), "+14165550121"));
        assert!(serves("+15055550100", None, "+14165550121"));
        assert!(!serves("+15055550100", Some("US"), "+14165550121"));
        assert!(serves("+15055550100", Some("CA"), "+14165550121"));
        assert!(!serves("+18005550100", None, "+442079460000"));
        assert!(serves("+442079460100", None, "+442079460000"));
        assert!(!serves("+442079460100", None, "+4930123456"));
    }

    #[test]
    fn a_mask_covers_the_countries_whose_phones_it_serves() {
        for (mask, set) in [("+18005550100", Some("US")), ("+15055550100", None), ("+14165550100", Some("CA"))] {
            for phone in ["+15055550121", "+14165550121", "+18765550121", "+442079460000"] {
                assert_eq!(covers(mask, set, of(phone).unwrap()), serves(mask, set, phone), "{mask} {set:?} {phone}");
            }
        }
        assert!(covers("+442079460100", None, "GB") && !covers("+442079460100", None, "DE"));
    }

    #[test]
    fn lines_are_at_home_where_they_were_set_up_or_where_their_digits_say() {
        let homes = |lines: &[(&'static str, Option<&'static str>)]| super::homes(lines.iter().copied()).join(" ");
        assert_eq!(homes(&[("+18005550100", None)]), "CA US");
        assert_eq!(homes(&[("+15055550100", None), ("+442079460000", None)]), "CA GB US");
        assert_eq!(homes(&[("+18765550121", None)]), "JM");
        assert_eq!(homes(&[("+393401234567", Some("SM"))]), "SM");
        assert_eq!(homes(&[("72345", None)]), "");
        assert_eq!(homes(&[("72345", Some("US"))]), "CA US");
        let home = Countries::read(" Home ").unwrap();
        assert_eq!(home.to_string(), "home");
        assert!(!home.allow("+15055550121"));
        let told = home.told(&["CA".to_owned(), "US".to_owned()]);
        assert!(told.allow("+14165550121") && !told.allow("+18765550121") && !told.allow("+447700900123"));
        assert!(Countries::read_fixed("home").unwrap_err().contains("write all"));
        assert_eq!(Countries::All.told(&[]), Countries::All);
    }

    #[test]
    fn a_list_of_countries_allows_their_numbers_and_no_others() {
        assert!(Countries::read(" All ").unwrap().allow("+88160000000"));
        let some = Countries::read("us,GB, us").unwrap();
        assert_eq!(some.to_string(), "GB, US");
        assert_eq!(Countries::read(&some.to_string()), Ok(some.clone()));
        let allowed = ["+15055550121", "+442079460000", "+14165550121", "+88160000000", "72345"].map(|n| some.allow(n));
        assert_eq!(allowed, [true, true, false, false, false]);
        assert!(Countries::read("US, Canada").unwrap_err().contains("`CANADA` is no country"));
        assert!(Countries::read(" , ").unwrap_err().starts_with("write home, all"));
    }
}
