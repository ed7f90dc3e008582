//! What `carnet verify` and `carnet explain` ask of a token.

use super::keys::Keys;
use super::{LoopbackArguments, VerifyingKeyArguments};
use crate::algorithms;
use crate::duration;
use crate::failure::Failure;
use crate::token_argument::TokenArgument;
use carnet::Verifier;
use clap::Args;
use core::time::Duration;

/// Keys and policy.
#[derive(Args)]
pub(crate) struct PolicyArguments {
    #[command(flatten)]
    keys: VerifyingKeyArguments,

    #[command(flatten)]
    loopback: LoopbackArguments,

    /// Allows only this algorithm, and binds a key that leaves its own open. May be repeated.
    ///
    /// Without it, the algorithms of the keys are allowed: an RSA key without alg is for RS256 then, a --secret-file or --secret-env for HS256, and
    /// an oct JWK without alg needs --alg. With it, a single key is bound to the first algorithm named that fits it; in a JWK Set, the first RSA
    /// algorithm named binds the RSA keys without alg, and naming HS256, HS384 or HS512 admits the shared secrets (oct) for it. A key with an alg of its
    /// own is used for no other.
    #[arg(long, value_name = "ALG", help_heading = "Keys")]
    alg: Vec<String>,

    #[command(flatten)]
    issuer: IssuerArguments,

    #[command(flatten)]
    audience: AudienceArguments,

    /// Requires typ in the header, such as at+jwt.
    #[arg(long, value_name = "TYP", help_heading = "Policy")]
    typ: Option<String>,

    /// How far clocks may differ, such as 30s; at most 1h. Default: 0s.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, help_heading = "Policy")]
    leeway: Option<Duration>,

    /// Accepts a token without exp. An exp that is there is checked all the same.
    #[arg(long, help_heading = "Policy")]
    no_expiry: bool,

    /// Verifies as if it were this time, in seconds since 1970-01-01 UTC.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true, help_heading = "Policy")]
    now: Option<i64>,
}

/// The decision about the issuer, which must be made.
#[derive(Args)]
#[group(multiple = false)]
struct IssuerArguments {
    /// Requires iss to be exactly this. This, --any-issuer or --discover is needed.
    #[arg(
        long, value_name = "ISS", help_heading = "Policy", conflicts_with = "discover",
        required_unless_present_any = ["any_issuer", "discover"]
    )]
    issuer: Option<String>,

    /// Waives the check of iss.
    #[arg(long, help_heading = "Policy", conflicts_with = "discover")]
    any_issuer: bool,
}

/// The decision about the audience, which must be made.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct AudienceArguments {
    /// Requires aud to be or to contain exactly this. This or --any-audience is needed.
    #[arg(long, value_name = "AUD", help_heading = "Policy")]
    audience: Option<String>,

    /// Waives the check of aud: a token for another service is accepted too.
    #[arg(long, help_heading = "Policy")]
    any_audience: bool,
}

impl PolicyArguments {
    /// The verifier, and what is to be said of keys that cannot be used.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn verifier(&self, token: &TokenArgument) -> Result<(Verifier, Vec<String>), Failure> {
        let algorithms = algorithms::parse(&self.alg)?;
        let Keys { keys, unused } = self.keys.load(&self.loopback, &[("the token", token.source())], &algorithms)?;

        let verifier = Verifier::builder(keys);
        let verifier = match self.issuer.issuer.as_deref().or(self.keys.discover.as_deref()) {
            Some(issuer) => verifier.issuer(issuer),
            None => verifier.any_issuer(),
        };
        let mut verifier = match &self.audience.audience {
            Some(audience) => verifier.audience(audience),
            None => verifier.any_audience(),
        };
        // Whoever names no algorithm names a key, and that has one. (The library's own list does not grow with the backend.)
        verifier = match algorithms.is_empty() {
            true => verifier.algorithms(algorithms::available()),
            false => verifier.algorithms(algorithms),
        };
        if let Some(typ) = &self.typ {
            verifier = verifier.typ(typ);
        }
        if let Some(leeway) = self.leeway {
            verifier = verifier.leeway(leeway);
        }
        if self.no_expiry {
            verifier = verifier.expiry_optional();
        }
        if let Some(now) = self.now {
            verifier = verifier.at(now);
        }
        Ok((verifier.build()?, unused))
    }
}
