//! Reading the files of `test-vectors/`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `test-vectors/` of this checkout.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors");

/// The path of a file, named relative to `test-vectors/`.
#[must_use]
pub fn path(relative: impl AsRef<Path>) -> PathBuf {
    Path::new(ROOT).join(relative)
}

/// The exact text of a file, named relative to `test-vectors/`.
///
/// # Panics
///
/// If the file is missing, unreadable or not UTF-8.
#[must_use]
pub fn read(relative: impl AsRef<Path>) -> String {
    let relative = relative.as_ref();
    fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("test-vectors/{}: {error}", relative.display()))
}

/// The JSON value in a file, named relative to `test-vectors/`.
///
/// # Panics
///
/// If the file is missing, unreadable or not JSON.
#[must_use]
pub fn load(relative: impl AsRef<Path>) -> Value {
    let relative = relative.as_ref();
    serde_json::from_str(&read(relative)).unwrap_or_else(|error| panic!("test-vectors/{}: {error}", relative.display()))
}

/// The octets that a `*_hex` member or a Wycheproof field spells.
///
/// # Panics
///
/// If the text is of odd length or holds anything but hexadecimal digits.
#[must_use]
pub fn hex(text: &str) -> Vec<u8> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "hexadecimal of odd length: {text:?}");
    pairs.iter().map(|&[high, low]| digit(high, text) << 4 | digit(low, text)).collect()
}

fn digit(octet: u8, text: &str) -> u8 {
    match octet {
        b'0'..=b'9' => octet - b'0',
        b'a'..=b'f' => octet - b'a' + 10,
        b'A'..=b'F' => octet - b'A' + 10,
        _ => panic!("not hexadecimal: {text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_a_file_of_the_checkout() {
        let vectors = load("rfc/rfc4648.json");
        assert_eq!(vectors["origin"], "RFC 4648");
        assert_eq!(vectors["vectors"].as_array().map(Vec::len), Some(7));
    }

    #[test]
    fn reads_the_exact_text() {
        let text = read("attacks/bad_jwks.json");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), load("attacks/bad_jwks.json"));
    }

    #[test]
    #[should_panic(expected = "test-vectors/rfc/rfc0000.json: ")]
    fn names_the_missing_file() {
        let _ = load("rfc/rfc0000.json");
    }

    #[test]
    #[should_panic(expected = "test-vectors/README.md: ")]
    fn names_the_file_that_is_not_json() {
        let _ = load("README.md");
    }

    #[test]
    fn reads_hexadecimal_of_either_case() {
        assert!(hex("").is_empty());
        assert_eq!(hex("00ff7FaB"), [0x00, 0xff, 0x7f, 0xab]);
    }

    #[test]
    #[should_panic(expected = "odd length")]
    fn refuses_half_an_octet() {
        let _ = hex("abc");
    }

    #[test]
    #[should_panic(expected = "not hexadecimal")]
    fn refuses_other_characters() {
        let _ = hex("0g");
    }

    #[test]
    fn every_counted_key_set_exists() {
        let expected = load("jwks-real/expected.json");
        for (name, usable) in expected.as_object().unwrap() {
            let set = load(format!("jwks-real/{name}"));
            let published = set["keys"].as_array().unwrap().len();
            assert!(usable.as_u64().unwrap() <= published as u64, "{name}");
        }
    }
}
