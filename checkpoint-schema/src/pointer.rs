//! JSON Pointers (RFC 6901): the one place that spells their steps.

/// `key` as a step of a pointer: `~` is `~0`, `/` is `~1`.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a step of a pointer stands for.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The pointer of `key` in the object at `pointer`; of an array, `key` is the position.
///
/// ```
/// use checkpoint_schema::pointer;
///
/// assert_eq!(pointer::member("/cursors", "a/b"), "/cursors/a~1b");
/// ```
pub fn member(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escape(key))
}
