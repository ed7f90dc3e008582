//! One key of each kind in all its forms, made by other programs.

use carnet_jwa::Algorithm;
use serde_json::Value;

pub(crate) fn forms() -> Vec<Form> {
    let file = testkit::vectors::load("key-forms/forms.json");
    file["keys"].as_array().unwrap().iter().cloned().map(Form).collect()
}

/// Those of the kinds that this build has.
pub(crate) fn available() -> Vec<Form> {
    let here: Vec<Form> = forms().into_iter().filter(|form| form.algorithm().is_available()).collect();
    let expected = match (cfg!(feature = "aws-lc-rs"), cfg!(feature = "ring")) {
        (true, _) => 9,
        (false, true) => 4,
        (false, false) => 0,
    };
    assert_eq!(here.len(), expected);
    here
}

pub(crate) struct Form(Value);

impl Form {
    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        *Algorithm::ALL.iter().find(|algorithm| self.0["alg"] == algorithm.name()).unwrap()
    }

    /// The private JWK.
    pub(crate) fn jwk(&self) -> Value {
        self.0["jwk"].clone()
    }

    /// The public JWK.
    pub(crate) fn public(&self) -> Value {
        let private = ["d", "p", "q", "dp", "dq", "qi", "priv"];
        self.jwk().as_object().unwrap().clone().into_iter().filter(|(name, _)| !private.contains(&&**name)).collect()
    }

    /// PEM under a name, where the kind has the form.
    pub(crate) fn pem(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        self.0.pointer(path).and_then(Value::as_str).unwrap()
    }
}

/// The octets of a PEM block.
pub(crate) fn decoded(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let text = body.replace('+', "-").replace('/', "_");
    carnet_core::base64url::decode(text.trim_end_matches('=')).unwrap()
}
