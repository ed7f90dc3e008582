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
    /// Reads the head.
    fn read(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let fields = lines.filter_map(|line| line.split_once(':'));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Self { status: status.expect("a status"), fields, body: String::new() }
    }

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
    Response { body: body.to_owned(), ..Response::read(head) }
}

/// A connection that is kept from one request to the next.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    host: String,
    octets: Vec<u8>,
}

impl Connection {
    /// Opens one.
    ///
    /// # Panics
    /// Where there is no server.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a server");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, host: address.to_string(), octets: Vec::new() }
    }

    /// Sends a request without a body and reads the response, as long as `Content-Length` says. The head is completed with `Host` and the empty line.
    ///
    /// # Panics
    /// Where there is no response, or one whose length is not said.
    pub async fn exchange(&mut self, head: &str) -> Response {
        let request = format!("{head}\r\nhost: {}\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes()).await.expect("the server reads");
        self.octets.clear();
        let end = loop {
            if let Some(end) = self.octets.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            self.more().await;
        };
        let response = Response::read(&String::from_utf8_lossy(&self.octets[..end]));
        let length: usize = response.one("content-length").and_then(|length| length.parse().ok()).expect("a length");
        let body = end + 4..end + 4 + length;
        while self.octets.len() < body.end {
            self.more().await;
        }
        assert_eq!(self.octets.len(), body.end, "one response for one request");
        Response { body: String::from_utf8_lossy(&self.octets[body]).into_owned(), ..response }
    }

    async fn more(&mut self) {
        self.octets.reserve(4096);
        let read = self.stream.read_buf(&mut self.octets).await.expect("the server answers");
        assert_ne!(read, 0, "the server ended the connection");
    }
}
