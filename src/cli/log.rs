//! The log: one line for each event on standard error, as text or as JSON. Standard output has what a command prints.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

use crate::config::LogSettings;

/// Starts the log of this process. The databases' and carriers' libraries only report what is wrong.
pub(crate) fn start(settings: &LogSettings) {
    // Config has read the filter once already; if it reads otherwise now, the usual one holds.
    // The databases' drivers say at `info` what only they need to know; a directive that names one shows it all.
    let quieter = if settings.filter.contains("sqlx") { "" } else { ",sqlx=warn" };
    let filter = EnvFilter::try_new(format!("{}{quieter}", settings.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| OneLine(io::stderr()))
        // When the terminal is gone nobody reads; to complain of that there would end the process in the middle of its work.
        .log_internal_errors(false);
    // A second start (tests in one process) keeps the first log.
    let _ = if settings.json {
        builder.json().flatten_event(true).try_init()
    } else {
        // Colours are control characters, and those are written out.
        builder.with_ansi(false).try_init()
    };
}

/// Writes an entry as one line, whatever is in it: what somebody else wrote can neither begin an entry of its own nor
/// speak to the terminal. An entry comes as one piece that ends in a line feed.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let body = entry.strip_suffix(b"\n").unwrap_or(entry);
        if !body.iter().any(u8::is_ascii_control) {
            self.0.write_all(entry)?;
            return Ok(entry.len());
        }
        let mut line = Vec::with_capacity(entry.len() + 16);
        for byte in body {
            match byte {
                b'\n' => line.extend(b"\\n"),
                b'\r' => line.extend(b"\\r"),
                b'\t' => line.extend(b"\\t"),
                control if control.is_ascii_control() => write!(line, "\\x{control:02x}")?,
                plain => line.push(*plain),
            }
        }
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line_whatever_is_in_it() {
        let mut written = OneLine(Vec::new());
        written.write_all("INFO one: é\n".as_bytes()).unwrap();
        written.write_all(b"WARN two: x\r\nERROR forged\x1b[2J\tend\n").unwrap();
        let text = String::from_utf8(written.0).unwrap();
        assert_eq!(text, "INFO one: é\nWARN two: x\\r\\nERROR forged\\x1b[2J\\tend\n");
    }
}
