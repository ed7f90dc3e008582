use crate::jwk::Jwk;
use crate::key_remark::KeyRemark;
use crate::key_rules::KeyRules;
use crate::key_selection::KeySelection;
use crate::private_jwk::PrivateJwk;
use crate::skipped_key::SkippedKey;
use crate::verifying_key::VerifyingKey;
use crate::verifying_keys::VerifyingKeys;
use carnet_core::Quoted;
use carnet_core::header::PRIVATE_KEY_MEMBERS;
use carnet_core::json::{self, Kind, Object, elements};
use carnet_core::limits::{Limits, MAX_KEYS_PER_SET, MAX_SET_OCTETS};
use carnet_jwa::{Algorithm, KeyError};
use core::fmt;
use serde::{Serialize, Serializer};
use std::collections::HashMap;

/// A JWK Set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)) of public keys.
///
/// One bad entry does not spoil the others: it is kept aside with its reason. Of a private entry the public half is taken and the entry
/// reported in [`private_entries`](Self::private_entries). A shared secret (`oct`) is held as a secret, never written out again, and
/// verifies only where [`KeyRules::symmetric`] asks for it.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwk::JwkSet;
/// let set = JwkSet::from_json(r#"{"keys":[
///     {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"},
///     {"kty":"MAGIC","kid":"b"}
/// ]}"#)?;
/// assert_eq!(set.verifying_keys().len(), 1);
/// assert_eq!(set.skipped()[0].index, 1);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone, Default)]
pub struct JwkSet {
    /// Each with its place in the text.
    keys: Vec<(usize, Jwk)>,
    /// Where in `keys` those with a `kid` are.
    by_key_id: HashMap<Box<str>, Vec<usize>>,
    secrets: Vec<(usize, PrivateJwk)>,
    skipped: Vec<SkippedKey>,
    private_entries: Vec<usize>,
}

impl JwkSet {
    /// Reads a set of at most 256 entries.
    ///
    /// # Errors
    /// [`KeyError`] when the text is not JSON, nests deeper than 127 levels, has no array `keys`, or is too large. What else is wrong inside an entry
    /// spoils that entry alone.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        Self::from_json_with(json, &Limits::default())
    }

    /// Reads a set of at most [`Limits::keys_per_set`] entries, 10 000 at the very most.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_json_with(json: &str, limits: &Limits) -> Result<Self, KeyError> {
        let mut set = Self::default();
        for_each_entry(json, limits, |index, entry| {
            if let Err((key_id, reason)) = set.add(index, entry) {
                set.skipped.push(SkippedKey { index, key_id, reason });
            }
        })?;
        Ok(set)
    }

    fn add(&mut self, index: usize, entry: Entry<'_>) -> Result<(), (Option<Quoted>, KeyError)> {
        let object = entry.map_err(|reason| (None, reason))?;
        let key_id = object.string("kid").ok().flatten().map(|kid| Quoted::new(&kid));
        let because = |reason| (key_id.clone(), reason);
        let is_private = PRIVATE_KEY_MEMBERS.iter().any(|member| object.member(member).is_some());
        if object.string("kty").ok().flatten().as_deref() == Some("oct") {
            self.secrets.push((index, PrivateJwk::from_object(&object).map_err(because)?));
        } else if is_private {
            // Reported whatever becomes of it: it is out in the open.
            self.private_entries.push(index);
            let Jwk { key, parameters } = Jwk::from_object(&object).map_err(because)?;
            self.push(index, Jwk { key, parameters: parameters.public() });
        } else {
            self.push(index, Jwk::from_object(&object).map_err(because)?);
        }
        Ok(())
    }

    fn push(&mut self, index: usize, jwk: Jwk) {
        if let Some(key_id) = jwk.key_id() {
            self.by_key_id.entry(key_id.into()).or_default().push(self.keys.len());
        }
        self.keys.push((index, jwk));
    }

    /// The keys that verify, by [`KeyRules::new`].
    #[must_use]
    pub fn verifying_keys(&self) -> VerifyingKeys {
        self.verifying_keys_with(&KeyRules::new())
    }

    /// The keys that verify, with other rules for what keys leave open.
    #[must_use]
    pub fn verifying_keys_with(&self, rules: &KeyRules) -> VerifyingKeys {
        let mut skipped = self.skipped.clone();
        let mut keys = Vec::with_capacity(self.keys.len());
        let mut take = |index, key_id: Option<&str>, key: Result<VerifyingKey, KeyError>| match key {
            Ok(key) => keys.push(key),
            Err(reason) => skipped.push(SkippedKey { index, key_id: key_id.map(Quoted::new), reason }),
        };
        for (index, jwk) in &self.keys {
            take(*index, jwk.key_id(), VerifyingKey::with_rules(jwk, rules));
        }
        for (index, secret) in &self.secrets {
            take(*index, secret.key_id(), admitted(secret, rules));
        }
        skipped.sort_by_key(|skipped| skipped.index);
        VerifyingKeys::new(keys, skipped)
    }

    /// The public keys with this `kid`: mostly one, and several where the set has it more than once. Takes the same time in a set of any size.
    pub fn with_key_id(&self, key_id: &str) -> impl Iterator<Item = &Jwk> {
        let places = self.by_key_id.get(key_id).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&place| self.keys.get(place)).map(|(_, jwk)| jwk)
    }

    /// The public keys that a selection describes, in the order of the set.
    pub fn select<'s, 'k>(&'s self, selection: &'k KeySelection<'k>) -> impl Iterator<Item = &'s Jwk> {
        let (by_key_id, all) = match selection.wanted_key_id() {
            Some(key_id) => (Some(self.with_key_id(key_id)), None),
            None => (None, Some(self.iter())),
        };
        by_key_id.into_iter().flatten().chain(all.into_iter().flatten()).filter(|jwk| selection.describes(jwk))
    }

    /// What is odd about keys that can be used all the same, with the entry, counted from 0.
    pub fn remarks(&self) -> impl Iterator<Item = (usize, KeyRemark)> {
        self.keys.iter().flat_map(|(index, jwk)| jwk.remarks().into_iter().map(|remark| (*index, remark)))
    }

    /// The public keys.
    pub fn iter(&self) -> impl Iterator<Item = &Jwk> {
        self.keys.iter().map(|(_, jwk)| jwk)
    }

    /// How many public keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no public key.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The entries that are no readable key, with the reasons.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Which entries, counted from 0, held a private key. Somebody published what must stay secret: exchange those keys.
    #[must_use]
    pub fn private_entries(&self) -> &[usize] {
        &self.private_entries
    }

    /// Which entries, counted from 0, are shared secrets. In a published set each is a secret that is none any more: exchange it.
    pub fn secret_entries(&self) -> impl Iterator<Item = usize> {
        self.secrets.iter().map(|(index, _)| *index)
    }

    /// Writes the public keys as a set.
    #[must_use]
    pub fn to_json(&self) -> String {
        let keys: Vec<String> = self.iter().map(Jwk::to_json).collect();
        format!("{{\"keys\":[{}]}}", keys.join(","))
    }
}

