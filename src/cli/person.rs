//! `person password EMAIL`: sets a password, which it reads from standard input: everybody on the machine can see a
//! command line, and the shell keeps it in its history.

use std::io::{BufRead, IsTerminal};
use std::process::{Command, ExitCode, Stdio};

use clap::{Args, Subcommand};

use super::{Failed, Here, Outcome, out};
use crate::desk::people::{passwords, sessions};
use crate::domain::people::password::{self, About};
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set a password (12 to 256 characters), read from standard input; ends the person's sessions
    Password {
        /// The person's e-mail address
        email: String,
    },
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let What::Password { email } = options.what;
    let password = read_password()?;
    password::check(&password, &About::default()).map_err(Failed::new)?;
    let store = here.store().await?;
    let set = set(here, &store, &email, &password).await;
    store.close().await;
    if set? {
        out::line(format_args!("The password is set; {email} signs in with it from now on."));
        Ok(ExitCode::SUCCESS)
    } else {
        Err(nobody(&email))
    }
}

async fn set(here: &Here, store: &Store, email: &str, password: &str) -> Result<bool, Failed> {
    password::check(password, &passwords::about_address(store, email).await?).map_err(Failed::new)?;
    let hash = sessions::hash_password(&here.chance, password).map_err(Failed::new)?;
    Ok(passwords::set(&here.desk(store), email, hash).await?)
}

/// There is no such person.
pub(super) fn nobody(email: &str) -> Failed {
    Failed::new(format!("{email} is nobody here: mend the address, or add the person with `switchboard apply`"))
}

/// The first line of standard input; a terminal does not show it.
fn read_password() -> Result<String, Failed> {
    let terminal = std::io::stdin().is_terminal();
    if terminal {
        out::ask("Password: ");
        show_typing(false);
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if terminal {
        show_typing(true);
        out::remark("");
    }
    read.map_err(|error| Failed::new(format!("the password cannot be read: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Where the terminal cannot be told, what is typed is seen by who types it; that is no reason to refuse.
fn show_typing(shown: bool) {
    let _ = Command::new("stty").arg(if shown { "echo" } else { "-echo" }).stderr(Stdio::null()).status();
}
