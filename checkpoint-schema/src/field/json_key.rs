//! The key of a map entry, as serde spells it.

use std::fmt;

use serde::ser::{Impossible, Serialize, Serializer};
use serde_json::Value;

use super::storable;

/// The JSON key that serde writes for `key`, or why there is none: serde's own words, or that PostgreSQL
/// cannot store it.
pub(super) fn json_key<K: Serialize + ?Sized>(key: &K) -> Result<Box<str>, Box<str>> {
    // A text is its own key; so that no map is made of it.
    key.serialize(Text).or_else(|fmt::Error| spelled(key))
}

/// A map with this one key, so that serde_json's own rules for keys decide.
struct One<'a, K: ?Sized>(&'a K);

impl<K: Serialize + ?Sized> Serialize for One<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, ())])
    }
}

fn spelled<K: Serialize + ?Sized>(key: &K) -> Result<Box<str>, Box<str>> {
    let Value::Object(object) = storable::to_value(&One(key)).map_err(|error| error.to_string())? else {
        return Err("serde wrote no object for a map".into());
    };
    object.into_iter().next().map(|(key, _)| key.into()).ok_or_else(|| "serde wrote no key".into())
}

/// Takes a text that can be a key, and nothing else.
struct Text;

type Never = Impossible<Box<str>, fmt::Error>;

macro_rules! none {
    ($($method:ident($($of:ty),*) $(<$generic:ident>)? -> $result:ty;)*) => {$(
        fn $method$(<$generic: Serialize + ?Sized>)?(self, $(_: $of),*) -> Result<$result, fmt::Error> {
            Err(fmt::Error)
        }
    )*};
}

impl Serializer for Text {
    type Ok = Box<str>;
    type Error = fmt::Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_str(self, text: &str) -> Result<Box<str>, fmt::Error> {
        if storable::has_nul(text) { Err(fmt::Error) } else { Ok(text.into()) }
    }

    none! {
        serialize_bool(bool) -> Box<str>;
        serialize_i8(i8) -> Box<str>;
        serialize_i16(i16) -> Box<str>;
        serialize_i32(i32) -> Box<str>;
        serialize_i64(i64) -> Box<str>;
        serialize_i128(i128) -> Box<str>;
        serialize_u8(u8) -> Box<str>;
        serialize_u16(u16) -> Box<str>;
        serialize_u32(u32) -> Box<str>;
        serialize_u64(u64) -> Box<str>;
        serialize_u128(u128) -> Box<str>;
        serialize_f32(f32) -> Box<str>;
        serialize_f64(f64) -> Box<str>;
        serialize_char(char) -> Box<str>;
        serialize_bytes(&[u8]) -> Box<str>;
        serialize_none() -> Box<str>;
        serialize_some(&T) <T> -> Box<str>;
        serialize_unit() -> Box<str>;
        serialize_unit_struct(&'static str) -> Box<str>;
        serialize_unit_variant(&'static str, u32, &'static str) -> Box<str>;
        serialize_newtype_struct(&'static str, &T) <T> -> Box<str>;
        serialize_newtype_variant(&'static str, u32, &'static str, &T) <T> -> Box<str>;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }

    /// A text that is made for this: there is nothing to gain.
    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> Result<Box<str>, fmt::Error> {
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use serde::Serialize;

    use super::{json_key, spelled};

    #[derive(Serialize)]
    struct Name(&'static str);

    fn same<K: Serialize + ?Sized>(key: &K) -> Result<Box<str>, Box<str>> {
        let spelled = spelled(key);
        assert_eq!(json_key(key), spelled);
        spelled
    }

    #[test]
    fn a_text_is_spelled_as_serde_json_does() {
        assert_eq!(same("a/b"), Ok("a/b".into()));
        assert_eq!(same(""), Ok("".into()));
        assert_eq!(same(&Name("a")), Ok("a".into()));
        assert_eq!(same(&7), Ok("7".into()));
        assert_eq!(same(&true), Ok("true".into()));
        assert_eq!(same(&'c'), Ok("c".into()));
        assert_eq!(same(&Ipv4Addr::LOCALHOST), Ok("127.0.0.1".into()));
        for none in [same("a\0"), same(&Name("\0")), same(&[1, 2]), same(&())] {
            assert!(none.is_err());
        }
        let _ = same(&Some("a"));
    }
}
