//! The files that came with a text, as the database stores them: a JSON list of addresses and types.

use serde::Deserialize;

/// What came with a text beside its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// Files of these types, such as `image/jpeg`; nothing if there is none.
    Of(Vec<String>),
    /// Something came, and what is kept of it cannot be read: nobody can say what it was.
    Unreadable,
}

/// One file, as it is kept.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "type")]
    kind: String,
}

impl Files {
    /// What a text was kept with.
    #[must_use]
    pub fn kept(media: Option<&str>) -> Self {
        let Some(media) = media else { return Files::Of(Vec::new()) };
        match serde_json::from_str::<Vec<Kept>>(media) {
            Ok(files) => Files::Of(files.into_iter().map(|file| file.kind).collect()),
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
