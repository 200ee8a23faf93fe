//! The right of an endpoint: a post is made only while the maker of the endpoint could read its contents. An endpoint
//! that has lost its right is disabled, and every page of an admin says why, until an admin enables it again.

use std::collections::HashMap;

use serde_json::json;

use crate::clock::At;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{AppId, TokenId};
use crate::domain::people::audit::Action;
use crate::domain::programs::right::Ground;
use crate::domain::programs::scope::Scopes;
use crate::store::people::acts::{self, Act, Origin};
use crate::store::programs::apps::{self, App};
use crate::store::programs::endpoints::{self, Endpoint, Maker};
use crate::store::programs::{api_tokens, event_posts};
use crate::store::{Result, Tx};

/// What the right of an endpoint depends on, given these scopes of the apps.
fn ground(endpoint: &Endpoint, rights: &HashMap<AppId, Scopes>) -> Ground {
    match (&endpoint.maker, &endpoint.app) {
        (Maker::Person { admin, .. }, _) => Ground::Person { admin: *admin },
        (Maker::Program(..), Some(app)) => {
            Ground::App { name: app.name.clone(), may: rights.get(&app.id).cloned().unwrap_or_default() }
        }
        (Maker::Program(..), None) | (Maker::Nobody, _) => Ground::Nobody,
    }
}

fn why_not(endpoint: &Endpoint, rights: &HashMap<AppId, Scopes>) -> Option<String> {
    ground(endpoint, rights).lacks(&endpoint.wanted.needs())
}

/// Why this endpoint may not be told of what it wants at `now`; `None` if it may.
pub(in crate::desk) async fn lacks(tx: &mut Tx, endpoint: &Endpoint, now: At) -> Result<Option<String>> {
    Ok(why_not(endpoint, &api_tokens::rights(tx, None, now).await?))
}

/// Disables the endpoints that have lost their right by `now`. The code that posts calls this first, in the same transaction.
pub(in crate::desk) async fn stop(work: &mut UnitOfWork<'_>) -> Result<()> {
    let now = work.now;
    let rights = api_tokens::rights(work.tx, None, now).await?;
    let all = endpoints::all(work.tx).await?;
    for endpoint in all.iter().filter(|endpoint| endpoint.disabled.is_none()) {
        if let Some(why) = why_not(endpoint, &rights)
            && endpoints::hold(work.tx, endpoint.id).await? == Some(false)
        {
            disable(work, endpoint, &why).await?;
        }
    }
    Ok(())
}

/// Disables an endpoint that is held, and says so: beside every page of an admin, among the acts, and in the log.
pub(in crate::desk) async fn disable(work: &mut UnitOfWork<'_>, endpoint: &Endpoint, why: &str) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    tracing::error!(endpoint = endpoint.id.0, %why, "an endpoint of events is disabled");
    endpoints::set_disabled(work.tx, endpoint.id, Some((now, why))).await?;
    event_posts::hold_back(work.tx, endpoint.id).await?;
    let origin = Origin::House(endpoint.app.as_ref().map(|app| app.id));
    let data = json!({ "endpoint": endpoint.id.to_string() });
    let action = Action::EndpointDisabled;
    acts::record(
        work.tx,
        Act { id: desk.ids.next(now), at: now, origin, action, conversation: None, person: None, data: &data },
    )
    .await
}

/// What depends on a token.
#[derive(Clone, Debug)]
pub struct Hangs {
    /// Whose it is.
    pub app: App,
    /// Endpoints that are told of nothing any more once it is revoked, and why.
    pub quiet: Vec<(Endpoint, String)>,
    /// Endpoints of its app that go on by other tokens or by an admin.
    pub go_on: Vec<Endpoint>,
    /// No other token of its app holds: the app can ask for nothing any more.
    pub last: bool,
    /// So many pairs of its app are open.
    pub pairs: i64,
}

/// What depends on this token of `app` at `now`.
pub async fn hangs(tx: &mut Tx, token: TokenId, app: &App, now: At) -> Result<Hangs> {
    let without = api_tokens::rights(tx, Some(token), now).await?;
    let (mut quiet, mut go_on) = (Vec::new(), Vec::new());
    for endpoint in endpoints::of_app(tx, app.id).await?.into_iter().filter(|endpoint| endpoint.disabled.is_none()) {
        match why_not(&endpoint, &without) {
            Some(why) => quiet.push((endpoint, why)),
            None => go_on.push(endpoint),
        }
    }
    let pairs = apps::open_pairs(tx, app.id, now).await?;
    Ok(Hangs { app: app.clone(), quiet, go_on, last: !without.contains_key(&app.id), pairs })
}
