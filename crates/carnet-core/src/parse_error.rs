use crate::base64url::Base64UrlError;
use crate::header::HeaderError;
use core::fmt;

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The whole token.
    Token,
    /// The first segment, the protected header.
    Header,
    /// The second segment.
    Payload,
    /// The third segment.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// The text is not a JWS in compact serialization ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// Longer than a limit allows.
    TooLarge {
        /// What is too long.
        part: Part,
        /// The limit, in octets.
        limit: usize,
    },
    /// Not three segments joined by two dots.
    NotThreeSegments,
    /// Five segments: a JWE, which has to be decrypted and is never a signed token.
    Encrypted,
    /// A segment is not base64url.
    NotBase64Url {
        /// The segment.
        part: Part,
    },
    /// The header is not a JOSE header.
    Header(HeaderError),
}

impl ParseError {
    /// The stable code: `too_large`, `encrypted_token` or `malformed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Encrypted => "encrypted_token",
            Self::NotThreeSegments | Self::NotBase64Url { .. } | Self::Header(_) => "malformed",
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { part, limit } => {
                write!(f, "the {part} is longer than the limit of {limit} octets")
            }
            Self::NotThreeSegments => {
                f.write_str("the token is not three base64url segments joined by two dots (a JWS in compact form)")
            }
            Self::Encrypted => f.write_str(
                "the token has five segments: it is encrypted (a JWE), and a verifier of signed tokens does not decrypt",
            ),
            Self::NotBase64Url { part } => write!(f, "the {part} is {Base64UrlError}"),
            Self::Header(error) => write!(f, "the header is not a JOSE header: {error}"),
        }
    }
}

impl core::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Header(error) => Some(error),
            _ => None,
        }
    }
}
