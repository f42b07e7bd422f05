//! `#[checkpoint(…)]`: what it may hold, and what is wrong with what it holds.

use std::cell::RefCell;

use proc_macro2::Span;
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, LitInt, LitStr, Path};

/// Collects every fault of a type, so that all are told at once.
#[derive(Default)]
pub(crate) struct Errors(RefCell<Vec<syn::Error>>);

impl Errors {
    pub(crate) fn push(&self, error: syn::Error) {
        self.0.borrow_mut().push(error);
    }

    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn at_span(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// All faults as one error; `None` if there are none.
    pub(crate) fn finish(self) -> Option<syn::Error> {
        self.0.into_inner().into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        })
    }
}

/// `#[checkpoint(…)]` on a type.
#[derive(Default)]
pub(crate) struct ContainerAttrs {
    /// `job = "github"`: the type is the whole checkpoint of this job.
    pub(crate) job: Option<LitStr>,
    /// `version = 1`: the version of the layout.
    pub(crate) version: Option<LitInt>,
    /// `schema = "manual"`: the type has its own `JsonSchema`.
    pub(crate) manual_schema: bool,
    /// `crate = "…"`: the path of checkpoint-schema.
    pub(crate) crate_path: Option<Path>,
}

/// `#[checkpoint(…)]` on a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    /// `leaf`: the value is one piece, whatever its type.
    pub(crate) leaf: Option<Span>,
}

const ON_TYPE: &[&str] = &["job", "version", "schema", "crate"];
const ON_FIELD: &[&str] = &["leaf"];

impl ContainerAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut parsed = Self::default();
        let mut schema: Option<LitStr> = None;
        each_item(attrs, errors, |name, meta| match name {
            "job" => set(&mut parsed.job, string(meta, "github")?, meta),
            "version" => set(&mut parsed.version, meta.value()?.parse()?, meta),
            "schema" => set(&mut schema, string(meta, "manual")?, meta),
            "crate" => {
                let path = string(meta, "path::to::checkpoint_schema")?.parse_with(Path::parse_mod_style)?;
                set(&mut parsed.crate_path, path, meta)
            }
            other => Err(unknown(meta, other, ON_TYPE, ON_FIELD, "a field")),
        });

        if let Some(job) = &parsed.job
            && let Err(advice) = check_job(&job.value())
        {
            errors.at(job, advice);
        }
        match (&parsed.version, &parsed.job) {
            (Some(version), None) => errors.at(
                version,
                "`version` needs a job: only the whole checkpoint of a job has a version; write `#[checkpoint(job = \"…\", version = 1)]`, or leave `version` out",
            ),
            (Some(version), Some(_)) if !version.base10_parse::<u32>().is_ok_and(|n| n > 0) => {
                errors.at(version, "versions count from 1 and fit in 32 bits: write `version = 1`");
            }
            _ => {}
        }
        if let Some(schema) = schema {
            match schema.value().as_str() {
                "manual" => parsed.manual_schema = true,
                other => errors.at(
                    &schema,
                    format_args!(
                        "unknown value `{other}` of `schema`: write `schema = \"manual\"`, or leave it out to have the schema derived"
                    ),
                ),
            }
        }
        parsed
    }
}

impl FieldAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut parsed = Self::default();
        each_item(attrs, errors, |name, meta| match name {
            "leaf" if meta.input.peek(syn::Token![=]) => {
                Err(meta.error("`leaf` takes no value: write `#[checkpoint(leaf)]`"))
            }
            "leaf" => set(&mut parsed.leaf, meta.path.span(), meta),
            other => Err(unknown(meta, other, ON_FIELD, ON_TYPE, "the struct or enum")),
        });
        parsed
    }
}

/// Refuses every `#[checkpoint(…)]` among `attrs`, where none has a meaning.
pub(crate) fn none_allowed(attrs: &[Attribute], place: &str, errors: &Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("checkpoint")) {
        errors.at(attr, format_args!("`#[checkpoint(…)]` means nothing on {place}: leave it out"));
    }
}

fn each_item(
    attrs: &[Attribute],
    errors: &Errors,
    mut item: impl FnMut(&str, &ParseNestedMeta) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("checkpoint")) {
        let parsed = attr.parse_nested_meta(|meta| {
            let name = meta.path.to_token_stream().to_string();
            if let Err(error) = item(&name, &meta) {
                errors.push(error);
                // Go on behind this item, so that the next one is read too.
                while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
                    meta.input.parse::<proc_macro2::TokenTree>()?;
                }
            }
            Ok(())
        });
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
}

fn set<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta) -> syn::Result<()> {
    if slot.is_some() {
        let name = meta.path.to_token_stream();
        return Err(meta.error(format_args!("`{name}` is given twice: keep one")));
    }
    *slot = Some(value);
    Ok(())
}

fn string(meta: &ParseNestedMeta, example: &str) -> syn::Result<LitStr> {
    let name = meta.path.to_token_stream();
    let advice = format!("`{name}` takes a string: write `{name} = \"{example}\"`");
    if !meta.input.peek(syn::Token![=]) {
        return Err(meta.error(advice));
    }
    let value = meta.value()?;
    value.parse().map_err(|_| syn::Error::new(value.span(), advice))
}

fn unknown(
    meta: &ParseNestedMeta,
    name: &str,
    known: &[&str],
    elsewhere: &[&str],
    place: &str,
) -> syn::Error {
    if elsewhere.contains(&name) {
        return meta.error(format_args!("`{name}` belongs on {place}"));
    }
    let listed = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match known.iter().find(|candidate| distance(name, candidate) <= 2) {
        Some(near) => meta.error(format_args!("unknown attribute `{name}`: did you mean `{near}`?")),
        None => meta.error(format_args!("unknown attribute `{name}`: known here are {listed}")),
    }
}

/// A job in its normal form, or the advice that leads there.
fn check_job(job: &str) -> Result<(), String> {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if job.split('_').all(is_word) && job.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    let mut normal = String::new();
    for c in job.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => normal.push(c.to_ascii_lowercase()),
            _ if normal.ends_with('_') || normal.is_empty() => {}
            _ => normal.push('_'),
        }
    }
    let normal = normal.trim_matches('_');
    Err(if normal.starts_with(|c: char| c.is_ascii_lowercase()) {
        format!(
            "a job is named in its normal form, which names files and finds every spelling: write `job = \"{normal}\"`"
        )
    } else {
        "a job is named by lower-case words joined by `_`, and starts with a letter: write `job = \"github\"`"
            .to_owned()
    })
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
