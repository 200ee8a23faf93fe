//! Measures the release program from outside, with the simulated carrier in a process of its own, all on this machine:
//! `relay` by texts over 64 connections, `web` by pages of a big database, `pairs` by pairs that are opened and that
//! end, `front` by a handler that does nothing, `nodes` by several nodes on one server. `scripts/bench --help` says
//! more.

use std::io::Result;
use std::path::PathBuf;
use std::process::ExitCode;

mod bare;
mod database;
mod drive;
mod house;
mod http;
mod nodes;
mod options;
mod pairs;
mod process;
mod relay;
mod report;
mod seed;
mod texts;
mod web;

use options::{Options, What};

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
    let many_threads = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    if let Some(port) = options.bare {
        many_threads()?.block_on(bare::serve(port));
        return Ok(());
    }
    if let Some(port) = options.fronted {
        return many_threads()?.block_on(bare::serve_fronted(port));
    }
    let folder = options.home.join(format!("switchboard-bench.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let _folder = Folder { path: folder.clone(), keep: options.keep };
    // One thread is enough for this side, and leaves the other core to the server.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        match options.what {
            What::Relay => relay::run(options, &folder).await,
            What::Web => web::run(options, &folder).await,
            What::Pairs => pairs::run(options, &folder).await,
            What::Front => relay::fronts(options, &folder).await,
            What::Nodes => nodes::run(options, &folder).await,
        }
    })
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
