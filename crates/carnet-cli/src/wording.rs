//! What the library says, with the options of the command in the place of its functions.

use carnet::dangerous::DecodeError;
use carnet::jws::{JwsError, SignError};
use carnet::{
    HeaderError, JsonError, KeyError, ParseError, PolicyError, Quoted, Rejection, SkippedKey, TokenError, VerifyError,
};

/// The extension of RFC 7797, which has an option of its own.
pub(crate) const UNENCODED: &str = "b64";

/// That a token was signed over the payload as it is.
const IS_UNENCODED: &str =
    "the payload is signed as it is, without base64url (\"b64\" is false, RFC 7797); accept that with --unencoded";

/// That a token does not carry what was signed.
pub(crate) const IS_DETACHED: &str =
    "the token does not carry its payload (it is detached); give it with --payload FILE";

/// That more keys would fit than are tried.
fn trials_exhausted(limit: usize) -> String {
    format!(
        "none of {limit} keys made the signature, and more would fit than are tried; give the keys and the tokens a key ID (kid), \
         or give fewer keys with --keys"
    )
}

/// Why a JWS was not accepted.
pub(crate) fn jws(error: &JwsError) -> String {
    match error {
        JwsError::Parse(error) => parse(error),
        JwsError::UnsupportedCritical { name } if *name == Quoted::new(UNENCODED) => IS_UNENCODED.to_owned(),
        JwsError::UnsupportedCritical { name } => format!(
            "the token demands the extension {name} (\"crit\"); if you do what it asks for, accept it with --understands NAME"
        ),
        JwsError::TrialsExhausted { limit } => trials_exhausted(*limit),
        _ => error.to_string(),
    }
}

/// Why a JSON Web Token was not accepted. The checks of a genuine one are worded by [`rejection`].
pub(crate) fn verification(error: &VerifyError) -> String {
    match error {
        VerifyError::Parse(error) => parse(error),
        VerifyError::UnsupportedCritical { name } if *name == Quoted::new(UNENCODED) => {
            "the payload is signed as it is (\"b64\" is false), which no JSON Web Token may be (RFC 7797 section 7); \
             a token of another kind is verified by carnet jws verify --unencoded"
                .to_owned()
        }
        VerifyError::UnsupportedCritical { name } => format!(
            "the token demands the extension {name} (\"crit\"), and carnet verify does none; \
             where you do what it asks for, use carnet jws verify --understands NAME and check the claims yourself"
        ),
        VerifyError::TrialsExhausted { limit } => trials_exhausted(*limit),
        VerifyError::NotClaims(error) => not_claims(error),
        _ => error.to_string(),
    }
}

/// Why a token could not be decoded.
pub(crate) fn decoding(error: &DecodeError) -> String {
    match error {
        DecodeError::Parse(error) => parse(error),
        DecodeError::NotClaims(error) => not_claims(error),
        _ => error.to_string(),
    }
}

/// A JWS that is no JSON Web Token.
fn not_claims(error: &JsonError) -> String {
    format!(
        "the payload is not a set of claims: {error}; a token with any other payload is verified by carnet jws verify"
    )
}

/// One check that a genuine token failed. Of the arguments, nothing is repeated.
pub(crate) fn rejection(rejection: &Rejection) -> String {
    match rejection {
        Rejection::WrongTyp { .. } => "the token's type (\"typ\") is not the one required (--typ)".to_owned(),
        _ => rejection.to_string(),
    }
}

/// Why a text is no JWS.
pub(crate) fn parse(error: &ParseError) -> String {
    match error {
        ParseError::Detached => IS_DETACHED.to_owned(),
        ParseError::NotDetached => {
            "the token carries its payload; leave --payload out to verify that, or take it out of the token (RFC 7515 appendix F)"
                .to_owned()
        }
        ParseError::Header(error) => format!("the header is not a JOSE header: {}", header(error)),
        _ => error.to_string(),
    }
}

