//! The JSON of a value, if PostgreSQL can store it and serde can read back what the value says.
//!
//! `serde_json::to_value` writes `null` for a number that JSON does not have, and takes text and nesting
//! that `jsonb` or serde_json's own parser refuse. [`Storable`] stands between a value and serde_json and
//! stops what the finished JSON no longer shows; the rest is seen in the finished JSON.

use serde::ser::{self, Error as _, Serialize, Serializer};
use serde_json::{Error, Value};

/// How many arrays and objects may stand inside each other: serde_json's parser refuses the 128th. (The
/// limit of `jsonb` is its server's stack, in the thousands.)
const DEEPEST: u8 = 127;

const TOO_DEEP: &str = "nested deeper than 127 levels, which serde_json does not read back";
const NUL_IN_TEXT: &str = "the text holds U+0000, which PostgreSQL cannot store";
const NUL_IN_KEY: &str = "the key holds U+0000, which PostgreSQL cannot store";

/// serde_json names the structs that stand for a number or for raw JSON like this: they are no objects.
const PRIVATE: &str = "$serde_json::private::";

/// The JSON of `value`.
///
/// # Errors
///
/// What serde_json refuses; NaN and the infinities; U+0000 in a text or a key; more than 127 levels.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    to_value_with(|serializer| value.serialize(serializer))
}

/// The JSON that a field's `serialize_with` function writes.
///
/// # Errors
///
/// As [`to_value`].
pub fn to_value_with(
    write: impl FnOnce(Storable<serde_json::value::Serializer>) -> Result<Value, Error>,
) -> Result<Value, Error> {
    checked(write(Storable { inner: serde_json::value::Serializer, levels: DEEPEST })?)
}

/// The JSON of a text.
///
/// # Errors
///
/// As [`to_value`].
#[inline]
pub(crate) fn text(text: &str) -> Result<Value, Error> {
    if has_nul(text) { Err(nul_in_text()) } else { Ok(Value::String(text.to_owned())) }
}

#[cold]
fn nul_in_text() -> Error {
    Error::custom(NUL_IN_TEXT)
}

/// Looks at every byte, which for the short texts of checkpoints is less work than to stop at the first: eight at
/// a time (a byte is 0 where only the subtraction sets its highest bit), the last eight once more.
#[inline]
pub(crate) fn has_nul(text: &str) -> bool {
    const LOWEST: u64 = 0x0101_0101_0101_0101;

    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else { return bytes.contains(&0) };
    let of = |eight: &[u8; 8]| {
        let eight = u64::from_ne_bytes(*eight);
        eight.wrapping_sub(LOWEST) & !eight
    };
    let found = bytes.as_chunks().0.iter().fold(of(last), |found, eight| found | of(eight));
    found & (LOWEST << 7) != 0
}

fn checked(value: Value) -> Result<Value, Error> {
    // `Storable` has counted all levels but those of bytes and of raw JSON.
    match fault(0, &value) {
        Some(why) => Err(Error::custom(why)),
        None => Ok(value),
    }
}

/// Why `value` cannot be stored inside `above` arrays and objects, as the words of an error.
fn fault(above: usize, value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) if has_nul(text) => Some(NUL_IN_TEXT),
        Value::Array(_) | Value::Object(_) if above >= usize::from(DEEPEST) => Some(TOO_DEEP),
        Value::Array(array) => array.iter().find_map(|element| fault(above + 1, element)),
        Value::Object(object) => object
            .iter()
            .find_map(|(key, member)| if has_nul(key) { Some(NUL_IN_KEY) } else { fault(above + 1, member) }),
        _ => None,
    }
}

/// There are too many levels.
pub(crate) fn too_deep() -> Error {
    Error::custom(TOO_DEEP)
}

/// `value`, which can be stored by itself, if it can stand inside `above` arrays and objects.
///
/// # Errors
///
/// If there were more than 127 levels in all.
pub(crate) fn below(above: usize, value: Value) -> Result<Value, Error> {
    if fits_below(above, &value) { Ok(value) } else { Err(too_deep()) }
}

pub(crate) fn fits_below(above: usize, value: &Value) -> bool {
    let deepest = usize::from(DEEPEST);
    match value {
        Value::Array(array) => above < deepest && array.iter().all(|element| fits_below(above + 1, element)),
        Value::Object(object) => {
            above < deepest && object.values().all(|member| fits_below(above + 1, member))
        }
        _ => above <= deepest,
    }
}

