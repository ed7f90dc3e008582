//! Without a backend everything compiles, and whatever would make a key or a signature says that it is not supported.
#![cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]

use carnet_jwa::{Algorithm, AlgorithmError, Signature, SigningPrimitive, VerifyingPrimitive, random};

#[test]
fn no_algorithm_is_available() {
    for &algorithm in Algorithm::ALL {
        assert!(!algorithm.is_available() && algorithm.key_kind().is_none(), "{algorithm}");
        let error = algorithm.name().parse::<Algorithm>().unwrap_err();
        assert!(matches!(error, AlgorithmError::Unsupported { name, .. } if name == algorithm.name()));
        assert!(error.to_string().contains("turn on carnet's feature"), "{error}");
    }
    assert_eq!("Ed25519".parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm");
    assert_eq!("none".parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm");
    assert_eq!("hs256".parse::<Algorithm>().unwrap_err().code(), "unknown_algorithm");
    assert_eq!(Algorithm::key_kinds().count(), 0);
}

#[test]
fn nothing_is_made() {
    for &algorithm in Algorithm::ALL {
        for secret in [&[][..], &[7; 64]] {
            let code = "unsupported_algorithm";
            assert_eq!(SigningPrimitive::symmetric(algorithm, secret).unwrap_err().code(), code, "{algorithm}");
            assert_eq!(VerifyingPrimitive::symmetric(algorithm, secret).unwrap_err().code(), code, "{algorithm}");
        }
        for octets in [&[][..], &[0x30, 6, 2, 1, 1, 2, 1, 2], &[1; 64]] {
            let errors = [Signature::from_bytes(algorithm, octets), Signature::from_ecdsa_der(algorithm, octets)];
            for error in errors.map(Result::unwrap_err) {
                assert!(error.to_string().contains(&format!("the algorithm {algorithm} is not supported")), "{error}");
            }
        }
    }
    // Random octets are a backend's as well.
    assert_eq!(random::secret(32).unwrap_err().code(), "random_unavailable");
    assert_eq!(random::fill(&mut [0; 32]).unwrap_err().code(), "random_unavailable");
}
