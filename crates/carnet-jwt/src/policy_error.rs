use carnet_core::Quoted;
use carnet_core::limits::MAX_LEEWAY;
use core::fmt;

/// A policy that would be a mistake. The program is at fault, not a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// A name is the empty string, or a list that must name something is empty.
    Empty {
        /// Which.
        what: &'static str,
    },
    /// A claim is to have one of no values. `null` is none.
    NoValue {
        /// The claim.
        claim: Quoted,
    },
    /// A claim is to say the same as itself.
    SameAsItself {
        /// The claim.
        claim: Quoted,
    },
    /// A claim must be there and must not.
    RequiredAndForbidden {
        /// The claim.
        claim: Quoted,
    },
    /// A scope is more than one word.
    NotAScope {
        /// The scope.
        scope: Quoted,
    },
    /// A set of verifiers is empty.
    NoIssuers,
    /// A verifier of a set takes any issuer, so nothing says which tokens are its own.
    IssuerNotNamed,
    /// Two verifiers of a set name the same issuer.
    IssuerTwice {
        /// The issuer.
        issuer: Quoted,
    },
    /// The leeway is above one hour.
    LeewayTooLarge,
    /// A name was declared as an extension that is none, or that a JSON Web Token must not use (`b64`).
    NoExtension {
        /// The name.
        name: Quoted,
    },
    /// There is no key, so no token could ever be accepted.
    NoKeys,
    /// No algorithm is allowed.
    NoAlgorithms,
    /// Keys are there, and none is bound to an allowed algorithm.
    NoKeyForAlgorithms,
}

impl PolicyError {
    /// The stable code, `invalid_policy`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_policy"
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what } => {
                write!(f, "the {what} given to the verifier is empty; name one")?;
                f.write_str(match *what {
                    "issuer" => ", or waive the check in the program with any_issuer",
                    "audience" => ", or waive the check in the program with any_audience",
                    _ => ", or leave the check out",
                })
            }
            Self::NoValue { claim } => {
                write!(f, "the claim {claim} is to have one of no values, which no token can; name one that is not null, or leave the check out")
            }
            Self::SameAsItself { claim } => write!(f, "the claim {claim} is compared with itself; name another claim"),
            Self::RequiredAndForbidden { claim } => {
                write!(f, "the claim {claim} is needed by one check and forbidden by another, so no token can pass; leave one of them out")
            }
            Self::NotAScope { scope } => {
                write!(f, "{scope} is more than one scope; give each by itself with scopes or one_of_scopes")
            }
            Self::LeewayTooLarge => {
                write!(
                    f,
                    "the leeway is above {} s; leeway is for clocks that differ, not for longer lives",
                    MAX_LEEWAY.as_secs()
                )
            }
            Self::NoExtension { name } => write!(
                f,
                "{name} is no extension that a JSON Web Token can demand with \"crit\"; declare only names that JOSE itself does not define, and never b64 (RFC 7797 section 7)"
            ),
            Self::NoKeys => {
                f.write_str("there is no key to verify with; see what VerifyingKeys::skipped says about the set")
            }
            Self::NoIssuers => f.write_str("the set of verifiers is empty"),
            Self::IssuerNotNamed => f.write_str(
                "a verifier of the set takes any issuer; name the issuer of each with .issuer(), so that tokens find theirs",
            ),
            Self::IssuerTwice { issuer } => {
                write!(f, "two verifiers of the set name the issuer {issuer}; give one verifier the keys of both")
            }
            Self::NoAlgorithms => f.write_str("the list of allowed algorithms is empty"),
            Self::NoKeyForAlgorithms => {
                f.write_str("no key is bound to an allowed algorithm; ES512, ES256K and ML-DSA are allowed only where .algorithms() names them, and .algorithms() never rebinds a key: bind it with VerifyingKey::from_jwk_as, or RSA keys of a set with KeyRules::rsa_without_alg")
            }
        }
    }
}

impl core::error::Error for PolicyError {}
