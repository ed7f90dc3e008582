use carnet::VerifierBuilder;
use carnet::prelude::*;

fn verifier(key: VerifyingKey) {
    let _ = VerifierBuilder::build(Verifier::builder(key).audience("api://my-service"));
}

fn main() {}
