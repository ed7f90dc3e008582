use super::{Decided, Untyped, Verifier, VerifierBuilder};
use crate::policy_error::PolicyError;
use carnet_jwa::Algorithm;
use carnet_jwk::IntoKeySource;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A policy as a configuration file holds it, for [`Verifier::from_config`], or for [`builder`](Self::builder) where the program adds to it.
///
/// **Nothing dangerous can be switched on here**: issuer and audience must be named, `exp` is needed, and members that are not known, twice there or `null` are an
/// error, so that a mistyped check is not a missing one. Who wants to waive something does so in the program, by name.
///
/// | member | value | as the call |
/// |---|---|---|
/// | `issuer`, `audience` | a string or a list of strings; both must be there | [`issuers`](VerifierBuilder::issuers), [`audiences`](VerifierBuilder::audiences) |
/// | `algorithms` | a list of names | [`algorithms`](VerifierBuilder::algorithms) |
/// | `typ` | a string or a list of strings | [`types`](VerifierBuilder::types) |
/// | `subject` | a string | [`subject`](VerifierBuilder::subject) |
/// | `required_claims`, `forbidden_claims` | a list of names | [`required_claims`](VerifierBuilder::required_claims), [`forbidden_claims`](VerifierBuilder::forbidden_claims) |
/// | `claims`, `optional_claims` | an object: of each claim, a value or a list of those that will do | [`claim_one_of`](VerifierBuilder::claim_one_of), [`optional_claim_one_of`](VerifierBuilder::optional_claim_one_of) |
/// | `same_claims` | an object: of each claim, the name of another | [`same_claims`](VerifierBuilder::same_claims) |
/// | `scopes`, `one_of_scopes` | a list of scopes | [`scopes`](VerifierBuilder::scopes), [`one_of_scopes`](VerifierBuilder::one_of_scopes) |
/// | `leeway`; `expiry_leeway`, `not_before_leeway`, `issued_at_leeway` in its place | seconds, at most 3600 | [`leeway`](VerifierBuilder::leeway) and the calls of these names |
/// | `max_age`, `max_lifetime` | seconds | [`max_age`](VerifierBuilder::max_age), [`max_lifetime`](VerifierBuilder::max_lifetime) |
/// | `reject_future_issued_at` | `true` | [`reject_future_issued_at`](VerifierBuilder::reject_future_issued_at) |
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
#[serde(remote = "Self", deny_unknown_fields)]
pub struct VerifierConfig {
    issuer: OneOrMore<String>,
    audience: OneOrMore<String>,
    #[serde(default, deserialize_with = "given")]
    algorithms: Option<Vec<Name>>,
    #[serde(default, deserialize_with = "given")]
    typ: Option<OneOrMore<String>>,
    #[serde(default, deserialize_with = "given")]
    subject: Option<String>,
    #[serde(default)]
    required_claims: Vec<String>,
    #[serde(default)]
    forbidden_claims: Vec<String>,
    /// Of each claim, the value or the values that are accepted.
    #[serde(default, deserialize_with = "distinct")]
    claims: Vec<(String, OneOrMore<Value>)>,
    #[serde(default, deserialize_with = "distinct")]
    optional_claims: Vec<(String, OneOrMore<Value>)>,
    #[serde(default, deserialize_with = "distinct")]
    same_claims: Vec<(String, String)>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default, deserialize_with = "given")]
    one_of_scopes: Option<Vec<String>>,
    #[serde(default)]
    leeway: u64,
    #[serde(default, deserialize_with = "given")]
    expiry_leeway: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    not_before_leeway: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    issued_at_leeway: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    max_age: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    max_lifetime: Option<u64>,
    #[serde(default)]
    reject_future_issued_at: bool,
}

/// By the names of its members alone: a list in their order would say nothing to whoever reads it.
impl<'de> Deserialize<'de> for VerifierConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = VerifierConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the members of a policy")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<VerifierConfig, A::Error> {
                VerifierConfig::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// What is there must be something: a `null` may be a value that somebody forgot to fill in.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A value, or a list of values.
#[derive(Debug, Clone)]
struct OneOrMore<V>(Vec<V>);

