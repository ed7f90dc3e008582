use super::*;
use carnet::jwa::SigningFailed;
use carnet::{AlgorithmError, Jwk, JwkSet, KeySourceError, Part, PrivateJwk};

fn name() -> Quoted {
    Quoted::new("x")
}

fn json_errors() -> Vec<JsonError> {
    vec![
        JsonError::NotUtf8,
        JsonError::TooLong,
        JsonError::NotAnObject,
        JsonError::Syntax { at: 1 },
        JsonError::TrailingData { at: 1 },
        JsonError::TooDeep { limit: 1 },
        JsonError::DuplicateName { name: name() },
        JsonError::LoneSurrogate { at: 1 },
        JsonError::Nul { at: 1 },
        JsonError::ReservedName { at: 1 },
        JsonError::NumberOutOfRange { at: 1 },
    ]
}

fn header_errors() -> Vec<HeaderError> {
    let mut errors = vec![
        HeaderError::AlgorithmMissing,
        HeaderError::AlgorithmNotProtected,
        HeaderError::Empty,
        HeaderError::InBothHeaders { name: name() },
        HeaderError::NotProtected { name: "crit" },
        HeaderError::WrongType { name: "kid" },
        HeaderError::Critical,
        HeaderError::NotCritical { name: "b64" },
        HeaderError::KeyIdTooLong { limit: 1 },
        HeaderError::PrivateKeyInHeader,
    ];
    errors.extend(json_errors().into_iter().map(HeaderError::Json));
    errors
}

fn parse_errors() -> Vec<ParseError> {
    let mut errors = vec![
        ParseError::TooLarge { part: Part::Token, limit: 1 },
        ParseError::TooLarge { part: Part::Header, limit: 1 },
        ParseError::NotThreeSegments,
        ParseError::Encrypted,
        ParseError::Member { name: "payload", reason: "is not a string" },
        ParseError::EncryptedJson,
        ParseError::TooManySignatures { limit: 1 },
        ParseError::PayloadEncodingsDiffer,
        ParseError::Detached,
        ParseError::NotDetached,
        ParseError::UnencodedPayload,
        ParseError::NotBase64Url { part: Part::Payload },
    ];
    errors.extend(json_errors().into_iter().map(ParseError::Json));
    errors.extend(header_errors().into_iter().map(ParseError::Header));
    errors
}

