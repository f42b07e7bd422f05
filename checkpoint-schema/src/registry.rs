//! The list of a program's checkpoints, and what can be asked of one without knowing its type.

use std::fmt;

use serde_json::Value;

use crate::Checkpoint;
use crate::field::shape::{Shape, ShapeOf};
use crate::schema::{self, Contract};
use crate::stored::{self, ReadError, Stored, Upgrade};

/// An explicit list of checkpoint types: `registry![GithubCheckpoint, JiraCheckpoint]`.
///
/// A type that is no checkpoint does not compile, nor does a job and version that stand in it twice.
///
/// ```
/// # use checkpoint_schema::{Checkpoint, registry};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize, Checkpoint)]
/// #[checkpoint(job = "wex_ad", version = 1)]
/// struct WexAdCheckpoint {
///     delta_token: String,
/// }
///
/// let registry = registry![WexAdCheckpoint];
/// let descriptor = registry.find("WEX AD").unwrap();
/// assert_eq!(descriptor.job(), "wex_ad");
/// assert!(descriptor.read(&serde_json::json!({"delta_token": 5})).is_err());
/// ```
#[macro_export]
macro_rules! registry {
    ($($checkpoint:ty),* $(,)?) => {{
        // An item, which `cargo check` evaluates too; a `const` block waits for code to be generated.
        const _: () = $crate::registry::__assert_distinct(&[$((
            <$checkpoint as $crate::Checkpoint>::JOB,
            <$checkpoint as $crate::Checkpoint>::VERSION,
        )),*]);
        $crate::registry::Registry::__new(::std::vec![
            $(<$checkpoint as $crate::Checkpoint>::__descriptor()),*
        ])
    }};
}

/// The checkpoints of a program, in the order in which they were listed. Made by
/// [`registry!`](crate::registry!).
#[derive(Clone, Debug)]
pub struct Registry {
    descriptors: Vec<Descriptor>,
}

impl Registry {
    #[doc(hidden)]
    pub fn __new(descriptors: Vec<Descriptor>) -> Self {
        Self { descriptors }
    }

    /// Every checkpoint, as listed.
    pub fn iter(&self) -> std::slice::Iter<'_, Descriptor> {
        self.descriptors.iter()
    }

    /// The newest version of the checkpoint of `job`, a name as people and tables spell it: case does not
    /// count, and a space, `-` and `_` are the same, so that `"WEX AD"` finds `wex_ad`.
    pub fn find(&self, job: &str) -> Option<&Descriptor> {
        self.iter().filter(|d| same_job(d.job, job)).max_by_key(|d| d.version)
    }

    /// One version of the checkpoint of `job`, named as in [`find`](Registry::find).
    pub fn find_version(&self, job: &str, version: u32) -> Option<&Descriptor> {
        self.iter().find(|d| d.version == version && same_job(d.job, job))
    }

    /// The newest version of the checkpoint of `job`, named as in [`find`](Registry::find), or an error that
    /// names the jobs that there are.
    ///
    /// # Errors
    ///
    /// If no checkpoint of the registry has the job.
    pub fn get(&self, job: &str) -> Result<&Descriptor, UnknownJob> {
        self.find(job).ok_or_else(|| {
            let mut known: Vec<&'static str> = self.iter().map(Descriptor::job).collect();
            known.sort_unstable();
            known.dedup();
            UnknownJob { job: job.to_owned(), known }
        })
    }

    /// Can a worker of `job` go on from `document`? It is read as the newest version of the job's checkpoint,
    /// upgraded if it is older, against the whole read contract and by serde. The job is named as in
    /// [`find`](Registry::find); a JSON `null` is no document, and valid: the job starts from the beginning.
    ///
    /// ```
    /// # use checkpoint_schema::{Checkpoint, registry};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, Checkpoint)]
    /// #[checkpoint(job = "wex_ad")]
    /// struct WexAdCheckpoint {
    ///     delta_token: String,
    ///     #[schemars(range(min = 1))]
    ///     page: u32,
    /// }
    ///
    /// let registry = registry![WexAdCheckpoint];
    /// let good = serde_json::json!({"delta_token": "t", "page": 1});
    /// assert!(registry.validate("WEX AD", &good).is_ok());
    ///
    /// let bad = serde_json::json!({"delta_token": 5, "page": 0});
    /// assert_eq!(
    ///     registry.validate("WEX AD", &bad).unwrap_err().to_string(),
    ///     "the document of the job `wex_ad` is no valid version 1: /delta_token: 5 is not of type \"string\"; \
    ///      /page: 0 is less than the minimum of 1"
    /// );
    /// assert_eq!(
    ///     registry.validate("wexad", &good).unwrap_err().to_string(),
    ///     "there is no job `wexad`: the registry has wex_ad"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`ValidateError::UnknownJob`], or [`ValidateError::Document`] with all findings at once.
    #[cfg(feature = "validate")]
    pub fn validate(&self, job: &str, document: &Value) -> Result<(), ValidateError> {
        let descriptor = self.get(job).map_err(ValidateError::UnknownJob)?;
        match descriptor.validate(Some(document)) {
            Ok(_) => Ok(()),
            Err(error) => Err(ValidateError::Document(error)),
        }
    }
}

