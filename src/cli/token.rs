//! `token NAME --scopes …`: prints a token by which a program uses the API. Standard output has the token alone, so
//! that a script can read it; all other words go to standard error. `token NAME --revoke` first says what depends on
//! the token, and then revokes it.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome, out};
use crate::desk::programs::right::{self, Hangs};
use crate::desk::programs::tokens::{self, Asked};
use crate::desk::{Desk, Failure};
use crate::domain::programs::scope::Scopes;
use crate::domain::time::duration;
use crate::domain::words::name;
use crate::store::programs::api_tokens::{self, Token};
use crate::store::programs::apps::App;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Its name, such as that of the program; with --revoke also the number of a token
    name: String,
    /// What it may do, with commas between: pairs:read, pairs:write, messages:write, endpoints:write
    #[arg(long, required_unless_present = "revoke")]
    scopes: Option<String>,
    /// How long it is valid, such as 90d; without an end if left out
    #[arg(long)]
    expires: Option<String>,
    /// The app that it belongs to, which is made if it is new; the app of the token's name if left out. Tokens of one app
    /// have the same pairs and endpoints, so that one can replace another
    #[arg(long)]
    app: Option<String>,
    /// Revoke the token of that name instead: first say what depends on it, and ask
    #[arg(long, conflicts_with_all = ["scopes", "expires"])]
    revoke: bool,
    /// Do not ask
    #[arg(long, requires = "revoke")]
    yes: bool,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    if options.revoke {
        let store = here.store().await?;
        let done = revoke(&here.desk(&store), &options).await;
        store.close().await;
        return done;
    }
    let scopes = Scopes::read(options.scopes.as_deref().unwrap_or_default());
    let scopes = scopes.map_err(|why| Failed::new(format!("--scopes: {why}")))?;
    let expires = options.expires.as_deref().map(duration::parse).transpose();
    let expires = expires.map_err(|why| Failed::new(format!("--expires: {why}")))?;
    let asked = Asked { name: options.name, app: options.app, scopes: scopes.clone(), expires };
    let store = here.store().await?;
    let made = tokens::make(&here.desk(&store), None, asked).await;
    store.close().await;
    let made = made.map_err(|failure| match failure {
        Failure::Store(error) => Failed::from(error),
        Failure::Refused { field: field @ ("expires" | "app"), why } => Failed::new(format!("--{field}: {why}")),
        other => Failed::new(other),
    })?;
    out::line(&made.token);
    let until = expires.map_or_else(|| "for good".to_owned(), |long| format!("for {}", duration::spoken(long)));
    let new = if made.new_app { "new " } else { "" };
    out::remark(format_args!(
        "It belongs to the {new}app {}, holds {until} and may: {scopes}. It is not shown again; admins revoke it under \
         Tokens.",
        made.app.name
    ));
    Ok(ExitCode::SUCCESS)
}

/// Revokes the token that is meant, unless somebody says no.
async fn revoke(desk: &Desk, options: &Options) -> Outcome {
    let (token, app, hangs) = {
        let (mut tx, now) = (desk.store.read().await?, desk.clock.now());
        let (token, app) = meant(api_tokens::all(&mut tx).await?, options)?;
        let hangs = right::hangs(&mut tx, token.id, &app, now).await?;
        (token, app, hangs)
    };
    out::remark(format_args!("{} is a token of the app {} and may: {}.", token.name, app.name, token.scopes));
    for line in told(&hangs) {
        out::remark(line);
    }
    if !options.yes && !agreed()? {
        out::remark("Nothing was changed.");
        return Ok(ExitCode::FAILURE);
    }
    tokens::revoke(desk, None, token.id).await.map_err(|failure| match failure {
        Failure::Store(error) => Failed::from(error),
        Failure::NotFound => Failed::new("somebody revoked it meanwhile"),
        other @ Failure::Refused { .. } => Failed::new(other),
    })?;
    out::remark("It is revoked: the next request with it is refused.");
    Ok(ExitCode::SUCCESS)
}

/// The token that is meant by a name or a number, and by its app where one is named.
fn meant(all: Vec<Token>, options: &Options) -> Result<(Token, App), Failed> {
    let called = name::kept(&options.name);
    let of_app = options.app.as_deref().map(name::kept);
    let mut found: Vec<(Token, App)> = all
        .into_iter()
        .filter(|token| token.revoked_at.is_none())
        .filter_map(|token| token.app.clone().map(|app| (token, app)))
        .filter(|(token, _)| name::kept(&token.name) == called || token.id.to_string() == called)
        .filter(|(_, app)| of_app.as_ref().is_none_or(|wanted| name::kept(&app.name) == *wanted))
        .collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Failed::new(format!("there is no token {called} that is not revoked; admins see all under Tokens"))),
        _ => {
            let each = found.iter().map(|(token, app)| {
                format!("  {} of the app {}, made {}, may: {}", token.id, app.name, token.created_at, token.scopes)
            });
            let each = each.collect::<Vec<_>>().join("\n");
            Err(Failed::new(format!(
                "several tokens are called {called}: write the number of one in its place\n{each}"
            )))
        }
    }
}

/// What depends on a token, line by line.
fn told(hangs: &Hangs) -> Vec<String> {
    let quiet = hangs.quiet.iter().map(|(one, why)| format!("Told of nothing any more: {} ({why})", one.url));
    let go_on = hangs.go_on.iter().map(|one| format!("Goes on: {}", one.url));
    let mut lines: Vec<String> = quiet.chain(go_on).collect();
    if lines.is_empty() {
        lines.push("No endpoint is in use that hangs on it.".to_owned());
    }
    if hangs.last {
        let pairs = if hangs.pairs == 1 { "1 pair is".to_owned() } else { format!("{} pairs are", hangs.pairs) };
        lines.push(format!(
            "No other token of the app {} holds: it can ask for nothing any more. {pairs} open.",
            hangs.app.name
        ));
    }
    lines
}

/// Whether the person at the terminal agrees.
fn agreed() -> Result<bool, Failed> {
    if !std::io::stdin().is_terminal() {
        return Err(Failed::new("there is nobody to ask; add --yes to revoke it all the same"));
    }
    out::ask("Revoke it? [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|why| Failed::new(format!("no answer could be read: {why}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
