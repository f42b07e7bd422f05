//! Where in a JSON text a JSON Pointer points: a forward scan, run only for documents with findings.

use std::ops::Range;

use checkpoint_schema::pointer::unescape;

/// What to find under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The value.
    Value,
    /// The key of the value, where it has one.
    Key,
}

/// The bytes of the target in `text`, which must be JSON; of the beginning of the innermost value on the
/// way where the pointer leads nowhere. Of equal keys the last counts, as for serde_json and `jsonb`.
///
/// Of an object or array only the opening bracket is meant: what is wrong with it is wrong with all of it.
pub(super) fn span(text: &str, pointer: &str, target: Target) -> Range<usize> {
    let at = offset(text, pointer, target);
    let mut scan = Scan { bytes: text.as_bytes(), at };
    match scan.peek() {
        Some(b'{' | b'[') => at..at + 1,
        _ => {
            scan.value();
            at..scan.at
        }
    }
}

/// The bytes of the whole value under the pointer.
pub(super) fn extent(text: &str, pointer: &str) -> Range<usize> {
    let at = offset(text, pointer, Target::Value);
    let mut scan = Scan { bytes: text.as_bytes(), at };
    scan.value();
    at..scan.at.min(text.len())
}

fn offset(text: &str, pointer: &str, target: Target) -> usize {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.blanks();
    let mut key_at = scan.at;
    for token in pointer.split('/').skip(1) {
        let token = unescape(token);
        let found = match scan.peek() {
            Some(b'{') => scan.member(text, &token),
            Some(b'[') => token.parse().ok().and_then(|index| scan.element(index)),
            _ => None,
        };
        let Some(found) = found else { return scan.at };
        key_at = found.key;
        scan.at = found.value;
    }
    match target {
        Target::Value => scan.at,
        Target::Key => key_at,
    }
}

struct Found {
    key: usize,
    value: usize,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Over the separator that is expected here, if it is here, and the blanks around it.
    fn over(&mut self, separator: u8) -> bool {
        self.blanks();
        let there = self.peek() == Some(separator);
        if there {
            self.at += 1;
            self.blanks();
        }
        there
    }

    /// The last member of the object at hand whose key is `key`. Stays at the object.
    fn member(&mut self, text: &str, key: &str) -> Option<Found> {
        let start = self.at;
        let mut found = None;
        self.over(b'{');
        while self.peek() == Some(b'"') {
            let key_at = self.at;
            self.string();
            let spelled = text.get(key_at..self.at)?;
            if !self.over(b':') {
                break;
            }
            if serde_json::from_str::<String>(spelled).is_ok_and(|name| name == key) {
                found = Some(Found { key: key_at, value: self.at });
            }
            self.value();
            if !self.over(b',') {
                break;
            }
        }
        self.at = start;
        found
    }

    /// The element of the array at hand at `index`. Stays at the array.
    fn element(&mut self, index: usize) -> Option<Found> {
        let start = self.at;
        let mut found = None;
        let mut more = self.over(b'[') && self.peek() != Some(b']');
        for _ in 0..index {
            if !more {
                break;
            }
            self.value();
            more = self.over(b',');
        }
        if more {
            found = Some(Found { key: self.at, value: self.at });
        }
        self.at = start;
        found
    }

    /// Over a string.
    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    /// Over any value, without recursion.
    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {
                    if depth == 0 {
                        return;
                    }
                    self.at += 1;
                    continue;
                }
                _ => {
                    while !matches!(
                        self.peek(),
                        None | Some(b',' | b':' | b'}' | b']' | b'"' | b' ' | b'\t' | b'\n' | b'\r')
                    ) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, offset, span};
    use checkpoint_schema::pointer::member;
    use serde_json::Value;

    fn at(text: &str, pointer: &str) -> usize {
        offset(text, pointer, Target::Value)
    }

    #[test]
    fn finds_every_value_of_a_document() {
        let text = r#" {"a": [1, {"b\"\u0041": "x,]}", "": null}, []], "c/d": {"~e": true}, "f":-1.5e3 } "#;
        let document: Value = serde_json::from_str(text).unwrap();
        let mut pending = vec![(String::new(), &document)];
        let mut seen = 0;
        while let Some((pointer, value)) = pending.pop() {
            seen += 1;
            let rest = &text[at(text, &pointer)..];
            let read = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next().unwrap().unwrap();
            assert_eq!(&read, value, "at {pointer}");
            match value {
                Value::Object(object) => pending.extend(object.iter().map(|(k, v)| (member(&pointer, k), v))),
                Value::Array(array) => {
                    pending.extend(array.iter().enumerate().map(|(i, v)| (format!("{pointer}/{i}"), v)));
                }
                _ => {}
            }
        }
        assert_eq!(seen, 10);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(at(r#"{"a":1,"a":2}"#, "/a"), 11);
        assert_eq!(offset(r#"{"a":1,"a":2}"#, "/a", Target::Key), 7);
    }

    #[test]
    fn a_pointer_that_leads_nowhere_ends_at_the_innermost_value() {
        assert_eq!(at(r#"{"a": {"b": 1}}"#, "/a/x"), 6);
        assert_eq!(at(r#"{"a": [1]}"#, "/a/1"), 6);
        assert_eq!(at("[]", "/0"), 0);
        assert_eq!(at("{}", "/0"), 0);
    }

    #[test]
    fn a_scalar_is_meant_whole_and_an_object_by_its_bracket() {
        let text = r#"{"a": {"b": "x\"y"}}"#;
        assert_eq!(&text[span(text, "/a/b", Target::Value)], r#""x\"y""#);
        assert_eq!(&text[span(text, "/a/b", Target::Key)], r#""b""#);
        assert_eq!(&text[span(text, "/a", Target::Value)], "{");
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text = r#"{"a": [1, {"b": "xé\"y"}], "c": tru"#;
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            for pointer in ["", "/a", "/a/0", "/a/1/b", "/c", "/a/1/b/0"] {
                assert!(at(&text[..end], pointer) <= end + 1);
            }
        }
    }
}
