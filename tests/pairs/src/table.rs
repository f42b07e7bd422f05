//! What a change means, as a table of changes: its rows, in its words.

macro_rules! rows {
    ($($(#[$about:meta])* $name:ident = $row:literal;)*) => {
        $($(#[$about])* pub const $name: &str = $row;)*

        /// Every row.
        pub const ROWS: &[&str] = &[$($name),*];
    };
}

/// For changes that no row of the table speaks of.
pub const BESIDE: &str = "beside the table";

rows! {
    /// Old workers that rewrite whole documents drop it.
    ADD_OPTIONAL = "add an `Option` field, or one with `serde(default)`";
    /// Breaks backward.
    ADD_REQUIRED = "add a required field";
    /// Breaks forward.
    REMOVE_REQUIRED = "remove a required field";
    /// Dead data stays.
    REMOVE_OPTIONAL = "remove an `Option` field";
    /// Breaks forward, or backward.
    DENYING = "the same with `deny_unknown_fields` on either side: add / remove";
    /// Safe for what the code itself writes.
    DENY = "add `deny_unknown_fields`";
    /// Breaks forward, or backward.
    OPTION = "T → Option<T> / back";
    /// Breaks backward where null was written.
    OPTION_TO_DEFAULT = "Option<T> → `default` T";
    /// Breaks forward, or backward.
    INTEGERS = "widen / narrow an integer";
    /// Breaks both.
    SIGN = "u64 ↔ i64";
    /// Breaks forward, or backward.
    FLOATS = "i64 → f64 / back";
    /// Breaks forward, or backward.
    VARIANTS = "enum: add / remove a variant";
    /// Breaks forward.
    RENAME_WITH_ALIAS = "rename a variant or field with `alias`";
    /// Breaks both.
    RENAME_REQUIRED = "rename a required field";
    /// The stored value is lost.
    RENAME_OPTIONAL = "rename an `Option` or defaulted field";
    /// Breaks both.
    TAGGING = "change how an enum is tagged";
    /// Safe.
    NEUTRAL = "rename a type, edit a doc comment, wrap in a newtype";
    /// Breaks backward, or forward.
    TEXTS = "String → enum, DateTime, Uuid, char / back";
    /// serde reads what the schema refuses.
    SETS = "Vec → set";
    /// Breaks.
    TUPLES = "longer tuple / array → Vec";
    /// Breaks backward.
    MAPS = "map of String → map of u32";
    /// serde reads what the schema refuses.
    CONSTRAINTS = "tighten a range, length or pattern";
    /// The meaning changes.
    DEFAULTS = "change a default";
    /// Breaks forward.
    SKIPPED = "add `skip_serializing`";
}
