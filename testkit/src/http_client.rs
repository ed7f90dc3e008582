//! A client that sends exactly the octets it is given: what libraries refuse to send is what tests need.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A response as it came.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The fields, with names in lower case, in their order.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Response {
    /// All values of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a field that is there once.
    ///
    /// # Panics
    /// Where it is there several times.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() <= 1, "{name}: {all:?}");
        all.first().copied()
    }
}

/// Sends these octets and reads the response until the server ends the connection, which the request should ask for.
///
/// # Panics
/// Where there is no response.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> Response {
    let mut stream = TcpStream::connect(address).await.expect("a server");
    // A server that refuses a request early may end the connection before it has read everything.
    let _ = stream.write_all(request).await;
    let mut octets = Vec::new();
    let reading = timeout(Duration::from_secs(20), stream.read_to_end(&mut octets)).await;
    assert!(reading.is_ok(), "the server does not end the connection");
    let text = String::from_utf8_lossy(&octets);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let fields = lines.filter_map(|line| line.split_once(':'));
    let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Response { status: status.expect("a status"), fields, body: body.to_owned() }
}
