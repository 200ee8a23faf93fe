//! Every kind of page, requested again and again for different conversations.

use std::io::{Error, Result};

use super::seed;
use super::visitor::Visitor;
use crate::drive::Times;
use crate::options::Options;
use crate::report::{row, said};

/// What the page of a search says while texts are still being indexed.
pub const LAGS: &str = "The search is catching up";

const VIEWS: [&str; 8] = ["all", "mine", "unassigned", "unread", "waiting", "snoozed", "closed", "failed"];

/// Searches: their name and what stands behind `/history?`, with `{n}` for a number that changes.
const SEARCHES: [(&str, &str); 12] = [
    ("a word in every text", "q=hello"),
    ("two words in every text", "q=hello+five"),
    ("a word in every eighth text", "q=boat"),
    ("two words that meet in every 64th", "q=boat+please"),
    ("a word in every 64th text", "q=kayak"),
    ("three words", "q=boat+kayak+please"),
    ("a rare word", "q=zq{n}"),
    ("a rare word and a common one", "q=zq{n}+boat"),
    ("the beginning of a word", "q=kay"),
    ("no hit", "q=nowhere"),
    ("a common word with a state", "q=boat&state=open"),
    ("a number", "who=%2B1505{phone}"),
];

pub async fn measure(options: &Options, manager: &mut Visitor, rep: &mut Visitor) -> Result<()> {
    for (who, visitor) in [("manager", &mut *manager), ("rep", &mut *rep)] {
        for view in VIEWS {
            leafing(options, visitor, who, view).await?;
        }
        for sort in ["oldest", "waiting"] {
            repeat(options, visitor, &format!("{who}: all, {sort} first"), |_| {
                format!("/conversations/list?view=all.sort-{sort}")
            })
            .await?;
        }
    }
    let conversations = options.conversations;
    repeat(options, manager, "a thread", |n| format!("/conversations/{}", any(n, conversations))).await?;
    repeat(options, manager, "a thread's part", |n| format!("/conversations/{}/thread", any(n, conversations))).await?;
    for (name, search) in SEARCHES {
        repeat(options, manager, &format!("search: {name}"), |n| {
            let n = scatter(n);
            let phone = 1_000_000 + n % (conversations * 3 / 5);
            format!("/history?{search}")
                .replace("{n}", &(n % 4096 / 4 * 4).to_string())
                .replace("{phone}", &phone.to_string())
        })
        .await?;
    }
    repeat(options, rep, "search of a rep: a word in every text", |_| "/history?q=hello".to_owned()).await?;
    repeat(options, manager, "board", |_| "/board".to_owned()).await?;
    first_page(manager).await
}

/// A number that jumps about.
fn scatter(n: u64) -> u64 {
    n.wrapping_mul(2_654_435_761) % 4_294_967_296
}

fn any(n: u64, conversations: u64) -> u64 {
    seed::FIRST + scatter(n) % conversations
}

/// Asks again and again.
async fn repeat(options: &Options, visitor: &mut Visitor, name: &str, path: impl Fn(u64) -> String) -> Result<()> {
    let mut times = Times::default();
    for n in 0..options.requests {
        let path = path(n);
        let page = visitor.get(&path).await?;
        if page.status != 200 {
            return Err(Error::other(format!("{path} was answered with {}", page.status)));
        }
        times.add(page.took);
    }
    row(name, &said(&times));
    Ok(())
}

/// Leafs through a view, from its beginning again when it has ended.
async fn leafing(options: &Options, visitor: &mut Visitor, who: &str, view: &str) -> Result<()> {
    let mut times = Times::default();
    let begin = format!("/conversations?view={view}");
    let mut path = begin.clone();
    for _ in 0..options.requests {
        let page = visitor.get(&path).await?;
        if page.status != 200 {
            return Err(Error::other(format!("{path} was answered with {}", page.status)));
        }
        times.add(page.took);
        path = older(&page.body).unwrap_or_else(|| begin.clone());
    }
    row(&format!("{who}: {view}"), &said(&times));
    Ok(())
}

/// The address of the page with older rows.
fn older(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("rel=\"next\" href=\"")?;
    let (address, _) = rest.split_once('"')?;
    Some(address.replace("&amp;", "&"))
}

/// What the first page and all that it names weigh, as a browser asks for them.
async fn first_page(visitor: &mut Visitor) -> Result<()> {
    let page = visitor.get("/conversations").await?;
    let mut whole = page.size;
    let mut files = 0;
    for part in page.body.split(['"', '\'']).filter(|part| part.starts_with("/static/")) {
        whole += visitor.get_with(part, "Accept-Encoding: gzip\r\n").await?.size;
        files += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
    let kb = |bytes: usize| bytes as f64 / 1000.0;
    row(
        "the first page",
        &format!("{:.1} kB over the wire with {files} files, {:.1} kB of it the page", kb(whole), kb(page.size)),
    );
    Ok(())
}
