//! Open pages follow what happens in the catalog.
//!
//! One [`LiveFeed`] in the context owns the event stream (`/api/v1/changes`). Pages register with [`LiveFeed::follow`]
//! and are notified which Resources changed; they ask the server for those and patch what they show. Rows are never added,
//! removed or moved while somebody reads: such changes are pending until the reader asks for them. Tabs that nobody sees
//! hold no connection, since browsers have few of them for each server.

mod announce;
mod answer;
mod change;
mod feed;
mod pending;
mod rows;
mod status;
mod throttle;

pub(crate) use self::answer::{LatestSeq, current_from};
pub(crate) use self::change::Changes;
pub(crate) use self::feed::{LiveFeed, retry_wait};
pub(crate) use self::pending::patch_in_place;
pub(crate) use self::rows::{LiveRow, RowField, RowStore};
pub(crate) use self::status::Connection;
pub(crate) use self::throttle::Throttle;
