//! The version of the layout: its key, and the steps that lead to it from older ones.

use std::collections::BTreeMap;

use proc_macro2::TokenTree;
use syn::parse::ParseStream;
use syn::{ExprPath, LitInt, LitStr, Token, parenthesized};

use super::{ContainerAttrs, Errors, Item};

/// `upgrade(from = 1, with = v1_to_v2)`: a step of the chain.
pub(crate) struct Upgrade {
    /// The version from which it leads to the next.
    pub(crate) from: LitInt,
    /// The function.
    pub(crate) with: ExprPath,
}

const EXAMPLE: &str = "write `upgrade(from = 1, with = v1_to_v2)`";

impl Upgrade {
    /// What stands behind `upgrade`.
    pub(super) fn parse(item: &Item) -> syn::Result<Self> {
        if !item.input.peek(syn::token::Paren) {
            let advice = "`upgrade` takes a version and the function that leads on from it";
            // The value that stands there is told of no second time.
            while !item.at_its_end() {
                item.input.parse::<TokenTree>()?;
            }
            return Err(item.error(format_args!("{advice}: {EXAMPLE}")));
        }
        let input;
        parenthesized!(input in item.input);
        let parts = Self::parts(&input);
        // What is left after a mistake is no second one.
        while !input.is_empty() {
            input.parse::<TokenTree>()?;
        }
        let (from, with) = parts?;
        match (from, with) {
            (Some(from), Some(with)) => Ok(Self { from, with }),
            (None, _) => Err(item.error(format_args!("this step does not tell its version: {EXAMPLE}"))),
            (_, None) => Err(item.error(format_args!("this step has no function: {EXAMPLE}"))),
        }
    }

    fn parts(input: ParseStream) -> syn::Result<(Option<LitInt>, Option<ExprPath>)> {
        let (mut from, mut with) = (None, None);
        while !input.is_empty() {
            let part = Item::parse_part(input)?;
            match part.name().as_str() {
                "from" => {
                    let advice = format!(
                        "`from` takes the version that the step leads on from, a whole number from 1: {EXAMPLE}"
                    );
                    part.set(&mut from, part.whole_number(&advice)?)?;
                }
                "with" => part.set(&mut with, function(&part)?)?,
                other => {
                    return Err(part.error(format_args!("`upgrade` takes `from` and `with`, no `{other}`")));
                }
            }
            part.ends()?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok((from, with))
    }

    pub(crate) fn version(&self) -> u32 {
        number(&self.from)
    }
}

fn function(part: &Item) -> syn::Result<ExprPath> {
    let advice = "`with` takes the path of a function";
    part.equals(&format!("{advice}: {EXAMPLE}"))?;
    if let Ok(quoted) = part.input.fork().parse::<LitStr>() {
        part.input.parse::<LitStr>()?;
        let path = quoted.value();
        return Err(syn::Error::new_spanned(
            quoted,
            format_args!("{advice}, without quotes: write `with = {path}`"),
        ));
    }
    let at = part.input.span();
    part.input.parse().map_err(|_| syn::Error::new(at, format_args!("{advice}: {EXAMPLE}")))
}

fn number(literal: &LitInt) -> u32 {
    literal.base10_parse().unwrap_or(1)
}

/// Each version before the type's own has one step, and no other has any.
pub(super) fn check(attrs: &ContainerAttrs, errors: &Errors) {
    key(attrs, errors);
    let (Some(first), false) = (attrs.upgrades.first(), attrs.job_meant) else {
        return chain(attrs, errors);
    };
    errors.at(
        &first.from,
        "`upgrade` needs a job: only the whole checkpoint of a job has versions; write it beside `job = \"…\"`, or leave it out",
    );
}

fn chain(attrs: &ContainerAttrs, errors: &Errors) {
    // What is wrong with the number itself has been told.
    if attrs.version_meant && attrs.version.is_none() || !attrs.job_meant {
        return;
    }
    let version = attrs.version.as_ref().map_or(1, number);
    let mut seen = BTreeMap::new();
    for upgrade in &attrs.upgrades {
        let from = upgrade.version();
        if from >= version {
            let advice = match version {
                1 => "raise `version`, or leave the step out".to_owned(),
                _ => format!("a step leads on from an older version, at most {}", version - 1),
            };
            errors.at(
                &upgrade.from,
                format_args!(
                    "no step leads on from version {from}, since the type is version {version}: {advice}"
                ),
            );
        } else if seen.insert(from, ()).is_some() {
            errors.at(&upgrade.from, format_args!("two steps lead on from version {from}: keep one"));
        }
    }
    // A step that could not be read may be the one that is missing.
    let Some(literal) = attrs.version.as_ref().filter(|_| attrs.upgrades_meant == attrs.upgrades.len())
    else {
        return;
    };
    let mut missing = (1..version).filter(|from| !seen.contains_key(from));
    let Some(first) = missing.next() else { return };
    let others = match missing.count() {
        0 => String::new(),
        1 => ", and one more".to_owned(),
        count => format!(", and {count} more"),
    };
    errors.at(
        literal,
        format_args!(
            "no step leads from version {first} to version {next}, and such documents may be stored: add `upgrade(from = {first}, with = …)`{others}",
            next = first + 1
        ),
    );
}

fn key(attrs: &ContainerAttrs, errors: &Errors) {
    let Some(key) = &attrs.version_key else { return };
    if !attrs.job_meant {
        errors.at(
            key,
            "`version_key` needs a job: only the whole checkpoint of a job has a version; write it beside `job = \"…\"`, or leave it out",
        );
    }
    let name = key.value();
    if name.is_empty() {
        errors.at(
            key,
            "the key of the version is empty: name it, or leave `version_key` out for `checkpoint_version`",
        );
    } else if name.contains('\0') {
        errors.at(key, "this key holds U+0000, which PostgreSQL cannot store: choose another `version_key`");
    }
}

impl<'a> Item<'a> {
    /// An item in the parentheses of `upgrade`.
    fn parse_part(input: ParseStream<'a>) -> syn::Result<Self> {
        let at = input.span();
        match syn::Path::parse_mod_style(input) {
            Ok(path) => Ok(Self { path, input }),
            Err(_) => Err(syn::Error::new(at, format_args!("expected `from = …` or `with = …`: {EXAMPLE}"))),
        }
    }
}
