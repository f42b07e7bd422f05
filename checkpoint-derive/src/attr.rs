//! `#[checkpoint(…)]`: what it may hold, and what is wrong with what it holds.

mod upgrade;

use std::cell::RefCell;

use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, LitInt, LitStr, Meta, Path, Token};

pub(crate) use upgrade::Upgrade;

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
    /// A version was given, if not understood.
    version_meant: bool,
    /// `version_key = "…"`: the key of the document under which the version is stored.
    pub(crate) version_key: Option<LitStr>,
    /// `upgrade(from = 1, with = v1_to_v2)`: the steps from older versions, as they are written.
    pub(crate) upgrades: Vec<Upgrade>,
    /// How many steps were given, if not understood.
    upgrades_meant: usize,
    /// `schema = "manual"`: the type has its own `JsonSchema`.
    pub(crate) manual_schema: bool,
    /// `crate = "…"`: the path of checkpoint-schema.
    pub(crate) crate_path: Option<Path>,
    /// A job was given, if not understood: what stands in for the type after an error is a checkpoint too.
    pub(crate) job_meant: bool,
}

/// `#[checkpoint(…)]` on a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    /// `leaf`: the value is one piece, whatever its type.
    pub(crate) leaf: Option<Span>,
    /// `secret`: no tool tells the value.
    pub(crate) secret: Option<Span>,
}

/// The key of the version, unless `version_key` names another: the trait's own default.
const RESERVED: &str = "checkpoint_version";

/// Where an attribute stands: what it may hold there, and how that is written.
struct Place {
    name: &'static str,
    known: &'static [&'static str],
    example: &'static str,
}

const ON_TYPE: Place = Place {
    name: "the struct or enum",
    known: &["job", "version", "upgrade", "version_key", "schema", "crate"],
    example: "#[checkpoint(job = \"…\", version = 1)]",
};
const ON_FIELD: Place = Place { name: "a field", known: &["leaf", "secret"], example: "#[checkpoint(leaf)]" };

impl ContainerAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut parsed = Self::default();
        let mut schema: Option<LitStr> = None;
        each_item(attrs, &ON_TYPE, errors, |name, item| match name {
            "job" => {
                parsed.job_meant = true;
                item.set(&mut parsed.job, item.string("github")?)
            }
            "version" => {
                parsed.version_meant = true;
                item.set(&mut parsed.version, item.version()?)
            }
            "version_key" => item.set(&mut parsed.version_key, item.string(RESERVED)?),
            "upgrade" => {
                parsed.upgrades_meant += 1;
                parsed.upgrades.push(Upgrade::parse(item)?);
                Ok(())
            }
            "schema" => item.set(&mut schema, item.string("manual")?),
            "crate" => item.set(&mut parsed.crate_path, item.crate_path()?),
            other => {
                parsed.job_meant |= distance(other, "job") <= 2;
                Err(item.unknown(other, &ON_TYPE, &ON_FIELD))
            }
        });

        if let Some(job) = &parsed.job
            && let Err(advice) = check_job(&job.value())
        {
            errors.at(job, advice);
        }
        if let Some(version) = &parsed.version
            && !parsed.job_meant
        {
            errors.at(
                version,
                "`version` needs a job: only the whole checkpoint of a job has a version; write `#[checkpoint(job = \"…\", version = 1)]`, or leave `version` out",
            );
        }
        upgrade::check(&parsed, errors);
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

impl ContainerAttrs {
    /// The key under which a document states its version.
    pub(crate) fn reserved_key(&self) -> String {
        self.version_key.as_ref().map_or_else(|| RESERVED.to_owned(), LitStr::value)
    }
}

impl FieldAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &Errors) -> Self {
        let mut parsed = Self::default();
        let mut leaf_meant = None;
        each_item(attrs, &ON_FIELD, errors, |name, item| match name {
            "leaf" => {
                leaf_meant = Some(item.path.span());
                item.word(&mut parsed.leaf)
            }
            "secret" => item.word(&mut parsed.secret),
            other => {
                if distance(other, "leaf") <= 2 {
                    leaf_meant = Some(item.path.span());
                }
                Err(item.unknown(other, &ON_FIELD, &ON_TYPE))
            }
        });
        // A leaf that was meant is taken for one, or its type would be reported as well.
        parsed.leaf = parsed.leaf.or(leaf_meant);
        parsed
    }
}

/// Refuses every `#[checkpoint(…)]` among `attrs`, where none has a meaning.
pub(crate) fn none_allowed(attrs: &[Attribute], place: &str, errors: &Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("checkpoint")) {
        errors.at(
            attr,
            format_args!(
                "`#[checkpoint(…)]` means nothing on {place}, since an enum is stored as one piece: leave it out"
            ),
        );
    }
}

