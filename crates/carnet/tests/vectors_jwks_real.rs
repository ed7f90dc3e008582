//! Key sets in the shape that identity providers publish them: how many keys of each can verify.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn jwks_real() {
    let mut outcomes = Outcomes::new("jwks_real");
    for (name, expected) in vectors::load("jwks-real/expected.json").as_object().unwrap() {
        let text = vectors::read(format!("jwks-real/{name}"));
        let set = JwkSet::from_json(&text).unwrap();
        let keys = set.verifying_keys();
        outcomes.check(name, &expected.to_string(), &keys.len().to_string());

        // Nothing gets lost unsaid: what does not verify is skipped with a reason.
        let published = serde_json::from_str::<Value>(&text).unwrap()["keys"].as_array().unwrap().len();
        let accounted = keys.len() + keys.skipped().len();
        outcomes.check(&format!("{name}/accounted"), &published.to_string(), &accounted.to_string());
        let again = JwkSet::from_json(&set.to_json()).unwrap();
        let again = again.verifying_keys().len().to_string();
        outcomes.check(&format!("{name}/round-trip"), &expected.to_string(), &again);
    }
    outcomes.finish();
}
