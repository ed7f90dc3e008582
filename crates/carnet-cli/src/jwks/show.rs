//! `carnet jwks show`: tells about each entry of a JWK Set.

use crate::failure::Failure;
use crate::key_description::{self, quoted, word};
use crate::key_file::KeyFile;
use crate::key_set;
use crate::output;
use crate::source::{self, Source};
use crate::wording;
use carnet::{Jwk, JwkSet, KeyRemark, Quoted, SkippedKey};
use clap::Args;
use core::fmt::Write;
use std::collections::{BTreeMap, BTreeSet};

/// Shows the entries of a JWK Set, one a line, and counts them.
///
/// A line has the entry (counted from 0), kid, type, alg, use, the SHA-256 thumbprint, and whether the entry can verify tokens. Private keys and
/// shared secrets are called out, and never shown. Exit code 0 whatever the entries are; 2 when it is no JWK Set.
#[derive(Args)]
pub(super) struct ShowArguments {
    /// A JWK Set; - is standard input.
    file: Source,
}

/// Runs `carnet jwks show`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &ShowArguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let KeyFile::Set(text) = KeyFile::read(file, source::SET)? else {
        let why = "this is a single key and no JWK Set; carnet key check tells about it";
        return Err(Failure::unusable("invalid_key", format_args!("{file}: {why}")));
    };
    let set = key_set::read(file, &text)?;
    output::result(&report(&set))
}

/// What the library says about the entries of a set, by their places.
struct Findings {
    /// Those that verify nothing, with the reasons; shared secrets among them.
    unused: BTreeMap<usize, SkippedKey>,
    /// Those that could not even be read.
    unread: BTreeSet<usize>,
    /// Those that held a private key, whether it could be read or not.
    private: BTreeSet<usize>,
    /// Shared secrets.
    secret: BTreeSet<usize>,
    remarks: Vec<(usize, KeyRemark)>,
}

impl Findings {
    fn of(set: &JwkSet) -> Self {
        let unused = set.verifying_keys();
        Self {
            unused: unused.skipped().iter().map(|skipped| (skipped.index, skipped.clone())).collect(),
            unread: set.skipped().iter().map(|skipped| skipped.index).collect(),
            private: set.private_entries().iter().copied().collect(),
            secret: set.secret_entries().collect(),
            remarks: set.remarks().collect(),
        }
    }

    /// Whether an entry can be used, and what else is to be said of it.
    fn state(&self, entry: usize) -> String {
        let mut state = match self.unused.get(&entry) {
            _ if self.secret.contains(&entry) => "SHARED SECRET: if the set was published, exchange it".to_owned(),
            Some(SkippedKey { reason, .. }) => format!("skipped: {}", wording::key(reason)),
            None => "usable".to_owned(),
        };
        if self.private.contains(&entry) {
            state.insert_str(0, "PRIVATE KEY: if the set was published, exchange it; ");
        }
        for (_, remark) in self.remarks.iter().filter(|(index, _)| *index == entry) {
            let _ = write!(state, "; {remark}");
        }
        state
    }

    /// The line that counts the entries.
    fn summary(&self, entries: usize) -> String {
        let unused = self.unused.len();
        let mut text = format!(
            "{entries} {}: {} usable, {} skipped",
            if entries == 1 { "entry" } else { "entries" },
            entries.saturating_sub(unused),
            unused.saturating_sub(self.secret.len())
        );
        for (what, places) in [("PRIVATE KEY", &self.private), ("SHARED SECRET", &self.secret)] {
            if !places.is_empty() {
                let _ = write!(text, "; {what} in {}", key_set::entries(places.iter().copied()));
            }
        }
        text
    }
}

/// What is shown of one entry, in columns.
type Row = [String; COLUMNS];

/// Entry, kid, type, alg, use, thumbprint, state.
const COLUMNS: usize = 7;

fn report(set: &JwkSet) -> String {
    let findings = Findings::of(set);
    let entries = set.len().saturating_add(findings.secret.len()).saturating_add(findings.unread.len());
    let mut keys = set.iter();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for entry in 0..entries {
        let mut state = findings.state(entry);
        // Every entry is one of the three, and the keys come in their order.
        if findings.secret.contains(&entry) || findings.unread.contains(&entry) {
            let key_id = findings.unused.get(&entry).and_then(|unused| unused.key_id.as_ref());
            let kind = if findings.secret.contains(&entry) { "oct" } else { "-" };
            rows.push(bare_row(entry, key_id, kind, state));
        } else if let Some(jwk) = keys.next() {
            if let Some(other) = jwk.key_id().and_then(|key_id| named.insert(key_id, entry)) {
                let _ = write!(state, "; entry {other} has the same kid");
            }
            rows.push(row(entry, jwk, state));
        }
    }
    let mut text = columns(&rows);
    text.push_str(&findings.summary(entries));
    text
}

fn row(entry: usize, jwk: &Jwk, state: String) -> Row {
    [
        format!("entry {entry}"),
        format!("kid {}", quoted(jwk.key_id())),
        key_description::public_kind(jwk.public_key()),
        format!("alg {}", word(key_description::algorithm(jwk))),
        format!("use {}", word(jwk.public_key_use())),
        jwk.thumbprint().to_string(),
        state,
    ]
}

/// The row of an entry that is no public key.
fn bare_row(entry: usize, key_id: Option<&Quoted>, kind: &str, state: String) -> Row {
    let key_id = key_id.map_or_else(|| "none".to_owned(), ToString::to_string);
    let unknown = || "-".to_owned();
    [format!("entry {entry}"), format!("kid {key_id}"), kind.to_owned(), unknown(), unknown(), unknown(), state]
}

/// Lays the rows out, each column but the last as wide as its widest part.
fn columns(rows: &[Row]) -> String {
    let mut widths = [0_usize; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row).take(COLUMNS.saturating_sub(1)) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
