//! The files of a message, as the carrier's REST API lists them.

use serde::{Deserialize, Serialize};

use super::message::Paging;
use super::tolerant::text;

/// One file. Source: Twilio, "Media resource".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaResource {
    /// The carrier's id, `ME…`; the last part of the file's address.
    #[serde(deserialize_with = "text")]
    pub sid: String,
    /// The account that received it.
    #[serde(deserialize_with = "text")]
    pub account_sid: String,
    /// The message that it came with.
    #[serde(deserialize_with = "text")]
    pub parent_sid: String,
    /// Its MIME type as the carrier says.
    #[serde(deserialize_with = "text")]
    pub content_type: String,
    /// Its path, with `.json`.
    #[serde(deserialize_with = "text")]
    pub uri: String,
}

/// A list of files; at most ten come with a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaPage {
    /// The files, in order. Not `media`, as the other lists would make one expect.
    pub media_list: Vec<MediaResource>,
    /// Where this page stands in the list.
    #[serde(flatten)]
    pub paging: Paging,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_under_their_own_name() {
        let page: MediaPage = serde_json::from_str(
            r#"{"media_list":[{"sid":"ME1","content_type":"image/png","date_created":null}],"page":0}"#,
        )
        .unwrap();
        assert_eq!((page.media_list[0].sid.as_str(), page.media_list[0].content_type.as_str()), ("ME1", "image/png"));
        let empty: MediaPage = serde_json::from_str(r#"{"media":[{"sid":"ME1"}]}"#).unwrap();
        assert!(empty.media_list.is_empty());
    }
}
