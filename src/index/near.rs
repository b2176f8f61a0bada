//! Names that are like one that was not found.

use app::model::ResourceType;

use super::{Index, IndexError};

impl Index {
    /// Resources whose names are like a name that was not found, those of the given type first.
    ///
    /// # Errors
    /// When the text index fails.
    pub fn near(
        &self,
        _resource_type: Option<&ResourceType>,
        name: &str,
        limit: usize,
    ) -> Result<Vec<i64>, IndexError> {
        self.suggest(name, limit)
    }
}
