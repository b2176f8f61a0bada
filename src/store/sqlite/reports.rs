//! Ids with wildcards in SQLite.
//!
//! What a wildcard leaves open is a stretch of an index. How long that is, is looked at first: one that is too long is
//! refused, so no id costs more than going through [`MAX_REPORTED`] rows.

use app::model::{Level, ResourceType};
use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::SqliteStore;
use super::row::{self, resource_json};
use crate::store::{IdPattern, MAX_REPORTED, Matched, Reports, StoreError};

#[async_trait]
impl Reports for SqliteStore {
    async fn matching(&self, id: &IdPattern, offset: u64, limit: u64) -> Result<Matched, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let types = match id.resource_type.contains('%') {
            false => vec![ResourceType::new(&id.resource_type)],
            true => types_like(&mut connection, &id.resource_type).await?,
        };
        let mut matched = Matched::default();
        let mut open = 0;
        for resource_type in &types {
            let mut stretch = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM resource WHERE TRUE");
            push_stretch(&mut stretch, resource_type, id);
            stretch.push(" LIMIT ").push_bind(signed(MAX_REPORTED + 1)).push(")");
            let length: i64 = stretch.build_query_scalar().fetch_one(&mut *connection).await?;
            open += length.unsigned_abs();
            if open > MAX_REPORTED {
                return Err(StoreError::Invalid(format!(
                    "more than {MAX_REPORTED} Resources would have to be compared with this id; say the type, the \
                     workspace, or how the name begins"
                )));
            }
            let mut count = QueryBuilder::new("SELECT count(*) FROM resource WHERE TRUE");
            push_stretch(&mut count, resource_type, id);
            push_filters(&mut count, resource_type, id);
            let found: i64 = count.build_query_scalar().fetch_one(&mut *connection).await?;
            let found = found.unsigned_abs();
            let skipped = offset.saturating_sub(matched.total);
            let wanted = limit.saturating_sub(matched.resources.len() as u64);
            matched.total += found;
            if wanted == 0 || skipped >= found {
                continue;
            }
            let mut query = QueryBuilder::new(concat!("SELECT ", resource_json!(), " FROM resource WHERE TRUE"));
            push_stretch(&mut query, resource_type, id);
            push_filters(&mut query, resource_type, id);
            query.push(" ORDER BY type, workspace, name LIMIT ").push_bind(signed(wanted));
            query.push(" OFFSET ").push_bind(signed(skipped));
            for stored in query.build_query_scalar::<String>().fetch_all(&mut *connection).await? {
                matched.resources.push(row::resource(&stored)?);
            }
        }
        Ok(matched)
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn types_like(connection: &mut SqliteConnection, pattern: &str) -> Result<Vec<ResourceType>, StoreError> {
    let words: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT type FROM state_count WHERE type GLOB ? ORDER BY type")
            .bind(glob(pattern))
            .fetch_all(connection)
            .await?;
    Ok(words.iter().map(|word| ResourceType::new(word)).collect())
}

/// The workspace that is asked for: a Resource of an instance-level type has none, whatever the id says.
fn workspace_of<'i>(resource_type: &ResourceType, id: &'i IdPattern) -> &'i str {
    match resource_type.level() {
        Some(Level::Instance) => "",
        _ => id.workspace.as_deref().unwrap_or_default(),
    }
}

/// The conditions that an index answers.
fn push_stretch(query: &mut QueryBuilder<Sqlite>, resource_type: &ResourceType, id: &IdPattern) {
    let workspace = workspace_of(resource_type, id);
    if workspace.contains('%') && !id.name.contains('%') {
        // The plus keeps SQLite from the index over types, since the one over names leaves less open.
        query.push(" AND name = ").push_bind(id.name.clone());
        query.push(" AND +type = ").push_bind(resource_type.as_str().to_owned());
        return;
    }
    query.push(" AND type = ").push_bind(resource_type.as_str().to_owned());
    if workspace.contains('%') {
        return;
    }
    query.push(" AND workspace = ").push_bind(workspace.to_owned());
    match id.name.split_once('%') {
        None => {
            query.push(" AND name = ").push_bind(id.name.clone());
        }
        Some(("", _)) => {}
        Some((start, _)) => {
            query.push(" AND name >= ").push_bind(start.to_owned());
            query.push(" AND name < ").push_bind(format!("{start}{}", char::MAX));
        }
    }
}

