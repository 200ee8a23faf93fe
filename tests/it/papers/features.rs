//! What is tested is what ships: no crate has a feature only because a dependency of the tests asks for it.

use std::path::Path;
use std::process::{Command, Output};

/// The check of `scripts/test`, on a package.
fn check(folder: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/features");
    Command::new(script).arg(folder).output().unwrap()
}

/// A package with a crate `common`, and a crate `loud` that asks for more of it.
fn package(dependencies: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest =
        |name: &str, rest: &str| format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n[features]\n{rest}\n");
    for (crate_folder, manifest) in [
        ("", manifest("pack", &format!("faults = []\n{dependencies}"))),
        ("common", manifest("common", "shout = []")),
        ("loud", manifest("loud", "[dependencies]\ncommon = { path = \"../common\", features = [\"shout\"] }")),
    ] {
        let at = folder.path().join(crate_folder);
        std::fs::create_dir_all(at.join("src")).unwrap();
        std::fs::write(at.join("src/lib.rs"), "").unwrap();
        std::fs::write(at.join("Cargo.toml"), manifest).unwrap();
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").to_owned());
    let locked =
        Command::new(cargo).args(["generate-lockfile", "--offline"]).current_dir(folder.path()).output().unwrap();
    assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_crate_is_tested_with_the_features_that_it_ships_with() {
    let said = check(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(said.status.success(), "{}", text(&said.stderr));
    let count: usize = text(&said.stdout).split(' ').next().unwrap().parse().unwrap();
    assert!(count > 200, "only {count} crates were compared");
}

#[test]
fn a_feature_that_only_the_tests_ask_for_is_named() {
    let common = "common = { path = \"common\" }";
    let hidden = package(&format!("[dependencies]\n{common}\n[dev-dependencies]\nloud = {{ path = \"loud\" }}"));
    let said = check(hidden.path());
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(
        text(&said.stderr).contains("common v0.0.0") && text(&said.stderr).contains("only in tests: shout"),
        "{said:?}"
    );

    let open = package(
        "[dependencies]\ncommon = { path = \"common\", features = [\"shout\"] }\n[dev-dependencies]\nloud = { path = \"loud\" }",
    );
    assert!(check(open.path()).status.success(), "{:?}", check(open.path()));

    let nothing = package("[dev-dependencies]\nloud = { path = \"loud\" }");
    assert_eq!(check(nothing.path()).status.code(), Some(1), "nothing was compared");
    assert!(!check(Path::new("/nowhere/at/all")).status.success());
}
