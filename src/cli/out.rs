//! What commands print. A reader may stop early (`switchboard apply FILE | head -1`); that is no error.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// Prints a line on standard output, at once. A reader who has gone is not waited for; anything else that is wrong with
/// the output is the operator's to see.
pub(super) fn line(text: impl fmt::Display) {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // Where neither can be written to, there is nobody to tell.
            let _ = writeln!(io::stderr(), "switchboard: what it says cannot be printed: {error}");
        }
        _ => {}
    }
}
