//! The macros of the corpus: one definition, two derives; and a field as a path and as Rust, side by side.

/// Derives `Checkpoint` alone.
macro_rules! derive_ours {
    ($($item:item)*) => {$(
        #[derive(serde::Serialize, serde::Deserialize, checkpoint_schema::Checkpoint)]
        $item
    )*};
}

/// Derives schemars' `JsonSchema`; and `Checkpoint` without its schema, which makes `#[checkpoint(…)]` legal
/// here too.
macro_rules! derive_theirs {
    ($($item:item)*) => {$(
        #[derive(
            serde::Serialize, serde::Deserialize, schemars::JsonSchema, checkpoint_schema::Checkpoint,
        )]
        #[checkpoint(schema = "manual")]
        $item
    )*};
}

/// A file of the corpus.
///
/// `types` are derived on both sides, `beside` stands beside them as it is, with `checkpointed!` for types
/// that are made there, and `DerivedSchema` for those whose attributes serde takes only beside its derive. Each of `entries` is a type, its samples, and its paths: `.field`, `?` for what an
/// `Option` holds, `!` for what a `Cow` holds, `[position]`, `{key}`, `._0` for tuple fields. The root has its path of its own accord.
/// `schemas_only` are types that serde cannot read from an owned document.
macro_rules! corpus {
    (
        types { $($type:item)* }
        beside { $($beside:item)* }
        $(schemas_only [$($schema_only:ty),*])?
        entries { $(
            $entry:ty => [$($sample:tt),* $(,)?] $(nameless [$($nameless:literal),*])? { $($places:tt)* }
        )* }
    ) => {
        #[allow(
            unused_imports, unused_mut, unreachable_pub, dead_code, deprecated,
            clippy::all, clippy::expect_used, clippy::panic,
            reason = "written for the derive, and read by tests alone"
        )]
        mod ours {
            use super::*;
            use crate::twice::derive_ours as checkpointed;
            use checkpoint_schema::Checkpoint as DerivedSchema;

            checkpointed! { $($type)* }
            $($beside)*

            pub(super) fn entries(theirs: Vec<crate::Schemas>) -> Vec<crate::Entry> {
                let mut theirs = theirs.into_iter();
                let mut entries = Vec::new();
                let mut faults: Vec<String> = Vec::new();
                $(
                    let name = crate::entry::name(module_path!(), stringify!($entry));
                    let mut places: Vec<crate::entry::TypedPlace<$entry>> = Vec::new();
                    crate::twice::places!(places, $entry; [] $($places)*);
                    let entry = crate::entry::entry::<$entry>(
                        name,
                        theirs.next().expect("both sides come from the same list"),
                        vec![$(serde_json::json!($sample)),*],
                        places,
                        vec![$($($nameless),*)?],
                    );
                    entry.map_or_else(|fault| faults.push(fault), |entry| entries.push(entry));
                )*
                $($(
                    entries.push(crate::entry::of_schemas::<$schema_only>(
                        crate::entry::name(module_path!(), stringify!($schema_only)),
                        theirs.next().expect("both sides come from the same list"),
                    ));
                )*)?
                assert!(faults.is_empty(), "{}", faults.join("\n"));
                entries
            }
        }

        #[allow(
            unused_imports, unused_mut, unreachable_pub, dead_code, deprecated,
            clippy::all, clippy::expect_used, clippy::panic,
            reason = "written for the derive, and read by tests alone"
        )]
        mod theirs {
            use super::*;
            use crate::twice::derive_theirs as checkpointed;
            use schemars::JsonSchema as DerivedSchema;

            checkpointed! { $($type)* }
            $($beside)*

            pub(super) fn schemas() -> Vec<crate::Schemas> {
                vec![
                    $(crate::Schemas::of::<$entry>(),)*
                    $($(crate::Schemas::of::<$schema_only>(),)*)?
                ]
            }
        }

        /// The types of this file.
        pub(super) fn entries() -> Vec<crate::Entry> {
            ours::entries(theirs::schemas())
        }
    };
}

/// Splits the paths of an entry at their semicolons.
macro_rules! places {
    ($places:ident, $root:ty; []) => {};
    ($places:ident, $root:ty; [$($steps:tt)+] ; $($rest:tt)*) => {
        $places.push(crate::twice::place!(
            @ $root, stringify!($($steps)+), value,
            [<$root as checkpoint_schema::Field>::handle(checkpoint_schema::Path::root())],
            [value]; . $($steps)+
        ));
        crate::twice::places!($places, $root; [] $($rest)*);
    };
    ($places:ident, $root:ty; [$($steps:tt)*] $step:tt $($rest:tt)*) => {
        crate::twice::places!($places, $root; [$($steps)* $step] $($rest)*);
    };
}

/// One path, and the same steps in Rust.
macro_rules! place {
    (@ $root:ty, $notation:expr, $value:ident, [$($handle:tt)*], [$($rust:tt)*];) => {{
        use crate::entry::{Probe, ShapeOfContainer, ShapeOfFields, ShapeOfPath, TypedPlace};
        let handle = $($handle)*;
        let shape = (&&&Probe::of(&handle)).shape();
        let path = checkpoint_schema::Path::clone(&handle);
        let encoding = path.clone();
        TypedPlace::<$root>::new(
            $notation,
            shape,
            path,
            Box::new(move |$value| {
                let field = &$($rust)*;
                Some(encoding.encode(field))
            }),
        )
    }};
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; . _0 $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*._0()], [$($rust)*.0]; $($rest)*)
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; . _1 $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*._1()], [$($rust)*.1]; $($rest)*)
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; . _2 $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*._2()], [$($rust)*.2]; $($rest)*)
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; . $field:ident $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*.$field()], [$($rust)*.$field]; $($rest)*)
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; ? $($rest:tt)*) => {
        crate::twice::place!(
            @ $root, $n, $v,
            [$($handle)*.some()],
            [{
                let option = &$($rust)*;
                crate::entry::held(option)?
            }];
            $($rest)*
        )
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; ! $($rest:tt)*) => {
        crate::twice::place!(
            @ $root, $n, $v,
            [$($handle)*],
            [{
                let cow = &$($rust)*;
                crate::entry::owned(cow)
            }];
            $($rest)*
        )
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; [$at:expr] $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*.at($at)], [$($rust)*[$at]]; $($rest)*)
    };
    (@ $root:ty, $n:expr, $v:ident, [$($handle:tt)*], [$($rust:tt)*]; {$key:expr} $($rest:tt)*) => {
        crate::twice::place!(@ $root, $n, $v, [$($handle)*.key($key)], [$($rust)*[$key]]; $($rest)*)
    };
}

pub(super) use {corpus, derive_ours, derive_theirs, place, places};
