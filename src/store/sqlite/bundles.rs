//! What bundles hold.

use app::model::Key;
use sqlx::SqliteConnection;

use crate::store::StoreError;

const FORGET: &str = "DELETE FROM bundle_part WHERE bundle = ?";

const HOLD: &str = "INSERT OR IGNORE INTO bundle_part (type, workspace, name, bundle) VALUES (?, ?, ?, ?)";

/// Writes what a bundle holds, in place of what it held.
pub(super) async fn write(connection: &mut SqliteConnection, number: i64, parts: &[Key]) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(number).execute(&mut *connection).await?;
    for part in parts {
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
