//! Before anything is measured, each library reads the other's token.

use crate::claims::{KEY_ID, Owned, TOKEN_ID};
use crate::keys::Keys;
use crate::{sign, verify};

/// Each library accepts what the other signed, and finds the claims in it.
pub(crate) fn assert_both_ways(keys: &Keys) {
    let (ours, theirs) = (sign::with_carnet(&keys.signing_key(), Some(TOKEN_ID)), sign::with_peer(keys));
    let payload = |token: &str| token.split('.').nth(1).map(str::to_owned);
    assert_eq!(payload(&ours), payload(&theirs), "both sign the same payload");
    let (verifier, key, validation) = (verify::verifier(keys), keys.decoding_key(), verify::validation(keys));
    for token in [&ours, &theirs] {
        let verified = verifier.verify::<Owned>(token).expect("carnet accepts the token");
        assert!(verified.claims().is_right());
        assert_eq!(verified.registered().id(), Some(TOKEN_ID));
        assert_eq!(verified.header().key_id(), Some(KEY_ID));
        let decoded = jsonwebtoken::decode::<Owned>(token, &key, &validation).expect("jsonwebtoken accepts the token");
        assert!(decoded.claims.is_right());
    }
}
