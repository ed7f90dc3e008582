use carnet::prelude::*;

fn publish(keys: impl Iterator<Item = Jwk>) -> String {
    keys.collect::<JwkSet>().to_json()
}

fn main() {
    let key = PrivateJwk::generate(ES256).unwrap();
    publish([key].into_iter());
}
