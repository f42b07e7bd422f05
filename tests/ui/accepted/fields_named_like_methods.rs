//! Every field has its accessor, whatever its name: methods of `Path`, `Checkpoint` and common traits.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    set: String,
    fields: u64,
    get: u64,
    get_raw: u64,
    encode: u64,
    clone: u64,
    deref: u64,
    pointer: u64,
    path: Nested,
    handle: u64,
    root: u64,
    steps: u64,
    r#type: String,
    r#fn: u64,
    some: Option<u64>,
    key: u64,
    at: Vec<u64>,
    fmt: u64,
    into: u64,
    borrow: u64,
    to_string: u64,
    self_: u64,
    update: u64,
    filter: u64,
    unset: u64,
    eq: u64,
    __field: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Nested {
    path: Option<Box<Nested>>,
}

fn main() {
    let f = GithubCheckpoint::fields();
    let nested = f.path().path().some().path();
    assert_eq!(nested.pointer().unwrap(), "/path/path/path");
    assert_eq!(f.r#type().pointer().unwrap(), "/type");
    assert_eq!(f.r#fn().pointer().unwrap(), "/fn");
    assert_eq!(f.at().at(1).pointer().unwrap(), "/at/1");
    assert_eq!(f.some().some().pointer().unwrap(), "/some");
    assert_eq!(f.__field().pointer().unwrap(), "/__field");
    let pointers = [
        (f.set().pointer(), "/set"),
        (f.fields().pointer(), "/fields"),
        (f.get().pointer(), "/get"),
        (f.get_raw().pointer(), "/get_raw"),
        (f.encode().pointer(), "/encode"),
        (f.clone().pointer(), "/clone"),
        (f.deref().pointer(), "/deref"),
        (f.pointer().pointer(), "/pointer"),
        (f.handle().pointer(), "/handle"),
        (f.root().pointer(), "/root"),
        (f.steps().pointer(), "/steps"),
        (f.key().pointer(), "/key"),
        (f.fmt().pointer(), "/fmt"),
        // `Into::into` takes the handle by value, which Rust looks for first.
        ((&f).into().pointer(), "/into"),
        (f.borrow().pointer(), "/borrow"),
        (f.to_string().pointer(), "/to_string"),
        (f.self_().pointer(), "/self_"),
        (f.update().pointer(), "/update"),
        (f.filter().pointer(), "/filter"),
        (f.unset().pointer(), "/unset"),
        (f.eq().pointer(), "/eq"),
    ];
    for (pointer, expected) in pointers {
        assert_eq!(pointer.unwrap(), expected);
    }
}
