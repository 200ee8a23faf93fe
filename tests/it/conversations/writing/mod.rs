//! Writing in the inbox: replies that wait, drafts, canned replies, mentions, who else is there, what became of a text.

mod bubbles;
mod canned;
mod drafts;
mod killed;
mod mentions;
mod moved_on;
mod planned;
mod presence;
mod scheduled;

use std::time::Duration;

use switchboard::domain::ids::ConversationId;

use crate::house::{House, Plan};
use crate::web::browser::{Answer, Browser};

/// Replies can be taken back for five seconds.
fn undoing(plan: &mut Plan) {
    plan.policies.inbox.undo_window = Duration::from_secs(5);
}

/// A conversation of Ana's with the customer who ends in 34.
async fn anas(house: &House) -> ConversationId {
    house.brings(34, "Is the ramp open?", "ana@example.com").await
}

/// The newest planned reply.
async fn newest_planned(house: &House) -> i64 {
    house.number("SELECT MAX(id) FROM planned_replies").await
}

/// The page of a conversation.
async fn page(browser: &Browser, conversation: ConversationId) -> Answer {
    browser.get(&format!("/conversations/{conversation}")).await
}

/// What stands in the reply box of a page.
fn box_of(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("id=\"body\"").expect("the page has a reply box");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</textarea>").unwrap().0.to_owned()
}
