//! Requests, and what is answered, for people to read.

use reqwest::{Client, RequestBuilder};
use std::error::Error;

pub(crate) fn client() -> Client {
    // It needs to know whose cryptography TLS is to use, even though everything here goes over plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// Sends a request and prints what came back. The demonstration ends with an error where that is not what was expected.
pub(crate) async fn show(what: &str, request: RequestBuilder, expected: u16) -> Result<String, Box<dyn Error>> {
    let (client, request) = request.build_split();
    let request = request?;
    let asked = format!("{} {}", request.method(), request.url().path());
    let response = client.execute(request).await?;
    let status = response.status();
    let challenges: Vec<_> = response.headers().get_all("www-authenticate").iter().cloned().collect();
    let body = response.text().await?;

    println!("{what}: {asked} → {status}");
    for challenge in &challenges {
        println!("    {}", challenge.to_str()?);
    }
    if challenges.is_empty() {
        println!("    {body}");
    }
    if status.as_u16() != expected {
        return Err(format!("the status is {status}, and {expected} was expected").into());
    }
    Ok(body)
}
