//! Writes a new key of every kind in every form, and reads keys: `scripts/openssl` compares both with OpenSSL.
//!
//! `cargo run --example key_forms -- write DIRECTORY` or `… read FILE…`
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use carnet::prelude::*;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, [directory])) if command == "write" => write(Path::new(directory)),
        Some((command, files)) if command == "read" => files.iter().try_for_each(|file| read(Path::new(file))),
        _ => Err("usage: key_forms write DIRECTORY | read FILE…".into()),
    }
}

/// One file a form, and one with the thumbprint. Kinds that this build cannot make are left out.
fn write(directory: &Path) -> Result<(), Box<dyn Error>> {
    for algorithm in [RS256, ES256, ES384, ES512, ES256K, EdDSA, ML_DSA_44, ML_DSA_65, ML_DSA_87] {
        let Ok(private) = PrivateJwk::generate(algorithm) else { continue };
        let Some(public) = private.public_jwk() else { continue };
        let file = |form: &str| directory.join(format!("{algorithm}.{form}"));
        fs::write(file("pkcs8.pem"), private.expose_pem()?.as_bytes())?;
        fs::write(file("pkcs8.der"), &*private.expose_der()?)?;
        fs::write(file("spki.pem"), public.to_pem()?)?;
        fs::write(file("spki.der"), public.to_der()?)?;
        if let (Ok(pem), Ok(half)) = (private.expose_pkcs1_pem(), public.to_pkcs1_pem()) {
            fs::write(file("pkcs1.pem"), pem.as_bytes())?;
            fs::write(file("pkcs1-public.pem"), half)?;
        }
        if let Ok(pem) = private.expose_sec1_pem() {
            fs::write(file("sec1.pem"), pem.as_bytes())?;
        }
        println!("{algorithm} {}", public.thumbprint());
    }
    Ok(())
}

/// The thumbprint of whatever key is in the file.
fn read(file: &Path) -> Result<(), Box<dyn Error>> {
    let octets = fs::read(file)?;
    let text = String::from_utf8_lossy(&octets);
    let private = PrivateJwk::from_pem(&text).or_else(|_| PrivateJwk::from_der(&octets)).ok();
    let public = match private.and_then(|private| private.public_jwk()) {
        Some(public) => public,
        None => Jwk::from_pem(&text).or_else(|_| Jwk::from_x509_pem(&text)).or_else(|_| Jwk::from_der(&octets))?,
    };
    println!("{}", public.thumbprint());
    Ok(())
}
