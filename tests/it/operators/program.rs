//! The program as people run it: the real binary in a folder of its own, with nothing of this machine's settings.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;

use tempfile::TempDir;

use crate::processes::PATIENCE;
use crate::processes::binary;

/// A folder with a database and set-up files in it, and the settings with which commands are run there.
pub struct Desk {
    pub folder: TempDir,
    env: Vec<(String, String)>,
    /// A database that is missing is made at a real carrier, too, as by somebody who begins.
    begins: bool,
}

impl Desk {
    /// SQLite in the folder, any free port.
    pub fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Desk { folder, env: Vec::new(), begins: true }.with("ROCKET_PORT", "0")
    }

    pub fn with(mut self, name: &str, value: &str) -> Desk {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Nothing is made at a real carrier that was not asked for.
    pub fn careful(mut self) -> Desk {
        self.begins = false;
        self
    }

    /// Without a setting.
    pub fn without(mut self, name: &str) -> Desk {
        self.env.retain(|(known, _)| known != name);
        self
    }

    /// At the carrier behind `base`, with the credentials that [`carrier`] takes for `account`.
    pub fn at(self, account: &str, base: &str) -> Desk {
        self.with("SWITCHBOARD_CARRIER", "twilio")
            .with("TWILIO_ACCOUNT_SID", account)
            .with("TWILIO_AUTH_TOKEN", "secret")
            .with("TWILIO_API_BASE", base)
    }

    /// A file of its folder.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The names of what is in the folder, in order.
    pub fn files(&self) -> Vec<String> {
        let all = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn file(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary::path());
        let real = self.env.iter().any(|(name, value)| name == "SWITCHBOARD_CARRIER" && value == "twilio");
        let makes = arguments.first().is_some_and(|one| ["serve", "apply", "migrate"].contains(one));
        let blank = self.begins && !self.path("switchboard.db").exists();
        let new = (blank && real && makes).then_some("--new");
        command.args(arguments).args(new).env_clear().envs(self.env.iter().cloned()).current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub fn runs(&self, arguments: &[&str]) -> Said {
        self.runs_with(arguments, "")
    }

    /// Runs a command to its end with `input` on its standard input.
    pub fn runs_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(child)
    }

    /// Runs a command to its end, and reads the first line of what it says and no more.
    pub fn runs_for_its_first_line(&self, arguments: &[&str]) -> (String, Said) {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(32, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        (first.trim_end().to_owned(), ended(child))
    }

    /// Runs a command to its end whose standard output and standard error nobody reads any more, and how it ended.
    pub fn runs_for_nobody(&self, arguments: &[&str]) -> Option<i32> {
        let (nobody, out) = std::io::pipe().unwrap();
        drop(nobody);
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out);
        ended(command.spawn().unwrap()).code
    }

    /// Runs another program to its end in the folder, with the settings; it may start commands by itself.
    pub fn runs_by(&self, program: &str, arguments: &[&str]) -> Said {
        let mut other = Command::new(program);
        let path = std::env::var("PATH").unwrap();
        other.args(arguments).env_clear().env("PATH", path).envs(self.env.iter().cloned());
        let child =
            other.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        ended(child.spawn().unwrap_or_else(|error| panic!("{program} is needed ({error}): install it")))
    }

    /// Starts a command that runs until it is told to stop.
    pub fn starts(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Running { child: Some(child), out, said: String::new() }
    }
}

/// Waits until it ends by itself. One that does not is killed, and what it said is told.
fn ended(child: Child) -> Said {
    let id = child.id().to_string();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    if let Ok(output) = told.recv_timeout(PATIENCE) {
        return output.unwrap().into();
    }
    assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    panic!("it did not end: {:?}", Said::from(told.recv().unwrap().unwrap()));
}

/// A carrier in a process of its own, at which `account` has the token `secret`, and its address.
pub fn carrier(account: &str) -> (Running, String) {
    let mut carrier = Desk::new().starts(&["simulator", "--port", "0", "--account", account, "--token", "secret"]);
    let base = carrier.says("Virtual phones:").trim_end_matches("/simulator").to_owned();
    (carrier, base)
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A process of ours; ended with this value.
pub struct Running {
    child: Option<Child>,
    out: BufReader<ChildStdout>,
    said: String,
}

impl Running {
    /// The rest of the first line that begins with `start`, read as it is said.
    pub fn says(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.out.read_line(&mut line).unwrap() > 0,
                "it ended before it said `{start}`: {}",
                self.ends().err
            );
            self.said.push_str(&line);
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Sends it the signal of this name.
    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Waits until it ends by itself.
    pub fn waits(mut self) -> Said {
        self.ends()
    }

    /// Asks it to stop, as an operator does, and waits until it has.
    pub fn stops(mut self) -> Said {
        self.signal("TERM");
        self.ends()
    }

    fn ends(&mut self) -> Said {
        let mut said = ended(self.child.take().unwrap());
        self.out.read_to_string(&mut self.said).unwrap();
        said.out = std::mem::take(&mut self.said);
        said
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
