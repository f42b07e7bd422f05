//! Validation against the whole read contract, beside serde: the feature `validate`.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::{Chain, ReadError, Reason, Stored, decode};
use crate::Checkpoint;
use crate::keys;
use crate::pointer::member;
use crate::registry::Unreadable;
use crate::schema::{self, Contract};

/// How many characters of a message are kept: some hold the value that is wrong.
const SHOWN: usize = 200;

/// One thing that is wrong with a document, by its contract or by serde.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pointer: String,
    message: String,
}

impl Finding {
    /// Where it is, as a JSON Pointer (RFC 6901); empty for the document itself.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there, in the words of jsonschema or serde. They may hold the value.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{place}: {}", self.message)
    }
}

impl<C: Checkpoint> Stored<C> {
    /// As [`read`](Stored::read), and the document must meet the whole read contract: bounds, lengths,
    /// patterns and formats, of which serde knows nothing. An upgraded document must meet it as the chain makes
    /// it. A timestamp without an offset, which [`Timestamp`](crate::Timestamp) reads as UTC, does not.
    ///
    /// The contract of a type is made when it is first asked for, and kept.
    ///
    /// # Errors
    ///
    /// As [`read`](Stored::read); and [`Reason::Invalid`] with all findings, serde's among them.
    pub fn read_validated(document: Option<&Value>) -> Result<Self, ReadError> {
        let chain = Chain::of::<C>();
        let (bare, from) = match chain.run(document)? {
            Stored::Absent => return Ok(Stored::Absent),
            Stored::Current(bare) => (bare, None),
            Stored::Upgraded { document, from } => (document, Some(from)),
        };
        let read = decode::<C>(&bare);
        let findings = findings::<C>(bare.into_owned(), read.as_ref().err());
        match (findings.map_err(|reason| chain.error(reason))?, read, from) {
            (findings, Ok(document), from) if findings.is_empty() => Ok(match from {
                None => Stored::Current(document),
                Some(from) => Stored::Upgraded { document, from },
            }),
            (findings, _, from) => Err(chain.error(Reason::Invalid { from, findings })),
        }
    }
}

/// The type-erased form of [`Stored::read_validated`].
pub(crate) fn validate<C: Checkpoint>(document: Option<&Value>) -> Result<Stored<()>, ReadError> {
    Stored::<C>::read_validated(document).map(|stored| stored.map(drop))
}

/// What is wrong with a document without its version.
fn findings<C: Checkpoint>(mut bare: Value, refused: Option<&Unreadable>) -> Result<Vec<Finding>, Reason> {
    let keys = keys::resolve(C::SHAPE, &mut bare);
    let document = Chain::of::<C>().marked(bare);
    let contract = contract::<C>();
    let validator = contract.as_ref().as_ref().map_err(|why| Reason::Contract(why.clone()))?;
    let mut findings: Vec<Finding> = validator
        .iter_errors(&document)
        .map(|error| {
            let place = error.instance_path().as_str();
            let place = match error.kind() {
                ValidationErrorKind::Required { property: Value::String(key) } => member(place, key),
                _ => place.to_owned(),
            };
            Finding { pointer: keys.written(&place), message: shorten(error.to_string()) }
        })
        .collect();
    if let Some(refused) = refused {
        // serde stops at its first mistake. What the contract says there, inside or around, is the same one.
        let same = |finding: &Finding| {
            within(&finding.pointer, refused.pointer()) || within(refused.pointer(), &finding.pointer)
        };
        if !findings.iter().any(same) {
            let message = shorten(refused.reason().to_owned());
            findings.push(Finding { pointer: refused.pointer().to_owned(), message });
        }
    }
    findings.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    Ok(findings)
}

/// Is the place `inner` at or below `outer`?
fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn shorten(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A contract, or why it is none.
type Made = Arc<Result<Validator, String>>;

/// The read contract of `C`.
fn contract<C: Checkpoint>() -> Made {
    static CONTRACTS: LazyLock<RwLock<HashMap<TypeId, Made>>> = LazyLock::new(RwLock::default);
    let type_id = TypeId::of::<C>();
    if let Some(made) = CONTRACTS.read().unwrap_or_else(PoisonError::into_inner).get(&type_id) {
        return Arc::clone(made);
    }
    // Not under the lock: a type's own `JsonSchema` is called.
    let schema = schema::document::<C>(Contract::Read);
    let made = jsonschema::options().should_validate_formats(true).build(&schema);
    let made = Arc::new(made.map_err(|error| error.to_string()));
    let mut contracts = CONTRACTS.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(contracts.entry(type_id).or_insert(made))
}
