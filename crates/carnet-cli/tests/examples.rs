//! The examples that serve HTTP do what they are to demonstrate, and the one that the README shows prints what it shows.
#![cfg(test)]

use std::path::Path;
use std::process::Command;

/// What an example prints. It ends with success only if each request was answered with the status that it expects.
fn run(name: &str) -> String {
    // Cargo builds the examples before it runs this test, next to the folder this test is in.
    let example = std::env::current_exe().unwrap().parent().unwrap().with_file_name("examples").join(name);
    let output = Command::new(&example).output().unwrap_or_else(|error| panic!("{}: {error}", example.display()));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Compares a line; `[..]` in the expectation stands for the address of a port that was free.
fn matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    for part in parts {
        let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        let (port, after) = rest.split_at(digits);
        let Some(after) = after.strip_prefix(part) else { return false };
        if port.parse::<u16>().is_err() {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

#[test]
fn the_api_prints_what_the_readme_shows() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let (_, shown) = readme.split_once("$ cargo run --example api\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let printed = run("api");
    assert_eq!(shown.lines().count(), printed.lines().count(), "{printed}");
    for (shown, printed) in shown.lines().zip(printed.lines()) {
        assert!(matches(shown, printed), "the README shows\n{shown}\nand the example prints\n{printed}");
    }
}

/// What a client goes by: where the metadata are, and all scopes of an operation in one challenge.
#[test]
fn the_mcp_server_tells_a_client_what_it_needs() {
    let printed = run("mcp");
    let (_, address) = printed.lines().next().unwrap().split_once("the server is ").unwrap();
    let metadata = address.replace("/mcp", "/.well-known/oauth-protected-resource/mcp");
    for challenge in [
        format!(r#"Bearer realm="files", scope="files:read", resource_metadata="{metadata}""#),
        format!(
            r#"Bearer realm="files", scope="files:read files:write", error="insufficient_scope", resource_metadata="{metadata}""#
        ),
    ] {
        assert!(printed.lines().any(|line| line.trim() == challenge), "no {challenge} in\n{printed}");
    }
    assert!(printed.contains(&format!(r#"{{"resource":"{address}","authorization_servers":["#)), "{printed}");
}
