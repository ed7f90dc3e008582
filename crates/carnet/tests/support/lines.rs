//! Errors as lines of a snapshot.

use std::error::Error;

/// The code and the message.
pub(crate) fn line(code: &str, error: &(dyn Error + 'static)) -> String {
    // Whoever prints the chain of causes finds each cause's words in the message already.
    let mut cause = error.source();
    while let Some(source) = cause {
        assert!(error.to_string().contains(&source.to_string()), "{error} / {source}");
        cause = source.source();
    }
    format!("{code}: {error}")
}

pub(crate) fn listing(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().collect::<Vec<_>>().join("\n")
}
