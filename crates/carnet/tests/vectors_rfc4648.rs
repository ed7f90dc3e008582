//! base64url: the test vectors of RFC 4648, section 10, without their padding.
#![cfg(test)]

use carnet::base64url;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc4648() {
    let file = vectors::load("rfc/rfc4648.json");
    let mut outcomes = Outcomes::new("rfc4648");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let octets = vector["input_utf8"].as_str().unwrap().as_bytes();
        let text = vector["base64url_nopad"].as_str().unwrap();
        let padded = vector["base64"].as_str().unwrap();
        let refused = |decoded: bool| if decoded { "accept" } else { "reject" };

        outcomes.check(&format!("{id}/encode"), text, &base64url::encode(octets));
        outcomes.check(&format!("{id}/encode-secret"), text, &base64url::secret::encode(octets));
        let decoded = base64url::decode(text).unwrap();
        let secret = base64url::secret::decode(text).unwrap();
        let expected = format!("{octets:?}");
        outcomes.check(&format!("{id}/decode"), &expected, &format!("{decoded:?}"));
        outcomes.check(&format!("{id}/decode-secret"), &expected, &format!("{:?}", secret.as_slice()));
        if padded.ends_with('=') {
            let got = refused(base64url::decode(padded).is_ok());
            outcomes.check(&format!("{id}/padded"), "reject", got);
            let got = refused(base64url::secret::decode(padded).is_ok());
            outcomes.check(&format!("{id}/padded-secret"), "reject", got);
        }
    }
    outcomes.finish();
}
