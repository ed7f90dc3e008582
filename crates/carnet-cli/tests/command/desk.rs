//! A folder with files, in which the command is run.

use carnet::Algorithm;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A secret of 32 octets.
pub(crate) const SECRET: &str = "an example of 32 octets or more.";
/// `exp` of the tokens of RFC 7515.
pub(crate) const JOE_EXPIRES: &str = "1300819380";

/// An empty folder of its own.
pub(crate) struct Desk(TempDir);

/// What a run left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome<O = String> {
    pub(crate) code: i32,
    pub(crate) out: O,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Writes a file; the command finds it by this name.
    pub(crate) fn put(&self, name: &str, octets: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.path().join(name), octets).unwrap();
        self
    }

    /// Runs the command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[], "")
    }

    /// Where a file is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the command with environment variables and standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], env: &[(&str, &str)], input: impl AsRef<[u8]>) -> Outcome {
        let Outcome { code, out, err } = self.run_as(arguments, env, input);
        Outcome { code, out: String::from_utf8(out).unwrap(), err }
    }

    /// Runs the command with standard input, where what it writes is no text.
    pub(crate) fn run_octets(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Outcome<Vec<u8>> {
        self.run_as(arguments, &[], input)
    }

    fn run_as(&self, arguments: &[&str], env: &[(&str, &str)], input: impl AsRef<[u8]>) -> Outcome<Vec<u8>> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_carnet"))
            .args(arguments)
            .envs(env.iter().copied())
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What is not read is no fault.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        Outcome { code: output.status.code().unwrap(), out: output.stdout, err }
    }
}

impl Outcome {
    /// The one line of standard output of a run that went well and had nothing else to say.
    pub(crate) fn line(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        let line = self.out.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{line}");
        line.to_owned()
    }

    /// Standard output of a run that went well and had nothing else to say.
    pub(crate) fn text(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    /// The JSON of [`line`](Self::line).
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Asserts that nothing was printed but these lines on standard error.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, err: &str) {
        assert_eq!((self.code, self.out.as_str(), self.err.trim_end_matches('\n')), (code, "", err));
    }

    /// Asserts that nothing was printed but something that begins so on standard error.
    #[track_caller]
    pub(crate) fn fails_with(&self, code: i32, start: &str) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        assert!(self.err.starts_with(start), "{self:?}");
    }
}

/// An example of RFC 7515, by its section.
pub(crate) fn rfc7515(section: &str) -> Value {
    let vectors = testkit::vectors::load("rfc/rfc7515.json");
    let mut vectors = vectors["vectors"].as_array().unwrap().iter();
    vectors.find(|vector| vector["section"] == section).unwrap().clone()
}

/// The token of an example of RFC 7515.
pub(crate) fn rfc7515_token(section: &str) -> String {
    rfc7515(section)["compact"].as_str().unwrap().to_owned()
}

/// A member of an example of RFC 7515, as JSON.
pub(crate) fn rfc7515_key(section: &str, member: &str) -> String {
    rfc7515(section)[member].to_string()
}

/// The text of a key file, by the end of its path.
pub(crate) fn key_file(path: &str) -> String {
    let files = testkit::vectors::load("key-files/key_files.json");
    let named = |file: &&Value| {
        format!("{}/{}", file["repo"].as_str().unwrap(), file["path"].as_str().unwrap()).ends_with(path)
    };
    let mut found = files["files"].as_array().unwrap().iter().filter(named);
    let file = found.next().unwrap();
    assert!(found.next().is_none(), "{path} is not unique");
    file["text"].as_str().unwrap().to_owned()
}

/// The header and the claims of a token.
pub(crate) fn decode(token: &str) -> (String, String) {
    let mut segments = token.split('.').map(|segment| String::from_utf8(carnet::base64url::decode(segment).unwrap()));
    (segments.next().unwrap().unwrap(), segments.next().unwrap().unwrap())
}

/// The octets of a key file that is no text, by the end of its path.
pub(crate) fn key_octets(path: &str) -> Vec<u8> {
    let files = testkit::vectors::load("key-files/key_files.json");
    let mut files = files["files"].as_array().unwrap().iter();
    let file = files.find(|file| file["path"].as_str().unwrap().ends_with(path)).unwrap();
    base64(file["base64"].as_str().unwrap())
}

/// What a PEM block holds.
pub(crate) fn der_of(pem: &str) -> Vec<u8> {
    base64(&pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>())
}

fn base64(text: &str) -> Vec<u8> {
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    carnet::base64url::decode(&text).unwrap()
}

/// The names of the algorithms that this build has, but those for which it makes no keys.
pub(crate) fn generated() -> Vec<&'static str> {
    let available = Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available());
    let rsa = |name: &str| name.starts_with("RS") || name.starts_with("PS");
    available.map(|algorithm| algorithm.name()).filter(|name| has_aws_lc_rs() || !rsa(name)).collect()
}

/// Whether this build has what only one of the backends has.
pub(crate) fn has_aws_lc_rs() -> bool {
    Algorithm::ES512.is_available()
}

/// A certificate of an EC key on P-256: openssl req -x509.
pub(crate) const CERTIFICATE: &str = include_str!("../keys/certificate.pem");
/// The private key of [`CERTIFICATE`].
pub(crate) const CERTIFIED_KEY: &str = include_str!("../keys/certified.pem");
