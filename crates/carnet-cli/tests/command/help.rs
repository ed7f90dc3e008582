//! Help, version and wrong usage.

use crate::desk::Desk;

#[test]
fn help_and_version_go_to_standard_output() {
    let desk = Desk::new();
    let version = desk.run(&["--version"]);
    assert_eq!(version.line(), format!("carnet {}", env!("CARGO_PKG_VERSION")));
    for arguments in [
        &["--help"][..],
        &["key", "--help"],
        &["key", "generate", "--help"],
        &["key", "convert", "--help"],
        &["key", "public", "--help"],
        &["key", "thumbprint", "--help"],
        &["key", "check", "--help"],
        &["jwks", "--help"],
        &["jwks", "build", "--help"],
        &["jwks", "show", "--help"],
        &["sign", "--help"],
        &["verify", "--help"],
        &["explain", "--help"],
        &["inspect", "--help"],
        &["help", "verify"],
    ] {
        let help = desk.run(arguments);
        assert_eq!((help.code, help.err.as_str()), (0, ""), "{arguments:?}");
        assert!(help.out.contains("Usage: carnet"), "{}", help.out);
    }
}

#[test]
fn help_says_what_must_be_known() {
    let desk = Desk::new();
    let verify = desk.run(&["verify", "--help"]).out;
    for words in [
        "Examples:",
        "Exit codes:",
        "--any-issuer",
        "--secret-env JWT_SECRET",
        "one line of printable UTF-8 text, the line end (LF or CR LF) after it does not count",
        "a --secret-file or --secret-env for HS256",
        "Not checked: whether the token was revoked",
        "of an X.509 certificate (one CERTIFICATE block), its public key. Nothing else of a certificate is checked",
    ] {
        assert!(verify.contains(words), "{words}");
    }
    let explain = desk.run(&["explain", "--help"]).out;
    for words in ["one line error[CODE] for the first of them", "passed, failed or not_reached"] {
        assert!(explain.contains(words), "{words}");
    }
    let general = desk.run(&["--help"]).out;
    assert!(
        general.contains("of explain, whose result tells about each check, one for the first that failed"),
        "{general}"
    );
    let sign = desk.run(&["sign", "--help"]).out;
    for words in ["Examples:", "--expires-in 1h30m", "Anybody who has the token can read its claims", "for HS256"] {
        assert!(sign.contains(words), "{words}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let desk = Desk::new();
    for arguments in [
        &[][..],
        &["decode"],
        &["key"],
        &["key", "generate"],
        &["key", "generate", "--alg", "ES256", "--format", "der"],
        &["key", "generate", "--alg", "RS256", "--bits", "many"],
        &["key", "convert", "k"],
        &["key", "public"],
        &["key", "check"],
        &["jwks"],
        &["jwks", "build"],
        &["jwks", "show"],
        &["inspect"],
        &["inspect", "a.b.c", "d.e.f"],
        &["inspect", "a.b.c", "--now", "yesterday"],
        &["verify", "a.b.c"],
        &["verify", "--any-issuer", "--any-audience", "a.b.c"],
        &["verify", "--keys", "k", "--any-issuer", "--any-audience"],
        &["verify", "--keys", "k", "--secret-env", "S", "--any-issuer", "--any-audience", "a.b.c"],
        &["verify", "--keys", "k", "--any-issuer", "--any-audience", "--leeway", "60", "a.b.c"],
        &["sign", "--never-expires"],
        &["sign", "--key", "k", "--secret-file", "s", "--never-expires"],
        &["sign", "--key", "k", "--never-expires", "--expires-in", "1h"],
        &["sign", "--key", "k", "--never-expires", "--id", "1", "--random-id"],
        &["sign", "--secret", "hunter2", "--never-expires"],
    ] {
        let outcome = desk.run(arguments);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{arguments:?}");
        // In the form of every other error, and without the secret of the last one.
        assert!(outcome.err.starts_with("error[usage]: "), "{}", outcome.err);
        assert!(
            outcome.err.contains("\nnote: more with: carnet") && outcome.err.ends_with(" --help\n"),
            "{}",
            outcome.err
        );
        assert!(!outcome.err.contains("hunter2"), "{}", outcome.err);
    }
}

#[test]
fn issuer_and_audience_are_named_or_waived_once() {
    let desk = Desk::new();
    let keys = ["verify", "a.b.c", "--keys", "k"];
    for (rest, sentence) in [
        (&["--issuer", "i"][..], "required arguments were not provided: <--audience <AUD>|--any-audience>"),
        (&["--any-audience"], "required arguments were not provided: --issuer <ISS>"),
        (&["--issuer", "i", "--any-issuer", "--any-audience"], "--issuer <ISS> cannot be used with --any-issuer"),
        (&["--any-issuer", "--audience", "a", "--any-audience"], "--audience <AUD> cannot be used with"),
        (&["--issuer", "i", "--issuer", "j", "--any-audience"], "--issuer <ISS> cannot be used multiple times"),
    ] {
        let outcome = desk.run(&[&keys, rest].concat());
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
        assert!(outcome.err.contains(sentence), "{}", outcome.err);
    }
}

#[test]
fn words_that_cannot_be_read_say_how_to_write_them() {
    let desk = Desk::new();
    for (arguments, sentence) in [
        (&["sign", "--key", "k", "--expires-in", "30"][..], "the number has no unit; write 30s, 15m, 12h, 7d or 2w"),
        (&["sign", "--key", "k", "--expires-in", "soon"], "such as 30s, 15m, 1h30m, 7d or 2w"),
        (&["sign", "--key", "k", "--expires-in", "99999999999999999999s"], "the duration is too long"),
        (&["sign", "--key", "k", "--not-before", "@noon"], "after @ comes a whole number of seconds"),
        (&["sign", "--key", "k", "--header", "lang=en"], "the value is not JSON; a string needs quotes of its own"),
        (&["sign", "--key", "k", "--header", "lang"], "write NAME=JSON"),
        (&["sign", "--key", "k", "--now", "noon"], "--now <UNIX>: write a whole number"),
        (&["sign", "--key", "k", "--never-expires=1"], "--never-expires takes no value"),
        (&["sign", "--key", "", "--never-expires"], "--key <FILE>: the name of a file is empty; give one"),
        (
            &["sign", "--never-expires"],
            "note: carnet key generate --alg ES256 makes a key, and --alg HS256 a shared secret",
        ),
        (&["verify", "--keys", "k", "--leeway", "30m1h"], "each unit occurs once, the longer one first"),
    ] {
        let outcome = desk.run(arguments);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
        assert!(outcome.err.contains(sentence), "{}", outcome.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_carnet"))
        .args(["key", "generate", "--alg", "ES256"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.starts_with(b"error[unwritable_output]: standard output: "));
}
