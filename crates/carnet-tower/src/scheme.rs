/// How a token was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    Dpop,
}

/// Which schemes are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schemes {
    pub(crate) bearer: bool,
    pub(crate) dpop: bool,
}

/// Why what a request brings along cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Not `Bearer` (or `DPoP`), spaces and one token. `None` where it cannot be said which of them it was to be.
    Malformed(Option<Scheme>),
    /// More than one way to present a token, or one of them twice.
    Ambiguous,
}
