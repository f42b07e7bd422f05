//! What a type can be: structs with and without names, containers, pointers, transparent wrappers.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use super::twice::corpus;

corpus! {
    types {
        /// Leaves of every JSON type.
        pub struct Leaves {
            pub flag: bool,
            pub letter: char,
            pub text: String,
            pub small: i8,
            pub large: u64,
            pub negative: i64,
            pub real: f64,
            pub not_zero: std::num::NonZeroU32,
            pub any: serde_json::Value,
            pub object: serde_json::Map<String, serde_json::Value>,
            pub address: std::net::IpAddr,
            pub duration: std::time::Duration,
            pub path: std::path::PathBuf,
            pub boxed: Box<str>,
        }

        pub struct Outer {
            pub inner: Inner,
            pub boxed: Box<Inner>,
            pub shared: Rc<Inner>,
            pub atomic: Arc<Inner>,
        }

        pub struct Inner {
            pub name: String,
            pub position: Position,
        }

        pub struct Position(pub i32, pub i32);

        /// Private fields have private accessors.
        pub struct Private {
            cursor: String,
            pub(super) page: u32,
        }

        pub struct Options {
            pub number: Option<u32>,
            pub nested: Option<Inner>,
            pub boxed: Option<Box<Inner>>,
            pub in_box: Box<Option<u32>>,
            pub list: Option<Vec<u8>>,
            pub map: Option<BTreeMap<String, Inner>>,
            pub twice: Option<Option<u32>>,
        }

        pub struct Sequences {
            pub list: Vec<u32>,
            pub structs: Vec<Inner>,
            pub deque: VecDeque<String>,
            pub slice: Box<[u8]>,
            pub array: [u16; 3],
            pub nested: Vec<Vec<Option<u32>>>,
            pub sorted: BTreeSet<String>,
            pub hashed: HashSet<u8>,
            pub heap: Heap,
        }

        pub struct Heap(pub BinaryHeap<u8>);

        pub struct Maps {
            pub by_name: BTreeMap<String, u32>,
            pub by_number: BTreeMap<i64, Inner>,
            pub by_unsigned: HashMap<u8, String>,
            pub by_letter: BTreeMap<char, bool>,
            pub by_kind: BTreeMap<Kind, Vec<u32>>,
            pub by_newtype: BTreeMap<Key, u32>,
            pub by_truth: BTreeMap<bool, u32>,
            pub of_maps: BTreeMap<String, BTreeMap<String, Option<Inner>>>,
            pub by_uuid: BTreeMap<uuid::Uuid, u32>,
        }

        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            PullRequest,
            Issue,
        }

        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        pub struct Key(pub String);

        pub struct Tuples {
            pub pair: (u32, String),
            pub triple: (Inner, Option<u8>, Vec<u8>),
            pub unit: (),
            pub in_list: Vec<(String, Position)>,
        }

        pub struct Newtype(pub String);

        pub struct NewtypeOfStruct(pub Inner);

        /// Not transparent to a missing field: serde asks for the newtype.
        pub struct NewtypeOfOption(pub Option<u32>);

        pub struct TupleStruct(pub u32, pub Inner, Vec<u8>);

        pub struct TupleWithSkipped(pub u32, #[serde(skip)] pub u8, pub String);

        pub struct Unit;

        pub struct NoFields {}

        pub struct EmptyTuple();

        #[serde(transparent)]
        pub struct Transparent {
            pub only: Inner,
        }

        #[serde(transparent)]
        pub struct TransparentTuple(pub Vec<u32>, #[serde(skip)] pub std::marker::PhantomData<u8>);

        /// An `Option` by another name: a missing field is `None`.
        #[serde(transparent)]
        pub struct TransparentOption(pub Option<u32>);

        #[serde(transparent)]
        pub struct TransparentTwice {
            /// The wrapped.
            inner: TransparentOption,
        }

        #[serde(transparent)]
        pub struct TransparentMap(pub BTreeMap<String, Inner>);

        pub struct Wrappers {
            pub newtype: Newtype,
            pub of_struct: NewtypeOfStruct,
            pub of_option: NewtypeOfOption,
            pub tuple: TupleStruct,
            pub skipped: TupleWithSkipped,
            pub unit: Unit,
            pub no_fields: NoFields,
            pub empty: EmptyTuple,
            pub transparent: Transparent,
            pub transparent_tuple: TransparentTuple,
            pub transparent_option: TransparentOption,
            pub transparent_twice: TransparentTwice,
            pub transparent_map: TransparentMap,
            pub marker: std::marker::PhantomData<u32>,
        }

        pub struct TwentyFive {
            pub a: u32, pub b: u32, pub c: u32, pub d: u32, pub e: u32,
            pub f: u32, pub g: u32, pub h: u32, pub i: u32, pub j: u32,
            pub k: u32, pub l: u32, pub m: u32, pub n: u32, pub o: u32,
            pub p: u32, pub q: u32, pub r: u32, pub s: u32, pub t: u32,
            pub u: u32, pub v: u32, pub w: u32, pub x: u32, pub y: u32,
        }

        pub struct Times {
            pub stored: checkpoint_schema::Timestamp,
            pub utc: chrono::DateTime<chrono::Utc>,
            pub offset: chrono::DateTime<chrono::FixedOffset>,
            pub date: chrono::NaiveDate,
            pub time: chrono::NaiveTime,
            pub naive: chrono::NaiveDateTime,
            pub id: uuid::Uuid,
            pub maybe: Option<checkpoint_schema::Timestamp>,
        }

        #[checkpoint(job = "whole_path", version = 1)]
        pub struct Job {
            pub cursors: BTreeMap<String, Inner>,
            #[serde(default)]
            pub batch_number: u64,
        }
    }
    beside {}
    entries {
        Leaves => [
            {
                "flag": true, "letter": "ß", "text": "a", "small": -1, "large": 18446744073709551615u64,
                "negative": -9007199254740993i64, "real": 0.1, "not_zero": 1, "any": {"a": [1]},
                "object": {"a": 1}, "address": "127.0.0.1", "duration": {"secs": 1, "nanos": 2},
                "path": "/a", "boxed": "x"
            },
            {
                "flag": false, "letter": "\"", "text": "", "small": 1, "large": 0, "negative": 5,
                "real": -2.5, "not_zero": 4294967295u32, "any": "text", "object": {}, "address": "::1",
                "duration": {"secs": 3, "nanos": 4}, "path": "b", "boxed": "y"
            },
        ] {
            flag; letter; text; small; large; negative; real; not_zero; any; object; address; duration;
            path; boxed;
        }
        Outer => [
            {
                "inner": {"name": "a", "position": [1, 2]}, "boxed": {"name": "b", "position": [3, 4]},
                "shared": {"name": "c", "position": [5, 6]}, "atomic": {"name": "d", "position": [7, 8]}
            },
            {
                "inner": {"name": "e", "position": [9, 10]}, "boxed": {"name": "f", "position": [11, 12]},
                "shared": {"name": "g", "position": [13, 14]}, "atomic": {"name": "h", "position": [15, 16]}
            },
        ] {
            inner; inner.name; inner.position; inner.position._0; inner.position._1;
            boxed; boxed.name; boxed.position; boxed.position._0; boxed.position._1;
            shared; shared.name; shared.position; shared.position._0; shared.position._1;
            atomic; atomic.name; atomic.position; atomic.position._0; atomic.position._1;
        }
        Position => [[1, 2], [3, 4]] { _0; _1; }
        Private => [{"cursor": "a", "page": 1}, {"cursor": "b", "page": 2}] { cursor; page; }
        Options => [
            {
                "number": 1, "nested": {"name": "a", "position": [1, 2]},
                "boxed": {"name": "b", "position": [3, 4]}, "in_box": 7, "list": [1],
                "map": {"k": {"name": "c", "position": [5, 6]}}, "twice": 1
            },
            {
                "number": 2, "nested": {"name": "d", "position": [7, 8]},
                "boxed": {"name": "e", "position": [9, 10]}, "in_box": 8, "list": [2, 3],
                "map": {"k": {"name": "f", "position": [11, 12]}}, "twice": 2
            },
            {
                "number": null, "nested": null, "boxed": null, "in_box": null, "list": null, "map": null,
                "twice": null
            },
        ] {
            number; number?; nested; nested?; nested?.name; nested?.position; nested?.position._0;
            nested?.position._1; boxed; boxed?; boxed?.name; boxed?.position; boxed?.position._0;
            boxed?.position._1; in_box; in_box?; list; list?; list?[0]; map; map?; map?{"k"};
            map?{"k"}.name; map?{"k"}.position; map?{"k"}.position._0; map?{"k"}.position._1;
            twice; twice?; twice??;
        }
        Sequences => [
            {
                "list": [1, 2], "structs": [{"name": "a", "position": [1, 2]}], "deque": ["a", "b"],
                "slice": [1], "array": [1, 2, 3], "nested": [[1, null]], "sorted": ["a", "b"],
                "hashed": [1], "heap": [1]
            },
            {
                "list": [3, 4], "structs": [{"name": "b", "position": [3, 4]}], "deque": ["c", "d"],
                "slice": [2], "array": [4, 5, 6], "nested": [[2, 3]], "sorted": ["c"],
                "hashed": [2], "heap": [2]
            },
        ] {
            list; list[0]; list[1]; structs; structs[0]; structs[0].name; structs[0].position;
            structs[0].position._0; structs[0].position._1; deque; deque[0]; deque[1]; slice; slice[0];
            array; array[0]; array[1]; array[2]; nested; nested[0]; nested[0][0]; nested[0][0]?;
            sorted; hashed; heap; heap._0;
        }
        Maps => [
            {
                "by_name": {"a": 1, "b/c": 2}, "by_number": {"-5": {"name": "a", "position": [1, 2]}},
                "by_unsigned": {"7": "x"}, "by_letter": {"~": true}, "by_kind": {"pull-request": [1]},
                "by_newtype": {"k": 1}, "by_truth": {"true": 1},
                "of_maps": {"a": {"b": {"name": "b", "position": [3, 4]}, "none": null}},
                "by_uuid": {"00000000-0000-0000-0000-000000000000": 1}
            },
            {
                "by_name": {"a": 3, "b/c": 4}, "by_number": {"-5": {"name": "c", "position": [5, 6]}},
                "by_unsigned": {"7": "y"}, "by_letter": {"~": false}, "by_kind": {"pull-request": [2]},
                "by_newtype": {"k": 2}, "by_truth": {"true": 2},
                "of_maps": {"a": {"b": {"name": "d", "position": [7, 8]}, "none": null}},
                "by_uuid": {"00000000-0000-0000-0000-000000000000": 2}
            },
        ] {
            by_name; by_name{"a"}; by_name{"b/c"}; by_number; by_number{&-5}; by_number{&-5}.name;
            by_number{&-5}.position; by_number{&-5}.position._0; by_number{&-5}.position._1; by_unsigned;
            by_unsigned{&7}; by_letter; by_letter{&'~'}; by_kind; by_kind{&Kind::PullRequest};
            by_kind{&Kind::PullRequest}[0]; by_newtype; by_newtype{&Key("k".to_owned())}; by_truth;
            by_truth{&true}; of_maps; of_maps{"a"}; of_maps{"a"}{"b"}; of_maps{"a"}{"b"}?;
            of_maps{"a"}{"b"}?.name; of_maps{"a"}{"b"}?.position; of_maps{"a"}{"b"}?.position._0;
            of_maps{"a"}{"b"}?.position._1; by_uuid; by_uuid{&uuid::Uuid::nil()};
        }
        Tuples => [
            {
                "pair": [1, "a"], "triple": [{"name": "a", "position": [1, 2]}, 3, [4]], "unit": null,
                "in_list": [["b", [5, 6]]]
            },
            {
                "pair": [2, "b"], "triple": [{"name": "c", "position": [7, 8]}, 9, [10]], "unit": null,
                "in_list": [["d", [11, 12]]]
            },
        ] {
            pair; pair._0; pair._1; triple; triple._0; triple._0.name; triple._0.position;
            triple._0.position._0; triple._0.position._1; triple._1; triple._1?; triple._2;
            triple._2[0]; unit; in_list; in_list[0]; in_list[0]._0; in_list[0]._1; in_list[0]._1._0;
            in_list[0]._1._1;
        }
        Newtype => ["a", "b"] { _0; }
        NewtypeOfStruct => [
            {"name": "a", "position": [1, 2]},
            {"name": "b", "position": [3, 4]},
        ] { _0; _0.name; _0.position; _0.position._0; _0.position._1; }
        NewtypeOfOption => [1, 2, null] { _0; _0?; }
        TupleStruct => [
            [1, {"name": "a", "position": [1, 2]}, [3]],
            [4, {"name": "b", "position": [5, 6]}, [7]],
        ] { _0; _1; _1.name; _1.position; _1.position._0; _1.position._1; _2; _2[0]; }
        Unit => [null] {}
        NoFields => [{}] {}
        EmptyTuple => [[]] {}
        Transparent => [
            {"name": "a", "position": [1, 2]},
            {"name": "b", "position": [3, 4]},
        ] { only; only.name; only.position; only.position._0; only.position._1; }
        TransparentTuple => [[1], [2]] { _0; _0[0]; }
        TransparentOption => [1, 2, null] { _0; _0?; }
        TransparentTwice => [1, 2, null] { inner; inner._0; inner._0?; }
        TransparentMap => [
            {"k": {"name": "a", "position": [1, 2]}},
            {"k": {"name": "b", "position": [3, 4]}},
        ] {
            _0; _0{"k"}; _0{"k"}.name; _0{"k"}.position; _0{"k"}.position._0; _0{"k"}.position._1;
        }
        Wrappers => [
            {
                "newtype": "a", "of_struct": {"name": "a", "position": [1, 2]}, "of_option": 1,
                "tuple": [1, {"name": "b", "position": [3, 4]}, [5]], "skipped": [1, "s"], "unit": null,
                "no_fields": {}, "empty": [], "transparent": {"name": "c", "position": [6, 7]},
                "transparent_tuple": [1], "transparent_option": 1, "transparent_twice": 1,
                "transparent_map": {"k": {"name": "d", "position": [8, 9]}}, "marker": null
            },
            {
                "newtype": "b", "of_struct": {"name": "e", "position": [10, 11]}, "of_option": 2,
                "tuple": [2, {"name": "f", "position": [12, 13]}, [14]], "skipped": [2, "t"], "unit": null,
                "no_fields": {}, "empty": [], "transparent": {"name": "g", "position": [15, 16]},
                "transparent_tuple": [2], "transparent_option": 2, "transparent_twice": 2,
                "transparent_map": {"k": {"name": "h", "position": [17, 18]}}, "marker": null
            },
        ] {
            newtype; newtype._0; of_struct; of_struct._0; of_struct._0.name; of_struct._0.position;
            of_struct._0.position._0; of_struct._0.position._1; of_option; of_option._0; of_option._0?;
            tuple; tuple._0; tuple._1; tuple._1.name; tuple._1.position; tuple._1.position._0;
            tuple._1.position._1; tuple._2; tuple._2[0]; skipped; skipped._0; skipped._2; unit; no_fields;
            empty; transparent; transparent.only; transparent.only.name; transparent.only.position;
            transparent.only.position._0; transparent.only.position._1; transparent_tuple;
            transparent_tuple._0; transparent_tuple._0[0]; transparent_option; transparent_option._0;
            transparent_option._0?; transparent_twice; transparent_twice.inner; transparent_twice.inner._0;
            transparent_twice.inner._0?; transparent_map; transparent_map._0; transparent_map._0{"k"};
            transparent_map._0{"k"}.name; transparent_map._0{"k"}.position;
            transparent_map._0{"k"}.position._0; transparent_map._0{"k"}.position._1; marker;
        }
        TwentyFive => [
            {
                "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10, "k": 11,
                "l": 12, "m": 13, "n": 14, "o": 15, "p": 16, "q": 17, "r": 18, "s": 19, "t": 20, "u": 21,
                "v": 22, "w": 23, "x": 24, "y": 25
            },
            {
                "a": 31, "b": 32, "c": 33, "d": 34, "e": 35, "f": 36, "g": 37, "h": 38, "i": 39, "j": 40,
                "k": 41, "l": 42, "m": 43, "n": 44, "o": 45, "p": 46, "q": 47, "r": 48, "s": 49, "t": 50,
                "u": 51, "v": 52, "w": 53, "x": 54, "y": 55
            },
        ] {
            a; b; c; d; e; f; g; h; i; j; k; l; m; n; o; p; q; r; s; t; u; v; w; x; y;
        }
        Times => [
            {
                "stored": "2025-01-15T12:00:00.000000Z", "utc": "2025-01-15T12:00:00Z",
                "offset": "2025-01-15T12:00:00+02:00", "date": "2025-01-15", "time": "12:00:00",
                "naive": "2025-01-15T12:00:00", "id": "00000000-0000-0000-0000-000000000001",
                "maybe": "2025-01-16T12:00:00.000000Z"
            },
            {
                "stored": "2026-01-15T12:00:00.000000Z", "utc": "2026-01-15T12:00:00Z",
                "offset": "2026-01-15T12:00:00+02:00", "date": "2026-01-15", "time": "13:00:00",
                "naive": "2026-01-15T12:00:00", "id": "00000000-0000-0000-0000-000000000002",
                "maybe": "2026-01-16T12:00:00.000000Z"
            },
        ] { stored; utc; offset; date; time; naive; id; maybe; maybe?; }
        Job => [
            {"cursors": {"issues": {"name": "a", "position": [1, 2]}}, "batch_number": 1},
            {"cursors": {"issues": {"name": "b", "position": [3, 4]}}, "batch_number": 2},
        ] {
            cursors; cursors{"issues"}; cursors{"issues"}.name; cursors{"issues"}.position;
            cursors{"issues"}.position._0; cursors{"issues"}.position._1; batch_number;
        }
    }
}
