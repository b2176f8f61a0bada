//! `pharos serve`: the web catalog.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use app::catalog::Catalog;
use axum::serve::ListenerExt;
use clap::Args;

use super::{ConfigArguments, DatabaseArguments};
use crate::catalog::{LiveCatalog, system_clock};
use crate::config::Config;
use crate::demo::Environment;
use crate::http::Services;
use crate::index::{Index, Opened};
use crate::sources::{Recorder, Runner, Scheduler, SourceSettings};
use crate::store;

/// How many Resources the demo catalog has.
const DEMO_RESOURCES: u64 = 1_500;

/// The seed of the demo catalog, so that everybody sees the same one.
const DEMO_SEED: u64 = 1;

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    config: ConfigArguments,
    /// The address to listen on.
    #[arg(long, value_name = "HOST:PORT", env = "PHAROS_ADDR", default_value = "127.0.0.1:3000")]
    addr: SocketAddr,
    /// Serve an invented environment from a temporary database.
    #[arg(long)]
    demo: bool,
}

pub(super) async fn run(arguments: ServeArguments) -> Result<ExitCode> {
    super::start_log("info,tantivy=warn");
    let temporary = if arguments.demo {
        Some(tempfile::Builder::new().prefix("pharos-demo-").tempdir().context("cannot make a temporary folder")?)
    } else {
        None
    };
    let url = match &temporary {
        Some(folder) => format!("sqlite://{}", folder.path().join("demo.db").display()),
        None => arguments.database.database,
    };
    let config = match (arguments.demo, arguments.config.file()) {
        // The sources of a real catalog have no business in an invented one, unless they are asked for.
        (true, None) => Config::default(),
        (_, file) => Config::load(file)?,
    };
    // Bound first: an address in use is told before anything is opened or made.
    let listener = tokio::net::TcpListener::bind(arguments.addr)
        .await
        .with_context(|| format!("cannot listen on `{}`; choose another with --addr", arguments.addr))?;
    let clock = system_clock();
    let store = store::open(&url).await?;
    if arguments.demo {
        for batch in Environment::new(DEMO_RESOURCES, DEMO_SEED, clock()).batches(10_000) {
            store.record(&batch).await?;
        }
    }
    let folder = super::index_folder(&url);
    let (index, opened) = Index::open(&folder, store.identity())?;
    let must_rebuild = match opened {
        Opened::Ready => false,
        Opened::MustRebuild { reason } => {
            tracing::info!(reason, "the index must be rebuilt");
            true
        }
    };
    let (mut catalog, follower) =
        LiveCatalog::start(Arc::clone(&store), index, must_rebuild, Arc::clone(&clock)).await?;
    let freshness = catalog.expect(config.sources.iter().map(SourceSettings::expected).collect());
    let catalog: Arc<dyn Catalog> = Arc::new(catalog);
    let runner = Runner::new(Arc::clone(&store), Recorder::Catalog(Arc::clone(&catalog)), clock);
    let router = crate::http::router(Services { catalog, store: Arc::clone(&store) })?;
    let address = listener.local_addr()?;
    println!("Pharos serves {} on http://{address}", if arguments.demo { "a demo catalog" } else { "the catalog" });
    // Without this every streamed page would wait for the client's delayed acknowledgement.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let scheduler = Scheduler::start(&config.sources, &runner);
    let served = axum::serve(listener, router.into_make_service()).with_graceful_shutdown(told_to_stop()).await;
    scheduler.stop().await;
    drop((freshness, follower));
    store.close().await;
    served?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
    tracing::info!("stopping");
}
