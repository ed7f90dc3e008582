use crate::base64url::Base64UrlError;
use crate::header::HeaderError;
use crate::json::JsonError;
use core::fmt;

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The whole token.
    Token,
    /// A header, protected or not.
    Header,
    /// The payload, in the token or detached from it.
    Payload,
    /// A signature.
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

/// The text is not a JWS in the serialization that was asked for: compact
/// ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) or JSON
/// ([§7.2](https://www.rfc-editor.org/rfc/rfc7515#section-7.2)).
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
    /// A JSON serialization was asked for, and the text is not strict JSON.
    Json(JsonError),
    /// A member of the JSON serialization is missing, is of the wrong type, or has no place in it.
    Member {
        /// The member.
        name: &'static str,
        /// What is wrong, and what to do.
        reason: &'static str,
    },
    /// JSON with the members of a JWE, which has to be decrypted and is never a signed token.
    EncryptedJson,
    /// More signatures than the limit.
    TooManySignatures {
        /// The limit.
        limit: usize,
    },
    /// Some signatures are over the encoded payload and some over the payload as it is (RFC 7797 §3).
    PayloadEncodingsDiffer,
    /// The token carries no payload, and none was given beside it.
    Detached,
    /// A detached payload was given for a token that carries one.
    NotDetached,
    /// An unencoded payload in a compact serialization has an octet that may not stand there (RFC 7797 §5.2).
    UnencodedPayload,
    /// There is something around the token that is no part of it: the scheme of an `Authorization` field (`Bearer `), a space, a line end.
    Surrounded,
    /// A part is not base64url.
    NotBase64Url {
        /// The part.
        part: Part,
    },
    /// The header is not a JOSE header.
    Header(HeaderError),
}

impl ParseError {
    /// Why a token in compact serialization is refused of which this part is not base64url.
    #[must_use]
    #[cold]
    pub fn not_base64url(token: &str, part: Part) -> Self {
        let is_blank = |octet: &u8| octet.is_ascii_whitespace();
        let ends = [token.as_bytes().first(), token.as_bytes().last()];
        // A scheme is followed by a space, and no token has one within it.
        let has_scheme = token.split_once(' ').is_some_and(|(scheme, _)| {
            ["Bearer", "DPoP", "JWT", "Token"].iter().any(|known| known.eq_ignore_ascii_case(scheme))
        });
        if has_scheme || ends.into_iter().flatten().any(is_blank) {
            Self::Surrounded
        } else {
            Self::NotBase64Url { part }
        }
    }

    /// The stable code: `too_large`, `encrypted_token` or `malformed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooManySignatures { .. } => "too_large",
            Self::Encrypted | Self::EncryptedJson => "encrypted_token",
            Self::NotThreeSegments
            | Self::Json(_)
            | Self::Member { .. }
            | Self::PayloadEncodingsDiffer
            | Self::Detached
            | Self::NotDetached
            | Self::UnencodedPayload
            | Self::Surrounded
            | Self::NotBase64Url { .. }
            | Self::Header(_) => "malformed",
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
            Self::Json(error) => write!(f, "the token is not a JWS in JSON serialization: {error}"),
            Self::Member { name, reason } => {
                write!(f, "the token is not a JWS in JSON serialization: the member \"{name}\" {reason}")
            }
            Self::EncryptedJson => f.write_str(
                "the token has a member \"ciphertext\": it is encrypted (a JWE), and a verifier of signed tokens does not decrypt",
            ),
            Self::TooManySignatures { limit } => write!(f, "the token has more signatures than the limit of {limit}"),
            Self::PayloadEncodingsDiffer => f.write_str(
                "some signatures of the token are over the encoded and some over the unencoded payload (RFC 7797 section 3)",
            ),
            Self::Detached => f.write_str(
                "the token carries no payload (it has no member \"payload\"): it is detached, and verified together with the payload that travels beside it",
            ),
            Self::NotDetached => f.write_str(
                "the token carries a payload, and one was given beside it; verify the token's own, or leave it out (RFC 7515 appendix F)",
            ),
            Self::UnencodedPayload => f.write_str(
                "the unencoded payload has characters other than printable ASCII without the dot (RFC 7797 section 5.2)",
            ),
            Self::Surrounded => f.write_str(
                "something stands around the token: give it without the scheme (\"Bearer \") of the Authorization field, without spaces and line ends",
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
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}
