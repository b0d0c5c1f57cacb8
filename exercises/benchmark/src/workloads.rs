//! The work: a server with pages to download, and strings to hash. Given.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

/// How many pages there are to download, and how many strings to hash.
pub const JOBS: usize = 20;

/// An HTTP server on this machine that takes its time. It runs until it is dropped.
///
/// It is a single thread that waits for all its clients at once: the delay of one page does not add to that
/// of another, so whether downloads overlap depends on the clients alone.
pub struct PageServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PageServer {
    /// Starts a server that waits for `delay` before it answers.
    ///
    /// # Errors
    ///
    /// When there is no free port, or no thread can be started.
    pub fn start(delay: Duration) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("page server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, delay) => {}
                    // Dropping the sender stops the server as well.
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// The addresses of all pages.
    pub fn pages(&self) -> Vec<String> {
        (1..=JOBS).map(|page| format!("http://{}/page/{page}", self.address)).collect()
    }
}

impl Drop for PageServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Had the server panicked, the downloads would have said so.
            let _ = thread.join();
        }
    }
}

/// Serves requests forever, each connection in a task of its own.
async fn serve(listener: TcpListener, delay: Duration) {
    loop {
        // A client that disconnects before it is accepted is no failure of the server.
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, delay));
            // Nor is one that disconnects while it is served.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<hyper::body::Incoming>,
    delay: Duration,
) -> Result<Response<String>, Infallible> {
    tokio::time::sleep(delay).await;
    Ok(Response::new(format!("<h1>{}</h1>\n", request.uri().path())))
}

/// Downloads one page. The thread waits for nearly all of the time.
///
/// # Panics
///
/// When the server does not answer, although it runs in this process.
pub fn download(page: &str) -> String {
    ureq::get(page)
        .config()
        // The server is on this machine: a proxy from the environment is not meant for it.
        .proxy(None)
        .build()
        .call()
        .and_then(|mut response| response.body_mut().read_to_string())
        .unwrap_or_else(|error| panic!("cannot download {page}: {error}"))
}

/// Strings of `size` KiB each, no two of them alike.
pub fn strings(size: usize) -> Vec<String> {
    (0..JOBS)
        .map(|number| {
            let line = format!("{number:>31}\n");
            line.repeat(size * 1024 / line.len())
        })
        .collect()
}

/// The SHA-256 of a text. The thread computes all the time.
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