/// No checkpoint of the registry has the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownJob {
    job: String,
    known: Vec<&'static str>,
}

impl UnknownJob {
    /// The job as it was asked for.
    pub fn job(&self) -> &str {
        &self.job
    }

    /// The jobs of the registry, sorted.
    pub fn known(&self) -> &[&'static str] {
        &self.known
    }
}

impl fmt::Display for UnknownJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.known.is_empty() { "none".to_owned() } else { self.known.join(", ") };
        write!(f, "there is no job `{}`: the registry has {known}", self.job)
    }
}

impl std::error::Error for UnknownJob {}

/// Why [`Registry::validate`] does not find a document valid.
#[cfg(feature = "validate")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidateError {
    /// No checkpoint of the registry has the job: nothing is known of the document.
    UnknownJob(UnknownJob),
    /// What is wrong with the document.
    Document(ReadError),
}

#[cfg(feature = "validate")]
impl fmt::Display for ValidateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownJob(error) => error.fmt(f),
            Self::Document(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "validate")]
impl std::error::Error for ValidateError {}

impl<'a> IntoIterator for &'a Registry {
    type Item = &'a Descriptor;
    type IntoIter = std::slice::Iter<'a, Descriptor>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A checkpoint type with its type erased.
#[derive(Clone, Copy)]
pub struct Descriptor {
    job: &'static str,
    version: u32,
    version_key: &'static str,
    upgrades: &'static [Upgrade],
    type_name: &'static str,
    shape: ShapeOf,
    document: fn(Contract) -> Value,
    raw_document: fn(Contract) -> Value,
    read: fn(&Value) -> Result<(), Unreadable>,
    reason: fn(&Value) -> Option<String>,
    rewrite: fn(&Value) -> Result<Value, Unreadable>,
    upgrade: fn(Option<&Value>) -> Result<Stored<Value>, ReadError>,
    #[cfg(feature = "validate")]
    validate: fn(Option<&Value>) -> Result<Stored<()>, ReadError>,
}

impl Descriptor {
    /// The descriptor of `C`.
    pub fn of<C: Checkpoint>() -> Self {
        Self {
            job: C::JOB,
            version: C::VERSION,
            version_key: C::VERSION_KEY,
            upgrades: C::UPGRADES,
            type_name: short_name(std::any::type_name::<C>()),
            shape: ShapeOf::field::<C>(),
            document: schema::document::<C>,
            raw_document: schema::raw_document::<C>,
            read: stored::read_exactly::<C>,
            reason: stored::reason::<C>,
            rewrite: stored::rewrite::<C>,
            upgrade: stored::upgrade::<C>,
            #[cfg(feature = "validate")]
            validate: stored::validate::<C>,
        }
    }

    /// The job, in its normal form.
    pub fn job(&self) -> &'static str {
        self.job
    }

