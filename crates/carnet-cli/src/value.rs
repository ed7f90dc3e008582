//! Values of options.

/// Takes a text that is not empty. An empty one is mostly a variable of the shell that is not set.
///
/// # Errors
/// A sentence.
pub(crate) fn present(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the value is empty; give one, or leave the option out".to_owned());
    }
    Ok(text.to_owned())
}
