use super::{Untyped, Verifier};
use crate::policy_error::PolicyError;
use carnet_jwa::Algorithm;
use carnet_jwk::IntoKeySource;
use core::fmt;
use core::time::Duration;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A policy as a configuration file holds it, for [`Verifier::from_config`].
///
/// **Nothing dangerous can be switched on here**: issuer and audience must be named, `exp` is needed, and members that are not known are an error, so that a
/// mistyped check is not a missing one. Who wants to waive something does so in the program, by name. Times are in seconds.
///
/// ```
/// use carnet_jwt::{Verifier, VerifierConfig};
/// # let secret = carnet_jwk::Secret::from_bytes([7; 32])?;
/// # let key = carnet_jwk::VerifyingKey::from_secret(carnet_jwa::Algorithm::HS256, &secret)?;
/// let config: VerifierConfig = serde_json::from_str(r#"{
///     "issuer": "https://auth.example.com/",
///     "audience": ["api://my-service", "api://my-old-name"],
///     "algorithms": ["HS256"],
///     "leeway": 30,
///     "scopes": ["read"],
///     "claims": {"role": ["user", "admin"]}
/// }"#)?;
/// let verifier = Verifier::from_config(key, &config)?;
/// assert!(serde_json::from_str::<VerifierConfig>(r#"{"issuer": "https://auth.example.com/"}"#).is_err()); // no audience
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifierConfig {
    issuer: OneOrMore<String>,
    audience: OneOrMore<String>,
    #[serde(default)]
    algorithms: Option<Vec<Name>>,
    #[serde(default)]
    typ: Option<OneOrMore<String>>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    required_claims: Vec<String>,
    #[serde(default)]
    forbidden_claims: Vec<String>,
    /// Of each claim, the value or the values that are accepted.
    #[serde(default, deserialize_with = "distinct")]
    claims: Vec<(String, OneOrMore<Value>)>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    leeway: u64,
    #[serde(default)]
    max_age: Option<u64>,
    #[serde(default)]
    max_lifetime: Option<u64>,
}

/// A value, or a list of values.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore<V> {
    More(Vec<V>),
    One(V),
}

impl<V: Clone> OneOrMore<V> {
    fn list(&self) -> Vec<V> {
        match self {
            Self::More(values) => values.clone(),
            Self::One(value) => vec![value.clone()],
        }
    }
}

/// The members of an object, whose names must be distinct: of two lists for one claim, neither is what was meant.
fn distinct<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, OneOrMore<Value>)>, D::Error> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, OneOrMore<Value>)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of claims with distinct names")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members: Self::Value = Vec::new();
            while let Some((name, values)) = map.next_entry::<String, _>()? {
                if members.iter().any(|(own, _)| *own == name) {
                    return Err(serde::de::Error::custom("a claim is named twice"));
                }
                members.push((name, values));
            }
            Ok(members)
        }
    }
    deserializer.deserialize_map(Members)
}

/// An algorithm by its name.
#[derive(Debug, Clone, Copy)]
struct Name(Algorithm);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl Verifier {
    /// Makes a verifier of a configured policy. It is the same as one that was built with the same calls.
    ///
    /// # Errors
    /// As [`VerifierBuilder::build`](crate::VerifierBuilder::build).
    pub fn from_config<I: IntoKeySource>(
        keys: I,
        config: &VerifierConfig,
    ) -> Result<Verifier<I::Source, Untyped>, PolicyError> {
        let mut builder = Verifier::builder(keys)
            .issuers(config.issuer.list())
            .audiences(config.audience.list())
            .required_claims(&config.required_claims)
            .forbidden_claims(&config.forbidden_claims)
            .scopes(&config.scopes)
            .leeway(Duration::from_secs(config.leeway));
        if let Some(algorithms) = &config.algorithms {
            builder = builder.algorithms(algorithms.iter().map(|name| name.0));
        }
        if let Some(types) = &config.typ {
            builder = builder.types(types.list());
        }
        if let Some(subject) = &config.subject {
            builder = builder.subject(subject);
        }
        for (name, values) in &config.claims {
            builder = builder.claim_one_of(name, values.list());
        }
        if let Some(max_age) = config.max_age {
            builder = builder.max_age(Duration::from_secs(max_age));
        }
        if let Some(max_lifetime) = config.max_lifetime {
            builder = builder.max_lifetime(Duration::from_secs(max_lifetime));
        }
        builder.build()
    }
}
