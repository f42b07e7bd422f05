//! The typed path from the root of a document to one of its fields.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use super::encoding::Encoding;
use super::error::{FieldError, Reason, type_name};
use super::shape::Shape;
use super::slot::{Presence, Root, Slot};
use super::step::{Place, Step, To};
use super::{Field, notation, storable};

/// A place in the documents of the checkpoint `R`, where a value of type `T` is stored in the slot `S`.
///
/// Paths come from the accessors that `#[derive(Checkpoint)]` generates, and from
/// [`some`](Path::some), [`at`](Path::at) and [`key`](Path::key). The place is given as serde writes it:
/// `flatten`, `transparent` and newtypes add no step, renamed fields have their new name.
///
/// ```
/// use checkpoint_schema::Checkpoint;
/// use serde::{Deserialize, Serialize};
/// use std::collections::BTreeMap;
///
/// #[derive(Serialize, Deserialize, Checkpoint)]
/// #[checkpoint(job = "github", version = 1)]
/// struct GithubCheckpoint {
///     cursors: BTreeMap<String, Cursor>,
/// }
///
/// #[derive(Serialize, Deserialize, Checkpoint)]
/// struct Cursor {
///     token: String,
/// }
///
/// let token = GithubCheckpoint::fields().cursors().key("pull requests").token();
/// assert_eq!(token.pointer()?, "/cursors/pull requests/token");
/// assert_eq!(token.text_array()?, r#"{"cursors","pull requests","token"}"#);
/// assert_eq!(token.jsonpath()?, r#"$."cursors"."pull requests"."token""#);
///
/// let stored = serde_json::json!({"cursors": {"pull requests": {"token": "Y3Vyc29y"}}});
/// assert_eq!(token.get(&stored)?.as_deref(), Some("Y3Vyc29y"));
/// # Ok::<(), checkpoint_schema::FieldError>(())
/// ```
pub struct Path<R, T, S> {
    place: Place,
    types: Types<R, T, S>,
}

/// Names the three without holding them: a path is `Send` and `Sync` whatever they are.
type Types<R, T, S> = PhantomData<fn() -> (R, T, S)>;

impl<R: Field> Path<R, R, Root> {
    /// The path of the whole document.
    pub fn root() -> Self {
        Self { place: Place::ROOT, types: PhantomData }
    }
}

impl<R, T, S> Path<R, T, S> {
    #[inline(always)]
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    fn steps(&self) -> Cow<'_, [Step]> {
        self.place.steps()
    }

    /// The place as a JSON Pointer (RFC 6901): `/cursors/issues/token`; empty for the whole document.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`] if a map key on the way is no JSON key.
    pub fn pointer(&self) -> Result<String, FieldError> {
        self.checked()?;
        Ok(notation::pointer(&self.steps()))
    }

    /// The place as a PostgreSQL `text[]` literal, as `jsonb_set` and `#>` take it:
    /// `{"cursors","issues","token"}`. Every element is quoted, so that commas, braces, blanks, the empty
    /// key and the word `NULL` stand for themselves. As a bound parameter it needs no further quoting.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`] if a map key on the way is no JSON key, or holds U+0000, which PostgreSQL cannot
    /// store.
    pub fn text_array(&self) -> Result<String, FieldError> {
        self.checked()?;
        Ok(notation::text_array(&self.steps()))
    }

    /// The place as an SQL/JSON path: `$."cursors"."issues"."token"`, array positions as `[0]`.
    /// Every key is quoted.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`], as [`text_array`](Path::text_array).
    pub fn jsonpath(&self) -> Result<String, FieldError> {
        self.checked()?;
        Ok(notation::jsonpath(&self.steps()))
    }

    /// The JSON of a value for this place, if a document with it there can be read back.
    pub(crate) fn written(&self, value: Result<Value, serde_json::Error>) -> Result<Value, FieldError> {
        self.written_below(0, value)
    }

    pub(crate) fn written_item(&self, item: Result<Value, serde_json::Error>) -> Result<Value, FieldError> {
        self.written_below(1, item)
    }

    /// Each step leads into one array or object, and serde_json reads the document with all of them.
    pub(crate) fn written_below(
        &self,
        more: usize,
        value: Result<Value, serde_json::Error>,
    ) -> Result<Value, FieldError> {
        let above = self.place.depth() + more;
        value
            .and_then(|value| storable::below(above, value))
            .map_err(|error| FieldError::unwritable(notation::pointer(&self.steps()), error))
    }

    /// Can every step be taken?
    pub(crate) fn checked(&self) -> Result<(), FieldError> {
        self.place.checked()
    }

    pub(super) fn step<U, V>(&self, to: To) -> Path<R, U, V> {
        Path { place: self.place.step(to), types: PhantomData }
    }

    /// Into the `Option` that stands here.
    pub(super) fn entered<U: Field, V>(&self) -> Path<R, U, V> {
        Path { place: self.place.some(|| U::SHAPE), types: PhantomData }
    }

    /// The same place, seen as another type. For implementations of [`Field`] that add no step.
    pub fn retype<U>(self) -> Path<R, U, S> {
        self.__retype()
    }

    /// In another slot, too. Only of the root may that be the slot of a root.
    #[doc(hidden)]
    pub fn __retype<U, V>(self) -> Path<R, U, V> {
        Path { place: self.place, types: PhantomData }
    }
}

