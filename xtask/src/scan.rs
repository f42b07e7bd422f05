//! The sources of the workspace: types that name a job and that no registry lists. Nothing exports, checks or
//! locks those, and nothing else would say so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::Registry;
use serde::Deserialize;
use syn::{Attribute, Expr, ExprLit, File, Item, Lit, Meta};

use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;
use crate::report::Report;
use crate::rule::Rule;
use crate::workspace::{metadata, shorten};

/// Whose sources are looked through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Every package of the workspace around the current folder.
    Workspace,
    /// The package in this folder.
    Package(&'a Path),
}

/// `cargo metadata`, as far as it is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    metadata: Option<serde_json::Value>,
}

impl Package {
    /// `[package.metadata.checkpoint] scan = false` in its manifest.
    fn opts_out(&self) -> bool {
        self.metadata.as_ref().is_some_and(|metadata| metadata["checkpoint"]["scan"] == false)
    }
}

/// Finds the types that `registry` lacks.
pub(crate) fn check(registry: &Registry, scope: Scope<'_>) -> Result<Report, CouldNotRun> {
    let mut report = Report::default();
    for package in packages(scope)?.iter().filter(|package| !package.opts_out()) {
        let Some(folder) = package.manifest_path.parent() else { continue };
        for Source { path, text, syntax } in sources(&folder.join("src")) {
            match syntax {
                Some(Ok(file)) => report.findings.extend(
                    declared(&text, &file)
                        .into_iter()
                        .filter(|found| registry.find_version(&found.job, found.version).is_none())
                        .map(|found| unregistered(registry, &path, &text, found)),
                ),
                // rustc says more of it, if it is a module at all.
                Some(Err(error)) => {
                    report.notes.push(format!("{} is not looked through: {error}", path.display()));
                }
                None => {}
            }
        }
    }
    Ok(report)
}

fn packages(scope: Scope<'_>) -> Result<Vec<Package>, CouldNotRun> {
    let manifest = match scope {
        Scope::Package(folder) => Some(folder.join("Cargo.toml")),
        Scope::Workspace => None,
    };
    let mut metadata: Metadata = metadata(manifest.as_deref())
        .map_err(|why| CouldNotRun(format!("`cargo metadata` does not tell the packages: {why}")))?;
    if let Scope::Package(folder) = scope {
        let folder = real(folder);
        metadata.packages.retain(|package| package.manifest_path.parent().map(real) == Some(folder.clone()));
    }
    Ok(metadata.packages)
}

/// The folder without links on the way: cargo tells it now with them and now without.
fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

/// A Rust file.
struct Source {
    path: PathBuf,
    text: String,
    /// `None` where its words alone show that nothing in it is sought.
    syntax: Option<syn::Result<File>>,
}

/// The Rust files below `folder`, sorted, but for the modules that only tests have.
fn sources(folder: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut pending = vec![shorten(folder.to_owned())];
    while let Some(folder) = pending.pop() {
        // A package need have no `src`.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            // Links are not followed: they may lead round.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => pending.push(path),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "rs") => {
                    let Ok(text) = fs::read_to_string(&path) else { continue };
                    let sought = text.contains("checkpoint") || text.contains("cfg") && text.contains("mod ");
                    let syntax = sought.then(|| syn::parse_file(&text));
                    sources.push(Source { path, text, syntax });
                }
                _ => {}
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let of_tests: BTreeSet<PathBuf> = sources.iter().flat_map(test_modules).collect();
    sources.retain(|source| !source.path.ancestors().any(|ancestor| of_tests.contains(ancestor)));
    sources
}

/// The files and folders of the modules that `source` declares for tests only: `#[cfg(test)] mod x;`.
fn test_modules(source: &Source) -> Vec<PathBuf> {
    let Some(Ok(syntax)) = &source.syntax else { return Vec::new() };
    let file = &source.path;
    let folder = file.parent().unwrap_or(Path::new(""));
    let inner = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "main" | "mod") | None => folder.to_owned(),
        Some(stem) => folder.join(stem),
    };
    let modules = syntax.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() && is_for_tests(&module.attrs) => Some(module),
        _ => None,
    });
    modules
        .flat_map(|module| {
            let named = inner.join(module.ident.to_string());
            let elsewhere = module.attrs.iter().find(|attribute| attribute.path().is_ident("path"));
            [
                elsewhere.and_then(|attribute| text_of(&attribute.meta)).map(|path| folder.join(path)),
                Some(named.with_extension("rs")),
                Some(named),
            ]
        })
        .flatten()
        .collect()
}

