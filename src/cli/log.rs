//! The log: one line an event on standard error, as text or as JSON. Standard output is for what a command answers.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::LogSettings;

/// Starts the log of this process. The databases' and carriers' libraries only report what is wrong.
pub(crate) fn start(settings: &LogSettings) {
    // Config has read the filter once already; if it reads otherwise now, the usual one holds.
    // The databases' drivers say at `info` what only they need to know; whoever names one sees it all.
    let quieter = if settings.filter.contains("sqlx") { "" } else { ",sqlx=warn" };
    let filter = EnvFilter::try_new(format!("{}{quieter}", settings.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (tests in one process) keeps the first log.
    let _ = if settings.json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).try_init()
    };
}
