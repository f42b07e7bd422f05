//! The typed path from the root of a document to one of its fields.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use super::encoding::Encoding;
use super::error::{FieldError, Reason, type_name};
use super::slot::{Presence, Root, Slot};
use super::step::Step;
use super::{Field, notation};

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
    steps: Vec<Step>,
    types: Types<R, T, S>,
}

/// Names the three without holding them: a path is `Send` and `Sync` whatever they are.
type Types<R, T, S> = PhantomData<fn() -> (R, T, S)>;

impl<R: Field> Path<R, R, Root> {
    /// The path of the whole document.
    pub fn root() -> Self {
        Self { steps: Vec::new(), types: PhantomData }
    }
}

impl<R, T, S> Path<R, T, S> {
    /// The steps from the root, outermost first; none for the document itself.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The place as a JSON Pointer (RFC 6901): `/cursors/issues/token`; empty for the whole document.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`] if a map key on the way is no JSON key.
    pub fn pointer(&self) -> Result<String, FieldError> {
        self.checked()?;
        Ok(notation::pointer(&self.steps))
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
        Ok(notation::text_array(&self.steps))
    }

    /// The place as an SQL/JSON path: `$."cursors"."issues"."token"`, array positions as `[0]`.
    /// Every key is quoted.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`], as [`text_array`](Path::text_array).
    pub fn jsonpath(&self) -> Result<String, FieldError> {
        self.checked()?;
        Ok(notation::jsonpath(&self.steps))
    }

    fn checked(&self) -> Result<(), FieldError> {
        match self.steps.iter().position(|step| matches!(step, Step::Fault(_))) {
            None => Ok(()),
            Some(at) => {
                let Step::Fault(why) = &self.steps[at] else { return Ok(()) };
                let parent = notation::pointer(&self.steps[..at]);
                Err(FieldError::new(parent, Reason::Key(why.clone())))
            }
        }
    }

    pub(super) fn step<U, V>(&self, step: Step) -> Path<R, U, V> {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Path { steps, types: PhantomData }
    }

    /// The same place, seen as another type or slot. For implementations of [`Field`] that add no step.
    pub fn retype<U, V>(self) -> Path<R, U, V> {
        Path { steps: self.steps, types: PhantomData }
    }
}

/// For the accessors that the derive generates.
#[doc(hidden)]
impl<R, T, S> Path<R, T, S> {
    #[inline]
    pub fn __field<U, V>(&self, name: &'static str) -> Path<R, U, V> {
        self.step(Step::Field(name))
    }

    #[inline]
    pub fn __element<U, V>(&self, position: usize) -> Path<R, U, V> {
        self.step(Step::Index(position))
    }

    #[inline]
    pub fn __same<U, V>(&self) -> Path<R, U, V> {
        self.clone().retype()
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
        let mut here = document;
        for (at, step) in self.steps.iter().enumerate() {
            let next = match (here, step) {
                (Value::Null, _) => None,
                (Value::Object(object), Step::Field(name)) => object.get(*name),
                (Value::Object(object), Step::Key(key)) => object.get(key),
                (Value::Array(array), Step::Index(index)) => array.get(*index),
                (other, step) => {
                    let expected = if matches!(step, Step::Index(_)) { "array" } else { "object" };
                    let reason = Reason::WrongType { expected, found: type_name(other) };
                    return Err(FieldError::new(notation::pointer(&self.steps[..at]), reason));
                }
            };
            match next {
                Some(value) => here = value,
                None => return Ok(None),
            }
        }
        let missing = here.is_null() && (S::NULL_IS_MISSING || self.steps.is_empty());
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
                let mut pointer = notation::pointer(&self.steps);
                notation::push_serde_path(&mut pointer, error.path());
                Err(FieldError::new(pointer, Reason::Unreadable(error.into_inner().to_string())))
            }
        }
    }

    /// The JSON that serde stores here for `value`: through `with` where the field has one.
    ///
    /// # Errors
    ///
    /// [`Reason::Unwritable`] if serde refuses to write the value.
    pub fn encode(&self, value: &T) -> Result<Value, FieldError>
    where
        S::Encoding: Encoding<T>,
    {
        self.checked()?;
        S::Encoding::encode(value).map_err(|error| {
            FieldError::new(notation::pointer(&self.steps), Reason::Unwritable(error.to_string()))
        })
    }
}

impl<R, T, S> Clone for Path<R, T, S> {
    fn clone(&self) -> Self {
        Self { steps: self.steps.clone(), types: PhantomData }
    }
}

/// The JSON Pointer; a key that is no JSON key shows as its reason.
impl<R, T, S> fmt::Display for Path<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&notation::pointer(&self.steps))
    }
}

impl<R, T, S> fmt::Debug for Path<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.to_string()).finish()
    }
}
