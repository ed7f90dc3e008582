use http::request::Parts;

/// The path that the client called. A router of axum that is nested in another takes the prefix away; it is put back here, so that every layer of a service means the same path.
pub(crate) fn path(parts: &Parts) -> &str {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = parts.extensions.get() {
        return uri.path();
    }
    parts.uri.path()
}
