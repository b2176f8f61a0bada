//! Open pages follow what happens in the catalog.
//!
//! One [`LiveFeed`] in the context owns the event stream (`/api/v1/changes`). Pages register with [`LiveFeed::follow`]
//! and are notified which Resources changed; they ask the server for those and patch what they show. Rows are never added,
//! removed or moved while somebody reads: such changes are pending until the reader asks for them. Browsers have few
//! connections for each server, so that tabs that nobody sees hold none, and the windows that are seen share one.

mod announce;
mod answer;
mod change;
mod feed;
mod missed;
mod pending;
mod rows;
mod shared_stream;
mod status;
mod throttle;

pub(crate) use self::answer::{LatestSeq, current_from};
pub(crate) use self::change::Changes;
pub(crate) use self::feed::{LiveFeed, retry_wait};
pub(crate) use self::pending::patch_in_place;
pub(crate) use self::rows::{LiveRow, RowField, RowStore};
pub(crate) use self::status::Connection;
pub(crate) use self::throttle::Throttle;