impl<'de> Deserialize<'de> for OneOrMore<Value> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Array(values) => Self(values),
            value => Self(vec![value]),
        })
    }
}

impl<'de> Deserialize<'de> for OneOrMore<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strings;

        impl<'de> Visitor<'de> for Strings {
            type Value = OneOrMore<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E: serde::de::Error>(self, string: &str) -> Result<Self::Value, E> {
                Ok(OneOrMore(vec![string.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut strings = Vec::new();
                while let Some(string) = list.next_element()? {
                    strings.push(string);
                }
                Ok(OneOrMore(strings))
            }
        }
        deserializer.deserialize_any(Strings)
    }
}

/// The members of an object, whose names must be distinct: of two lists for one claim, neither is what was meant.
fn distinct<'de, D: Deserializer<'de>, V: Deserialize<'de>>(deserializer: D) -> Result<Vec<(String, V)>, D::Error> {
    struct Members<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
        type Value = Vec<(String, V)>;

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
    deserializer.deserialize_map(Members(PhantomData))
}

/// An algorithm by its name.
#[derive(Debug, Clone, Copy)]
struct Name(Algorithm);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl VerifierConfig {
    /// A builder with this policy, for what is not in a file: a cache, a clock, checks of the program's own.
    ///
    /// ```
    /// use carnet_jwt::{Rejection, Verifier, VerifierConfig};
    /// # let secret = carnet_jwk::Secret::from_bytes([7; 32])?;
    /// # let key = carnet_jwk::VerifyingKey::from_secret(carnet_jwa::Algorithm::HS256, &secret)?;
    /// let config: VerifierConfig = serde_json::from_str(r#"{"issuer": "https://auth.example.com/", "audience": "api://my-service"}"#)?;
    /// let verifier = config.builder(key).at(1_700_000_000).claim("role", "admin").build()?;
    /// # let _: Verifier = verifier;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder<I: IntoKeySource>(&self, keys: I) -> VerifierBuilder<I::Source, Decided, Decided, Untyped> {
        let seconds = Duration::from_secs;
        let mut builder = Verifier::builder(keys)
            .issuers(&self.issuer.0)
            .audiences(&self.audience.0)
            .required_claims(&self.required_claims)
            .forbidden_claims(&self.forbidden_claims)
            .scopes(&self.scopes)
            .leeway(seconds(self.leeway));
        if let Some(algorithms) = &self.algorithms {
            builder = builder.algorithms(algorithms.iter().map(|name| name.0));
        }
        if let Some(types) = &self.typ {
            builder = builder.types(&types.0);
        }
        if let Some(subject) = &self.subject {
            builder = builder.subject(subject);
        }
        for (name, values) in &self.claims {
            builder = builder.claim_one_of(name, values.0.iter().cloned());
        }
        for (name, values) in &self.optional_claims {
            builder = builder.optional_claim_one_of(name, values.0.iter().cloned());
        }
        for (one, other) in &self.same_claims {
            builder = builder.same_claims(one, other);
        }
        if let Some(scopes) = &self.one_of_scopes {
            builder = builder.one_of_scopes(scopes);
        }
        if let Some(leeway) = self.expiry_leeway {
            builder = builder.expiry_leeway(seconds(leeway));
        }
        if let Some(leeway) = self.not_before_leeway {
            builder = builder.not_before_leeway(seconds(leeway));
        }
        if let Some(leeway) = self.issued_at_leeway {
            builder = builder.issued_at_leeway(seconds(leeway));
        }
        if let Some(max_age) = self.max_age {
            builder = builder.max_age(seconds(max_age));
        }
        if let Some(max_lifetime) = self.max_lifetime {
            builder = builder.max_lifetime(seconds(max_lifetime));
        }
        if self.reject_future_issued_at { builder.reject_future_issued_at() } else { builder }
    }
}

impl Verifier {
    /// Makes a verifier of a configured policy. It is the same as one that was built with the same calls.
    ///
    /// # Errors
    /// As [`VerifierBuilder::build`].
    pub fn from_config<I: IntoKeySource>(
        keys: I,
        config: &VerifierConfig,
    ) -> Result<Verifier<I::Source, Untyped>, PolicyError> {
        config.builder(keys).build()
    }
}
