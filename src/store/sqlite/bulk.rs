//! Writing many rows with one statement.

use std::sync::Arc;

use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// How many rows a statement takes: few sizes, so that all statements stay prepared. The largest, times the columns of
/// the widest table, is far below SQLite's 32,766 bound values.
const SIZES: [usize; 3] = [128, 16, 1];

/// A statement over a list of rows.
pub(super) struct Bulk {
    /// The text before the rows.
    pub(super) start: &'static str,
    /// How many values a row has.
    pub(super) columns: usize,
    /// The text after the rows.
    pub(super) end: &'static str,
}

impl Bulk {
    /// Runs the statement for all `rows`; `bind` adds the values of one of them.
    pub(super) async fn run<T>(
        &self,
        connection: &mut SqliteConnection,
        mut rows: &[T],
        bind: impl Fn(&mut SqliteArguments, &T) -> Result<(), BoxDynError>,
    ) -> Result<(), sqlx::Error> {
        for size in SIZES {
            if rows.len() < size {
                continue;
            }
            let sql: Arc<str> = self.sql(size).into();
            while rows.len() >= size {
                let (now, later) = rows.split_at(size);
                let mut arguments = SqliteArguments::default();
                for row in now {
                    bind(&mut arguments, row).map_err(sqlx::Error::Encode)?;
                }
                // Made of constants only.
                sqlx::query_with(AssertSqlSafe(Arc::clone(&sql)), arguments).execute(&mut *connection).await?;
                rows = later;
            }
        }
        Ok(())
    }

    fn sql(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        format!("{} {} {}", self.start, vec![row; rows].join(","), self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_between_start_and_end() {
        let bulk = Bulk { start: "INSERT INTO a VALUES", columns: 2, end: "ON CONFLICT DO NOTHING" };
        assert_eq!(bulk.sql(2), "INSERT INTO a VALUES (?,?),(?,?) ON CONFLICT DO NOTHING");
    }
}
