//! The walk-through of docs/API.md, command by command, against the program and its simulator.
//!
//! Blocks of `console` are run in one shell: what begins with `$ ` is a command, `> ` goes on with it, and what follows is
//! what it must say. `…` stands for anything within a line. The block of `python` is the file that the page has saved.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::operators::program::Desk;
use crate::processes::binary;

const PAGE: &str = include_str!("../../../docs/API.md");
/// The whole walk takes a few seconds; whatever waits in vain ends here, in seconds.
const PATIENCE: &str = "120";

/// A command and what it must say.
struct Step {
    command: String,
    says: Vec<String>,
}

/// The blocks of this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    PAGE.split(opening.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks("console").into_iter().flat_map(str::lines) {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), says: Vec::new() });
        } else if let Some(more) = line.strip_prefix("> ") {
            write!(steps.last_mut().unwrap().command, "\n{more}").unwrap();
        } else {
            steps.last_mut().unwrap().says.push(line.to_owned());
        }
    }
    steps
}

/// Whether a line is as the page has it.
fn fits(line: &str, wanted: &str) -> bool {
    let mut parts = wanted.split('…');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn the_walk_through_of_the_api_is_so_word_for_word() {
    for needed in ["bash", "curl", "python3"] {
        let found = Command::new(needed).arg("--version").stdout(Stdio::null()).status();
        assert!(found.is_ok_and(|status| status.success()), "the walk-through needs {needed}: install it");
    }
    let desk = Desk::new();
    let folder = desk.folder.path();
    symlink(binary::path(), folder.join("switchboard")).unwrap();
    let mut house = desk.starts(&["serve"]);
    let address = house.says("Switchboard");
    let port = address.rsplit(':').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    let here = |text: &str| text.replace("127.0.0.1:8000", &format!("127.0.0.1:{port}")).replace("9000", &theirs);

    let [receiver] = blocks("python")[..] else { panic!("one file is saved") };
    desk.file("receiver.py", &here(receiver));
    let steps = steps();
    assert!(steps.len() > 25, "only {} steps", steps.len());
    let mut script = "exec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n".to_owned();
    for (n, step) in steps.iter().enumerate() {
        write!(script, "printf '\\n@%d@\\n' {n}\n{}\n", here(&step.command)).unwrap();
    }
    desk.file("walk.sh", &script);
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let walk = Command::new("timeout")
        .args(["--kill-after=5", PATIENCE, "bash", "walk.sh"])
        .env_clear()
        .envs([("PATH", path.as_str()), ("HOME", folder.to_str().unwrap()), ("LC_ALL", "C.UTF-8")])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(walk.stdout).unwrap();
    for (n, step) in steps.iter().enumerate() {
        let (_, rest) = said.split_once(&format!("\n@{n}@\n")).unwrap_or_else(|| {
            panic!("it never came to `{}`: {said}\n{}", step.command, String::from_utf8_lossy(&walk.stderr))
        });
        let own = rest.split("\n@").next().unwrap().trim_end_matches('\n');
        let lines: Vec<&str> = own.lines().collect();
        let wanted: Vec<String> = step.says.iter().map(|line| here(line)).collect();
        let alike = lines.len() == wanted.len() && lines.iter().zip(&wanted).all(|(line, wanted)| fits(line, wanted));
        assert!(alike, "docs/API.md: `{}` says\n{own}\nand not\n{}", step.command, wanted.join("\n"));
    }
    assert_eq!(house.stops().code, Some(0));
}

#[test]
fn what_the_page_leaves_open_is_anything_and_the_rest_is_word_for_word() {
    for (line, wanted) in
        [("a 7 b", "a … b"), ("a", "a"), ("a", "…"), ("", ""), ("x1y2z", "x…y…z"), ("\"id\": \"\",", "\"id\": \"…\",")]
    {
        assert!(fits(line, wanted), "{line} {wanted}");
    }
    for (line, wanted) in [("a 7 c", "a … b"), ("ab", "a"), ("a", "ab"), ("", "a"), ("x1z", "x…y…z")] {
        assert!(!fits(line, wanted), "{line} {wanted}");
    }
}

/// The page explains every event and every scope that there is.
#[test]
fn the_page_names_every_event_scope_and_setting() {
    for kind in switchboard::domain::programs::event::Kind::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", kind.word())), "{} is missing", kind.word());
    }
    for scope in switchboard::domain::programs::scope::Scope::ALL {
        assert!(PAGE.contains(scope.word()), "{} is missing", scope.word());
    }
    assert!(PAGE.contains("SWITCHBOARD_API__RATE_LIMIT"));
}
