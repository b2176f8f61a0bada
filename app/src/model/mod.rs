//! The domain: what a Resource is, what is said of it, and the rules that follow.
//!
//! Pure types and functions. Nothing in here reads a clock, a file or a database, so the same code runs on the
//! server and in the browser and every rule can be tested with plain values.

mod attention;
mod catalog_view;
mod change;
mod change_text;
mod facet_name;
mod freshness;
mod health;
mod health_reason;
mod history;
mod key;
mod listing_notes;
mod listing_query;
mod manifest;
mod manifest_excerpt;
mod node;
mod node_sorting;
mod observation;
mod resource;
mod resource_type;
mod runtime;
mod search_text;
mod source_status;
mod summary;
mod time;
mod word;

pub use attention::{Ailing, AttentionGroup, Common, group_attention};
pub use catalog_view::*;
pub use change::{Change, Field};
pub use facet_name::FacetName;
pub use freshness::{Freshness, LISTED_ASPECTS, OLD_AFTER_MS, QUIET_AFTER_INTERVALS, STALE};
pub use health::{Health, HealthLevel, OVERDUE_AFTER_MS, STUCK, STUCK_AFTER_MS, health, health_since, worst_of_parts};
pub use health_reason::{HealthReason, ReasonMoment, ReasonWords};
pub use history::{HISTORY_MS, Historic, Span, history};
pub use key::{Identifier, Key, KeyError, MAX_NAME_BYTES, ResourceId, resource_path};
pub use listing_notes::listing_notes;
pub use listing_query::{
    Cursor, ListingQuery, MAX_CURSOR_BYTES, MAX_QUERY_BYTES, MAX_SEARCH_CHARS, PageSize, Position, SortKey, Sorting,
};
pub use manifest::{DetailSection, Manifest, ManifestFacts, ManifestField};
pub use node::{ENDED_NODES_KEPT, NodeStatus, RuntimeNode, merge_nodes, summarise_nodes};
pub use node_sorting::{NodeColumn, NodeSorting};
pub use observation::{Batch, Observation, Recorded, RepeatableRequest, ResourceCounts, Scope};
pub use resource::{Aspect, Difference, PLATFORM_TAG, Resource, Seen};
pub use resource_type::{KNOWN_TYPES, Level, ResourceType, RuntimeKind, TypeInfo, is_object_storage};
pub use runtime::{Runtime, RuntimeDetail, RuntimeState};
pub use search_text::{Highlight, SearchText, Unfinished, highlight, qualified, shortened};
pub use source_status::{ExpectedSource, SourceKind, SourceRecord, SourceRun, SourceStatus, freshness_of};
pub use summary::{HealthCount, SUMMARY_HOURS, Summary};
pub use time::{Timestamp, age_text, duration_text};
pub use word::{BuilderStage, State};