fn each_item(
    attrs: &[Attribute],
    place: &Place,
    errors: &Errors,
    mut item: impl FnMut(&str, &Item) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("checkpoint")) {
        let Meta::List(list) = &attr.meta else {
            errors.at(attr, format_args!("this says nothing: write `{}`, or leave it out", place.example));
            continue;
        };
        if list.tokens.is_empty() {
            errors.at(attr, format_args!("this says nothing: write `{}`, or leave it out", place.example));
        }
        let parsed = list.parse_args_with(|input: ParseStream| {
            while !input.is_empty() {
                let parsed = Item::parse(input, place).and_then(|each| {
                    item(&each.name(), &each)?;
                    each.ends()
                });
                if let Err(error) = parsed {
                    errors.push(error);
                    // Go on behind this item, so that the next one is read too.
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        });
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
}

/// One item of `#[checkpoint(…)]`: its name is read, its value is not.
struct Item<'a> {
    path: Path,
    input: ParseStream<'a>,
}

impl<'a> Item<'a> {
    fn parse(input: ParseStream<'a>, place: &Place) -> syn::Result<Self> {
        let at = input.span();
        match Path::parse_mod_style(input) {
            Ok(path) => Ok(Self { path, input }),
            Err(_) => Err(syn::Error::new(at, format_args!("expected a name, as in `{}`", place.example))),
        }
    }

    fn name(&self) -> String {
        self.path.to_token_stream().to_string().replace(' ', "")
    }

    fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        syn::Error::new_spanned(&self.path, message)
    }

    fn at_its_end(&self) -> bool {
        self.input.is_empty() || self.input.peek(Token![,])
    }

    fn ends(&self) -> syn::Result<()> {
        if self.at_its_end() {
            return Ok(());
        }
        Err(self.input.error(format_args!("expected `,` after the value of `{}`", self.name())))
    }

    /// A name without a value.
    fn word(&self, slot: &mut Option<Span>) -> syn::Result<()> {
        if self.at_its_end() {
            return self.set(slot, self.path.span());
        }
        let name = self.name();
        Err(self.error(format_args!("`{name}` takes no value: write `#[checkpoint({name})]`")))
    }

    fn set<T>(&self, slot: &mut Option<T>, value: T) -> syn::Result<()> {
        if slot.is_some() {
            return Err(self.error(format_args!("`{}` is given twice: keep one", self.name())));
        }
        *slot = Some(value);
        Ok(())
    }

    /// Over the `=`, behind which there must be something.
    fn equals(&self, advice: &str) -> syn::Result<()> {
        if self.input.parse::<Option<Token![=]>>()?.is_none() || self.at_its_end() {
            return Err(self.error(advice));
        }
        Ok(())
    }

    /// The value behind `=`, or `advice` where it stands.
    fn value<T: Parse>(&self, advice: &str) -> syn::Result<T> {
        self.equals(advice)?;
        let at = self.input.span();
        self.input.parse().map_err(|_| syn::Error::new(at, advice))
    }

    fn string(&self, example: &str) -> syn::Result<LitStr> {
        let name = self.name();
        self.value(&format!("`{name}` takes a string: write `{name} = \"{example}\"`"))
    }

    fn version(&self) -> syn::Result<LitInt> {
        self.whole_number(
            "`version` takes a whole number that counts from 1 and fits in 32 bits: write `version = 1`",
        )
    }

    /// A number from 1 that fits in 32 bits.
    fn whole_number(&self, advice: &str) -> syn::Result<LitInt> {
        let number: LitInt = self.value(advice)?;
        let fits = number.base10_parse::<u32>().is_ok_and(|number| number > 0);
        if fits && matches!(number.suffix(), "" | "u32") {
            Ok(number)
        } else {
            Err(syn::Error::new_spanned(number, advice))
        }
    }

    fn crate_path(&self) -> syn::Result<Path> {
        let text = self.string("path::to::checkpoint_schema")?;
        text.parse_with(Path::parse_mod_style).map_err(|_| {
            syn::Error::new_spanned(
                &text,
                "`crate` takes the path of checkpoint-schema: write `crate = \"path::to::checkpoint_schema\"`",
            )
        })
    }

    fn unknown(&self, name: &str, here: &Place, elsewhere: &Place) -> syn::Error {
        if elsewhere.known.contains(&name) {
            let Place { name: place, example, .. } = elsewhere;
            return self.error(format_args!("`{name}` belongs on {place}: write `{example}` there"));
        }
        for (owner, names) in [("serde", SERDE), ("schemars", SCHEMARS)] {
            if names.contains(&name) {
                return self
                    .error(format_args!("`{name}` is an attribute of {owner}: move it to `#[{owner}(…)]`"));
            }
        }
        match here.known.iter().find(|candidate| distance(name, candidate) <= 2) {
            Some(near) => self.error(format_args!("unknown attribute `{name}`: did you mean `{near}`?")),
            None => {
                let listed: Vec<_> = here.known.iter().map(|name| format!("`{name}`")).collect();
                self.error(format_args!(
                    "unknown attribute `{name}`: {} takes {}",
                    here.name,
                    listed.join(", ")
                ))
            }
        }
    }
}

/// Attributes that people may take for ours.
const SERDE: &[&str] = &[
    "alias",
    "bound",
    "content",
    "default",
    "deny_unknown_fields",
    "deserialize_with",
    "flatten",
    "rename",
    "rename_all",
    "rename_all_fields",
    "serialize_with",
    "skip",
    "skip_deserializing",
    "skip_serializing",
    "skip_serializing_if",
    "tag",
    "transparent",
    "untagged",
    "with",
];
const SCHEMARS: &[&str] =
    &["description", "example", "extend", "length", "pattern", "range", "regex", "schema_with", "title"];

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
