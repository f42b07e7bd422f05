//! What the name of a well-known type tells about its JSON. A macro sees names only, so what these functions
//! do not know passes.

use syn::{GenericArgument, PathArguments, Type};

use crate::ast::last_segment;

/// Numbers and strings.
const SCALARS: &[&str] = &[
    "String", "PathBuf", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8",
    "u16", "u32", "u64", "u128", "usize",
];
const ARRAYS: &[&str] = &["Vec", "VecDeque", "LinkedList", "BTreeSet", "HashSet", "BinaryHeap"];
const MAPS: &[&str] = &["BTreeMap", "HashMap"];
/// Written as what they point to.
const POINTERS: &[&str] = &["Box", "Rc", "Arc"];

fn named(ty: &Type, names: &[&str]) -> bool {
    last_segment(ty).is_some_and(|name| names.iter().any(|known| name == known))
}

/// The type as the user wrote it, near enough.
pub(super) fn written(ty: &Type) -> String {
    let mut text = quote::ToTokens::to_token_stream(ty).to_string();
    for (spaced, tight) in [
        (" :: ", "::"),
        (" < ", "<"),
        (" > ", ">"),
        (" >", ">"),
        (" , ", ", "),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// The type behind `Box`, `Rc` and `Arc`.
pub(super) fn pointee(ty: &Type) -> &Type {
    match arguments(ty).as_slice() {
        [inner] if named(ty, POINTERS) => pointee(inner),
        _ => ty,
    }
}

/// The type in `Option<…>`.
pub(super) fn inside_option(ty: &Type) -> Option<&Type> {
    let ty = pointee(ty);
    match arguments(ty).as_slice() {
        [inner] if named(ty, &["Option"]) => Some(inner),
        _ => None,
    }
}

/// The types between `<` and `>`.
fn arguments(ty: &Type) -> Vec<&Type> {
    let path = match ty {
        Type::Path(path) => path,
        Type::Group(group) => return arguments(&group.elem),
        Type::Paren(paren) => return arguments(&paren.elem),
        _ => return Vec::new(),
    };
    match path.path.segments.last().map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(list)) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A number, a string or an array: serde can write no key beside it.
pub(super) fn is_no_object(ty: &Type) -> bool {
    let ty = pointee(ty);
    named(ty, SCALARS) || is_array(ty)
}

fn is_array(ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Array(_) | Type::Slice(_) => true,
        _ => named(ty, ARRAYS),
    }
}

pub(super) fn is_map(ty: &Type) -> bool {
    named(pointee(ty), MAPS)
}

/// Does serde refuse a document without a field of this type?
pub(super) fn is_required(ty: &Type) -> bool {
    is_no_object(ty) || is_map(ty)
}

/// A type and every type in it.
pub(super) fn each<'a>(ty: &'a Type, visit: &mut impl FnMut(&'a Type)) {
    visit(ty);
    match ty {
        Type::Group(group) => each(&group.elem, visit),
        Type::Paren(paren) => each(&paren.elem, visit),
        Type::Array(array) => each(&array.elem, visit),
        Type::Slice(slice) => each(&slice.elem, visit),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| each(elem, visit)),
        // Not the types in a phantom: nothing of them is stored.
        _ if named(ty, &["PhantomData"]) => {}
        _ => arguments(ty).into_iter().for_each(|argument| each(argument, visit)),
    }
}

/// The key of a map, if serde_json refuses to write it: its keys are strings, numbers and booleans.
pub(super) fn refused_key(ty: &Type) -> Option<&Type> {
    if !named(ty, MAPS) {
        return None;
    }
    let key = *arguments(ty).first()?;
    let inner = pointee(key);
    let unit = matches!(inner, Type::Tuple(_));
    (unit || is_array(inner) || named(inner, MAPS) || named(inner, &["Option"])).then_some(key)
}

/// An integer that serde_json's `Value` does not hold.
pub(super) fn is_128_bits(ty: &Type) -> bool {
    matches!(ty, Type::Path(_)) && named(ty, &["i128", "u128"])
}
