//! Cursors by entity type: where each kind of thing goes on, page by page.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::stored_as::stored_as;
use crate::field::{Entered, Entry, Operand};
use crate::{Change, Path};

/// The cursor of the next page of each entity type, as an object: `{"issues": "c7", "comments": "c2"}`.
///
/// `K` is a `String`, or an enum of the entity types, of which none can be misspelled. The field is
/// `#[serde(default)]`, so that the first cursor makes the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursors<K: Ord = String>(BTreeMap<K, String>);

impl<K: Ord> Cursors<K> {
    /// The cursor of the next page; `None` where the entity type starts from its beginning.
    pub fn next<Q>(&self, entity: &Q) -> Option<&str>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.0.get(entity).map(String::as_str)
    }

    /// Every entity type that has been begun, with its cursor.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &str)> {
        self.0.iter().map(|(entity, cursor)| (entity, cursor.as_str()))
    }
}

impl<K: Ord> Default for Cursors<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> From<BTreeMap<K, String>> for Cursors<K> {
    fn from(cursors: BTreeMap<K, String>) -> Self {
        Self(cursors)
    }
}

stored_as! { [K: Ord] Cursors<K> => BTreeMap<K, String>, if K: JsonSchema; }

impl<R, K: Ord, S: Entered> Path<R, Cursors<K>, S> {
    /// The field of one cursor, for filters and for reading a document that is not a value yet.
    pub fn cursor<Q>(&self, entity: &Q) -> Path<R, String, Entry>
    where
        K: Borrow<Q>,
        Q: Serialize + ?Sized,
    {
        self.clone().retype::<BTreeMap<K, String>>().key(entity)
    }

    /// The next page of `entity` begins at `cursor`. The other cursors stay as they are, those that another worker
    /// has saved meanwhile too.
    pub fn save<Q>(&self, entity: &Q, cursor: impl Operand<String>) -> Change<R>
    where
        K: Borrow<Q>,
        Q: Serialize + ?Sized,
    {
        self.cursor(entity).set(cursor)
    }

    /// `entity` is through: it starts from its beginning next time.
    pub fn clear<Q>(&self, entity: &Q) -> Change<R>
    where
        K: Borrow<Q>,
        Q: Serialize + ?Sized,
    {
        self.cursor(entity).unset()
    }
}