/// A type with a job.
#[derive(Debug, PartialEq)]
struct Declared {
    name: String,
    job: String,
    version: u32,
    /// Of its name.
    span: std::ops::Range<usize>,
}

fn declared(text: &str, file: &File) -> Vec<Declared> {
    // What `parse_file` cuts off before it counts.
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let shebang = file.shebang.as_ref().map_or(0, String::len);
    let mut found = Vec::new();
    in_items(&file.items, &mut found);
    for declared in &mut found {
        declared.span.start += bom + shebang;
        declared.span.end += bom + shebang;
    }
    found
}

fn in_items(items: &[Item], found: &mut Vec<Declared>) {
    for item in items {
        let (attributes, name) = match item {
            Item::Mod(module) if !is_for_tests(&module.attrs) => {
                if let Some((_, items)) = &module.content {
                    in_items(items, found);
                }
                continue;
            }
            Item::Struct(one) if !is_for_tests(&one.attrs) => (&one.attrs, &one.ident),
            Item::Enum(one) if !is_for_tests(&one.attrs) => (&one.attrs, &one.ident),
            _ => continue,
        };
        if let Some((job, version)) = job_of(attributes) {
            found.push(Declared { name: name.to_string(), job, version, span: name.span().byte_range() });
        }
    }
}

/// The job and version in `#[checkpoint(job = "…", version = 1)]`; what else stands there is the derive's.
fn job_of(attributes: &[Attribute]) -> Option<(String, u32)> {
    let mut job = None;
    let mut version = 1;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("checkpoint")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("job") {
                job = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.path.is_ident("version") {
                version = meta.value()?.parse::<syn::LitInt>()?.base10_parse()?;
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    Some((job?, version))
}

/// `#[cfg(test)]`, alone or as a part of `all(…)`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    fn needs_test(meta: &Meta) -> bool {
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => list
                .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated)
                .is_ok_and(|conditions| conditions.iter().any(needs_test)),
            _ => false,
        }
    }
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta))
    })
}

fn text_of(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn unregistered(registry: &Registry, path: &Path, text: &str, found: Declared) -> Finding {
    let Declared { name, job, version, span } = found;
    let mut listed: Vec<&str> = registry.iter().map(|descriptor| descriptor.type_name()).collect();
    if listed.len() > 4 {
        listed = vec!["…"];
    }
    listed.push(&name);
    let help = format!("list it where the others are: `registry![{}]`", listed.join(", "));
    let message =
        format!("`{name}` is the checkpoint of {job} version {version}, and the registry does not list it");
    Finding::of_file(Rule::UnregisteredCheckpoint, path, message).at(text, span).help(help)
}

#[cfg(test)]
mod tests {
    use super::{Declared, declared};

    fn names(text: &str) -> Vec<(String, String, u32, String)> {
        let found = declared(text, &syn::parse_file(text).unwrap()).into_iter();
        found
            .map(|Declared { name, job, version, span }| (name, job, version, text[span].to_owned()))
            .collect()
    }

    fn one(name: &str, job: &str, version: u32) -> (String, String, u32, String) {
        (name.to_owned(), job.to_owned(), version, name.to_owned())
    }

    #[test]
    fn a_type_with_a_job_is_found_wherever_it_is_an_item() {
        let text = "\u{feff}#!/usr/bin/env run\n//! é\nmod a { pub mod b {\n#[derive(Checkpoint)]\n\
            #[checkpoint(crate = \"x::y\", job = \"acme\", schema = \"manual\", version = 3)]\nstruct Acmé; } }\n\
            #[checkpoint(job = \"two\")] enum Two {}\n\
            #[checkpoint(leaf)] struct Leaf; struct Plain;";
        assert_eq!(names(text), [one("Acmé", "acme", 3), one("Two", "two", 1)]);
    }

    #[test]
    fn what_only_tests_have_is_passed_over() {
        let text = "#[cfg(test)] mod tests { #[checkpoint(job = \"a\")] struct A; }\n\
            #[cfg(all(unix, test))] #[checkpoint(job = \"b\")] struct B;\n\
            #[cfg(not(test))] #[checkpoint(job = \"c\")] struct C;\n\
            fn f() { #[checkpoint(job = \"d\")] struct D; }";
        assert_eq!(names(text), [one("C", "c", 1)]);
    }

    #[test]
    fn an_attribute_that_the_derive_refuses_is_left_to_it() {
        assert_eq!(
            names("#[checkpoint(job = 5)] struct A; #[checkpoint] struct B; #[checkpoint(,)] struct C;"),
            []
        );
    }
}
