//! The members any JWK may have: `kid`, `use`, `key_ops`, `alg`, and those kept as they are.

use crate::fields;
use base64ct::{Base64, Encoding};
use carnet_core::header::PRIVATE_KEY_MEMBERS;
use carnet_core::json::{Object, Writer};
use carnet_core::limits::Limits;
use carnet_jwa::{Algorithm, KeyError, KeyKind, PublicKey};

/// What a key is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Sign,
    Verify,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) key_id: Option<String>,
    pub(crate) usage: Option<String>,
    pub(crate) operations: Option<Vec<String>>,
    pub(crate) algorithm: Option<String>,
    /// `x5c`, decoded.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Members that mean nothing here, as JSON, kept for the way out.
    pub(crate) other: Vec<(String, String)>,
}

/// Twice as many as RFC 7517 §4.3 knows.
const MOST_OPERATIONS: usize = 16;

/// The name RFC 9864 gives EdDSA on Ed25519.
pub(crate) const FULLY_SPECIFIED: &str = "Ed25519";

/// What may go from a private key to its public half: RFC 7517 §4.6 to §4.9, and the times of OpenID Federation.
const PUBLIC: &[&str] = &["x5u", "x5t", "x5t#S256", "iat", "nbf", "exp"];

const SIGNATURE_OPERATIONS: &[&str] = &["sign", "verify"];

impl Parameters {
    /// Those of a key that comes without any, from a file: only an `alg` that belongs to the key itself (`AKP`).
    pub(crate) fn of_kind(kind: KeyKind) -> Self {
        let own = kind.variant().filter(|(name, _)| *name == "alg");
        Self { algorithm: own.map(|(_, algorithm)| algorithm.to_owned()), ..Self::default() }
    }

    /// Reads them. `own` names the members that belong to the key itself.
    pub(crate) fn read(object: &Object<'_>, own: &[&str]) -> Result<Self, KeyError> {
        let text = |member| Ok::<_, KeyError>(fields::string(object, member)?.map(String::from));
        let key_id = text("kid")?;
        if let Some(key_id) = &key_id {
            check_key_id(key_id)?;
        }
        let operations = object
            .strings("key_ops")
            .map_err(|_| KeyError::invalid("key_ops", "is not an array of strings"))?
            .map(|operations| operations.into_iter().map(String::from).collect::<Vec<_>>());
        let parameters = Self {
            key_id,
            usage: text("use")?,
            operations,
            algorithm: text("alg")?,
            certificates: Vec::new(),
            other: Vec::new(),
        };
        parameters.check()?;
        let known = ["kty", "kid", "use", "key_ops", "alg"];
        let own = own.iter().chain(&PRIVATE_KEY_MEMBERS); // nothing private is carried along, whatever the type of key
        let own: Vec<&str> = own.copied().collect();
        let other = object.members().filter(|(name, _)| !known.contains(&&**name) && !own.contains(&&**name));
        let other =
            other.map(|(name, member)| (name.into_owned(), member.value_text(object.text()).to_owned())).collect();
        Ok(Self { other, ..parameters })
    }