/// A serializer that hands all on to another, but refuses NaN and the infinities, which serde_json would
/// write as `null`; and, before the stack ends, what is nested too deep.
///
/// Every value inside is wrapped in [`Inside`], so that it meets the same checks. Map keys are not: what
/// serde_json makes of them is checked, and it refuses keys that are not finite itself.
#[derive(Debug)]
pub struct Storable<S> {
    inner: S,
    /// How many more arrays and objects may be entered.
    levels: u8,
}

/// A value inside another one.
struct Inside<'a, T: ?Sized> {
    value: &'a T,
    levels: u8,
}

impl<T: Serialize + ?Sized> Serialize for Inside<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Storable { inner: serializer, levels: self.levels })
    }
}

/// The levels that are left inside `entered` more arrays or objects.
fn enter<E: ser::Error>(levels: u8, entered: u8) -> Result<u8, E> {
    levels.checked_sub(entered).ok_or_else(|| E::custom(TOO_DEEP))
}

fn finite<E: ser::Error>(value: f64) -> Result<(), E> {
    let name = match value {
        _ if value.is_finite() => return Ok(()),
        f64::INFINITY => "infinity",
        f64::NEG_INFINITY => "-infinity",
        _ => "NaN",
    };
    Err(E::custom(format_args!("{name} cannot be stored: JSON has no such number")))
}

macro_rules! scalars {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        }
    )*};
}

impl<S: Serializer> Serializer for Storable<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Parts<S::SerializeSeq>;
    type SerializeTuple = Parts<S::SerializeTuple>;
    type SerializeTupleStruct = Parts<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Parts<S::SerializeTupleVariant>;
    type SerializeMap = Parts<S::SerializeMap>;
    type SerializeStruct = Parts<S::SerializeStruct>;
    type SerializeStructVariant = Parts<S::SerializeStructVariant>;

    scalars! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8]) serialize_unit_struct(&'static str)
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        finite(value.into())?;
        self.inner.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        finite(value)?;
        self.inner.serialize_f64(value)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Inside { value, levels: self.levels })
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Inside { value, levels: self.levels })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let levels = enter(self.levels, 1)?;
        self.inner.serialize_newtype_variant(name, index, variant, &Inside { value, levels })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        let levels = enter(self.levels, 1)?;
        Ok(Parts { inner: self.inner.serialize_seq(len)?, levels })
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        let levels = enter(self.levels, 1)?;
        Ok(Parts { inner: self.inner.serialize_tuple(len)?, levels })
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        let levels = enter(self.levels, 1)?;
        Ok(Parts { inner: self.inner.serialize_tuple_struct(name, len)?, levels })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        // The array, and the object around it that names the variant.
        let levels = enter(self.levels, 2)?;
        Ok(Parts { inner: self.inner.serialize_tuple_variant(name, index, variant, len)?, levels })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let levels = enter(self.levels, 1)?;
        Ok(Parts { inner: self.inner.serialize_map(len)?, levels })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        let levels = enter(self.levels, u8::from(!name.starts_with(PRIVATE)))?;
        Ok(Parts { inner: self.inner.serialize_struct(name, len)?, levels })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let levels = enter(self.levels, 2)?;
        Ok(Parts { inner: self.inner.serialize_struct_variant(name, index, variant, len)?, levels })
    }

    // serde's default would make a `String` first, and copy it.
    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// An array or an object that is being written.
#[derive(Debug)]
pub struct Parts<P> {
    inner: P,
    /// As in [`Storable`], for what is inside.
    levels: u8,
}

