//! The read contract of a checkpoint, with what serde reads and no schema says: aliases, and the variant that
//! takes what no other does.

use checkpoint_schema::field::shape::Shape;
use checkpoint_schema::keys;
use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::{Contract, finish};
use jsonschema::Validator;
use serde_json::Value;

/// The read contract of a checkpoint.
pub struct ReadContract {
    raw: Validator,
    finished: Validator,
    shape: &'static Shape,
}

impl ReadContract {
    /// The contract of the checkpoint.
    ///
    /// # Panics
    ///
    /// A contract that is no schema.
    pub fn of(descriptor: &Descriptor) -> Self {
        let raw = descriptor.raw_document(Contract::Read);
        Self { raw: validator(&raw), finished: validator(&finish(raw)), shape: descriptor.shape() }
    }

    /// Does the contract, as schemars makes it, accept the document?
    ///
    /// # Errors
    ///
    /// The first thing that it refuses.
    pub fn accepts(&self, document: &Value) -> Result<(), String> {
        self.judge(&self.raw, document)
    }

    /// Does the exported contract accept it, which knows where integers end?
    ///
    /// # Errors
    ///
    /// The first thing that it refuses.
    pub fn finished_accepts(&self, document: &Value) -> Result<(), String> {
        self.judge(&self.finished, document)
    }

    fn judge(&self, validator: &Validator, document: &Value) -> Result<(), String> {
        let mut document = document.clone();
        keys::resolve(self.shape, &mut document);
        validator.validate(&document).map_err(|error| format!("{}: {error}", error.instance_path()))
    }
}

/// A validator that asserts formats.
fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a contract is a schema")
}
