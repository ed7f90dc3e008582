use crate::registered::{Names, Places, Registered};
use carnet_core::json::{self, Duplicates};
use carnet_core::{Limits, ParseError};
use carnet_jws::dangerous::{self, UnverifiedJws};

/// The longest `kid`, in octets, for which keys are looked for: thumbprints, UUIDs and names are shorter.
pub(crate) const MAX_SOUGHT_KEY_ID: usize = 256;

/// What a token says before anything of it is verified, read only to choose a verifier or to decide whether to look for keys. It reaches no caller, no
/// key source and no error.
pub(crate) struct Glance {
    jws: UnverifiedJws,
    places: Places,
    side: String,
}

impl Glance {
    /// Reads a token's registered claims. Of a payload that is no set of claims, there are none.
    pub(crate) fn at(token: &str, limits: &Limits) -> Result<Self, ParseError> {
        let jws = dangerous::decode(token, limits)?;
        let (mut places, mut side, mut members) = (Places::default(), String::new(), Vec::new());
        if let Ok(text) = core::str::from_utf8(jws.payload())
            && json::scan(text, limits.json_depth, Duplicates::RefusedAtTop, &mut members).is_ok()
        {
            places.read(text, &members, &mut side);
        }
        Ok(Self { jws, places, side })
    }

    pub(crate) fn claims(&self) -> Registered<'_> {
        let text = core::str::from_utf8(self.jws.payload()).unwrap_or_default();
        Registered { text, side: &self.side, places: &self.places }
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.jws.header().key_id()
    }

    /// Whether a registered claim is of the wrong type.
    pub(crate) fn has_wrong_claims(&self) -> bool {
        self.places.wrong != Names::default()
    }
}
