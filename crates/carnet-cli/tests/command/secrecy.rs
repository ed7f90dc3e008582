//! Keys, secrets and tokens that are given in the wrong place are shown nowhere.

use crate::desk::{CERTIFIED_KEY, Desk, SECRET, key_file, rfc7515_key, rfc7515_token};

/// Every place of the command line where a value stands; `@` is where a text is put.
const PLACES: &[&[&str]] = &[
    &["@"],
    &["key", "@"],
    &["key", "generate", "--alg", "@"],
    &["key", "generate", "--alg", "RS256", "--bits", "@"],
    &["key", "generate", "--alg", "ES256", "--format", "@"],
    &["key", "generate", "--alg", "ES256", "@"],
    &["key", "convert", "@", "--to", "pem"],
    &["key", "convert", "key.json", "--to", "@"],
    &["key", "convert", "key.json", "--to", "jwk", "--alg", "@"],
    &["key", "public", "@"],
    &["key", "public", "key.json", "@"],
    &["key", "thumbprint", "@"],
    &["key", "thumbprint", "key.json", "--hash", "@"],
    &["key", "check", "@"],
    &["key", "check", "key.json", "--alg", "@"],
    &["jwks", "build", "@"],
    &["jwks", "build", "key.json", "--kid", "@"],
    &["jwks", "show", "@"],
    &["sign", "--key", "@", "--never-expires"],
    &["sign", "--secret-file", "@", "--never-expires"],
    &["sign", "--secret-env", "@", "--never-expires"],
    &["sign", "--key", "key.json", "--never-expires", "@"],
    &["sign", "--key", "key.json", "--alg", "@", "--never-expires"],
    &["sign", "--key", "key.json", "--claims", "@", "--expires-in", "@"],
    &["sign", "--key", "key.json", "--claims", "{\"a\":@", "--never-expires"],
    &["sign", "--key", "key.json", "--claims", "@@", "--never-expires"],
    &["sign", "--key", "key.json", "--header", "@", "--never-expires"],
    &["sign", "--key", "key.json", "--not-before", "@", "--never-expires"],
    &["sign", "--key", "key.json", "--now", "@", "--never-expires"],
    &["verify", "--keys", "@", "--any-issuer", "--any-audience", "a.b.c"],
    &["verify", "--secret-file", "@", "--any-issuer", "--any-audience", "a.b.c"],
    &["verify", "--secret-env", "@", "--any-issuer", "--any-audience", "a.b.c"],
    &["verify", "--keys", "key.json", "--alg", "@", "--any-issuer", "--any-audience", "a.b.c"],
    &["verify", "--keys", "key.json", "--any-issuer", "--any-audience", "@"],
    &["verify", "--keys", "key.json", "--any-issuer", "--any-audience", "a.b.c", "@"],
    &["verify", "--keys", "key.json", "--issuer", "@", "--audience", "@", "--typ", "@", "TOKEN"],
    &["verify", "--keys", "key.json", "--any-issuer", "--any-audience", "--leeway", "@", "a.b.c"],
    &["inspect", "@"],
    &["inspect", "a.b.c", "@"],
    &["inspect", "a.b.c", "--now", "@"],
    &["jws", "@"],
    &["jws", "sign", "--key", "@", "payload"],
    &["jws", "sign", "--secret-file", "@", "payload"],
    &["jws", "sign", "--secret-env", "@", "payload"],
    &["jws", "sign", "--key", "key.json", "@"],
    &["jws", "sign", "--key", "key.json", "--detached", "@"],
    &["jws", "sign", "--key", "key.json", "payload", "@"],
    &["jws", "sign", "--key", "key.json", "--serialization", "@", "payload"],
    &["jws", "sign", "--key", "key.json", "--critical", "@", "payload"],
    &["jws", "verify", "--keys", "@", "a.b.c"],
    &["jws", "verify", "--keys=@", "a.b.c"],
    &["jws", "verify", "--keys", "key.json", "--", "@"],
    &["jws", "verify", "--secret-file", "@", "a.b.c"],
    &["jws", "verify", "--keys", "key.json", "--payload", "@", "a..c"],
    &["jws", "verify", "--keys", "key.json", "--alg", "@", "a.b.c"],
    &["jws", "verify", "--keys", "key.json", "--understands", "@", "a.b.c"],
    &["jws", "verify", "--keys", "key.json", "@"],
    &["verify", "--jwks-url", "@", "--any-issuer", "--any-audience", "TOKEN"],
    &["verify", "--discover", "@", "--any-audience", "TOKEN"],
    &["help", "@"],
    &["--@"],
    &["-@"],
];