macro_rules! elements {
    ($($kind:ident $method:ident)*) => {$(
        impl<P: ser::$kind> ser::$kind for Parts<P> {
            type Ok = P::Ok;
            type Error = P::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), P::Error> {
                self.inner.$method(&Inside { value, levels: self.levels })
            }

            fn end(self) -> Result<P::Ok, P::Error> {
                self.inner.end()
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($kind:ident)*) => {$(
        impl<P: ser::$kind> ser::$kind for Parts<P> {
            type Ok = P::Ok;
            type Error = P::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), P::Error> {
                self.inner.serialize_field(key, &Inside { value, levels: self.levels })
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), P::Error> {
                self.inner.skip_field(key)
            }

            fn end(self) -> Result<P::Ok, P::Error> {
                self.inner.end()
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl<P: ser::SerializeMap> ser::SerializeMap for Parts<P> {
    type Ok = P::Ok;
    type Error = P::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), P::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), P::Error> {
        self.inner.serialize_value(&Inside { value, levels: self.levels })
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), P::Error> {
        self.inner.serialize_entry(key, &Inside { value, levels: self.levels })
    }

    fn end(self) -> Result<P::Ok, P::Error> {
        self.inner.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use serde::Serialize;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::{NUL_IN_KEY, NUL_IN_TEXT, TOO_DEEP, has_nul, to_value, to_value_with};

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    struct Newtype<T>(T);

    #[derive(Serialize)]
    struct Tuple<T>(u8, T);

    #[derive(Serialize)]
    struct Named<T> {
        a: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<u8>,
        b: T,
    }

    #[derive(Serialize)]
    struct Flat<T> {
        first: u8,
        #[serde(flatten)]
        rest: Named<T>,
    }

    #[derive(Serialize)]
    enum External<T> {
        Unit,
        Newtype(T),
        Tuple(u8, T),
        Named {
            a: u8,
            b: T,
        },
        #[serde(untagged)]
        Whole(Vec<T>),
    }

    #[derive(Serialize)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent<T> {
        Unit,
        Newtype(T),
        Tuple(u8, T),
        Named { a: u8, b: T },
    }

    #[derive(Serialize)]
    #[serde(tag = "t")]
    enum Internal<T> {
        Unit,
        Newtype(Named<T>),
        Named {
            a: u8,
            b: T,
        },
        Flat {
            first: u8,
            #[serde(flatten)]
            rest: Named<T>,
        },
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Untagged<T> {
        Unit,
        Newtype(T),
        Tuple(u8, T),
        Named { a: u8, b: T },
    }

    fn named<T>(b: T) -> Named<T> {
        Named { a: 1, left_out: None, b }
    }

    /// What becomes of `value` alone, and in every kind of serde's data model that holds values: here, and
    /// by serde_json alone.
    #[track_caller]
    fn everywhere<T: Serialize>(
        value: impl Fn() -> T,
        check: impl Fn(Result<Value, String>, Result<Value, String>),
    ) {
        macro_rules! each {
            ($($whole:expr,)*) => {$({
                let whole = $whole;
                let ours = to_value(&whole).map_err(|error| error.to_string());
                check(ours, serde_json::to_value(&whole).map_err(|error| error.to_string()));
                let ours = to_value_with(|serializer| whole.serialize(serializer));
                check(
                    ours.map_err(|error| error.to_string()),
                    whole.serialize(serde_json::value::Serializer).map_err(|error| error.to_string()),
                );
            })*};
        }
        each! {
            value(),
            Some(value()),
            Box::new(value()),
            Newtype(value()),
            (1, value()),
            [value()],
            vec![value()],
            Tuple(1, value()),
            named(value()),
            named(Some(vec![value()])),
            Flat { first: 1, rest: named(value()) },
            BTreeMap::from([(-1, value())]),
            BTreeMap::from([("key", value())]),
            External::Newtype(value()),
            External::Tuple(1, value()),
            External::Named { a: 1, b: value() },
            External::Whole(vec![value()]),
            Adjacent::Newtype(value()),
            Adjacent::Tuple(1, value()),
            Adjacent::Named { a: 1, b: value() },
            Internal::Newtype(named(value())),
            Internal::Named { a: 1, b: value() },
            Internal::Flat { first: 1, rest: named(value()) },
            Untagged::Newtype(value()),
            Untagged::Tuple(1, value()),
            Untagged::Named { a: 1, b: value() },
        }
    }

    #[track_caller]
    fn refused_everywhere<T: Serialize>(value: impl Fn() -> T, why: &str) {
        everywhere(value, |ours, theirs| {
            assert_eq!(ours, Err(why.to_owned()), "serde_json writes {}", theirs.unwrap());
        });
    }

    #[track_caller]
    fn unchanged<T: Serialize>(value: impl Fn() -> T) {
        everywhere(value, |ours, theirs| assert_eq!(ours, theirs));
    }

    /// Writes itself through `collect_str`.
    struct Shown(&'static str);

    impl Serialize for Shown {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self.0)
        }
    }

    struct Bytes(&'static [u8]);

    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }

    #[test]
    fn a_number_that_json_does_not_have_is_refused_everywhere() {
        let refusal = |name: &str| format!("{name} cannot be stored: JSON has no such number");
        refused_everywhere(|| f64::NAN, &refusal("NaN"));
        refused_everywhere(|| -f64::NAN, &refusal("NaN"));
        refused_everywhere(|| f64::INFINITY, &refusal("infinity"));
        refused_everywhere(|| f64::NEG_INFINITY, &refusal("-infinity"));
        refused_everywhere(|| f32::NAN, &refusal("NaN"));
        refused_everywhere(|| f32::INFINITY, &refusal("infinity"));
        refused_everywhere(|| f32::NEG_INFINITY, &refusal("-infinity"));
    }

    #[test]
    fn text_with_nul_is_refused_everywhere() {
        refused_everywhere(|| "a\0b", NUL_IN_TEXT);
        refused_everywhere(|| "\0".to_owned(), NUL_IN_TEXT);
        refused_everywhere(|| '\0', NUL_IN_TEXT);
        refused_everywhere(|| Shown("a\0"), NUL_IN_TEXT);
        refused_everywhere(|| json!({"a": ["\0"]}), NUL_IN_TEXT);
        unchanged(|| r"\u0000");
    }

    #[test]
    fn a_key_with_nul_is_refused_everywhere() {
        #[derive(Serialize)]
        struct Renamed {
            #[serde(rename = "a\0")]
            a: u8,
        }

        #[derive(Serialize)]
        enum Variant {
            #[serde(rename = "\0")]
            Newtype(u8),
        }

        #[derive(Serialize)]
        enum UnitVariant {
            #[serde(rename = "\0")]
            Unit,
        }

        refused_everywhere(|| BTreeMap::from([("a\0", 1)]), NUL_IN_KEY);
        refused_everywhere(|| BTreeMap::from([('\0', 1)]), NUL_IN_KEY);
        refused_everywhere(|| json!({"\0": null}), NUL_IN_KEY);
        refused_everywhere(|| Renamed { a: 1 }, NUL_IN_KEY);
        refused_everywhere(|| Variant::Newtype(1), NUL_IN_KEY);
        refused_everywhere(|| UnitVariant::Unit, NUL_IN_TEXT);
    }

    #[test]
    fn all_else_is_written_as_serde_json_writes_it() {
        unchanged(|| ());
        unchanged(|| Unit);
        unchanged(|| true);
        unchanged(|| (i8::MIN, i16::MIN, i32::MIN, i64::MIN));
        unchanged(|| (u8::MAX, u16::MAX, u32::MAX, u64::MAX));
        unchanged(|| (i128::from(i64::MIN), u128::from(u64::MAX)));
        unchanged(|| (0.1f32, f32::MAX, -0.0f32, f32::MIN_POSITIVE));
        unchanged(|| (0.1, f64::MAX, f64::MIN, -0.0, 5e-324));
        unchanged(|| ('x', '\u{1}', "größe 漢 🦀", String::new()));
        unchanged(|| Shown("text"));
        unchanged(|| Bytes(&[0, 1, 255]));
        unchanged(|| None::<f64>);
        unchanged(|| Some(Some(1)));
        unchanged(|| External::<u8>::Unit);
        unchanged(|| Adjacent::<u8>::Unit);
        unchanged(|| Untagged::<u8>::Unit);
        unchanged(|| Internal::<u8>::Unit);
        unchanged(|| HashMap::from([(1, "a"), (-2, "b")]));
        unchanged(|| HashMap::from([(true, 1)]));
        unchanged(|| json!({"a": [1, -1, 1.5, "x", null, true, {}, []], "": {"b": u64::MAX}}));
        unchanged(|| serde_json::Number::from(u64::MAX));
        unchanged(|| serde_json::Number::from_f64(1.5));
        unchanged(|| RawValue::from_string(r#"{"a": [1, "x"]}"#.to_owned()).unwrap());
        unchanged(|| std::time::Duration::new(1, 5));
        unchanged(|| std::net::Ipv4Addr::LOCALHOST);
    }

    #[test]
    fn what_serde_json_refuses_is_refused_in_its_words() {
        /// A map with the one key, of any type.
        struct Keyed<K>(K);

        impl<K: Serialize> Serialize for Keyed<K> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map([(&self.0, 1)])
            }
        }

        unchanged(|| i128::MIN);
        unchanged(|| u128::MAX);
        unchanged(|| Keyed(1.5));
        unchanged(|| Keyed(f64::NAN));
        unchanged(|| Keyed(f32::INFINITY));
        unchanged(|| Keyed(Newtype(7)));
        unchanged(|| Keyed(External::<u8>::Unit));
        unchanged(|| Keyed(vec![1]));
        unchanged(|| Keyed(()));
        assert!(to_value(&Keyed(f64::NAN)).is_err());
    }

    /// `inner`, inside `levels` arrays and objects in turn.
    fn nested(levels: usize, inner: Value) -> Value {
        (0..levels)
            .fold(inner, |inside, level| if level % 2 == 0 { json!([inside]) } else { json!({"in": inside}) })
    }

    fn reads_back(value: &Value) -> bool {
        serde_json::from_str::<Value>(&value.to_string()).is_ok_and(|read| read == *value)
    }

    #[track_caller]
    fn is_deepest<T: Serialize>(make: impl Fn(usize) -> T, levels: usize) {
        let deepest = to_value(&make(levels)).unwrap();
        assert!(reads_back(&deepest));
        let deeper = make(levels + 1);
        assert_eq!(to_value(&deeper).unwrap_err().to_string(), TOO_DEEP);
        assert!(!reads_back(&serde_json::to_value(&deeper).unwrap()));
    }

    #[test]
    fn what_serde_json_would_not_read_back_is_refused() {
        is_deepest(|levels| nested(levels, json!(1)), 127);
        is_deepest(|levels| nested(levels, json!("text")), 127);
        is_deepest(|levels| nested(levels, json!([])), 126);
        is_deepest(|levels| nested(levels, json!({})), 126);
        is_deepest(|levels| Some(Newtype(nested(levels, json!(1)))), 127);
        is_deepest(|levels| (nested(levels, json!(1)), 1), 126);
        is_deepest(|levels| Tuple(1, nested(levels, json!(1))), 126);
        is_deepest(|levels| named(nested(levels, json!(1))), 126);
        is_deepest(|levels| Flat { first: 1, rest: named(nested(levels, json!(1))) }, 126);
        is_deepest(|levels| BTreeMap::from([(1, nested(levels, json!(1)))]), 126);
        is_deepest(|levels| External::Named { a: 1, b: nested(levels, json!(1)) }, 125);
        is_deepest(|levels| External::Tuple(1, nested(levels, json!(1))), 125);
        is_deepest(|levels| External::Newtype(nested(levels, json!(1))), 126);
        is_deepest(|levels| External::Whole(vec![nested(levels, json!(1))]), 126);
        is_deepest(|levels| Adjacent::Tuple(1, nested(levels, json!(1))), 125);
        is_deepest(|levels| Untagged::Tuple(1, nested(levels, json!(1))), 126);
        is_deepest(|levels| Internal::Newtype(named(nested(levels, json!(1)))), 126);
    }

    #[test]
    fn levels_that_only_the_finished_json_shows_are_counted() {
        /// The value, inside as many lists.
        struct Lists<'a, T>(usize, &'a T);

        impl<T: Serialize> Serialize for Lists<'_, T> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    0 => self.1.serialize(serializer),
                    levels => serializer.collect_seq([Lists(levels - 1, self.1)]),
                }
            }
        }

        fn raw(text: &str) -> Box<RawValue> {
            RawValue::from_string(text.to_owned()).unwrap()
        }

        is_deepest(|levels| Lists(levels, &1), 127);
        is_deepest(|levels| Lists(levels, &Bytes(b"a")), 126);
        let (number, lists) = (raw("1"), raw("[[1]]"));
        is_deepest(|levels| Lists(levels, &number), 127);
        is_deepest(|levels| Lists(levels, &lists), 125);
        assert_eq!(to_value(&raw(r#""\u0000""#)).unwrap_err().to_string(), NUL_IN_TEXT);
        assert_eq!(to_value(&raw(r#"{"\u0000": 1}"#)).unwrap_err().to_string(), NUL_IN_KEY);
    }

    #[test]
    fn what_never_ends_is_refused_before_the_stack_does() {
        struct Endless;

        impl Serialize for Endless {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq([Endless])
            }
        }

        assert_eq!(to_value(&Endless).unwrap_err().to_string(), TOO_DEEP);
    }
    #[test]
    fn u_0000_is_seen_wherever_it_stands() {
        for length in 0..40 {
            let text = "a\u{80}".repeat(length);
            assert!(!has_nul(&text));
            for at in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
                let (before, after) = text.split_at(at);
                assert!(has_nul(&format!("{before}\0{after}")));
            }
        }
    }
}
