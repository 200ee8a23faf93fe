//! `apply FILE`: makes lines, masks and people as a file says, and prints each change.

use std::fmt::Write;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::database::New;
use super::{Failed, Here, Outcome, out};
use crate::desk::lines::apply::{Change, Unchanged};
use crate::domain::setup::{Mistake, Setup};
use crate::domain::words::text::Wording;
use crate::store::{State, Store};

/// What `apply --help` says about the file, before the texts.
const FILE: &str = "\
The file (a key left out leaves things as they are; a member left out leaves the line):
  [[line]]    number, name, country, members = [e-mail addresses], hours, holidays, policies, texts
  [[mask]]    number, country
  [[person]]  email, name, role (rep, manager, admin), phone, limit (of open conversations),
              schedule, days_off, duty (on, away, away_reassign), disabled (true, false)
Numbers have + and their country code, such as +18005550100; a country is two letters, such as US. phone = \"none\" and
limit = \"none\" remove these. New people are on duty, with their phones verified.

Hours of a line, and the schedule of a person within them; \"none\" means always:
  hours    = { zone = \"America/New_York\", mon-fri = \"9:00-17:00\", sat = [\"9:00-12:00\", \"22:00-02:00\"] }
  holidays = [\"2026-12-25\", \"01-01\", \"2026-12-24 9:00-12:00\"]     closed, every year, other hours
  schedule = { zone = \"Europe/Berlin\", mon-thu = \"8:00-16:00\" }
  days_off = [\"2026-12-28\"]
Policies of a line; \"usual\" means as the settings say:
  policies = { pick = \"least_busy\", idle_close = \"48h\", reopen_within = \"7d\", sticky_for = \"30d\",
               hand_over_after = \"4h\", answer_target = \"30m\", context_line = true, show_numbers = false,
               countries = \"US, CA\" }
Texts that the program sends for a line, in the line's own words; \"usual\" means the default words:
  texts    = { greeting = \"Welcome to {line}.\" }
";

/// What stands below the options.
fn about() -> String {
    let width = Wording::ALL.iter().map(|wording| wording.name().len()).max().unwrap_or(0);
    let mut text = FILE.to_owned();
    for wording in Wording::ALL {
        let fields: Vec<String> = wording.fields().iter().map(|field| format!("{{{field}}}")).collect();
        // Writing to a text does not fail.
        let _ = writeln!(text, "  {:width$}  {} {}", wording.name(), wording.about(), fields.join(" "));
    }
    text.push_str("docs/setup.toml is a whole file.");
    text
}

#[derive(Debug, Args)]
#[command(after_help = about())]
pub(super) struct Options {
    /// The set-up file, TOML; `-` reads standard input
    file: PathBuf,
    /// Print what would change, and keep no change
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    new: New,
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let name = options.file.display().to_string();
    let text = match name.as_str() {
        "-" => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(&options.file),
    };
    let text = text.map_err(|error| Failed::new(format!("{name} cannot be read: {error}")))?;
    let setup: Setup = text.parse().map_err(|mistakes| refused(&name, mistakes))?;
    let doubts = setup.doubts.clone();
    let changes = if options.dry_run {
        rehearsed(here, &name, setup).await?
    } else {
        on(here, &name, here.store_or_new(options.new).await?, (setup, false)).await?
    };
    for change in &changes {
        out::line(change);
    }
    for doubt in doubts {
        out::line(format_args!("look at {name}: {doubt}"));
    }
    match (changes.len(), options.dry_run) {
        (0, _) => out::line("nothing to change"),
        (1, true) => out::line("1 change; nothing was written"),
        (n, true) => out::line(format_args!("{n} changes; nothing was written")),
        (1, false) => out::line("1 change"),
        (n, false) => out::line(format_args!("{n} changes")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Applies the file `name` to a store, or rehearses that, and closes it.
async fn on(here: &Here, name: &str, store: Store, (setup, rehearse): (Setup, bool)) -> Result<Vec<Change>, Failed> {
    let applied = here.apply(setup, &store, rehearse).await;
    store.close().await;
    applied.map_err(|why| match why {
        Unchanged::Mistakes(mistakes) => refused(name, mistakes),
        Unchanged::Store(error) => error.into(),
    })
}

/// What would change. Where there is no database yet, none is made for that: the file is tried on one that is thrown away.
async fn rehearsed(here: &Here, name: &str, setup: Setup) -> Result<Vec<Change>, Failed> {
    if !matches!(Store::state(&here.settings.database_url).await?, State::Missing | State::Empty) {
        return on(here, name, here.store().await?, (setup, true)).await;
    }
    let folder = std::env::temp_dir().join(format!("switchboard-rehearsal-{}", here.chance.hex::<8>()));
    let made = DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|error| Failed::new(format!("{} cannot be made: {error}", folder.display())))?;
    let thrown_away = format!("sqlite:{}", folder.join("rehearsal.db").display());
    let applied = async { on(here, name, Store::open(&thrown_away).await?, (setup, true)).await }.await;
    // What is left over holds nothing that the file does not say.
    let _ = std::fs::remove_dir_all(&folder);
    applied
}

fn refused(name: &str, mistakes: Vec<Mistake>) -> Failed {
    let told: Vec<String> = mistakes.iter().map(|mistake| format!("  {name}: {mistake}")).collect();
    Failed::new(format!("nothing was changed, because of\n{}", told.join("\n")))
}
