use carnet::prelude::*;

fn log(key: &PrivateJwk) -> String {
    key.to_json()
}

fn main() {}