/// A shared secret of a set, where the rules ask for it.
fn admitted(secret: &PrivateJwk, rules: &KeyRules) -> Result<VerifyingKey, KeyError> {
    let own = secret.parameters.own_algorithm()?;
    let wanted: Option<Algorithm> = match own {
        Some(own) => rules.symmetric.iter().copied().find(|wanted| *wanted == own),
        None => rules.symmetric.first().copied(),
    };
    let algorithm = wanted.ok_or(KeyError::SecretNotAskedFor)?;
    VerifyingKey::from_private_jwk_as(algorithm, secret)
}

impl FromIterator<Jwk> for JwkSet {
    fn from_iter<I: IntoIterator<Item = Jwk>>(keys: I) -> Self {
        let mut set = Self::default();
        for (index, jwk) in keys.into_iter().enumerate() {
            set.push(index, jwk);
        }
        set
    }
}

/// As [`to_json`](Self::to_json) writes it: the public keys, and nothing else.
impl Serialize for JwkSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: serde_json::Value = serde_json::from_str(&self.to_json()).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwkSet")
            .field("keys", &self.keys.len())
            .field("secrets", &self.secrets.len())
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

/// A set of private and symmetric keys, as a signer keeps them. Public entries are set aside.
#[derive(Clone, Default)]
pub struct PrivateJwkSet {
    keys: Vec<PrivateJwk>,
    skipped: Vec<SkippedKey>,
}

impl PrivateJwkSet {
    /// Reads a set of at most 256 entries.
    ///
    /// # Errors
    /// As [`JwkSet::from_json`].
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let mut set = Self::default();
        for_each_entry(json, &Limits::default(), |index, entry| match entry {
            Ok(object) => match PrivateJwk::from_object(&object) {
                Ok(key) => set.keys.push(key),
                Err(reason) => {
                    let key_id = object.string("kid").ok().flatten().map(|kid| Quoted::new(&kid));
                    set.skipped.push(SkippedKey { index, key_id, reason });
                }
            },
            Err(reason) => set.skipped.push(SkippedKey { index, key_id: None, reason }),
        })?;
        Ok(set)
    }

    /// The keys.
    pub fn iter(&self) -> core::slice::Iter<'_, PrivateJwk> {
        self.keys.iter()
    }

    /// The entries that are no readable private key, with the reasons.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }
}

impl<'a> IntoIterator for &'a PrivateJwkSet {
    type Item = &'a PrivateJwk;
    type IntoIter = core::slice::Iter<'a, PrivateJwk>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for PrivateJwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateJwkSet").field("keys", &self.keys).field("skipped", &self.skipped).finish()
    }
}

type Entry<'a> = Result<Object<'a>, KeyError>;

/// Walks the entries of a set. Each is scanned on its own, so that what is wrong inside one does not touch the others.
fn for_each_entry<'a>(text: &'a str, limits: &Limits, mut each: impl FnMut(usize, Entry<'a>)) -> Result<(), KeyError> {
    if text.len() > MAX_SET_OCTETS {
        return Err(KeyError::TooLarge { limit: MAX_SET_OCTETS });
    }
    let members = json::outline(text)?;
    let keys = json::find(&members, "keys", text).ok_or_else(|| match json::find(&members, "kty", text).is_some() {
        true => KeyError::invalid(
            "kty",
            "makes this a single key: read it with Jwk::from_json, or put it into {\"keys\":[ ]}",
        ),
        false => KeyError::MissingMember { member: "keys" },
    })?;
    if keys.kind() != Kind::Array {
        return Err(KeyError::invalid("keys", "is not an array"));
    }
    let most = limits.keys_per_set.min(MAX_KEYS_PER_SET);
    let entries = || elements(keys.value_text(text));
    if entries().take(most.saturating_add(1)).count() > most {
        return Err(KeyError::invalid(
            "keys",
            "has more entries than the limit; raise Limits::keys_per_set, 10 000 at most",
        ));
    }
    for (index, element) in entries().enumerate() {
        each(index, crate::jwk::scan(element.text(), limits.json_depth));
    }
    Ok(())
}
