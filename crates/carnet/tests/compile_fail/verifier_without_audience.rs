use carnet::VerifierBuilder;
use carnet::prelude::*;

fn verifier(key: VerifyingKey) {
    let _ = VerifierBuilder::build(Verifier::builder(key).issuer("https://auth.example.com/"));
}

fn main() {}
