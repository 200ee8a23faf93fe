//! Which program the tests of processes run: the one that was built with them, with its kill points, or the one that
//! `BINARY` names: `scripts/test ships` names the release binary, as people get it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static PATH: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("BINARY") {
    None => PathBuf::from(env!("CARGO_BIN_EXE_switchboard")),
    Some(named) => {
        let path = Path::new(&named).canonicalize();
        let path = path.unwrap_or_else(|error| panic!("BINARY names {}: {error}", named.display()));
        let own = Path::new(env!("CARGO_BIN_EXE_switchboard")).canonicalize().unwrap();
        assert_ne!(path, own, "BINARY names the program that was built for the tests");
        path
    }
});

/// The program.
pub fn path() -> &'static Path {
    &PATH
}

/// Whether it is one that was named, and so one without kill points.
pub fn is_named() -> bool {
    std::env::var_os("BINARY").is_some()
}
