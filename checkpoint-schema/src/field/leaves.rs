//! Types whose value is one piece: no accessors below them.

/// Makes a type of your own a checkpoint field whose value is one piece, without accessors below it.
///
/// For types that implement serde's traits and schemars' `JsonSchema` by hand. Types that derive
/// `Checkpoint` do not need it.
///
/// ```
/// use serde::{Deserialize, Serialize};
///
/// /// `12:34`, stored as a string.
/// #[derive(Clone, Serialize, Deserialize)]
/// #[serde(into = "String", try_from = "String")]
/// struct TimeOfDay { hour: u8, minute: u8 }
/// # impl From<TimeOfDay> for String {
/// #     fn from(t: TimeOfDay) -> String { format!("{}:{}", t.hour, t.minute) }
/// # }
/// # impl TryFrom<String> for TimeOfDay {
/// #     type Error = std::num::ParseIntError;
/// #     fn try_from(s: String) -> Result<Self, Self::Error> {
/// #         let (h, m) = s.split_once(':').unwrap_or((&s, "0"));
/// #         Ok(TimeOfDay { hour: h.parse()?, minute: m.parse()? })
/// #     }
/// # }
///
/// checkpoint_schema::leaf!(TimeOfDay);
/// ```
#[macro_export]
macro_rules! leaf {
    ($($leaf:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::Field for $leaf {
            type Bare = $crate::field::Required;
            type Handle<R, S> = $crate::Path<R, Self, S>;

            fn handle<R, S>(path: $crate::Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }
    )+};
}

// No 128-bit integers: serde_json's `Value` does not hold them.
leaf!(bool, char, String, ());

/// Numbers, whose default is 0.
macro_rules! numbers {
    ($blank:ident: $($number:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl crate::Field for $number {
            type Bare = super::Required;
            type Handle<R, S> = super::Path<R, Self, S>;
            const __BLANK: Option<super::shape::Blank> = Some(super::shape::Blank::$blank);

            fn handle<R, S>(path: super::Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }
    )*};
}

numbers!(Integer: i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
numbers!(Float: f32 f64);
leaf!(std::num::NonZeroI8, std::num::NonZeroI16, std::num::NonZeroI32, std::num::NonZeroI64);
leaf!(std::num::NonZeroU8, std::num::NonZeroU16, std::num::NonZeroU32, std::num::NonZeroU64);
leaf!(std::num::NonZeroIsize, std::num::NonZeroUsize);
leaf!(std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr);
leaf!(std::net::SocketAddr, std::net::SocketAddrV4, std::net::SocketAddrV6);
leaf!(std::time::Duration, std::time::SystemTime, std::path::PathBuf, Box<str>);
leaf!(serde_json::Value, serde_json::Map<String, serde_json::Value>, serde_json::Number);

impl<T: ?Sized> crate::Field for std::marker::PhantomData<T> {
    type Bare = super::Required;
    type Handle<R, S> = super::Path<R, Self, S>;

    fn handle<R, S>(path: super::Path<R, Self, S>) -> Self::Handle<R, S> {
        path
    }
}

#[cfg(feature = "chrono")]
leaf!(
    crate::Timestamp,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
);

#[cfg(feature = "uuid")]
leaf!(uuid::Uuid);
