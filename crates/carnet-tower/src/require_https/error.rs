use core::fmt;

/// Why HTTPS cannot be demanded like this: a mistake of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequireHttpsError {
    /// The host is not a host, with or without a port.
    Host,
    /// An exempt path is not the path of a request.
    ExemptPath,
}

impl RequireHttpsError {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_https_settings"
    }
}

impl fmt::Display for RequireHttpsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => {
                "the host is not a name or an address, with a port or without; write it like api.example.com or api.example.com:8443, not as a URL"
            }
            Self::ExemptPath => {
                "an exempt path is not the path of a request; write it like /healthz, without a query, with what is not ASCII encoded"
            }
        })
    }
}

impl core::error::Error for RequireHttpsError {}
