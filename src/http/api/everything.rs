//! Whole listings: everything that one holds when somebody asks for it, each Resource once, whatever changes while it is
//! sent.

use std::sync::Arc;
use std::time::Duration;

use app::catalog::{Catalog, CatalogError};
use app::model::ListingQuery;
use futures::{Stream, stream};
use tokio::sync::{Semaphore, mpsc};

use super::rows::ResourceRow;

/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 500;

/// How many numbers of Resources are held for all whole listings together: four bytes each, 64 MB.
const MOST_HELD: usize = 16_000_000;

/// How long a client may leave what is sent lie. One that stopped reading would otherwise hold its numbers for ever.
const PATIENCE: Duration = Duration::from_secs(60);

static FREE: Semaphore = Semaphore::const_new(MOST_HELD);

/// What is handed to the answer: rows, or the end. Without the end the listing is not whole.
type Piece = Option<Result<Vec<ResourceRow>, CatalogError>>;

/// All rows of a listing from where the query stands. Which they are is settled first, and a row is told as it is when
/// its turn comes. The first rows are read before the answer begins, so that a failure still has its status.
pub(crate) async fn every_page(
    catalog: Arc<dyn Catalog>,
    query: ListingQuery,
) -> Result<impl Stream<Item = Result<Vec<ResourceRow>, CatalogError>> + Send + 'static, CatalogError> {
    let numbers = catalog.numbers(&query).await?;
    let count = u32::try_from(numbers.len()).map_err(|_| CatalogError::Unavailable)?;
    let held = FREE.try_acquire_many(count).map_err(|_| CatalogError::Unavailable)?;
    let first = rows(&catalog, &numbers[..numbers.len().min(ROWS_AT_ONCE)]).await?;
    let (sender, receiver) = mpsc::channel::<Piece>(1);
    tokio::spawn(async move {
        let _held = held;
        let mut page = Ok(first);
        for next in numbers.chunks(ROWS_AT_ONCE).skip(1).map(Some).chain([None]) {
            let failed = page.is_err();
            if !is_taken(&sender, Some(page)).await || failed {
                return;
            }
            let Some(next) = next else { break };
            page = rows(&catalog, next).await;
        }
        is_taken(&sender, None).await;
    });
    Ok(stream::unfold(Some(receiver), |receiver| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(Ok(rows))) => Some((Ok(rows), Some(receiver))),
            Some(Some(Err(error))) => Some((Err(error), None)),
            Some(None) => None,
            None => Some((Err(CatalogError::Unavailable), None)),
        }
    }))
}

async fn rows(catalog: &Arc<dyn Catalog>, numbers: &[u32]) -> Result<Vec<ResourceRow>, CatalogError> {
    let now = catalog.now();
    Ok(catalog.rows_by_number(numbers).await?.into_iter().map(|row| ResourceRow::of(row, now)).collect())
}

async fn is_taken(sender: &mpsc::Sender<Piece>, piece: Piece) -> bool {
    matches!(tokio::time::timeout(PATIENCE, sender.send(piece)).await, Ok(Ok(())))
}