    /// RFC 7517 §4.3: operations are distinct and agree with `use`.
    fn check(&self) -> Result<(), KeyError> {
        let Some(operations) = &self.operations else { return Ok(()) };
        if operations.len() > MOST_OPERATIONS {
            return Err(KeyError::invalid("key_ops", "names more than 16 operations"));
        }
        let mut sorted: Vec<_> = operations.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(KeyError::invalid("key_ops", "names an operation twice"));
        }
        let signs = |operation: &String| SIGNATURE_OPERATIONS.contains(&operation.as_str());
        let agrees = match self.usage.as_deref() {
            Some("sig") => operations.iter().all(signs),
            Some("enc") => !operations.iter().any(signs),
            _ => true,
        };
        if agrees { Ok(()) } else { Err(KeyError::invalid("key_ops", "contradicts \"use\"")) }
    }

    /// Refuses an `alg` that names a signature algorithm of another key type.
    pub(crate) fn check_fits(&self, fits: impl Fn(Algorithm) -> bool, key: &'static str) -> Result<(), KeyError> {
        // Also of an algorithm that this build cannot use: what a key says must not depend on the build.
        let named = |own: &str| Algorithm::ALL.iter().copied().find(|algorithm| algorithm.is_named(own));
        match self.algorithm.as_deref().and_then(named) {
            Some(algorithm) if !fits(algorithm) => Err(KeyError::Mismatch { algorithm: algorithm.name(), key }),
            _ => Ok(()),
        }
    }

    /// Writes `Ed25519` (RFC 9864) for `EdDSA`. No other algorithm has two spellings.
    pub(crate) fn fully_specify(&mut self) {
        if self.algorithm.as_deref() == Some(Algorithm::EdDSA.name()) {
            self.algorithm = Some(FULLY_SPECIFIED.to_owned());
        }
    }

    /// Whether `alg` is written in the way of RFC 9864 where there is another.
    pub(crate) fn is_fully_specified(&self) -> bool {
        self.algorithm.as_deref() == Some(FULLY_SPECIFIED)
    }

    /// Whether `use` and `key_ops` allow a purpose.
    pub(crate) fn allow(&self, purpose: Purpose) -> Result<(), KeyError> {
        let (operation, purpose) = match purpose {
            Purpose::Sign => ("sign", "signing"),
            Purpose::Verify => ("verify", "verifying signatures"),
        };
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(KeyError::NotForThis { member: "use", purpose });
        }
        if self.operations.as_ref().is_some_and(|operations| !operations.iter().any(|one| one == operation)) {
            return Err(KeyError::NotForThis { member: "key_ops", purpose });
        }
        Ok(())
    }

    /// The algorithm that `alg` names, where there is one.
    pub(crate) fn own_algorithm(&self) -> Result<Option<Algorithm>, KeyError> {
        Ok(self.algorithm.as_deref().map(str::parse).transpose()?)
    }

    /// More octets than writing them takes, each escaped to six.
    pub(crate) fn written_octets(&self) -> usize {
        let texts =
            [&self.key_id, &self.usage, &self.algorithm].into_iter().flatten().chain(self.operations.iter().flatten());
        let texts = texts.map(|text| text.len().saturating_mul(6).saturating_add(16));
        let other = self
            .other
            .iter()
            .map(|(name, value)| name.len().saturating_mul(6).saturating_add(value.len()).saturating_add(16));
        let certificates = self.certificates.iter().map(|octets| octets.len().saturating_mul(2).saturating_add(16));
        texts.chain(other).chain(certificates).fold(256, usize::saturating_add)
    }

    /// Writes all that is not a member of the key itself, whose `alg` may be one (`AKP`).
    pub(crate) fn write(&self, kind: Option<KeyKind>, writer: &mut Writer) {
        let own = kind.and_then(KeyKind::variant).map(|(name, _)| name);
        for (name, value) in [("kid", &self.key_id), ("use", &self.usage), ("alg", &self.algorithm)] {
            if let Some(value) = value
                && own != Some(name)
            {
                writer.string(name, value);
            }
        }
        if let Some(operations) = &self.operations {
            writer.strings("key_ops", operations.iter().map(String::as_str));
        }
        if !self.certificates.is_empty() {
            let texts: Vec<_> = self.certificates.iter().map(|octets| Base64::encode_string(octets)).collect();
            writer.strings("x5c", texts.iter().map(String::as_str));
        }
        for (name, value) in &self.other {
            writer.raw(name, value);
        }
    }

    /// The parameters of a private key's public half. Of the members that mean nothing here, only those go along that are known to be public: nobody knows
    /// what another program keeps beside its private key.
    pub(crate) fn public(&self) -> Self {
        let mut public = self.clone();
        public.other.retain(|(name, _)| PUBLIC.contains(&name.as_str()));
        if let Some(operations) = &mut public.operations {
            // What signs is verified with, and so on: RFC 7517 §4.3 names operations from the holder's side.
            let counterpart = |operation: &String| match operation.as_str() {
                "sign" => "verify".to_owned(),
                "decrypt" => "encrypt".to_owned(),
                "unwrapKey" => "wrapKey".to_owned(),
                other => other.to_owned(),
            };
            let mut turned: Vec<String> = Vec::new();
            for operation in operations.iter().map(counterpart) {
                if !turned.contains(&operation) {
                    turned.push(operation);
                }
            }
            *operations = turned;
        }
        public
    }

    pub(crate) fn other(&self, name: &str) -> Option<&str> {
        self.other.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Refuses a `kid` that nobody could read back.
pub(crate) fn check_key_id(key_id: &str) -> Result<(), KeyError> {
    if key_id.len() > Limits::default().key_id_octets {
        return Err(KeyError::invalid("kid", "is longer than 1024 octets"));
    }
    if key_id.contains('\0') {
        return Err(KeyError::invalid("kid", "holds U+0000"));
    }
    Ok(())
}

/// The algorithm of a public key that has no `alg`: by curve, and RSA as the rules say.
pub(crate) fn default_algorithm(key: &PublicKey, rsa: Algorithm) -> Algorithm {
    Algorithm::ALL
        .iter()
        .copied()
        .find(|algorithm| key.fits(*algorithm) && key.kind().key_type() != "RSA")
        .unwrap_or(rsa)
}
