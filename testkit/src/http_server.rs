//! An HTTP server on this machine that does as it is told, good or bad.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The path, with the query.
    pub path: String,
    /// Everything before the body.
    pub head: String,
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A response: the status, header fields and the body.
    Full(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// These octets, and the end of the connection.
    Raw(Vec<u8>),
    /// The first octets, then the second ones again and again after a pause, for as long as somebody reads.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Nothing.
    Silence,
}

impl Reply {
    /// A response of JSON.
    pub fn json(body: impl Into<String>) -> Self {
        Self::Full(200, vec![("content-type", "application/json".to_owned())], body.into().into_bytes())
    }

    /// A response without a body.
    pub fn status(status: u16) -> Self {
        Self::Full(status, Vec::new(), Vec::new())
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// The server. It ends when it is dropped.
pub struct HttpServer {
    address: SocketAddr,
    scheme: &'static str,
    desk: Desk,
    task: JoinHandle<()>,
}

/// What the connections share.
#[derive(Clone)]
struct Desk {
    requests: Arc<Mutex<Vec<Request>>>,
    handler: Arc<Mutex<Arc<Handler>>>,
    /// Octets that were sent.
    sent: Arc<Mutex<usize>>,
    /// Connections that were opened, those that asked for nothing too.
    connections: Arc<Mutex<usize>>,
}

impl HttpServer {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen("http", None, Arc::new(handler)).await
    }

    /// As [`start`](Self::start), over TLS, with these certificates. A connection without TLS gets no answer.
    ///
    /// # Panics
    /// Where there is no free port.
    pub async fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", Some(TlsAcceptor::from(config)), Arc::new(handler)).await
    }

    async fn listen(scheme: &'static str, tls: Option<TlsAcceptor>, handler: Arc<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let desk = Desk {
            requests: Arc::default(),
            handler: Arc::new(Mutex::new(handler)),
            sent: Arc::default(),
            connections: Arc::default(),
        };
        let shared = desk.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *shared.connections.lock().expect("no handler panics") += 1;
                let (desk, tls) = (shared.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, desk).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, desk).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, scheme, desk, task }
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens, by the name `localhost`.
    #[must_use]
    pub fn origin_by_name(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    /// From now on it answers so.
    ///
    /// # Panics
    /// Where a handler has panicked.
    pub fn answer(&self, handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        *self.desk.handler.lock().expect("no handler panics") = Arc::new(handler);
    }

    /// The requests so far.
    ///
    /// # Panics
    /// Where a handler has panicked.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.desk.requests.lock().expect("no handler panics").clone()
    }

    /// The paths that were asked for.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.path).collect()
    }

    /// How many connections were opened, those included that asked for nothing.
    ///
    /// # Panics
    /// Where a handler has panicked.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.desk.connections.lock().expect("no handler panics")
    }

    /// How many octets were sent: of HTTP, where it is over TLS.
    ///
    /// # Panics
    /// Where a handler has panicked.
    #[must_use]
    pub fn sent(&self) -> usize {
        *self.desk.sent.lock().expect("no handler panics")
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, desk: Desk) {
    while let Some(request) = read(&mut stream).await {
        desk.requests.lock().expect("no handler panics").push(request.clone());
        let answer = Arc::clone(&desk.handler.lock().expect("no handler panics"));
        let mut send = async |octets: &[u8]| {
            *desk.sent.lock().expect("no handler panics") += octets.len();
            stream.write_all(octets).await.is_ok() && stream.flush().await.is_ok()
        };
        match answer(&request) {
            Reply::Full(status, fields, body) => {
                let mut head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in fields {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                if !send(&[head.as_bytes(), b"\r\n", &body].concat()).await {
                    return;
                }
            }
            Reply::Raw(octets) => {
                send(&octets).await;
                return;
            }
            Reply::Endless(first, again, pause) => {
                let mut open = send(&first).await;
                while open {
                    tokio::time::sleep(pause).await;
                    open = send(&again).await;
                }
                return;
            }
            Reply::Silence => std::future::pending().await,
        }
    }
}

/// Reads a request without a body. Nothing where the client has gone.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1)?.to_owned();
    Some(Request { path, head })
}
