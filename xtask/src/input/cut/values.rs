//! JSON values one after another, over any number of lines, and the elements of arrays of them.

use super::{Cut, Kind, Piece};

/// Where one is between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// Outside of any array of documents.
    Outside,
    /// After the bracket.
    Opened,
    /// After an element.
    Element,
    /// After a comma.
    Comma,
}

#[derive(Default)]
struct Value {
    depth: usize,
    in_text: bool,
    escaped: bool,
    scalar: bool,
}

pub(crate) struct Values {
    between: Between,
    /// The value that one is in.
    value: Option<Value>,
}

impl Values {
    pub(crate) fn new() -> Self {
        Self { between: Between::Outside, value: None }
    }

    fn done(&mut self, length: usize) -> Option<Piece> {
        self.value = None;
        if self.between != Between::Outside {
            self.between = Between::Element;
        }
        Piece::new(length, Kind::Record)
    }

    /// Blanks, brackets and commas up to the next value.
    fn gap(&mut self, bytes: &[u8]) -> Option<Piece> {
        for (at, byte) in bytes.iter().enumerate() {
            let fault = match (byte, self.between) {
                (b' ' | b'\t' | b'\r' | b'\n', _) => continue,
                (b'[', Between::Outside) => {
                    self.between = Between::Opened;
                    continue;
                }
                (b',', Between::Element) => {
                    self.between = Between::Comma;
                    continue;
                }
                (b']', Between::Opened | Between::Element) => {
                    self.between = Between::Outside;
                    continue;
                }
                (b']', Between::Comma) => {
                    self.between = Between::Outside;
                    "a comma stands before the end of the array"
                }
                (b',', Between::Opened | Between::Comma) => {
                    self.between = Between::Comma;
                    "a comma stands where a document should"
                }
                (_, Between::Element) if at == 0 => {
                    self.between = Between::Comma;
                    return Piece::new(0, Kind::Fault("a comma is missing before this document"));
                }
                (_, Between::Element) => return Piece::new(at, Kind::Gap),
                _ => {
                    self.value = Some(Value::default());
                    return Piece::new(at, Kind::Gap);
                }
            };
            return Piece::new(at + 1, Kind::Fault(fault));
        }
        (!bytes.is_empty()).then_some(Piece { length: bytes.len(), kind: Kind::Gap })
    }
}

impl Value {
    /// How many of `bytes` belong to the value, if it ends among them; `first` if it begins with them.
    fn end(&mut self, bytes: &[u8], first: bool) -> Option<usize> {
        let mut at = 0;
        if first {
            match bytes.first()? {
                b'{' | b'[' | b'"' => {}
                // No value begins with these: one by one they are no JSON.
                b',' | b':' | b'}' | b']' => return Some(1),
                _ => self.scalar = true,
            }
        }
        if self.scalar {
            let ends = |byte: &u8| {
                matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b'{' | b'[' | b'"')
            };
            return bytes.iter().position(ends);
        }
        loop {
            if self.in_text {
                if self.escaped {
                    // A line break ends a text even here: it is none of JSON's.
                    at += usize::from(*bytes.get(at)? != b'\n');
                    self.escaped = false;
                }
                at += memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
                match bytes[at] {
                    b'\\' => self.escaped = true,
                    // No text of JSON goes over a line: what is broken is this document, not all that follow.
                    _ => self.in_text = false,
                }
                at += 1;
                if !self.in_text && self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            at +=
                bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))?;
            let byte = bytes[at];
            at += 1;
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                _ => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
            }
        }
    }
}

impl Cut for Values {
    fn next(&mut self, held: &[u8], bytes: &[u8]) -> Option<Piece> {
        if bytes.is_empty() {
            return None;
        }
        let Some(value) = &mut self.value else { return self.gap(bytes) };
        let first = held.is_empty() && value.depth == 0 && !value.in_text && !value.scalar;
        let length = value.end(bytes, first)?;
        self.done(length)
    }

    fn end(&mut self, held: &[u8]) -> Option<Piece> {
        if self.value.take().is_some() && !held.is_empty() {
            return Piece::new(held.len(), Kind::Record);
        }
        match std::mem::replace(&mut self.between, Between::Outside) {
            Between::Outside => None,
            _ => Piece::new(held.len(), Kind::Fault("the array of documents has no end")),
        }
    }
}