/// For the accessors that the derive generates.
#[doc(hidden)]
impl<R, T, S: Slot> Path<R, T, S> {
    #[inline(always)]
    pub fn __field<U, V>(&self, field: &'static [Step; 1]) -> Path<R, U, V> {
        let place = match S::PRESENCE {
            // Known while the worker compiles.
            Presence::Root => {
                debug_assert_eq!(self.place.depth(), 0, "{self}");
                Place::Plain(field, None)
            }
            _ => self.place.field(field),
        };
        Path { place, types: PhantomData }
    }
}

/// For the accessors that the derive generates.
#[doc(hidden)]
impl<R, T, S> Path<R, T, S> {
    #[inline]
    pub fn __element<U, V>(&self, position: usize, shape: fn() -> &'static Shape) -> Path<R, U, V> {
        self.step(To::Index(position, shape))
    }

    #[inline]
    pub fn __flattened<U, V, Owner: Field>(&self) -> Path<R, U, V> {
        Path { place: self.place.flattened(|| Owner::SHAPE), types: PhantomData }
    }

    #[inline]
    pub fn __same<U, V>(&self) -> Path<R, U, V> {
        self.clone().__retype()
    }
}

impl<R, T, S: Slot> Path<R, T, S> {
    /// How the field stands in its parent.
    pub fn presence(&self) -> Presence {
        S::PRESENCE
    }

    /// The stored JSON at this place, undecoded; `None` where the document does not have it.
    ///
    /// An absent document (JSON `null`), a missing parent and a `null` parent have nothing; serde's
    /// defaults do not count as stored.
    ///
    /// # Errors
    ///
    /// [`Reason::WrongType`] if something on the way is neither missing nor of the type that the path
    /// needs there.
    pub fn get_raw<'a>(&self, document: &'a Value) -> Result<Option<&'a Value>, FieldError> {
        self.checked()?;
        let steps = self.steps();
        let Some(here) = read_place(document, &steps)? else { return Ok(None) };
        let missing = here.is_null() && (S::NULL_IS_MISSING || steps.is_empty());
        Ok((!missing).then_some(here))
    }

    /// The stored value at this place; `None` where the document does not have it, as
    /// [`get_raw`](Path::get_raw) tells.
    ///
    /// # Errors
    ///
    /// As [`get_raw`](Path::get_raw); and [`Reason::Unreadable`] if serde refuses what is stored.
    pub fn get(&self, document: &Value) -> Result<Option<T>, FieldError>
    where
        S::Encoding: Encoding<T>,
    {
        let Some(stored) = self.get_raw(document)? else { return Ok(None) };
        match S::Encoding::decode(stored) {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let mut pointer = notation::pointer(&self.steps());
                notation::push_serde_path(&mut pointer, error.path());
                Err(FieldError::new(pointer, Reason::Unreadable(error.into_inner().to_string())))
            }
        }
    }

    /// The JSON that serde stores here for `value`: through `with` where the field has one.
    ///
    /// # Errors
    ///
    /// [`Reason::Unwritable`] if serde refuses to write the value, or if the value would not come back from
    /// PostgreSQL as it is: [`Encoding::encode`] tells which ones. The levels are counted from the root.
    pub fn encode(&self, value: &T) -> Result<Value, FieldError>
    where
        S::Encoding: Encoding<T>,
    {
        self.checked()?;
        self.written(S::Encoding::encode(value))
    }
}

/// What stands at a place; nothing below what is missing or `null`.
pub(crate) fn read_place<'a>(document: &'a Value, steps: &[Step]) -> Result<Option<&'a Value>, FieldError> {
    let mut here = document;
    for (at, Step { to, .. }) in steps.iter().enumerate() {
        if !here.is_null() && type_name(here) != to.container() {
            let reason = Reason::WrongType { expected: to.container(), found: type_name(here) };
            return Err(FieldError::new(notation::pointer(&steps[..at]), reason));
        }
        match to.find(here) {
            Some(value) => here = value,
            None => return Ok(None),
        }
    }
    Ok(Some(here))
}

impl<R, T, S> Clone for Path<R, T, S> {
    fn clone(&self) -> Self {
        Self { place: self.place.clone(), types: PhantomData }
    }
}

/// The JSON Pointer; a key that is no JSON key shows as its reason.
impl<R, T, S> fmt::Display for Path<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&notation::pointer(&self.steps()))
    }
}

impl<R, T, S> fmt::Debug for Path<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.to_string()).finish()
    }
}
