//! One change with its types erased, and the macro that a pair is written with.

use checkpoint_schema::Checkpoint;
use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

/// A change of a checkpoint.
pub struct Pair {
    /// The file and the change: `presence::add_option`.
    pub name: &'static str,
    /// The row of the [table](super::table) that it belongs to.
    pub row: &'static str,
    /// The checkpoint as it was.
    pub old: Side,
    /// The checkpoint as it is.
    pub new: Side,
    /// What `old` writes, read by `new`.
    pub backward: Truth,
    /// What `new` writes, read by `old`.
    pub forward: Truth,
}

/// One definition of a checkpoint.
pub struct Side {
    /// The checkpoint.
    pub descriptor: Descriptor,
    /// Documents as the code stores them.
    pub written: Vec<Value>,
    /// What the code makes of a document that it reads and stores again; or why serde does not read it, or
    /// why what was read cannot be stored (a NaN).
    pub reread: fn(&Value) -> Result<Value, String>,
}

/// What the reader of a direction makes of everything that the writer stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// serde reads it all, and the read contract accepts it all.
    Reads,
    /// serde reads it all, and the read contract refuses some.
    OutOfContract,
    /// serde refuses some.
    Unreadable,
}

impl Side {
    /// The side of `C`, which stores `values`.
    ///
    /// # Panics
    ///
    /// A value that cannot be stored.
    pub(super) fn of<C: Checkpoint>(values: Vec<C>) -> Self {
        let written = values.iter().map(|value| value.to_document().expect("a value that can be stored"));
        Self { descriptor: Descriptor::of::<C>(), written: written.collect(), reread: reread::<C> }
    }
}

fn reread<C: Checkpoint>(document: &Value) -> Result<Value, String> {
    let value: C = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    value.to_document().map_err(|error| error.to_string())
}

/// `presence::add_option`, from the module of the pair.
pub(super) fn name(module: &'static str) -> &'static str {
    module.split_once("::").map_or(module, |(_, name)| name)
}

/// The pairs of a file, each a change with its row and its two sides.
///
/// The first item of a side is the checkpoint; serde's derives, `Checkpoint` and the job come by themselves,
/// as do the derives of the structs and enums after it. Modules and `impl`s are taken as they stand. `writes`
/// gives values of the checkpoint that show what the pair says of its two directions.
macro_rules! pairs {
    ($(
        $(#[doc = $about:literal])*
        $name:ident: $row:ident
        old { $($old:tt)* } writes [$($old_value:expr),* $(,)?]
        new { $($new:tt)* } writes [$($new_value:expr),* $(,)?]
        backward $backward:ident, forward $forward:ident;
    )*) => {
        /// The pairs of this file.
        pub(super) fn pairs() -> Vec<crate::Pair> {
            vec![$($name::pair()),*]
        }

        $(
            $(#[doc = $about])*
            mod $name {
                pub(super) fn pair() -> crate::Pair {
                    crate::Pair {
                        name: crate::pair::name(module_path!()),
                        row: crate::table::$row,
                        old: old::side(),
                        new: new::side(),
                        backward: crate::Truth::$backward,
                        forward: crate::Truth::$forward,
                    }
                }

                crate::pair::side! { old { $($old)* } [$($old_value),*] }
                crate::pair::side! { new { $($new)* } [$($new_value),*] }
            }
        )*
    };
}

/// One definition of the checkpoint, in a module of its own.
macro_rules! side {
    ($side:ident { $checkpoint:item $($part:tt)* } [$($value:expr),*]) => {
        #[allow(
            dead_code, unused_imports,
            reason = "a field that serde skips nobody reads, and what one side of the file needs all import"
        )]
        mod $side {
            use super::super::*;

            #[derive(serde::Serialize, serde::Deserialize, checkpoint_schema::Checkpoint)]
            #[checkpoint(job = "pair")]
            $checkpoint

            crate::pair::parts! { $($part)* }

            pub(super) fn side() -> crate::Side {
                crate::Side::of(vec![$($value),*])
            }
        }
    };
}

/// What stands beside the checkpoint.
macro_rules! parts {
    () => {};
    (mod $name:ident { $($body:tt)* } $($rest:tt)*) => {
        mod $name { $($body)* }
        crate::pair::parts! { $($rest)* }
    };
    (impl $trait:ident for $type:ident { $($body:tt)* } $($rest:tt)*) => {
        impl $trait for $type { $($body)* }
        crate::pair::parts! { $($rest)* }
    };
    ($part:item $($rest:tt)*) => {
        #[derive(serde::Serialize, serde::Deserialize, checkpoint_schema::Checkpoint)]
        $part
        crate::pair::parts! { $($rest)* }
    };
}

pub(super) use {pairs, parts, side};
