//! What the database engine's errors mean to the store.

use crate::store::StoreError;

impl From<sqlx::Error> for StoreError {
    /// Logs the error, here and only here: users are told less than it says.
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(?error, "the database failed");
        match &error {
            sqlx::Error::ColumnDecode { index, .. } => Self::Corrupt(format!("a value in column {index}")),
            sqlx::Error::Decode(_) => Self::Corrupt("a value that cannot be read".to_owned()),
            sqlx::Error::Database(database) if is_damage(&**database) => {
                Self::Corrupt("the file is damaged; restore it from a backup".to_owned())
            }
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`; the primary code is the lowest byte of the extended ones.
fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| matches!(code & 0xff, 11 | 26))
}
