//! What the machine can do: one answer of a given size, kept in memory, served as Pharos serves its pages.
//!
//! `static_response ADDRESS BYTES`. The benchmark (`catalog.mjs`) compares pages to it.

use std::error::Error;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::serve::ListenerExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(bytes)) = (arguments.next(), arguments.next()) else {
        return Err("usage: static_response ADDRESS BYTES".into());
    };
    let body = Bytes::from(vec![b'x'; bytes.parse()?]);
    let answer = move || async move { ([(CONTENT_TYPE, "text/html; charset=utf-8")], body.clone()) };
    // Without it every answer waits for the acknowledgement of the one before.
    let listener = tokio::net::TcpListener::bind(&address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().fallback(get(answer))).await?;
    Ok(())
}
