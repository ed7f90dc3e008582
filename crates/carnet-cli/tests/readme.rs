//! The sessions with `carnet` that the README shows are run as they stand there, one after the other in one folder.

use std::path::Path;
use std::process::Command;

/// Compares texts; `[..]` in the expectation stands for a thumbprint, which differs from run to run.
fn matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    for part in parts {
        let Some((thumbprint, after)) = rest.split_at_checked(43) else { return false };
        let Some(after) = after.strip_prefix(part) else { return false };
        if carnet::base64url::decode(thumbprint).is_err() {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

#[test]
fn the_session_in_the_readme_is_real() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let sessions = readme.split("```console\n").skip(1).map(|block| block.split_once("```").unwrap().0);
    let sessions: Vec<&str> = sessions.filter(|session| session.contains("$ carnet ")).collect();
    assert!(
        ["carnet verify", "carnet explain", "carnet jws verify"]
            .iter()
            .all(|command| sessions.concat().contains(command))
    );
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_carnet")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());

    for step in sessions.concat().split("$ ").filter(|step| !step.is_empty()) {
        let (line, shown) = step.split_once('\n').unwrap();
        let run = Command::new("sh")
            .args(["-c", &format!("{{ {line}; }} 2>&1")])
            .current_dir(folder.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        let printed = String::from_utf8(run.stdout).unwrap();
        assert!(matches(shown, &printed), "{line}\nprints\n{printed}\nand the README shows\n{shown}");
        assert_eq!(run.status.success(), !shown.lines().any(|line| line.starts_with("error")), "{line}");
    }
}
