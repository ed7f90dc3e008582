use carnet::prelude::*;

fn verifying_key(key: &Jwk) {
    let _ = VerifyingKey::from_secret(HS256, key);
}

fn main() {}
