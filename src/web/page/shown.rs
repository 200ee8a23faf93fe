//! The filters through which pages show what others wrote: `{{ body|crate::web::page::shown::marked }}` between tags,
//! and `{{ name|crate::web::page::shown::plain }}` in attributes, titles and choices. Both show invisible characters.
//!
//! Names and words stand in a `<bdi>` or an element with `dir="auto"`, so that their direction ends where they end.

#![expect(
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "askama's macro writes it so, and a filter gives a result"
)]

use std::fmt::{Display, Write};

use askama::filters::{Escaper, Html, Safe};
use askama::{Result, Values};

use crate::domain::characters::shown::{self, Piece};

/// Escaped, with a word in the place of what cannot be seen.
#[askama::filter_fn]
pub fn marked(text: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    let text = text.to_string();
    let mut out = String::with_capacity(text.len());
    for piece in shown::pieces(&text) {
        match piece {
            Piece::Plain(words) => Html.write_escaped_str(&mut out, words)?,
            Piece::Unseen(c, times) => {
                write!(out, "<i class=\"unseen\" title=\"U+{:04X}\">{}", u32::from(c), shown::name(c))?;
                if times > 1 {
                    write!(out, " ×{times}")?;
                }
                out.push_str("</i>");
            }
        }
    }
    Ok(Safe(out))
}

/// As plain words, for places where no tag may stand.
#[askama::filter_fn]
pub fn plain(text: impl Display, _: &dyn Values) -> Result<String> {
    Ok(shown::plain(&text.to_string()))
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(
        source = "<p title=\"{{ text|crate::web::page::shown::plain }}\">{{ text|crate::web::page::shown::marked }}</p>",
        ext = "html"
    )]
    struct Page<'a> {
        text: &'a str,
    }

    #[test]
    fn what_is_unseen_is_marked_and_everything_is_escaped() {
        let page = Page { text: "<b>\u{202e}\u{202e}\"x" }.render().unwrap();
        assert_eq!(
            page,
            "<p title=\"&#60;b&#62;[direction override]&#34;x\">&#60;b&#62;\
             <i class=\"unseen\" title=\"U+202E\">direction override ×2</i>&#34;x</p>"
        );
    }
}
