//! What commands print: on standard output what was asked for, and on standard error what is said about it. A reader may
//! stop early (`switchboard apply FILE | head -1`), and a terminal may be gone; neither is an error, and nothing is cut
//! short by it.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// Prints a line on standard output, at once. A reader who has gone is not waited for; anything else that is wrong with
/// the output is the operator's to see.
pub(super) fn line(text: impl fmt::Display) {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            remark(format_args!("switchboard: what it says cannot be printed: {error}"));
        }
        _ => {}
    }
}

/// Prints a line on standard error. Where that cannot be written to, there is nobody to tell.
pub(super) fn remark(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Asks on standard error, without ending the line.
pub(super) fn ask(question: &str) {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question}").and_then(|()| err.flush());
}
