//! Measures the relay from outside: the release program on SQLite, the simulated carrier in a process of its own, and
//! texts from 64 connections, all on this machine. `scripts/bench --help` says what can be asked for.

use std::io::Result;
use std::path::PathBuf;
use std::process::ExitCode;

mod bare;
mod drive;
mod house;
mod http;
mod options;
mod process;
mod run;
mod seed;
mod texts;

use options::Options;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    match bench(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench was given up: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Result<()> {
    if let Some(port) = options.bare {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(bare::serve(port));
        return Ok(());
    }
    let folder = options.home.join(format!("switchboard-bench.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let _folder = Folder { path: folder.clone(), keep: options.keep };
    // One thread is enough for this side, and leaves the other core to the server.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run::run(options, &folder))
}

/// The run's folder; gone afterwards.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            println!("The logs and the database lie in {}", self.path.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
