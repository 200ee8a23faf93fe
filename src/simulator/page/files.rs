//! The page's style sheet, script and icon, from inside the binary.

use rocket::http::{ContentType, Header};
use rocket::{Responder, get};

/// The layers of the style sheet in their order; those that the inbox has too come from the same files.
const STYLES: &str = concat!(
    include_str!("../../../static/css/tokens.css"),
    include_str!("../../../static/css/base.css"),
    include_str!("../../../static/css/layout.css"),
    include_str!("../../../static/css/parts.css"),
    include_str!("../../../static/css/simulator.css"),
    include_str!("../../../static/css/states.css"),
);

#[derive(Responder)]
pub(in crate::simulator) struct File {
    body: &'static str,
    kind: ContentType,
    fresh: Header<'static>,
}

#[get("/static/<name>")]
pub(in crate::simulator) fn file(name: &str) -> Option<File> {
    let (body, kind) = match name {
        "simulator.css" => (STYLES, ContentType::CSS),
        "simulator.js" => (include_str!("../../../static/simulator.js"), ContentType::JavaScript),
        "icon.svg" => (include_str!("../../../static/icon.svg"), ContentType::SVG),
        _ => return None,
    };
    // It changes only with the program, but then at once.
    Some(File { body, kind, fresh: Header::new("Cache-Control", "no-cache") })
}
