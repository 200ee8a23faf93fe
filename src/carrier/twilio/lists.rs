//! The carrier's lists of texts: ours, to settle doubt; people's, to find missed ones; and the files of a text.

use reqwest::Url;

use super::pages::follow;
use super::{LONGEST_ANSWER, Twilio, answer, read, unavailable};
use crate::carrier::apart::Way;
use crate::carrier::{Arrived, Inbox, InboxPage, Listed, Unanswered};
use crate::clock::{At, days};
use crate::wire::twilio::inbound::clean;
use crate::wire::twilio::media::MediaPage;
use crate::wire::twilio::message::{MessagePage, MessageResource, is_message_sid};

impl Twilio {
    /// Texts of one lane. Not by date: one that waits at the carrier has none.
    pub(super) async fn texts_between(&self, from: &str, to: &str) -> Result<Vec<Listed>, Unanswered> {
        let texts = self.texts(&[("From", from), ("To", to)]).await?;
        self.listed(texts, from)
    }

    pub(super) async fn texts_from(&self, from: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        let texts = self.texts(&[("From", from), ("DateSent>", &self.day(since))]).await?;
        self.listed(texts, from)
    }

    pub(super) async fn texts_sent_to(&self, to: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        let texts = self.texts(&[("To", to), ("DateSent>", &self.day(since))]).await?;
        self.listed(texts, "")
    }

    /// One page: nobody needs all at once.
    pub(super) async fn texts_to_us(
        &self,
        whose: Inbox<'_>,
        since: At,
        page: Option<&str>,
    ) -> Result<InboxPage, Unanswered> {
        let (asked, to) = match whose {
            Inbox::To(number) => (("To", number), number),
            Inbox::From(phone) => (("From", phone), ""),
        };
        let first = self.list_of(&[asked, ("DateSent>", &self.day(since))]);
        let url = match page {
            Some(next) => follow(&first, next)?,
            None => first,
        };
        let MessagePage { messages, paging } = self.page(url).await?;
        let way = self.apart.way();
        let inbound = messages.into_iter().filter(|text| text.direction == "inbound" && is_message_sid(&text.sid));
        let texts = inbound.filter_map(|text| {
            let sid = text.sid.clone();
            let arrived = Self::arrived(text, to, way);
            if arrived.is_none() {
                tracing::warn!(sid, "a text in the carrier's list has no sender or no time: it is left out");
            }
            arrived
        });
        Ok(InboxPage { texts: texts.collect(), next: paging.next_page_uri.filter(|next| !next.is_empty()) })
    }

    async fn texts(&self, wanted: &[(&str, &str)]) -> Result<Vec<MessageResource>, Unanswered> {
        let first = self.list_of(wanted);
        self.pages(first, |page: MessagePage| (page.messages, page.paging.next_page_uri)).await
    }

    fn list_of(&self, wanted: &[(&str, &str)]) -> Url {
        let mut first = self.messages.clone();
        first.query_pairs_mut().extend_pairs(wanted).append_pair("PageSize", "1000");
        first
    }

    /// The files with a text. One that the carrier does not know any more has none.
    pub(super) async fn files_of(&self, id: &str) -> Result<Vec<(String, String)>, Unanswered> {
        if !is_message_sid(id) {
            return Ok(Vec::new());
        }
        let (list, folder) = (self.beside_messages(id, "Media.json"), self.beside_messages(id, "Media"));
        let response = self.get(list).await.map_err(|why| Unanswered::Unavailable(answer::chain(&why)))?;
        let status = response.status().as_u16();
        let body = read(response, LONGEST_ANSWER).await;
        match status {
            404 => Ok(Vec::new()),
            200..=299 => {
                let body = body.map_err(Unanswered::Unavailable)?;
                // At most ten files come with a text: they stand on one page.
                let page: MediaPage = serde_json::from_slice(&body).map_err(|_| unavailable("it lists no files"))?;
                let files = page.media_list.into_iter().filter(|file| !file.sid.is_empty());
                Ok(files.map(|file| (format!("{folder}/{}", file.sid), clean(&file.content_type))).collect())
            }
            _ => Err(answer::unlisted(status, &body.unwrap_or_default())),
        }
    }

    /// The address of something that belongs to a message.
    fn beside_messages(&self, id: &str, what: &str) -> Url {
        let mut url = self.messages.clone();
        // Always there: an http address has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop().extend(["Messages", id, what]);
        }
        url
    }

    /// The day of an instant, GMT, as the carrier's filters take it: by the carrier's clock. While nobody knows how far that is
    /// from ours, the day before, which misses nothing while ours is wrong by less than a day.
    fn day(&self, at: At) -> String {
        let at = self.apart.theirs(at).unwrap_or(at - days(1));
        at.utc().unwrap_or_default().format("%Y-%m-%d").to_string()
    }

    fn listed(&self, messages: Vec<MessageResource>, from: &str) -> Result<Vec<Listed>, Unanswered> {
        let way = self.apart.way();
        let ours = messages.into_iter().filter(MessageResource::is_outbound);
        ours.map(|message| {
            let created_at = message.created_at().filter(|_| !message.sid.is_empty());
            // Without its id or its time a text can be neither matched nor ruled out.
            let created_at = created_at.ok_or_else(|| unavailable("a listed text has no id or no date"))?;
            let (created_at, sure) = way.ours(created_at);
            Ok(Listed {
                created_at,
                sure,
                id: message.sid,
                from: message.from.unwrap_or_else(|| from.to_owned()),
                to: message.to,
                body: message.body.unwrap_or_default(),
                status: message.status,
                error_code: message.error_code,
            })
        })
        .collect()
    }

    /// A text to us. One without a sender or a time is none that anybody could answer or place.
    fn arrived(message: MessageResource, to: &str, way: Way) -> Option<Arrived> {
        let (sent_at, _) = way.ours(message.created_at().or_else(|| message.sent_at())?);
        Some(Arrived {
            sent_at,
            raw: serde_json::to_string(&message).unwrap_or_default(),
            from: clean(&message.from.filter(|from| !from.is_empty())?),
            to: if message.to.is_empty() { to.to_owned() } else { clean(&message.to) },
            body: clean(&message.body.unwrap_or_default()),
            has_media: !matches!(message.num_media.as_str(), "" | "0"),
            id: message.sid,
        })
    }
}
