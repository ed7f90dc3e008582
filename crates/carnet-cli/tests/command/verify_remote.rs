//! `--jwks-url` and `--discover`, against a server of this machine.

use crate::desk::{Desk, Outcome};
use testkit::http_server::{HttpServer, Reply};
use tokio::runtime::Runtime;

/// An issuer with a key and metadata, and a token of it that is good for a year of 2100.
struct Remote {
    desk: Desk,
    server: HttpServer,
    token: String,
    _runtime: Runtime,
}

impl Remote {
    #[expect(clippy::unwrap_used, reason = "a test")]
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(HttpServer::start(|_| Reply::status(500)));
        let desk = Desk::new();
        let key = desk.run(&["key", "generate", "--alg", "ES256"]).line();
        desk.put("key.json", &key);
        let set = desk.run(&["jwks", "build", "--kid", "thumbprint", "key.json"]).line();
        let origin = server.origin();
        let sign = ["sign", "--key", "key.json", "--issuer", &origin, "--audience", "api", "--expires-in", "365d"];
        let token = desk.run(&sign).line();
        server.answer(move |request| match &*request.path {
            "/jwks.json" => Reply::json(set.clone()),
            "/.well-known/openid-configuration" => {
                Reply::json(format!(r#"{{"issuer":"{origin}","jwks_uri":"{origin}/jwks.json"}}"#))
            }
            "/empty.json" => Reply::json(r#"{"keys":[]}"#),
            "/moved.json" => Reply::Full(302, vec![("location", format!("{origin}/jwks.json"))], Vec::new()),
            _ => Reply::status(404),
        });
        Self { desk, server, token, _runtime: runtime }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.origin())
    }

    fn verify(&self, rest: &[&str]) -> Outcome {
        self.desk.run(&[&["verify", "--audience", "api", "--dangerous-http-loopback", &self.token], rest].concat())
    }
}

#[test]
fn keys_from_a_url() {
    let remote = Remote::new();
    let url = remote.url("/jwks.json");
    assert!(remote.verify(&["--jwks-url", &url, "--any-issuer"]).line().contains(r#""aud":"api""#));
    remote
        .verify(&["--jwks-url", &url, "--issuer", "https://other.example/"])
        .fails_with(1, "error[issuer_mismatch]: the token's issuer");
    assert_eq!(remote.server.paths(), ["/jwks.json", "/jwks.json"], "once for each run");
    // The same keys for the other commands.
    let explain = ["explain", "--audience", "api", "--any-issuer", "--dangerous-http-loopback", "--jwks-url", &url];
    assert_eq!(remote.desk.run(&[&explain[..], &[&remote.token]].concat()).code, 0);
    let jws = ["jws", "verify", "--dangerous-http-loopback", "--jwks-url", &url, &remote.token];
    assert_eq!(remote.desk.run(&jws).code, 0);
}

/// The issuer that is discovered is the one that the token must be of.
#[test]
fn keys_of_an_issuer() {
    let remote = Remote::new();
    let issuer = remote.server.origin();
    assert!(remote.verify(&["--discover", &issuer]).line().contains(&issuer));
    assert_eq!(
        remote.server.paths(),
        ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/jwks.json"]
    );
    remote
        .verify(&["--discover", &format!("{issuer}/")])
        .fails_with(2, "error[metadata_issuer_mismatch]: --discover: the metadata are those of \"http://127.0.0.1");
    for decision in
        [&["--any-issuer"][..], &["--issuer", "https://other.example/"], &["--jwks-url", "https://a.example/"]]
    {
        remote.verify(&[&["--discover", &issuer], decision].concat()).fails_with(2, "error[usage]: ");
    }
    let signed_by_another = {
        let other = Remote::new();
        let sign = ["sign", "--key", "key.json", "--issuer", &issuer, "--audience", "api", "--expires-in", "1h"];
        other.desk.run(&sign).line()
    };
    let arguments =
        ["verify", "--audience", "api", "--dangerous-http-loopback", "--discover", &issuer, &signed_by_another];
    assert_eq!(remote.desk.run(&arguments).code, 1);
}

/// What is fetched from this machine comes from this machine, whatever proxy there is for the rest.
#[test]
fn http_of_this_machine_passes_by_no_proxy() {
    let remote = Remote::new();
    let url = remote.url("/jwks.json");
    let arguments =
        ["verify", "--audience", "api", "--any-issuer", "--dangerous-http-loopback", "--jwks-url", &url, &remote.token];
    let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:1"));
    assert!(remote.desk.run_with(&arguments, &proxies, "").line().contains(r#""aud":"api""#));
    assert_eq!(remote.server.paths(), ["/jwks.json"]);
}

#[test]
fn keys_that_cannot_be_fetched() {
    let remote = Remote::new();
    for (path, expected) in [
        ("/nothing.json", "error[unexpected_status]: --jwks-url: the server answers with the status 404"),
        ("/empty.json", "error[no_usable_keys]: --jwks-url: the set is empty"),
        (
            "/moved.json",
            "error[unexpected_status]: --jwks-url: the server redirects (status 302), which is not followed",
        ),
    ] {
        remote.verify(&["--any-issuer", "--jwks-url", &remote.url(path)]).fails_with(2, expected);
    }
    assert!(!remote.server.paths().contains(&"/jwks.json".to_owned()));

    // Without the dangerous option nothing is fetched over http; and what is no URL is not repeated.
    let plain = ["verify", "--audience", "api", "--any-issuer", &remote.token];
    let refused = |option: &str, value: &str| remote.desk.run(&[&plain[..], &[option, value]].concat());
    let requests = remote.server.requests().len();
    refused("--jwks-url", &remote.url("/jwks.json")).fails_with(2, "error[usage]: --jwks-url: the URL is not https");
    assert_eq!(remote.server.requests().len(), requests);
    for secret in ["hunter2-hunter2-hunter2", "https://user:hunter2@auth.example.com/"] {
        let outcome = refused("--jwks-url", secret);
        assert_eq!(outcome.code, 2);
        assert!(!outcome.err.contains("hunter2"), "{}", outcome.err);
    }
    assert!(!remote.verify(&["--discover", "hunter2-hunter2"]).err.contains("hunter2"));
}
