//! What bundles hold.

use app::model::{Key, Manifest, ManifestFacts};
use sqlx::SqliteConnection;

use crate::store::StoreError;

const FORGET: &str = "DELETE FROM bundle_part WHERE bundle = ?";

const HOLD: &str = "INSERT OR IGNORE INTO bundle_part (type, workspace, name, bundle) VALUES (?, ?, ?, ?)";

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
