//! `pharos serve`: the web catalog.

mod reading;

use std::future::IntoFuture;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use app::catalog::Catalog;
use axum::serve::ListenerExt;
use clap::Args;
use ipnet::IpNet;

use super::duration::duration;
use super::{Config, ConfigArguments, DatabaseArguments, signals};
use crate::access::{Access, Reading};
use crate::catalog::retention::{Keep, Retention};
use crate::catalog::{LiveCatalog, Record, system_clock};
use crate::demo::Environment;
use crate::http::{AllowedHosts, Services, Shutdown, TrustedProxies};
use crate::index::{Index, Opened};
use crate::sources::{Recorder, Runner, Scheduler, SourceSettings};
use crate::store::Database;

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
    /// The address to listen on. Anything but this machine needs --public-read or a token with the scope `read`.
    #[arg(long, value_name = "HOST:PORT", env = "PHAROS_ADDR", default_value = "127.0.0.1:3000")]
    addr: SocketAddr,
    /// Let everybody who reaches the address read, whichever it is. Writing needs a token all the same.
    #[arg(long, env = "PHAROS_PUBLIC_READ", value_parser = clap::builder::BoolishValueParser::new())]
    public_read: bool,
    /// A name that people reach the server by, such as `pharos.example.com`; may be given several times. On this machine's
    /// own addresses only its own names and these are answered, so that no page of another site can read the catalog. On
    /// others, and with --public-read, any name is answered unless one is given here.
    #[arg(long, value_name = "NAME", env = "PHAROS_ALLOW_HOST", value_delimiter = ',')]
    allow_host: Vec<String>,
    /// The network of a proxy that says in `X-Forwarded-For` or `Forwarded` for whom it asks, such as `127.0.0.1/32`; may
    /// be given several times. Refused tokens are then counted by that address.
    #[arg(long, value_name = "CIDR", env = "PHAROS_TRUST_PROXY", value_delimiter = ',', value_parser = network)]
    trust_proxy: Vec<IpNet>,
    /// How long changes are kept: hours (`36h`), days, weeks (`12w`), or `forever`; creations and deletions always stay.
    #[arg(long, value_name = "TIME", env = "PHAROS_KEEP_CHANGES", default_value = "400d")]
    keep_changes: Keep,
    /// Serve an invented environment from a temporary database.
    #[arg(long)]
    demo: bool,
    /// How long requests under way may take after the signal to stop.
    #[arg(long, value_name = "DURATION", env = "PHAROS_SHUTDOWN_GRACE", default_value = "10s", value_parser = duration)]
    shutdown_grace: Duration,
    /// How long to go on accepting requests after the signal to stop, while `/readyz` answers 503, so that a load
    /// balancer can turn away first.
    #[arg(long, value_name = "DURATION", env = "PHAROS_SHUTDOWN_DELAY", default_value = "0s", value_parser = duration)]
    shutdown_delay: Duration,
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "expected a network such as `10.0.0.0/8` or `2001:db8::/32`, or an address".to_owned())
}

pub(super) async fn run(arguments: ServeArguments) -> Result<ExitCode> {
    super::start_log("info,tantivy=warn");
    let temporary = if arguments.demo {
        Some(tempfile::Builder::new().prefix("pharos-demo-").tempdir().context("cannot make a temporary folder")?)
    } else {
        None
    };
    let database = match &temporary {
        Some(folder) => Database::in_folder(folder.path(), "demo"),
        None => Database::named(&arguments.database.database)?,
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
    let store = database.open().await?;
    store.keep_ended_nodes(config.retention.ended_nodes).await?;
    let address = listener.local_addr()?;
    let reading = reading::rule(address, arguments.public_read, store.as_ref(), clock()).await?;
    if reading == Reading::WithToken {
        tracing::info!("reading needs a token with the scope `read`");
    }
    if arguments.demo {
        for batch in Environment::new(DEMO_RESOURCES, DEMO_SEED, clock()).batches(10_000) {
            store.record(&batch).await?;
        }
    }
    let folder = database.index_folder();
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
    let catalog = Arc::new(catalog);
    let recorder = Recorder::Catalog(Arc::clone(&catalog) as Arc<dyn Catalog>);
    let runner = Runner::new(Arc::clone(&store), recorder, Arc::clone(&clock)).limited(config.limits);
    let access = Arc::new(Access::new(Arc::clone(&store), reading, Arc::clone(&clock)));
    let retention = Retention::start(Arc::clone(&store), arguments.keep_changes, clock);
    let shutdown = Shutdown::new();
    let mut services = Services::new(catalog, Arc::clone(&store))
        .with_access(Arc::clone(&access))
        .with_proxies(TrustedProxies::new(arguments.trust_proxy))
        .with_shutdown(shutdown.clone());
    if reading::is_open_by_address(address, arguments.public_read) || !arguments.allow_host.is_empty() {
        services = services.with_hosts(AllowedHosts::new(&arguments.allow_host));
    }
    let router = crate::http::router(services)?;
    signals::listen(shutdown.clone())?;
    println!("Pharos serves {} on http://{address}", if arguments.demo { "a demo catalog" } else { "the catalog" });
    // Without this every streamed page would wait for the client's delayed acknowledgement.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let scheduler = Scheduler::start(&config.sources, &runner);
    let stop = {
        let shutdown = shutdown.clone();
        async move {
            shutdown.begun().await;
            tokio::time::sleep(arguments.shutdown_delay).await;
        }
    };
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
    let served = tokio::select! {
        served = serving.with_graceful_shutdown(stop).into_future() => served,
        () = access.keep_recording_uses() => Ok(()),
        () = async {
            shutdown.begun().await;
            tokio::time::sleep(arguments.shutdown_delay + arguments.shutdown_grace).await;
        } => {
            tracing::warn!("requests that took longer than --shutdown-grace were cut off");
            Ok(())
        }
    };
    scheduler.stop().await;
    if let Err(error) = access.record_uses().await {
        tracing::warn!(%error, "the last use of tokens could not be written down");
    }
    drop((freshness, follower, retention));
    store.close().await;
    served?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}
