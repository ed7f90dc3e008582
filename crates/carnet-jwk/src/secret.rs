use crate::look_alikes;
use carnet_core::{SecretBytes, base64url};
use carnet_jwa::Hash;
use carnet_jwa::KeyError;
use core::fmt;
use zeroize::Zeroizing;

/// A shared secret for HMAC: at least 32 octets, wiped when dropped, never shown.
///
/// The octets are the text itself; nothing is decoded unless a constructor's name says so. Octets that contain a public or private key of
/// another kind are refused, since an HMAC "keyed" with a public key can be forged by everybody. Length is no proof of strength: use random
/// octets (`openssl rand -hex 64`), not a password.
///
/// ```
/// use carnet_jwk::Secret;
/// let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// assert_eq!(format!("{secret:?}"), "Secret(redacted)");
/// assert!(Secret::from_bytes(b"short").is_err());
/// assert!(Secret::from_bytes(b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQ").is_err());
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    octets: SecretBytes,
    /// The environment variable it came from, for messages.
    variable: Option<String>,
}

impl Secret {
    /// Takes the octets as they are.
    ///
    /// # Errors
    /// [`KeyError::Weak`] for fewer than 32 octets, [`KeyError::SecretLooksLikeKey`].
    pub fn from_bytes(octets: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::new(Zeroizing::new(octets.as_ref().to_vec()), None)
    }

    /// Takes hexadecimal digits, of either case, two an octet.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and [`KeyError::Encoding`] for anything else than digits.
    pub fn from_hex(digits: &str) -> Result<Self, KeyError> {
        Self::new(hexadecimal(digits)?, None)
    }

    /// Takes base64url without padding.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and [`KeyError::Encoding`] for anything else.
    pub fn from_base64url(text: &str) -> Result<Self, KeyError> {
        Self::new(unpadded(text)?, None)
    }

    /// Takes the text of an environment variable as it is.
    ///
    /// # Errors
    /// [`KeyError::Environment`] when it is unset, empty or not Unicode, and [`KeyError::Weak`] when it is too short, both naming the variable;
    /// [`KeyError::SecretLooksLikeKey`]. There is no fallback.
    pub fn from_env(variable: &str) -> Result<Self, KeyError> {
        let text = read(variable)?;
        Self::new(Zeroizing::new(text.as_bytes().to_vec()), Some(variable))
    }

    /// As [`from_env`](Self::from_env), but an unset variable is no secret and no error.
    pub(crate) fn from_env_if_set(variable: &str) -> Result<Option<Self>, KeyError> {
        if std::env::var_os(variable).is_none() { Ok(None) } else { Self::from_env(variable).map(Some) }
    }

    /// Takes an environment variable that holds hexadecimal digits.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env) and [`from_hex`](Self::from_hex).
    pub fn from_env_hex(variable: &str) -> Result<Self, KeyError> {
        let octets = hexadecimal(&read(variable)?);
        Self::new(
            octets.map_err(|_| in_variable(variable, "does not hold pairs of hexadecimal digits"))?,
            Some(variable),
        )
    }

    /// Takes an environment variable that holds base64url without padding.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env) and [`from_base64url`](Self::from_base64url).
    pub fn from_env_base64url(variable: &str) -> Result<Self, KeyError> {
        let octets = unpadded(&read(variable)?);
        Self::new(octets.map_err(|_| in_variable(variable, "does not hold base64url without padding"))?, Some(variable))
    }

    fn new(octets: Zeroizing<Vec<u8>>, variable: Option<&str>) -> Result<Self, KeyError> {
        let secret = Self { octets: octets.into(), variable: variable.map(str::to_owned) };
        secret.check_length(Hash::Sha256)?;
        look_alikes::refuse(secret.expose())?;
        Ok(secret)
    }

    /// Refuses a secret that is shorter than a hash, by the name of its variable where it has one.
    pub(crate) fn check_length(&self, hash: Hash) -> Result<(), KeyError> {
        if self.octets.len() >= hash.octets() {
            return Ok(());
        }
        let what = match &self.variable {
            Some(variable) => format!("the secret in the environment variable {variable}"),
            None => "the shared secret".to_owned(),
        };
        let reason = format!(
            "has {} octets, and at least {} are needed; make one with: openssl rand -hex 64",
            self.octets.len(),
            hash.octets()
        );
        Err(KeyError::Weak { what, reason })
    }

    /// The octets.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.octets.expose()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

fn in_variable(variable: &str, reason: &'static str) -> KeyError {
    KeyError::Environment { variable: variable.to_owned(), reason }
}

fn read(variable: &str) -> Result<Zeroizing<String>, KeyError> {
    match std::env::var(variable).map(Zeroizing::new) {
        Ok(text) if text.is_empty() => Err(in_variable(variable, "is empty; set it to a secret of at least 32 octets")),
        Ok(text) => Ok(text),
        // As long as a secret, it may be one, given where its variable's name belongs: not for messages and logs.
        Err(std::env::VarError::NotPresent) if variable.len() >= Hash::Sha256.octets() => {
            Err(in_variable("of the name given", "is not set; give the variable's name, and not the secret itself"))
        }
        Err(std::env::VarError::NotPresent) => {
            Err(in_variable(variable, "is not set; set it to a secret of at least 32 octets"))
        }
        Err(std::env::VarError::NotUnicode(text)) => {
            drop(Zeroizing::new(text.into_encoded_bytes()));
            Err(in_variable(variable, "is not Unicode text"))
        }
    }
}

fn unpadded(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    base64url::secret::decode(text)
        .map_err(|_| KeyError::Encoding { reason: "the secret is not base64url without padding" })
}

pub(crate) fn hexadecimal(digits: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let mut octets = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for pair in pairs.iter().filter(|_| rest.is_empty()) {
        let octet = pair.iter().try_fold(0_u8, |octet, &digit| Some((octet << 4) | nibble(digit)?));
        octets.push(octet.ok_or(NOT_HEX)?);
    }
    if rest.is_empty() { Ok(octets) } else { Err(NOT_HEX) }
}

const NOT_HEX: KeyError = KeyError::Encoding { reason: "the secret is not pairs of hexadecimal digits" };

/// The value of a digit, without a table.
const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_asked_for_by_name() {
        let digits = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        assert_eq!(Secret::from_bytes(digits).unwrap().expose().len(), 64);
        assert_eq!(Secret::from_hex(digits).unwrap().expose().len(), 32);
        assert_eq!(Secret::from_base64url(digits).unwrap().expose().len(), 48);
        for odd in [&digits[1..], "zz", "0x00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEE"] {
            assert_eq!(Secret::from_hex(odd).unwrap_err().code(), "invalid_key");
        }
    }

    #[test]
    fn a08_empty_and_a12_short_secrets() {
        for length in [0, 1, 31] {
            assert_eq!(Secret::from_bytes(vec![b'x'; length]).unwrap_err().code(), "weak_key");
        }
        assert!(Secret::from_bytes([b'x'; 32]).is_ok());
    }

    #[test]
    fn from_env_names_the_variable() {
        let error = Secret::from_env("CARNET_TEST_UNSET").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable CARNET_TEST_UNSET is not set; set it to a secret of at least 32 octets"
        );
        // A secret in the place of a name is not repeated.
        let slip = Secret::from_env(&"s3cr3t".repeat(8)).unwrap_err();
        assert!(!slip.to_string().contains("s3cr3t") && !format!("{slip:?}").contains("s3cr3t"));
        // PATH is set everywhere; as hexadecimal it is not.
        let error = Secret::from_env_hex("PATH").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable PATH does not hold pairs of hexadecimal digits");
    }
}
