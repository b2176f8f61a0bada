//! How quickly a change reaches all who follow the feed, and what they cost the server.
//!
//! `subscribers ADDRESS DATABASE SUBSCRIBERS CHANGES PID`: opens so many streams of the server at ADDRESS, commits one
//! change a second to its database, as another process would, and tells in one line of JSON how long deliveries took
//! from the end of the commit, and how the memory of the process PID grew. The benchmark (`catalog.mjs`) runs it.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::{Batch, Key, Observation, Timestamp};
use pharos::catalog::Record;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};

/// Streams that are opened at a time.
const OPENED_AT_ONCE: usize = 100;

/// How long the last change may take to reach everybody.
const PATIENCE: Duration = Duration::from_secs(20);

/// One delivery: which entry of the log, and when.
type Delivery = (i64, Instant);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, database, subscribers, changes, pid] = arguments.as_slice() else {
        return Err("usage: subscribers ADDRESS DATABASE SUBSCRIBERS CHANGES PID".into());
    };
    let (subscribers, changes): (usize, i64) = (subscribers.parse()?, changes.parse()?);
    let store = pharos::store::open(database).await?;
    let before = resident(pid)?;

    let (stop, stopped) = watch::channel(false);
    let (opened, mut openings) = mpsc::channel(OPENED_AT_ONCE);
    let doors = Arc::new(Semaphore::new(OPENED_AT_ONCE));
    let streams: Vec<_> = (0..subscribers)
        .map(|_| {
            let (address, doors, opened, stopped) =
                (address.clone(), Arc::clone(&doors), opened.clone(), stopped.clone());
            tokio::spawn(async move { follow(&address, &doors, opened, stopped).await })
        })
        .collect();
    drop(opened);
    let mut open = 0;
    while open < subscribers && openings.recv().await.is_some() {
        open += 1;
    }
    if open < subscribers {
        return Err(format!("only {open} of {subscribers} streams could be opened; see `ulimit -n`").into());
    }

    let mut commits = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for number in 0..changes {
        ticks.tick().await;
        let key = Key::new("service", Some("public"), "orders-api")?;
        let at =
            Timestamp(i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis())?);
        let seen = Observation { runtime: Some(format!("running:{}", 1_000 + number)), ..Observation::new(key, at) };
        let batch = Batch { source: "bench".to_owned(), at, observations: vec![seen], ..Batch::default() };
        let seq = store.record(&batch).await?.seq;
        commits.push((seq, Instant::now()));
    }
    let during = resident(pid)?;
    let last = commits.last().map_or(0, |(seq, _)| *seq);
    // Whoever has the last one has them all, or has missed some.
    let deadline = Instant::now() + PATIENCE;
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.send_replace(true);

    let (mut latencies, mut missed, mut twice) = (Vec::new(), 0_usize, 0_usize);
    for stream in streams {
        let left = deadline.saturating_duration_since(Instant::now());
        let deliveries = tokio::time::timeout(left, stream).await??.map_err(|error| error.to_string())?;
        for &(seq, committed) in &commits {
            let mut got = deliveries.iter().filter(|(told, _)| *told == seq);
            match got.next() {
                None => missed += 1,
                Some((_, at)) => latencies.push(at.saturating_duration_since(committed).as_secs_f64() * 1_000.0),
            }
            twice += got.count();
        }
    }
    store.close().await;
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| latencies.get(((latencies.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(f64::NAN);
    println!(
        "{}",
        serde_json::json!({
            "subscribers": subscribers, "changes": changes, "last": last, "deliveries": latencies.len(),
            "missed": missed, "twice": twice,
            "p50": at(0.5), "p99": at(0.99), "max": at(1.0),
            "residentBefore": before, "residentDuring": during,
            "bytesPerSubscriber": during / subscribers,
            "grownPerSubscriber": during.saturating_sub(before) / subscribers,
        })
    );
    Ok(())
}

/// Follows the feed until told to stop; what was delivered, and when.
async fn follow(
    address: &str,
    doors: &Semaphore,
    opened: mpsc::Sender<()>,
    mut stopped: watch::Receiver<bool>,
) -> Result<Vec<Delivery>, Box<dyn Error + Send + Sync>> {
    let door = doors.acquire().await?;
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /api/v1/changes HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    let mut piece = [0_u8; 2_048];
    while !text.contains("event: start") {
        let length = stream.read(&mut piece).await?;
        if length == 0 || !(text.is_empty() || text.starts_with("HTTP/1.1 200")) {
            return Err(format!("the stream was refused: {}", text.lines().next().unwrap_or_default()).into());
        }
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    text = String::new();
    drop(door);
    opened.send(()).await?;
    drop(opened);
    let mut deliveries = Vec::new();
    loop {
        let length = tokio::select! {
            read = stream.read(&mut piece) => read?,
            _ = stopped.wait_for(|stop| *stop) => return Ok(deliveries),
        };
        if length == 0 {
            return Err("the server has closed a stream".into());
        }
        let now = Instant::now();
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let seq = event.lines().find_map(|line| line.strip_prefix("id: ")).and_then(|id| id.parse().ok());
            if let Some(seq) = seq.filter(|_| event.contains("event: change")) {
                deliveries.push((seq, now));
            }
        }
    }
}

/// The resident memory of a process, in bytes.
fn resident(pid: &str) -> Result<usize, Box<dyn Error>> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<usize>()? * 1_024)
}
