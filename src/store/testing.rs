//! Short ways to say what was seen, for tests.

use app::model::{Batch, Key, Manifest, Observation, RepeatableRequest, Scope, Timestamp};
use tempfile::TempDir;

use super::sqlite::SqliteStore;
use super::{Detail, Numbered, Store};

/// A source that lists.
pub(crate) const LISTER: &str = "lister";

/// Another source.
pub(crate) const POLLER: &str = "poller";

/// A service in the workspace `public`.
pub(crate) fn service(name: &str) -> Key {
    Key::new("service", Some("public"), name).expect("a key")
}

/// A depot.
pub(crate) fn depot(name: &str) -> Key {
    Key::new("depot", None, name).expect("a key")
}

/// An observation of an active Resource.
pub(crate) fn active(key: &Key, at: i64) -> Observation {
    with_status(key, at, "active")
}

/// An observation of a status.
pub(crate) fn with_status(key: &Key, at: i64, status: &str) -> Observation {
    Observation { status: Some(status.to_owned()), ..Observation::new(key.clone(), Timestamp(at)) }
}

/// An observation of a Resource that is gone.
pub(crate) fn gone(key: &Key, at: i64) -> Observation {
    Observation { deleted: true, ..Observation::new(key.clone(), Timestamp(at)) }
}

/// A Resource with all that is kept beside it.
pub(crate) async fn detail(store: &dyn Store, key: &Key) -> Detail {
    store.detail(std::slice::from_ref(key)).await.expect("an answer").expect("a Resource")
}

/// A manifest that declares nothing but its description.
pub(crate) fn manifest(description: &str) -> Manifest {
    Manifest {
        text: format!("# a comment\ndescription: {description}\n"),
        content: serde_json::json!({ "description": description }),
    }
}

/// A request of `ci` with a key.
pub(crate) fn repeatable(key: &str, request: &str) -> RepeatableRequest {
    RepeatableRequest { caller: "ci".to_owned(), key: key.to_owned(), request: request.to_owned() }
}

/// What `source` saw, as one batch.
pub(crate) fn batch(source: &str, observations: Vec<Observation>) -> Batch {
    let at = observations.iter().map(|seen| seen.at).max().unwrap_or_default();
    Batch { source: source.to_owned(), at, observations, ..Batch::default() }
}

/// A complete listing of a scope at a moment: all in it are active.
pub(crate) fn listing(source: &str, scope: &str, at: i64, keys: &[Key]) -> Batch {
    Batch {
        source: source.to_owned(),
        at: Timestamp(at),
        observations: keys.iter().map(|key| active(key, at)).collect(),
        complete: vec![Scope::parse(scope).expect("a scope")],
        force: false,
        lease: None,
    }
}

/// The one Resource with this key.
pub(crate) async fn stored(store: &dyn Store, key: &Key) -> Numbered {
    let mut found = store.find(std::slice::from_ref(key)).await.expect("an answer");
    assert_eq!(found.len(), 1, "{key}");
    found.remove(0)
}

/// An SQLite database in a folder that goes away with it.
pub(crate) async fn sqlite() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = reopen(&folder).await;
    (folder, store)
}

/// Another handle on the database in the folder.
pub(crate) async fn reopen(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("pharos.db"), "sqlite://pharos.db").await.expect("a database")
}
