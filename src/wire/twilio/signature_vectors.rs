//! Signatures that Twilio's own libraries make and accept, and ones that they refuse.

use proptest::prelude::*;

use super::*;

const TOKEN: &str = "12345";
const U: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const H1: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
const H2: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const B1: &[u8] = br#"{"property": "value", "boolean": true}"#;
const V1: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const V11: &str = "a9nBmqA0ju/hNViExpshrM61xv4=";

fn form(pairs: &[(&str, &str)]) -> Form {
    pairs.iter().copied().collect()
}

fn p() -> Form {
    form(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ])
}

fn accepts(url: &str, form: &Form, header: &str) -> bool {
    verify(&[TOKEN], url, form, header)
}

/// As the hooks check a body that is not a form.
fn accepts_body(url: &str, body: &[u8], header: &str) -> bool {
    has_digest_of(url, body) && verify(&[TOKEN], url, &Form::new(), header)
}

#[test]
fn v1_v2_v3_v4_ports_with_and_without() {
    for (url, signature) in [
        (U, V1),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ] {
        assert_eq!(sign(TOKEN, url, &p()), signature, "{url}");
        assert!(accepts(url, &p(), signature), "{url}");
    }
    assert!(accepts(U, &p(), "kvajT1Ptam85bY51eRf/AJRuM3w="), "V2 for the URL without its port");
    assert!(accepts("http://mycompany.com/myapp.php?foo=1&bar=2", &p(), "0ZXoZLH/DfblKGATFgpif+LLRf4="), "V3 too");
    assert!(accepts("https://mycompany.com:1234/myapp.php?foo=1&bar=2", &p(), V1), "V1b, the port stripped");
    assert!(!accepts("http://mycompany.com/myapp.php?foo=1&bar=2", &p(), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="));
}

#[test]
fn v5_v6_v7_user_and_password_stay_in_the_url() {
    let v5 = "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(sign(TOKEN, v5, &p()), "CukzLTc1tT5dXEDIHm/tKBanW10=");
    assert!(accepts(v5, &p(), "CukzLTc1tT5dXEDIHm/tKBanW10="));
    let v6 = "https://user@mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(sign(TOKEN, v6, &p()), "2YRLlVAflCqxaNicjMpJcSTgzSs=");
    assert!(accepts(v6, &p(), "2YRLlVAflCqxaNicjMpJcSTgzSs="));
    let v7 = "https://user:pass@mycompany.com:443/myapp.php?foo=1&bar=2";
    assert_eq!(sign(TOKEN, v7, &p()), "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=");
    assert!(accepts(v5, &p(), "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="), "V7 for V5's URL");
    assert!(accepts(v7, &p(), "CukzLTc1tT5dXEDIHm/tKBanW10="), "and V5 for V7's");
}

#[test]
fn v8_the_url_is_taken_byte_for_byte() {
    let url = format!("{U}&Body=It's+amazing");
    assert_eq!(sign(TOKEN, &url, &p()), "dsq4Ehbj6cs+KdTkpF5sSSplOWw=");
    assert!(accepts(&url, &p(), "dsq4Ehbj6cs+KdTkpF5sSSplOWw="));
}

#[test]
fn v9_v10_repeated_names_count_each_value_once_in_order() {
    let v9 = "IK+Dwps556ElfBT0I3Rgjkr1wJU=";
    let twice = form(&[("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]);
    assert!(accepts(U, &twice, v9));
    let thrice =
        form(&[("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]);
    assert!(accepts(U, &thrice, v9));
    let (a, b) = (("MessagingBinding.Address", "+1325xxxxxxx"), ("MessagingBinding.Address", "+1415xxxxxxx"));
    for pairs in [[a, b], [b, a]] {
        assert!(accepts(U, &form(&pairs), "83O6e2vORAoJHUNzJjDWN1jz+BA="));
    }
}

#[test]
fn v11_v12_v13_bodies_that_are_not_forms() {
    for (url, body, signature) in [
        (format!("{U}&bodySHA256={H1}"), B1, V11),
        (format!("https://mycompany.com/myapp.php?bodySHA256={H1}"), B1, "y77kIzt2vzLz71DgmJGsen2scGs="),
        (
            format!("https://mycompany.com:443/myapp.php?foo=1&bar=2&bodySHA256={H2}"),
            b"{}",
            "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
        ),
        (format!("{U}&bodySHA256={H2}"), b"{}", "Ldidvp12m26NI7eqEvxnEpkd9Hc="),
        (format!("{U}&bodySHA256={H2}"), b"{}", "rw/jVviOgicj2+kHZULvebnA4ag="),
    ] {
        assert!(accepts_body(&url, body, signature), "{url}");
        assert!(!accepts_body(&url, b"{ }", signature), "another body for {url}");
    }
    assert!(!accepts_body(U, B1, V1), "nothing vouches for the body");
    let shortened = format!("{U}&bodySHA256={}", &H1[..H1.len() - 1]);
    assert!(!accepts_body(&shortened, B1, V11));
    assert!(!accepts_body(&shortened, B1, &sign(TOKEN, &shortened, &Form::new())));
}

#[test]
fn v14_the_example_of_the_security_page() {
    let form = form(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]);
    assert!(accepts("https://example.com/myapp.php?foo=1&bar=2", &form, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
}

#[test]
fn v15_sha256_only_where_it_is_configured() {
    let signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=";
    assert_eq!(sign_with(Algorithm::Sha256, TOKEN, U, &p()), signature);
    assert!(verify_with(Algorithm::Sha256, &[TOKEN], U, &p(), signature));
    assert!(!accepts(U, &p(), signature));
    assert!(!verify_with(Algorithm::Sha256, &[TOKEN], U, &p(), V1), "no way down to SHA-1");
}

const SMS: &str = "https://relay.example.org/webhooks/twilio/sms";
const O1: &str = "ToCountry=US&ToState=&SmsMessageSid=SM00000000000000000000000000000001&NumMedia=0&ToCity=&FromZip=94103&SmsSid=SM00000000000000000000000000000001&FromState=CA&SmsStatus=received&FromCity=SAN+FRANCISCO&Body=H%C3%A9llo+%2B+%E2%80%9Cw%C3%B6rld%E2%80%9D+%26+100%25+%F0%9F%98%80%0A2nd+line+&FromCountry=US&To=%2B15558675310&ToZip=&NumSegments=1&MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001&From=%2B14017122661&ApiVersion=2010-04-01";
const O2: &str = "ApiVersion=2010-04-01&AccountSid=AC00000000000000000000000000000001&From=%2B15558675310&MessageSid=SM00000000000000000000000000000002&MessageStatus=delivered&RawDlrDoneDate=2601151830&SmsSid=SM00000000000000000000000000000002&SmsStatus=delivered&To=%2B14017122661";
const O3: &str = "MessageSid=MM00000000000000000000000000000003&SmsSid=MM00000000000000000000000000000003&SmsMessageSid=MM00000000000000000000000000000003&AccountSid=AC00000000000000000000000000000001&From=%2B14017122661&To=%2B15558675310&Body=&NumMedia=2&NumSegments=2&SmsStatus=received&ApiVersion=2010-04-01&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FAC00000000000000000000000000000001%2FMessages%2FMM00000000000000000000000000000003%2FMedia%2FME00000000000000000000000000000000&MediaContentType0=image%2Fjpeg&MediaUrl1=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FAC00000000000000000000000000000001%2FMessages%2FMM00000000000000000000000000000003%2FMedia%2FME00000000000000000000000000000001&MediaContentType1=image%2Fpng";

#[test]
fn o1_o2_o3_texts_receipts_and_media() {
    for (url, body, sha1, sha256) in [
        (SMS, O1, "zsUb0ZmWkVGZyXZ/crc0JiOalW4=", "IhwAs+z51/eRd8bQVQb0qo7Tfx95ijJieR2uw56D/7A="),
        (
            "https://relay.example.org/webhooks/twilio/status?m=42",
            O2,
            "WKgw1cTHN3P+gK2uU2lqNJA1Ahg=",
            "wpoLeaaVxte7ESe7hzVhn14NbGgE/cfdVrw8er1Zu/8=",
        ),
        (SMS, O3, "myGc0C13ImlWoNo2JDjn2G6d4lo=", "rvBGgZrqf5XRozWBsuk6xeyzw30RKDU13sf/T4D6TPQ="),
    ] {
        let form = Form::parse(body.as_bytes());
        assert_eq!(sign(TOKEN, url, &form), sha1, "{url}");
        assert_eq!(sign_with(Algorithm::Sha256, TOKEN, url, &form), sha256, "{url}");
        assert!(accepts(url, &form, sha1));
        assert!(accepts(&format!("{url}#rc=5&rp=all"), &form, sha1), "connection settings are not signed");
        assert!(accepts(url, &Form::parse(form.encode().as_bytes()), sha1), "also written and read again");
    }
}

#[test]
fn o4_o5_without_a_body() {
    let url = "https://relay.example.org/webhooks/twilio/sms?line=7&MessageSid=SM00000000000000000000000000000001&Body=hi+there&From=%2B14017122661&To=%2B15558675310";
    assert_eq!(sign(TOKEN, url, &Form::new()), "JHVzKhc+2byhwxl9E0Lq9tpYHug=");
    assert!(accepts(url, &Form::new(), "JHVzKhc+2byhwxl9E0Lq9tpYHug="));
    assert_eq!(sign(TOKEN, SMS, &Form::new()), "sILIfLxfuBKcJPzP+ZuANYNW+wo=");
}

/// Values of SHA-256 for the inputs of the vectors above, made by Python's `hmac`.
#[test]
fn every_vector_with_sha256() {
    let http = |port| format!("http://mycompany.com:{port}/myapp.php?foo=1&bar=2");
    let other_callers = form(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]);
    let digits = form(&[("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]);
    let addresses = form(&[("MessagingBinding.Address", "+1415xxxxxxx"), ("MessagingBinding.Address", "+1325xxxxxxx")]);
    let o4 = "https://relay.example.org/webhooks/twilio/sms?line=7&MessageSid=SM00000000000000000000000000000001&Body=hi+there&From=%2B14017122661&To=%2B15558675310";
    for (url, form, signature) in [
        (U.replace(".com/", ".com:443/"), p(), "grxRoa/VNtXxd524NGLxIdev83nh23xhrRUVm50Umq4="),
        (http(80), p(), "ODeP/nQxuJxUFE1ZQI8xHKjbKi73mCWdY4em0wBbj/k="),
        (http(1234), p(), "WA3ikDp0gGYMmQALZ1U9mdekQ5p5QQTP4u2AZz1C0ng="),
        (U.replace("//", "//user:pass@"), p(), "0DkHvU8zryxoonJsbNAc62nkIy2e7liKXWp+Vc8XOJ8="),
        (U.replace("//", "//user@"), p(), "yGzRgxtun4z6oJ9eUO1PJVuMU/h6yYN5d6fS3jKwMl0="),
        (
            U.replace("//", "//user:pass@").replace(".com/", ".com:443/"),
            p(),
            "DDJy9Yi1/GlFZ3mydMpjhv0eD1OZaBoVM5fK7TKcxWI=",
        ),
        (format!("{U}&Body=It's+amazing"), p(), "hdpYt+PjpwzOJ7mc/ysYE/5ZA6Vty12EYzws2fJ+sco="),
        (U.to_owned(), digits, "jco7II1lvHpqANwxYMpqhOGVonnkKyDh1cL2ZUBvMDs="),
        (U.to_owned(), addresses, "LFsCKonySoJJ5LEuE1Yup2PBG8Qp2U1sV3DTwGuY/r4="),
        (format!("{U}&bodySHA256={H1}"), Form::new(), "+UOCWf84gdgo/5Hpg4m5/EgKnJA2/TbOw5sPNVr3bPk="),
        (
            format!("https://mycompany.com/myapp.php?bodySHA256={H1}"),
            Form::new(),
            "48VQclCUJfoetboXjUYkQ1KCqs//CfcEJ9vLWWMfJpg=",
        ),
        (
            format!("{}&bodySHA256={H2}", U.replace(".com/", ".com:443/")),
            Form::new(),
            "BzSuAopcsfNngc0ViZMfRnIcdaG6mjj75qiOTqWqGZE=",
        ),
        (format!("{U}&bodySHA256={H2}"), Form::new(), "VCFXxZ6Ifz8Ix6i5MNA5MAv1ZDNa2OXyoKrZt0hk0NE="),
        (
            "https://example.com/myapp.php?foo=1&bar=2".to_owned(),
            other_callers,
            "qMztBq0IANMH/q0K9sCfKQJLylezvRdRzRS647SAVow=",
        ),
        (o4.to_owned(), Form::new(), "q/dYuF6zZeu+Ulmsmf/TRQVBYe2jz/+bSHhufEaHbM4="),
        (SMS.to_owned(), Form::new(), "+2uI/YymFZ7G/Yk3sL5C6OVIQqCK09sHrgp1nY/cfM4="),
    ] {
        assert_eq!(sign_with(Algorithm::Sha256, TOKEN, &url, &form), signature, "{url}");
        assert!(verify_with(Algorithm::Sha256, &[TOKEN], &url, &form, signature), "{url}");
        assert!(!verify_with(Algorithm::Sha256, &[TOKEN], &format!("{url}x"), &form, signature), "{url}");
    }
}

#[test]
fn wrong_signatures_are_refused() {
    for wrong in ["", "=", "not a signature at all", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "RSOYDt4T1cUTdK1PDd93/VVr8B8"] {
        assert!(!accepts(U, &p(), wrong), "{wrong}");
    }
    let mut more = p();
    more.push("Digits", "9");
    assert!(!accepts(U, &more, V1), "one more value");
    assert!(!accepts(&format!("{U}&baz=3"), &p(), V1), "one more query parameter");
    assert!(!verify(&["54321"], U, &p(), V1), "another token");
    assert!(!verify::<&str>(&[], U, &p(), V1), "no token");
}

#[test]
fn two_tokens_verify_during_rotation() {
    let (new, old) = ("fresh".to_owned(), TOKEN.to_owned());
    assert!(verify(&[new.clone(), old], U, &p(), V1));
    assert!(verify(&[new], U, &p(), &sign("fresh", U, &p())));
}

#[test]
fn the_other_port_keeps_everything_else() {
    for (url, other) in [
        ("https://a.example/x", "https://a.example:443/x"),
        ("http://a.example", "http://a.example:80"),
        ("http://a.example:8000?x=http://b:1/", "http://a.example?x=http://b:1/"),
        ("https://u:p@a.example/x", "https://u:p@a.example:443/x"),
        ("https://u:p@a.example:9/x@y:z", "https://u:p@a.example/x@y:z"),
        ("http://[::1]:8000/x", "http://[::1]/x"),
        ("http://u:p@[2001:db8::7]/x", "http://u:p@[2001:db8::7]:80/x"),
    ] {
        assert_eq!(other_port(url).as_deref(), Some(other));
    }
    assert_eq!(other_port("nonsense"), None);
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_one_flipped_character_does_not(
        pairs in prop::collection::vec((".*", ".*"), 0..6), at in 0usize..28,
    ) {
        let form: Form = pairs.iter().map(|(name, value)| (name, value)).collect();
        let good = sign(TOKEN, SMS, &form);
        prop_assert!(accepts(SMS, &form, &good));
        let mut bad = good.into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        prop_assert!(!accepts(SMS, &form, std::str::from_utf8(&bad).unwrap()));
    }
}