#[test]
fn keys_and_tokens_in_the_wrong_place_are_not_shown() {
    let jwk = Desk::new().run(&["key", "generate", "--alg", "ES256"]).line();
    let texts = [
        jwk,
        format!("{}\n", rfc7515_key("A.1", "key")),
        CERTIFIED_KEY.to_owned(),
        key_file("tests/rsa/private_jwtio.pem"),
        format!("[{}]", rfc7515_key("A.3", "key")),
        format!("{{\"keys\":[{}]}}", rfc7515_key("A.2", "key")),
        rfc7515_token("A.1"),
        format!("Bearer {}", rfc7515_token("A.1")),
        "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.abc".to_owned(),
    ];
    for text in &texts {
        // Every run of letters and digits that could tell something; of the words of PEM and JOSE, none is so long.
        let pieces: Vec<&str> =
            text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|piece| piece.len() > 11).collect();
        not_shown(text, &pieces);
    }
}

#[test]
fn secrets_in_the_wrong_place_are_not_shown() {
    for (text, pieces) in [
        // 32 octets at random, as they are usually written; a shell with braces makes the last of a JWK.
        ("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", &["WmC6hEr0kuw"][..]),
        ("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", &["WmC6hEr0kuw"]),
        ("nWGxne/9WmC6hE/0kuwsxERJ/Wl7MmkZ+DusAxyuf2A=", &["WmC6hE", "kuwsxERJ", "MmkZ"]),
        ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", &["ba844af492ec"]),
        ("Basic nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", &["WmC6hEr0kuw"]),
        ("d:nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", &["WmC6hEr0kuw"]),
        ("hex:5c1f7d0f6e2b4a9d8e3c2b1a0f9e8d7c", &["4a9d8e3c2b1a"]),
        ("5c:1f:7d:0f:6e:2b:4a:9d:8e:3c:2b:1a:0f:9e:8d:7c", &["4a:9d:8e"]),
    ] {
        not_shown(text, pieces);
        not_shown(&format!("{text}.txt"), pieces);
    }
}

#[test]
fn passphrases_in_the_wrong_place_are_not_shown() {
    for (text, pieces) in [
        ("correct horse battery staple", &["horse", "battery", "staple"][..]),
        ("hunter2-hunter2-hunter2", &["hunter2"]),
        ("hunter2secret", &["hunter2"]),
        ("Tr0ub4dor", &["Tr0ub4dor"]),
        ("../Tr0ub4dor/&3", &["Tr0ub4dor"]),
    ] {
        not_shown(text, pieces);
    }
}

