//! `apply FILE`: makes lines, masks and people as a file says, and prints each change.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failed, Here, Outcome};
use crate::domain::setup::{Mistake, Setup};

/// What `apply --help` says about the file.
const FILE: &str = "\
The file (a key left out leaves things as they are; a member left out leaves the line):
  [[line]]    number, name, members = [e-mail addresses], country
  [[mask]]    number, country
  [[person]]  email, name, role (rep, manager, admin), phone, limit (of open conversations)
Numbers are E.164, such as +18005550100; a country is two letters, such as US. phone = \"none\" and
limit = \"none\" take these away. People come on duty, with their phones verified.";

#[derive(Debug, Args)]
#[command(after_help = FILE)]
pub(super) struct Options {
    /// The set-up file, TOML; `-` reads standard input
    file: PathBuf,
    /// Print what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let name = options.file.display().to_string();
    let text = match name.as_str() {
        "-" => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(&options.file),
    };
    let text = text.map_err(|error| Failed::new(format!("{name} cannot be read: {error}")))?;
    let setup: Setup = text.parse().map_err(|mistakes| refused(&name, mistakes))?;
    let store = here.store().await?;
    let applied = here.apply(setup).on(&store, options.dry_run).await;
    store.close().await;
    let changes = applied?.map_err(|mistakes| refused(&name, mistakes))?;
    for change in &changes {
        println!("{change}");
    }
    match (changes.len(), options.dry_run) {
        (0, _) => println!("nothing to change"),
        (1, true) => println!("1 change; nothing was written"),
        (n, true) => println!("{n} changes; nothing was written"),
        (1, false) => println!("1 change"),
        (n, false) => println!("{n} changes"),
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(name: &str, mistakes: Vec<Mistake>) -> Failed {
    let told: Vec<String> = mistakes.iter().map(|mistake| format!("  {name}: {mistake}")).collect();
    Failed::new(format!("nothing was changed, because of\n{}", told.join("\n")))
}
