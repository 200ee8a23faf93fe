//! Style sheets, scripts and icons, from inside the binary.
//!
//! Browsers keep an address with the right hash for good, so that a page needs one request the second time.

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response, Result};
use rocket::{Request, Route, routes};
use sha2::{Digest, Sha256};

/// One file with the address that pages use for it.
#[derive(Debug)]
pub struct File {
    name: &'static str,
    kind: ContentType,
    body: String,
    small: Vec<u8>,
    hash: String,
    address: String,
}

/// The layers of the style sheet in their order.
const STYLES: &[&str] = &[
    include_str!("../../static/css/tokens.css"),
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/layout.css"),
    include_str!("../../static/css/parts.css"),
    include_str!("../../static/css/inbox.css"),
    include_str!("../../static/css/rules.css"),
    include_str!("../../static/css/people.css"),
    include_str!("../../static/css/writing.css"),
    include_str!("../../static/css/keys.css"),
    include_str!("../../static/css/contacts.css"),
    include_str!("../../static/css/manage.css"),
    include_str!("../../static/css/pool.css"),
    include_str!("../../static/css/alone.css"),
    include_str!("../../static/css/api.css"),
    include_str!("../../static/css/states.css"),
];

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files = vec![
        File::new("app.css", ContentType::CSS, STYLES.iter().map(|css| slim(css)).collect()),
        File::new("live.js", ContentType::JavaScript, include_str!("../../static/live.js").to_owned()),
        File::new("write.js", ContentType::JavaScript, include_str!("../../static/write.js").to_owned()),
        File::new("offers.js", ContentType::JavaScript, include_str!("../../static/offers.js").to_owned()),
        File::new("presence.js", ContentType::JavaScript, include_str!("../../static/presence.js").to_owned()),
        File::new("details.js", ContentType::JavaScript, include_str!("../../static/details.js").to_owned()),
        File::new("keys.js", ContentType::JavaScript, include_str!("../../static/keys.js").to_owned()),
        File::new("copy.js", ContentType::JavaScript, include_str!("../../static/copy.js").to_owned()),
        File::new("bell.js", ContentType::JavaScript, include_str!("../../static/bell.js").to_owned()),
        File::new("icon.svg", ContentType::SVG, include_str!("../../static/icon.svg").to_owned()),
    ];
    let counted = include_str!("../../static/icon-count.svg");
    let names = COUNTED_ICONS.into_iter().zip(["1", "2", "3", "4", "5", "6", "7", "8", "9", "9+"]);
    files.extend(names.map(|(name, said)| File::new(name, ContentType::SVG, counted.replace("{count}", said))));
    files
});

/// The icon of a tab that says how much is unread; the last one is for more than nine.
const COUNTED_ICONS: [&str; 10] = [
    "icon-1.svg",
    "icon-2.svg",
    "icon-3.svg",
    "icon-4.svg",
    "icon-5.svg",
    "icon-6.svg",
    "icon-7.svg",
    "icon-8.svg",
    "icon-9.svg",
    "icon-10.svg",
];

impl File {
    fn new(name: &'static str, kind: ContentType, body: String) -> Self {
        let hash = crate::secret::hex(&Sha256::digest(&body)[..8]);
        let address = format!("/static/{name}?v={hash}");
        File { name, kind, small: gzip(body.as_bytes()), body, hash, address }
    }
}

/// The address of the file `name` for a page, with the hash of what is in it.
#[must_use]
pub fn address(name: &str) -> &'static str {
    find(name).map_or("/static/missing", |file| file.address.as_str())
}

fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

/// Pages are not compressed, since they hold secrets beside what others wrote; files hold neither.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail; were it to, the file would be sent as it is.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn takes_gzip(req: &Request<'_>) -> bool {
    req.headers().get("accept-encoding").flat_map(|value| value.split(',')).any(|one| one.trim() == "gzip")
}

/// A style sheet without comments and indentation, which are for its readers here.
fn slim(css: &str) -> String {
    let mut rest = css;
    let mut out = String::with_capacity(css.len());
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).fold(String::new(), |mut all, line| {
        all.push_str(line);
        all.push('\n');
        all
    })
}

/// A file as it is answered: whole, or "you have it already".
struct Answer(&'static File, Option<String>);

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let Answer(file, version) = self;
        let tag = format!("\"{}\"", file.hash);
        let keep =
            if version.as_ref() == Some(&file.hash) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let mut response = Response::build();
        response.header(Header::new("ETag", tag.clone())).header(Header::new("Cache-Control", keep));
        if req.headers().get_one("if-none-match") == Some(tag.as_str()) {
            return response.status(Status::NotModified).ok();
        }
        response.header(file.kind.clone()).header(Header::new("Vary", "Accept-Encoding"));
        if takes_gzip(req) && !file.small.is_empty() {
            response.header(Header::new("Content-Encoding", "gzip"));
            return response.sized_body(file.small.len(), Cursor::new(file.small.as_slice())).ok();
        }
        response.sized_body(file.body.len(), Cursor::new(file.body.as_str())).ok()
    }
}

#[rocket::get("/static/<name>?<v>")]
fn file(name: &str, v: Option<String>) -> Option<Answer> {
    Some(Answer(find(name)?, v))
}

/// `GET /static/…`.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![file]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_loses_its_comments_and_nothing_else() {
        assert_eq!(slim("/* why */\n  a {\n    color: red;\n    /* no */\n  }\n"), "a {\ncolor: red;\n}\n");
        let file = find("app.css").unwrap();
        assert!(!file.body.contains("/*") && file.body.contains("@layer tokens {"));
        // A quarter of what the whole first page may weigh over the wire.
        assert!(file.small.len() < 15_000, "{}", file.small.len());
    }
}