/// Every kind of them, and those that the library makes of what a file may hold.
fn key_errors() -> Vec<KeyError> {
    let private = r#"{"kty":"OKP","crv":"Ed25519","d":"AA","x":"AA"}"#;
    let sets = ["{}", "[]", r#"{"keys":1}"#, r#"{"kty":"EC"}"#];
    let jwks = [
        private,
        r#"{"keys":[]}"#,
        r#"{"kty":"oct","k":"AA"}"#,
        r#"{"kty":"oct"}"#,
        r#"{"kty":"MAGIC"}"#,
        r#"{"kty":"EC"}"#,
        "{}",
    ];
    let certificate = include_str!("../../tests/keys/certificate.pem");
    let set = format!(r#"{{"keys":[{},1]}}"#, jwks.join(","));
    let many = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(10_001));
    let mut errors: Vec<KeyError> = Vec::new();
    errors.extend(sets.into_iter().chain([&*many]).map(|set| JwkSet::from_json(set).unwrap_err()));
    errors.extend(jwks.into_iter().map(|jwk| Jwk::from_json(jwk).unwrap_err()));
    errors.extend(jwks.into_iter().filter_map(|jwk| PrivateJwk::from_json(jwk).err()));
    errors.extend(
        JwkSet::from_json(&set).unwrap().verifying_keys().skipped().iter().map(|skipped| skipped.reason.clone()),
    );
    errors.extend([Jwk::from_pem(certificate).unwrap_err(), PrivateJwk::from_pem(certificate).unwrap_err()]);
    errors.extend([
        KeyError::Encoding { reason: "broken" },
        KeyError::TooLarge { limit: 1 },
        KeyError::MissingMember { member: "x" },
        KeyError::InvalidMember { member: "x", reason: "is short" },
        KeyError::Unsupported { what: name(), reason: "for a reason" },
        KeyError::Weak { what: "the key".to_owned(), reason: "is weak".to_owned() },
        KeyError::SecretLooksLikeKey { what: "a key" },
        KeyError::SecretNotAskedFor,
        KeyError::Mismatch { algorithm: "ES256", key: "an RSA key" },
        KeyError::NotForThis { member: "use", purpose: "signing" },
        KeyError::OtherAlgorithm { own: "ES256", wanted: "RS256" },
        KeyError::NoNextKey,
        KeyError::Algorithm(AlgorithmError::Unknown { name: name() }),
        KeyError::Algorithm(AlgorithmError::Unsupported { name: "none", reason: "for a reason" }),
        KeyError::Environment { variable: "X".to_owned(), reason: "is not set" },
        KeyError::Random,
    ]);
    errors.extend(json_errors().into_iter().map(KeyError::Json));
    errors
}

fn sign_errors() -> Vec<SignError> {
    let mut errors = vec![
        SignError::TooLarge { limit: 1 },
        SignError::UnprotectedInCompact,
        SignError::UnencodedPayload { reason: "is not UTF-8" },
        SignError::PayloadTooLarge { limit: 1 },
        SignError::TooManySignatures { limit: 1 },
        SignError::SignaturesDiffer { setting: "unencoded_payload" },
        SignError::SigningFailed(SigningFailed::new()),
    ];
    errors.extend(header_errors().into_iter().map(SignError::InvalidHeader));
    errors
}

fn jws_sentences() -> Vec<String> {
    let mut errors = vec![
        JwsError::AlgorithmNotAllowed { algorithm: name() },
        JwsError::UnsupportedCritical { name: name() },
        JwsError::UnsupportedCritical { name: Quoted::new(UNENCODED) },
        JwsError::UnknownKey { key_id: None },
        JwsError::UnknownKey { key_id: Some(name()) },
        JwsError::InvalidSignature,
        JwsError::TrialsExhausted { limit: 16 },
        JwsError::KeySource(KeySourceError::new("x")),
    ];
    errors.extend(parse_errors().into_iter().map(JwsError::Parse));
    let mut sentences: Vec<String> = errors.iter().map(jws).collect();
    sentences.extend(errors.into_iter().map(|error| verification(&error.into())));
    sentences
}

#[test]
fn no_function_of_the_library_is_named() {
    let mut sentences = jws_sentences();
    sentences.extend(json_errors().into_iter().map(|error| verification(&VerifyError::NotClaims(error))));
    sentences.extend(json_errors().into_iter().map(|error| decoding(&DecodeError::NotClaims(error))));
    sentences.extend(parse_errors().into_iter().map(|error| decoding(&DecodeError::Parse(error))));
    sentences.extend(key_errors().iter().map(key));
    sentences.extend(sign_errors().iter().map(signing));
    sentences.extend(sign_errors().into_iter().map(|error| token(&TokenError::Sign(error))));
    sentences.extend(key_errors().into_iter().map(|error| token(&TokenError::Random(error))));
    sentences.extend(
        [
            TokenError::NoExpiry,
            TokenError::ClaimSetTwice { claim: name() },
            TokenError::NotClaims,
            TokenError::ClaimInvalid { claim: "exp" },
        ]
        .iter()
        .map(token),
    );
    sentences.extend(
        [
            PolicyError::Empty { what: "issuer" },
            PolicyError::Empty { what: "audience" },
            PolicyError::Empty { what: "typ" },
            PolicyError::LeewayTooLarge,
            PolicyError::NoExtension { name: name() },
            PolicyError::NoKeys,
            PolicyError::NoAlgorithms,
            PolicyError::NoKeyForAlgorithms,
        ]
        .iter()
        .map(policy),
    );
    sentences.extend(
        [
            Rejection::WrongTyp { required: "x".to_owned() },
            Rejection::IssuerMismatch,
            Rejection::AudienceMismatch,
            Rejection::SubjectMismatch,
            Rejection::ClaimMissing { claim: name() },
            Rejection::ClaimInvalid { claim: name() },
            Rejection::CheckFailed { claim: name() },
        ]
        .iter()
        .map(rejection),
    );
    for sentence in sentences {
        let signs = ["::", "()", "builder", "struct", "verifier given", "Limits"];
        let is_name =
            |word: &str| word.split_once('_').is_some_and(|(one, other)| !one.is_empty() && !other.is_empty());
        let no_function = !signs.iter().any(|sign| sentence.contains(sign)) && !sentence.split(' ').any(is_name);
        assert!(no_function, "{sentence}");
    }
}