/// What is wrong with a header.
fn header(error: &HeaderError) -> String {
    match error {
        HeaderError::AlgorithmNotProtected => {
            "\"alg\" is only in the unprotected header, where anybody can change it; accept it there with --unprotected-algorithm"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why nothing was signed.
pub(crate) fn signing(error: &SignError) -> String {
    match error {
        SignError::UnprotectedInCompact => {
            "a compact serialization has no unprotected header (--unprotected); make another with --serialization flattened, \
             or protect the parameter with --header"
                .to_owned()
        }
        SignError::UnencodedPayload { reason } => {
            format!("the unencoded payload {reason}; leave it out of the token with --detached")
        }
        SignError::InvalidHeader(error) => format!("the header would be refused: {}", header(error)),
        SignError::SignaturesDiffer { .. } => {
            "the signatures of one token are all over the payload as it is (--unencoded) or none, and all leave it out (--detached) or none"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a JSON Web Token was not made.
pub(crate) fn token(error: &TokenError) -> String {
    match error {
        TokenError::NoExpiry => {
            "the token has no expiry: set one with --expires-in 15m or with exp in the claims, or say --never-expires"
                .to_owned()
        }
        TokenError::ClaimSetTwice { claim } => {
            format!("the claim {claim} is set by an option and in the claims (--claims); set it in one place")
        }
        TokenError::NotClaims => {
            "the claims (--claims) must be a JSON object with distinct names, at most 64 levels deep and without U+0000"
                .to_owned()
        }
        TokenError::Sign(error) => signing(error),
        TokenError::Random(error) => key(error),
        _ => error.to_string(),
    }
}

/// Why there is no verifier like this.
pub(crate) fn policy(error: &PolicyError) -> String {
    match error {
        PolicyError::Empty { what } => {
            let waiver = match *what {
                "issuer" => ", or waive the check with --any-issuer",
                "audience" => ", or waive the check with --any-audience",
                _ => ", or leave the option out",
            };
            format!("the {what} (--{what}) is empty; give one{waiver}")
        }
        PolicyError::NoKeys => "there is no key to verify with".to_owned(),
        PolicyError::NoKeyForAlgorithms => {
            "no key is for an algorithm named with --alg; name the algorithm of a key, or leave --alg out".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a key cannot be used.
pub(crate) fn key(error: &KeyError) -> String {
    match error {
        KeyError::SecretNotAskedFor => {
            "a shared secret of a set is used only for an algorithm named with --alg, such as HS256".to_owned()
        }
        KeyError::NoNextKey => "there is no next key".to_owned(),
        KeyError::InvalidMember { member: "keys", reason } if names_a_function(reason) => {
            if reason.contains("limit") {
                "the set has more entries than are read, 10 000".to_owned()
            } else {
                "the member \"keys\" makes this a JWK Set, and one key is needed here".to_owned()
            }
        }
        KeyError::InvalidMember { member: "kty", reason } if names_a_function(reason) => {
            "the member \"kty\" makes this a single key, and a JWK Set is needed: put it into {\"keys\":[ ]}".to_owned()
        }
        KeyError::InvalidMember { member, reason } if names_a_function(reason) => {
            format!(
                "the key's member \"{member}\" makes this a private key or a shared secret, and a public key is needed"
            )
        }
        KeyError::Unsupported { what, reason } if names_a_function(reason) => {
            format!("this key ({what}) cannot be used here; a public key is needed, and a shared secret has none")
        }
        KeyError::Encoding { reason } if names_a_function(reason) => {
            "this is a certificate where a key is needed; take its public key with carnet key public".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Whether the library advises one of its own functions.
fn names_a_function(reason: &str) -> bool {
    reason.contains("::") || reason.contains("()")
}

/// Why an entry of a set cannot be used.
pub(crate) fn skipped(skipped: &SkippedKey) -> String {
    let key_id = skipped.key_id.as_ref().map(|key_id| format!(" (kid {key_id})")).unwrap_or_default();
    format!("entry {}{key_id}: {}", skipped.index, key(&skipped.reason))
}

#[cfg(test)]
mod tests;