/// The other conditions.
fn push_filters(query: &mut QueryBuilder<Sqlite>, resource_type: &ResourceType, id: &IdPattern) {
    for (column, pattern) in [("workspace", workspace_of(resource_type, id)), ("name", &id.name)] {
        if pattern.contains('%') && pattern != "%" {
            query.push(format_args!(" AND {column} GLOB ")).push_bind(glob(pattern));
        }
    }
    if id.version.contains('%') {
        if id.version != "%" {
            query.push(" AND version GLOB ").push_bind(glob(&id.version));
        }
    } else {
        query.push(" AND version = ").push_bind(id.version.clone());
    }
}

/// The same pattern as GLOB has it, which unlike LIKE tells upper case from lower case.
fn glob(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        match c {
            '%' if glob.ends_with('*') => {}
            '%' => glob.push('*'),
            '*' | '?' | '[' => glob.extend(['[', c, ']']),
            c => glob.push(c),
        }
    }
    glob
}

#[cfg(test)]
mod tests {
    use app::model::{Key, Observation, Timestamp};

    use super::*;
    use crate::catalog::Record;
    use crate::store::testing::{LISTER, batch, sqlite};

    async fn names(store: &SqliteStore, id: &str, offset: u64, limit: u64) -> (Vec<String>, u64) {
        let id = IdPattern::parse(id).expect("an id");
        let matched = store.matching(&id, offset, limit).await.unwrap();
        (matched.resources.into_iter().map(|(_, resource)| resource.id().to_string()).collect(), matched.total)
    }

    #[tokio::test]
    async fn wildcards_stand_for_any_characters() {
        let (_folder, store) = sqlite().await;
        let seen = |resource_type: &str, workspace: Option<&str>, name: &str| Observation {
            version: Some("v1".into()),
            ..Observation::new(Key::new(resource_type, workspace, name).unwrap(), Timestamp(1))
        };
        let mut observations = vec![seen("depot", None, "lakehouse"), seen("service", Some("sandbox"), "orders-api")];
        observations.extend((0..5).map(|number| seen("service", Some("public"), &format!("orders-{number}"))));
        observations.push(seen("service", Some("public"), "x[1]*"));
        store.record(&batch(LISTER, observations)).await.unwrap();

        let exact = names(&store, "service:v1:orders-api:sandbox", 0, 20).await;
        assert_eq!(exact, (vec!["service:v1:orders-api:sandbox".to_owned()], 1));
        let (found, total) = names(&store, "service:%:orders-%:public", 2, 2).await;
        assert_eq!(
            (found.as_slice(), total),
            (&["service:v1:orders-2:public".to_owned(), "service:v1:orders-3:public".to_owned()][..], 5)
        );
        assert_eq!(names(&store, "%:%:%:%", 0, 20).await.1, 8);
        assert_eq!(names(&store, "%:%:%:%", 1, 2).await.0.len(), 2, "a page may begin in one type and end in another");
        assert_eq!(names(&store, "depot:v1:lakehouse", 0, 20).await.1, 1);
        assert_eq!(names(&store, "service:v1:orders-1", 0, 20).await.1, 0, "a service lives in a workspace");
        assert_eq!(names(&store, "service:v2:%:public", 0, 20).await.1, 0);
        assert_eq!(names(&store, "service:v1:ORDERS-%:public", 0, 20).await.1, 0, "names tell upper from lower case");
        assert_eq!(names(&store, "service:v1:x[1]*:public", 0, 20).await.1, 1);
        assert_eq!(names(&store, "service:v1:%[1]*:%", 0, 20).await.1, 1);
        assert_eq!(names(&store, "service:v1:orders%%%-1:public", 0, 20).await.1, 1);
    }
}
