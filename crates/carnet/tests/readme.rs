//! The README tells the truth: its output is real, its table of error codes complete. Its Rust blocks are documentation tests of the facade, and its
//! `carnet` session is run by the command's own tests.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// Compares line by line; `[..]` in the expectation stands for any text.
fn matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    open || rest.is_empty()
}

#[test]
fn the_quickstart_prints_what_the_readme_shows() {
    let readme = readme();
    let (_, shown) = readme.split_once("$ cargo run --example quickstart\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    // Cargo builds the examples before it runs this test, next to the folder this test is in.
    let example = std::env::current_exe().unwrap().parent().unwrap().with_file_name("examples").join("quickstart");
    let output = Command::new(&example).output().unwrap_or_else(|error| panic!("{}: {error}", example.display()));
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shown.lines().count(), printed.lines().count(), "{printed}");
    for (shown, printed) in shown.lines().zip(printed.lines()) {
        assert!(matches(shown, printed), "the README shows\n{shown}\nand the example prints\n{printed}");
    }
}

/// Every error code of the library: the strings within every `fn code(…)`.
fn codes() -> BTreeSet<String> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.to_str().unwrap().contains("carnet-cli")
            {
                sources.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut codes = BTreeSet::new();
    for source in &sources {
        for body in source.split("fn code(&self)").skip(1) {
            let (body, _) = body.split_once("\n    }\n").unwrap_or((body, ""));
            let is_code = |text: &&str| text.contains('_') || ["malformed", "unreachable"].contains(text);
            let words = body.split('"').skip(1).step_by(2).filter(is_code);
            codes.extend(
                words
                    .filter(|word| word.bytes().all(|octet| octet == b'_' || octet.is_ascii_lowercase()))
                    .map(str::to_owned),
            );
        }
    }
    assert!(codes.len() > 30, "found {codes:?}");
    codes
}

#[test]
fn every_error_code_is_in_the_readme() {
    let readme = readme();
    for code in codes() {
        assert!(readme.contains(&format!("`{code}`")), "{code} is not in the README's table");
    }
}

#[test]
fn every_error_code_has_a_row_in_the_manual() {
    let manual = std::fs::read_to_string(root().join("crates/carnet/src/manual/errors.md")).unwrap();
    let rows: Vec<&str> =
        manual.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|row| row.0).collect();
    let distinct: BTreeSet<String> = rows.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), rows.len(), "each has one row");
    assert_eq!(distinct, codes());
    // Each row has a column for each library.
    for line in manual.lines().filter(|line| line.starts_with("| `")) {
        assert_eq!(line.matches(" |").count(), 6, "{line}");
    }
}
