//! Registered names that are no signature algorithm of ours, each with the reason a person is told.

const ENCRYPTS: &str = "it encrypts and does not sign";

pub(crate) const UNSUPPORTED: &[(&str, &str)] = &[
    ("none", "it leaves tokens unsigned, and carnet neither makes nor accepts those"),
    ("Ed448", "no backend has it"),
    ("RSA1_5", ENCRYPTS),
    ("RSA-OAEP", ENCRYPTS),
    ("RSA-OAEP-256", ENCRYPTS),
    ("RSA-OAEP-384", ENCRYPTS),
    ("RSA-OAEP-512", ENCRYPTS),
    ("A128KW", ENCRYPTS),
    ("A192KW", ENCRYPTS),
    ("A256KW", ENCRYPTS),
    ("dir", ENCRYPTS),
    ("ECDH-ES", ENCRYPTS),
    ("ECDH-ES+A128KW", ENCRYPTS),
    ("ECDH-ES+A192KW", ENCRYPTS),
    ("ECDH-ES+A256KW", ENCRYPTS),
    ("A128GCMKW", ENCRYPTS),
    ("A192GCMKW", ENCRYPTS),
    ("A256GCMKW", ENCRYPTS),
    ("PBES2-HS256+A128KW", ENCRYPTS),
    ("PBES2-HS384+A192KW", ENCRYPTS),
    ("PBES2-HS512+A256KW", ENCRYPTS),
    ("A128CBC-HS256", ENCRYPTS),
    ("A192CBC-HS384", ENCRYPTS),
    ("A256CBC-HS512", ENCRYPTS),
    ("A128GCM", ENCRYPTS),
    ("A192GCM", ENCRYPTS),
    ("A256GCM", ENCRYPTS),
];