/// Puts a text into every place and looks for its pieces in what is said.
#[track_caller]
fn not_shown(text: &str, pieces: &[&str]) {
    assert!(!pieces.is_empty() && pieces.iter().all(|piece| text.contains(piece)));
    let desk = Desk::new();
    let jwk = desk.run(&["key", "generate", "--alg", "ES256"]).line();
    desk.put("key.json", &jwk).put("payload", "p");
    let token = desk.run(&["sign", "--key", "key.json", "--never-expires"]).line();
    for place in PLACES {
        let words: Vec<String> = place
            .iter()
            .map(|word| match *word {
                "TOKEN" => token.clone(),
                "--@" => format!("--{text}"),
                "-@" => format!("-{text}"),
                "@@" => format!("@{text}"),
                word => word.replace('@', text),
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let outcome = desk.run(&words);
        // A text may be a kid, a claim or a payload like any other, and then it is in what was asked for, encoded.
        for piece in pieces {
            assert!(!outcome.err.contains(piece), "{place:?}: {}", outcome.err);
            assert!(outcome.code == 0 || !outcome.out.contains(piece), "{place:?}: {}", outcome.out);
        }
        let errors = outcome.code == 0 || outcome.err.starts_with("error[");
        assert!(errors, "{place:?}: {}", outcome.err);
    }
}

#[test]
fn a_file_that_is_missing_is_named_when_its_name_is_one() {
    let desk = Desk::new();
    desk.run(&["sign", "--key", "absent.json", "--never-expires"])
        .fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    let without_name = |words: &[&str], given: &str| {
        desk.run(words).fails_with(
            2,
            &format!(
                "error[unreadable_file]: there is no file of the name given {given} (the name is not repeated, since it may be a secret)\n"
            ),
        );
    };
    without_name(&["sign", "--key", "absent", "--never-expires"], "with --key");
    without_name(&["key", "check", "absent"], "as FILE");
    without_name(&["jws", "verify", "--keys", "absent", "a.b.c"], "with --keys");
    desk.put("key.json", rfc7515_key("A.3", "key"));
    without_name(&["sign", "--key", "key.json", "--claims", "@absent", "--never-expires"], "with --claims");
    without_name(&["jws", "sign", "--key", "key.json", "absent"], "as PAYLOAD");
}

#[test]
fn what_to_do_is_said() {
    let desk = Desk::new();
    let jwk = rfc7515_key("A.3", "key");
    let sentence = "this is not the name of a file and may be a key, a secret or a token, so it is not repeated here; \
                    give the name of a file, not the key itself, or - for standard input";
    desk.run(&["key", "check", &jwk])
        .fails(2, &format!("error[usage]: <FILE>: {sentence}\nnote: more with: carnet key check --help"));
    desk.run(&["jws", "sign", "--key", &jwk, "payload"])
        .fails(2, &format!("error[usage]: --key <FILE>: {sentence}\nnote: more with: carnet jws sign --help"));
    desk.run(&["sign", "--key", "k", "--never-expires", "--claims", &format!("@{jwk}")])
        .fails(2, &format!("error[usage]: --claims @FILE: {sentence}"));
    for words in [&["key", "check", CERTIFIED_KEY][..], &["sign", "--key", CERTIFIED_KEY, "--never-expires"]] {
        let outcome = desk.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
        let advice = "note: a key in PEM is among the words; give the name of a file, not the key itself\n";
        assert!(outcome.err.starts_with("error[usage]: ") && outcome.err.contains(advice), "{}", outcome.err);
    }
}

#[test]
fn a_secret_in_the_place_of_its_file_or_variable_is_not_shown() {
    let desk = Desk::new();
    for secret in ["hunter2", "correct horse battery staple", "../hunter2", SECRET] {
        for command in [&["sign", "--never-expires"][..], &["verify", "--any-issuer", "--any-audience", "a.b.c"]] {
            for option in ["--secret-file", "--secret-env"] {
                let outcome = desk.run(&[command, &[option, secret]].concat());
                assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
                assert!(!outcome.err.contains("hunter2") && !outcome.err.contains("horse"), "{}", outcome.err);
                assert!(outcome.err.contains("it may be the secret itself"), "{}", outcome.err);
            }
        }
    }
    // What is there has a name, and so has what is written as names are.
    desk.put("short", "short");
    desk.run(&["sign", "--secret-file", "short", "--never-expires"]).fails_with(2, "error[weak_key]: \"short\": ");
    desk.run(&["sign", "--secret-env", "CARNET_TEST_UNSET", "--never-expires"])
        .fails_with(2, "error[secret_unavailable]: the environment variable CARNET_TEST_UNSET is not set");
}

#[test]
fn a_file_with_a_name_that_looks_like_a_key_is_read() {
    let desk = Desk::new();
    let key = rfc7515_key("A.3", "key");
    let thumbprint = desk.put("key", &key).run(&["key", "thumbprint", "key"]).line();
    desk.put(&thumbprint, &key).put("{\"a\":1}", "{").put("hello", "hello");
    assert_eq!(desk.run(&["key", "thumbprint", &thumbprint]).line(), thumbprint);
    desk.run(&["key", "public", "{\"a\":1}"]).fails_with(
        2,
        "error[invalid_key]: the file given as FILE (its name is not shown): the key is not strict JSON",
    );
}

#[test]
fn options_that_are_nearly_right_are_pointed_to() {
    let desk = Desk::new();
    let outcome = desk.run(&["verify", "--any-isuer", "a.b.c"]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome
            .err
            .starts_with("error[usage]: there is no option --any-isuer here\nnote: did you mean --any-issuer?\n")
    );
    assert!(outcome.err.ends_with("\nnote: more with: carnet verify --help\n"), "{}", outcome.err);
    for (words, note) in [
        (&["key", "public", "--to", "pem", "k"][..], "here, the form is chosen with --format jwk or --format pem"),
        (&["key", "convert", "--format", "pem", "k"], "here, the form is chosen with --to"),
        (&["jws", "verify", "--detached", "a..b"], "the payload of a detached token is given with --payload FILE"),
        (&["sign", "-o", "token"], "results go to standard output; write them to a file with > FILE"),
        (&["key", "generate", "--output", "token"], "results go to standard output; write them to a file with > FILE"),
    ] {
        let outcome = desk.run(words);
        outcome.fails_with(2, "error[usage]: ");
        assert!(outcome.err.contains(&format!("\nnote: {note}")), "{}", outcome.err);
    }
    for (words, takes) in [
        (&["key", "check", "a", "b"][..], "carnet key check takes <FILE>;"),
        (&["jws", "sign", "a", "b"], "carnet jws sign takes <PAYLOAD>;"),
        (&["sign", "a"], "carnet sign takes options only;"),
    ] {
        desk.run(words).fails_with(2, &format!("error[usage]: there is an argument too many, and {takes}"));
    }
    desk.run(&["key", "chekc"]).fails(
        2,
        "error[usage]: there is no such command; there are generate, convert, public, thumbprint, check\n\
         note: did you mean check?\nnote: usage: carnet key <COMMAND>\nnote: more with: carnet key --help",
    );
    desk.run(&[]).fails(
        2,
        "error[usage]: a command is missing; there are key, jwks, sign, verify, explain, inspect, jws\nnote: more with: carnet --help",
    );
    desk.run(&["key", "generate", "--alg", "ES256", "--format", "pme"]).fails(
        2,
        "error[usage]: the value of --format <FORMAT> is none of: jwk, pem\n\
         note: more with: carnet key generate --help",
    );
}
