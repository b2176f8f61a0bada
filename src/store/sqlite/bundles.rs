//! Which bundles hold a Resource.

use app::model::{Key, Manifest, ManifestFacts};
use sqlx::{Row, SqliteConnection, SqlitePool};

use crate::store::StoreError;

const FORGET: &str = "DELETE FROM bundle_part WHERE bundle = ?";

const HOLD: &str = "INSERT OR IGNORE INTO bundle_part (type, workspace, name, bundle) VALUES (?, ?, ?, ?)";

const HOLDERS: &str = "SELECT resource.workspace, resource.name FROM bundle_part \
    JOIN resource ON resource.number = bundle_part.bundle \
    WHERE bundle_part.type = ? AND bundle_part.workspace = ? AND bundle_part.name = ? AND resource.deleted = 0 \
    ORDER BY resource.name LIMIT ?";

/// Writes what a bundle holds, as its new manifest says.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    number: i64,
    key: &Key,
    manifest: &Manifest,
) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(number).execute(&mut *connection).await?;
    for part in ManifestFacts::parts(key, Some(&manifest.content)) {
        sqlx::query(HOLD)
            .bind(part.resource_type.as_str())
            .bind(part.workspace.as_deref().unwrap_or_default())
            .bind(part.name.as_str())
            .bind(number)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn of(readers: &SqlitePool, key: &Key, limit: usize) -> Result<Vec<Key>, StoreError> {
    let rows = sqlx::query(HOLDERS)
        .bind(key.resource_type.as_str())
        .bind(key.workspace.as_deref().unwrap_or_default())
        .bind(key.name.as_str())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(readers)
        .await?;
    rows.iter()
        .map(|row| {
            let (workspace, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            Key::new("bundle", Some(workspace.as_str()).filter(|name| !name.is_empty()), &name)
                .map_err(|error| StoreError::Corrupt(error.to_string()))
        })
        .collect()
}
