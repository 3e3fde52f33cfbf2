//! A store behind HTTP: it is read, and nothing that its server does is taken for data.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use tequio_client::data::{Store, StoreError};

/// Serves files by path, each with the length that is said of it; others are not there.
fn serve(files: Vec<(String, Vec<u8>, usize)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/base", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 0 && line != "\r\n" {
                line.clear();
            }
            let asked = first.split(' ').nth(1).unwrap_or_default();
            let found = files.iter().find(|(path, ..)| asked == format!("/base/{path}"));
            let (status, bytes, length) = match found {
                Some((_, bytes, length)) => ("200 OK", bytes.clone(), *length),
                None => ("404 Not Found", vec![], 0),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n\
                 Connection: close\r\n\r\n"
            );
            let mut stream = reader.into_inner();
            _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
        }
    });
    url
}

#[tokio::test]
async fn what_a_server_says_is_checked() {
    let key = Store::memory().put(b"shard".to_vec()).await.unwrap();
    let open = |files| Store::open(&serve(files), []).unwrap();
    let honest = open(vec![(key.clone(), b"shard".to_vec(), 5)]);
    assert_eq!(honest.get(&key, 99).await.unwrap(), b"shard");
    let missing = honest.get(&"0".repeat(64), 99).await;
    assert!(matches!(missing, Err(StoreError::Store(object_store::Error::NotFound { .. }))), "{missing:?}");
    let lying = open(vec![(key.clone(), b"drahs".to_vec(), 5)]);
    assert!(matches!(lying.get(&key, 99).await, Err(StoreError::Content { .. })));
    // Short, and its server says so; cut off on the way.
    let short = open(vec![(key.clone(), b"shar".to_vec(), 4)]);
    assert!(matches!(short.get(&key, 99).await, Err(StoreError::Content { .. })));
    let cut = open(vec![(key.clone(), b"shar".to_vec(), 5)]);
    assert!(matches!(cut.get(&key, 99).await, Err(StoreError::Store(_))));
    assert!(matches!(honest.put(b"new".to_vec()).await, Err(StoreError::Write { .. })));
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(Store::open(&url, []).unwrap().get(&"0".repeat(64), 99).await, Err(StoreError::Store(_))));
}
