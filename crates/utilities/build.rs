//! Lists the migrations of `migrations/` for the program, so that no list by hand can miss one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where they stand, from this package.
const MIGRATIONS: &str = "../../migrations";

const DATABASES: [&str; 2] = ["sqlite", "postgres"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={MIGRATIONS}");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where output goes"));
    match list(&root.join(MIGRATIONS)) {
        Ok(list) => std::fs::write(out.join("migrations.rs"), list).expect("the output folder can be written"),
        Err(why) => println!("cargo::error={why}"),
    }
}

/// The pairs as a Rust expression: (version, name, SQLite text, PostgreSQL text), by version.
fn list(folder: &Path) -> Result<String, String> {
    let [sqlite, postgres] = DATABASES.map(|database| names(&folder.join(database)));
    let (sqlite, postgres) = (sqlite?, postgres?);
    if sqlite != postgres {
        return Err(format!("migrations must stand in pairs: on SQLite {sqlite:?}, on PostgreSQL {postgres:?}"));
    }
    let mut list = String::from("&[\n");
    for (version, name) in &sqlite {
        // No path of this folder's own: a build that is kept goes on being true when the folder stands elsewhere.
        let text = |database: &str| {
            format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{MIGRATIONS}/{database}/{name}.sql\"))")
        };
        writeln!(list, "    ({version}, {name:?}, {}, {}),", text(DATABASES[0]), text(DATABASES[1]))
            .expect("a text can always grow");
    }
    list.push_str("]\n");
    Ok(list)
}

/// What stands in one folder, by version: files named `0001_what_it_does.sql`, each with a number of its own.
fn names(folder: &Path) -> Result<BTreeMap<i64, String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = BTreeMap::new();
    for entry in entries {
        let file = entry.map_err(|error| format!("{}: {error}", folder.display()))?.file_name();
        let file = file.to_string_lossy();
        let name = file.strip_suffix(".sql").ok_or_else(|| format!("{file}: a migration ends in .sql"))?;
        let (number, _) =
            name.split_once('_').ok_or_else(|| format!("{file}: a migration is named NUMBER_WHAT.sql"))?;
        let version = number.parse::<i64>().map_err(|error| format!("{file}: its number: {error}"))?;
        if let Some(other) = found.insert(version, name.to_owned()) {
            return Err(format!("{file} and {other}.sql have one number"));
        }
    }
    Ok(found)
}
