//! `Messages/…/Media`: which files came with a text.

use rocket::get;
use serde_json::json;

use super::answer::{Reply, not_found};
use super::auth::Caller;
use super::list::Page;
use crate::simulator::Simulator;
use crate::wire::twilio::form::Form;
use crate::wire::twilio::media::MediaResource;

#[get("/2010-04-01/Accounts/<account>/Messages/<message>/Media.json")]
pub(super) async fn list(account: &str, message: &str, caller: Caller, query: &rocket::http::uri::Origin<'_>) -> Reply {
    let query = Form::parse(query.query().map_or(&b""[..], |query| query.as_str().as_bytes()));
    caller
        .answer(account, async |simulator: Simulator, base: String| {
            let page = Page::read(&query)?;
            let book = simulator.book();
            let text = book.get(message).ok_or_else(|| not_found("message"))?;
            let path = format!("/2010-04-01/Accounts/{}/Messages/{message}/Media", simulator.account());
            let files = (0_u64..).zip(&text.media).map(|(at, file)| {
                let sid = format!("ME{:024x}{at:08x}", text.seq);
                MediaResource {
                    uri: format!("{base}{path}/{sid}.json"),
                    sid,
                    account_sid: simulator.account().to_owned(),
                    parent_sid: text.sid.clone(),
                    content_type: file.content_type.clone(),
                }
            });
            let files: Vec<_> = files.collect();
            let mut body = page.frame(&base, &format!("{path}.json"), &query, files.len(), None);
            body["media_list"] = json!(files);
            Ok(Reply::json(200, &body))
        })
        .await
}
