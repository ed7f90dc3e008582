//! The JWS compact serialization, split and not yet decoded
//! ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).

use crate::limits::Limits;
use crate::parse_error::{ParseError, Part};

/// A token split at its two dots. The segments are the received text; nothing is decoded and nothing is believed.
#[derive(Clone, Copy)]
pub struct Compact<'a> {
    protected: &'a str,
    payload: &'a str,
    signature: &'a str,
    signing_input: &'a str,
}

impl<'a> Compact<'a> {
    /// Splits `token`. Looks at no more than its first five dots.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::Encrypted`] for exactly five segments, else
    /// [`ParseError::NotThreeSegments`].
    ///
    /// ```
    /// use carnet_core::{Limits, ParseError, compact::Compact};
    /// let token = Compact::parse("aa.bb.cc", &Limits::default())?;
    /// assert_eq!(token.signing_input(), "aa.bb");
    /// assert_eq!(Compact::parse("a.b.c.d.e", &Limits::default()).unwrap_err(), ParseError::Encrypted);
    /// # Ok::<(), ParseError>(())
    /// ```
    #[inline]
    pub fn parse(token: &'a str, limits: &Limits) -> Result<Self, ParseError> {
        if token.len() > limits.token_octets {
            return Err(ParseError::TooLarge { part: Part::Token, limit: limits.token_octets });
        }
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let (Some(first), Some(second), third) = (dots.next(), dots.next(), dots.next()) else {
            return Err(ParseError::NotThreeSegments);
        };
        if third.is_some() {
            return Err(match (dots.next(), dots.next()) {
                (Some(_), None) => ParseError::Encrypted,
                _ => ParseError::NotThreeSegments,
            });
        }
        let split = || {
            Some(Self {
                protected: token.get(..first)?,
                payload: token.get(first.checked_add(1)?..second)?,
                signature: token.get(second.checked_add(1)?..)?,
                signing_input: token.get(..second)?,
            })
        };
        split().ok_or(ParseError::NotThreeSegments)
    }

    /// The first segment: base64url of the protected header.
    #[must_use]
    #[inline]
    pub const fn protected(&self) -> &'a str {
        self.protected
    }

    /// The second segment: base64url of the payload.
    #[must_use]
    #[inline]
    pub const fn payload(&self) -> &'a str {
        self.payload
    }

    /// The third segment: base64url of the signature, empty for an unsecured JWS.
    #[must_use]
    #[inline]
    pub const fn signature(&self) -> &'a str {
        self.signature
    }

    /// The octets that are signed: everything before the second dot, as received.
    #[must_use]
    #[inline]
    pub const fn signing_input(&self) -> &'a str {
        self.signing_input
    }
}

impl core::fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Compact({} octets)", self.signing_input.len().saturating_add(self.signature.len()).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline]
    fn parse(token: &str) -> Result<Compact<'_>, ParseError> {
        Compact::parse(token, &Limits::default())
    }

    #[test]
    fn d01_many_dots_are_not_walked() {
        let dots = ".".repeat(60_000);
        assert_eq!(parse(&dots).unwrap_err(), ParseError::NotThreeSegments);
        let over = ".".repeat(1_000_000);
        assert_eq!(parse(&over).unwrap_err(), ParseError::TooLarge { part: Part::Token, limit: 65_536 });
    }

    #[test]
    fn d02_wrong_segment_counts() {
        for token in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f", "."] {
            assert_eq!(parse(token).unwrap_err(), ParseError::NotThreeSegments, "{token}");
        }
        assert_eq!(parse("a..b.c.d").unwrap_err(), ParseError::Encrypted);
        assert!(parse("a.b.").is_ok(), "an empty signature is judged after the algorithm");
        assert!(parse("a..c").is_ok(), "an empty payload is a JWS");
    }

    #[test]
    fn limit_and_limit_plus_one() {
        let limits = Limits { token_octets: 10, ..Limits::default() };
        assert!(Compact::parse("aaaa.bbb.c", &limits).is_ok());
        assert!(Compact::parse("aaaa.bbb.cc", &limits).is_err());
    }

    #[test]
    fn d17_debug_shows_no_token() {
        assert_eq!(format!("{:?}", parse("aaaa.bbb.c").unwrap()), "Compact(10 octets)");
    }
}