    /// The version of the document's layout.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The reserved key of the version.
    pub fn version_key(&self) -> &'static str {
        self.version_key
    }

    /// The steps of the upgrade chain, in the order in which the type names them.
    pub fn upgrades(&self) -> &'static [Upgrade] {
        self.upgrades
    }

    /// The name of the Rust type, without its module and its arguments.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// What serde knows of the document and the schema does not say.
    pub fn shape(&self) -> &'static Shape {
        self.shape.get()
    }

    /// The same, with the name of the type.
    pub fn shape_of(&self) -> ShapeOf {
        self.shape
    }

    /// The schema document, as [`schema::document`] makes it.
    pub fn document(&self, contract: Contract) -> Value {
        (self.document)(contract)
    }

    /// The schema document of schemars, as [`schema::raw_document`] makes it.
    pub fn raw_document(&self, contract: Contract) -> Value {
        (self.raw_document)(contract)
    }

    /// Does serde read `document` as this type, without an upgrade? The document must be of exactly this
    /// version: state it, or for version 1 state none.
    ///
    /// # Errors
    ///
    /// serde's reason, and the place where it stopped; or which version the document is of.
    pub fn read(&self, document: &Value) -> Result<(), Unreadable> {
        (self.read)(document)
    }

    /// serde's reason not to read `document`, as [`read`](Descriptor::read) gives it; to follow the place costs as
    /// much again, and is left out.
    #[doc(hidden)]
    pub fn __reason(&self, document: &Value) -> Option<String> {
        (self.reason)(document)
    }

    /// What a program that reads the whole of `document` and writes it back makes of it: keys that the type does
    /// not know are gone, defaults are filled in.
    ///
    /// # Errors
    ///
    /// As [`read`](Descriptor::read); or serde cannot write what it has read.
    pub fn rewrite(&self, document: &Value) -> Result<Value, Unreadable> {
        (self.rewrite)(document)
    }

    /// What a row holds, as JSON in the layout of this type; `None` is SQL NULL.
    ///
    /// - Absent: SQL NULL, JSON `null`.
    /// - Current: the document as it is stored, unchanged.
    /// - Upgraded: the document as the chain of the type makes it, with its version in place. Keys that the
    ///   type does not know, and that are in what the last step gives, stay: a step on values keeps what it
    ///   does not take out, a typed one what its types know.
    ///
    /// serde reads all that is given.
    ///
    /// # Errors
    ///
    /// As [`Stored::read`].
    pub fn upgrade(&self, document: Option<&Value>) -> Result<Stored<Value>, ReadError> {
        (self.upgrade)(document)
    }

    /// [`Stored::read_validated`] without the type: what a row holds, but for the document itself.
    ///
    /// # Errors
    ///
    /// As [`Stored::read_validated`].
    #[cfg(feature = "validate")]
    pub fn validate(&self, document: Option<&Value>) -> Result<Stored<()>, ReadError> {
        (self.validate)(document)
    }
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} ({})", self.job, self.version, self.type_name)
    }
}

/// serde's refusal to read a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pointer: String,
    reason: String,
}

impl Unreadable {
    pub(crate) fn new(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let mut pointer = String::new();
        crate::field::notation::push_serde_path(&mut pointer, error.path());
        Self { pointer, reason: error.inner().to_string() }
    }

    pub(crate) fn at(pointer: String, reason: String) -> Self {
        Self { pointer, reason }
    }

    /// Where serde stopped, as a JSON Pointer. Inside flattened, untagged and internally tagged types serde
    /// does not tell, and the pointer is that of the value around them.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// serde's own words.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{place}: {}", self.reason)
    }
}

impl std::error::Error for Unreadable {}

fn short_name(full: &'static str) -> &'static str {
    let path = full.split('<').next().unwrap_or(full);
    path.rsplit("::").next().unwrap_or(path)
}

/// Do two spellings name one job?
const fn same_job(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if normal(a[at]) != normal(b[at]) {
            return false;
        }
        at += 1;
    }
    true
}

const fn normal(byte: u8) -> u8 {
    match byte {
        b' ' | b'-' => b'_',
        other => other.to_ascii_lowercase(),
    }
}

#[doc(hidden)]
#[track_caller]
pub const fn __assert_distinct(listed: &[(&str, u32)]) {
    let mut i = 0;
    while i < listed.len() {
        let mut j = i + 1;
        while j < listed.len() {
            assert!(
                !(listed[i].1 == listed[j].1 && same_job(listed[i].0, listed[j].0)),
                "two checkpoints of this registry have the same job and version: list each once, or give one of them another `job` or `version`"
            );
            j += 1;
        }
        i += 1;
    }
}
