//! The files that came with a text, as the database stores them: a JSON list of addresses and types.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What came with a text beside its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// Files of these types, such as `image/jpeg`; nothing if there is none.
    Of(Vec<String>),
    /// Something came, and what is kept of it cannot be read: nobody can say what it was.
    Unreadable,
}

/// One file, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default)]
    url: Cow<'a, str>,
}

/// What a text is kept with that came with files of these (address, type); `None` if there is none.
#[must_use]
pub fn to_keep(files: &[(String, String)]) -> Option<String> {
    let kept: Vec<Kept<'_>> = files.iter().map(|(url, kind)| Kept { kind: kind.into(), url: url.into() }).collect();
    // Cannot fail: texts in structs always have a JSON.
    (!kept.is_empty()).then(|| serde_json::to_string(&kept).unwrap_or_default())
}

/// What people call a file of this type.
#[must_use]
pub fn noun(kind: &str) -> &'static str {
    match kind.split('/').next() {
        Some("image") => "photo",
        Some("video") => "video",
        Some("audio") => "recording",
        _ => "file",
    }
}

impl Files {
    /// What a text was kept with.
    #[must_use]
    pub fn kept(media: Option<&str>) -> Self {
        let Some(media) = media else { return Files::Of(Vec::new()) };
        match serde_json::from_str::<Vec<Kept<'_>>>(media) {
            Ok(files) => Files::Of(files.into_iter().map(|file| file.kind.into_owned()).collect()),
            Err(_) => Files::Unreadable,
        }
    }

    /// Whether the text came with nothing but its words.
    #[must_use]
    pub fn are_none(&self) -> bool {
        matches!(self, Files::Of(types) if types.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let pair = |url: &str, kind: &str| (url.to_owned(), kind.to_owned());
        let kept = to_keep(&[pair("https://x/1", "image/\"j\""), pair("", "")]);
        let types = vec!["image/\"j\"".to_owned(), String::new()];
        assert_eq!(Files::kept(kept.as_deref()), Files::Of(types));
        assert!(kept.unwrap().contains("https://x/1"));
        assert_eq!(to_keep(&[]), None);
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_nothing() {
        let both = r#"[{"url":"https://x/1","type":"image/jpeg"},{"url":"https://x/2","type":""}]"#;
        assert_eq!(Files::kept(Some(both)), Files::Of(vec!["image/jpeg".to_owned(), String::new()]));
        assert!(Files::kept(None).are_none() && Files::kept(Some("[]")).are_none());
        for broken in ["", "{", "null", "{}", "[1]", r#"[{"url":"https://x/1"}]"#, r#"["image/jpeg"]"#] {
            assert_eq!(Files::kept(Some(broken)), Files::Unreadable, "{broken}");
            assert!(!Files::kept(Some(broken)).are_none(), "{broken}");
        }
    }
}
