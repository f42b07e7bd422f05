//! What becomes of one row: computed by the type's own upgrade chain, without the server.

mod difference;
mod exact;
mod fault;

use checkpoint_schema::Stored;
use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

use crate::caught::caught;
pub(crate) use difference::{Difference, differences};
use exact::inexact;
pub(crate) use fault::{Fault, Kind};

/// What to do with a row.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Nothing is stored.
    Absent,
    /// It is of the newest version.
    Current,
    /// It is of an older version.
    Upgrade(Upgrade),
    /// It cannot be upgraded, and is left as it is.
    Left(Fault),
}

/// The document before and after.
#[derive(Debug)]
pub(crate) struct Upgrade {
    /// The version that is stored.
    pub(crate) from: u32,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

/// How rows of one job are decided on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) descriptor: &'a Descriptor,
    /// `{}` is an absent document, too.
    pub(crate) empty_is_absent: bool,
    /// Words may quote the values of rows.
    pub(crate) quoting: bool,
}

/// Decides on a row that holds `document`, the text of `jsonb`.
pub(crate) fn decide(rules: Rules<'_>, document: Option<&str>) -> Decision {
    let Rules { descriptor, empty_is_absent, quoting } = rules;
    let Some(text) = document.filter(|text| !(empty_is_absent && *text == "{}")) else {
        return Decision::Absent;
    };
    if let Some(pointer) = inexact(text) {
        let reason = "a number of more digits than 64 bits hold: reading and writing it would change it";
        return Decision::Left(Fault::new(Kind::Inexact, pointer, reason));
    }
    let old: Value = match serde_json::from_str(text) {
        Ok(old) => old,
        // Its words quote nothing.
        Err(error) => return Decision::Left(Fault::new(Kind::NotJson, "", error.to_string())),
    };
    // A step is anybody's function: what it does to one row must not end the work on the others.
    match caught(|| descriptor.upgrade(Some(&old))) {
        Ok(Ok(Stored::Absent)) => Decision::Absent,
        Ok(Ok(Stored::Current(_))) => Decision::Current,
        Ok(Ok(Stored::Upgraded { document, from })) => {
            Decision::Upgrade(Upgrade { from, old, new: document })
        }
        Ok(Err(error)) => Decision::Left(Fault::of(&error, descriptor.version_key(), quoting)),
        Err(_) => Decision::Left(Fault::new(Kind::StepFailed, "", "a step of the chain panicked")),
    }
}
