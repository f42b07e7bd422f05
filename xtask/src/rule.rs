//! The kinds of findings. Each has a stable id and a page that explains it, `rules/<id>.md`.

use crate::drift::Direction;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    /// Told, and no reason to fail.
    Warning,
    /// Told where everything is asked for.
    Note,
}

impl Severity {
    /// All, the gravest first.
    pub(crate) const ALL: &[Severity] = &[Severity::Error, Severity::Warning, Severity::Note];

    /// Its name in reports; also its level in SARIF.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

macro_rules! rules {
    ($($rule:ident $id:literal $severity:ident)*) => {
        /// A kind of finding. Its id is stable: people, scripts and `.expect` files refer to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Rule { $($rule),* }

        impl Rule {
            pub(crate) const ALL: &[Rule] = &[$(Rule::$rule),*];

            pub(crate) fn id(self) -> &'static str {
                match self { $(Rule::$rule => $id),* }
            }

            pub(crate) fn severity(self) -> Severity {
                match self { $(Rule::$rule => Severity::$severity),* }
            }

            /// What it means, why it matters and what mends it: Markdown, with a title of one line.
            pub(crate) fn page(self) -> &'static str {
                match self { $(Rule::$rule => include_str!(concat!("../rules/", $id, ".md"))),* }
            }
        }
    };
}

rules! {
    // Exported files.
    ExportMissing "export-missing" Error
    ExportChanged "export-changed" Error
    ExportOrphan "export-orphan" Error
    ExportForeign "export-foreign" Error
    // The types behind them.
    FieldUndocumented "field-undocumented" Warning
    TimestampAsText "timestamp-as-text" Warning
    TimestampAsNumber "timestamp-as-number" Warning
    UntypedField "untyped-field" Warning
    NoRecoveryFlag "no-recovery-flag" Warning
    GeneratesBadly "generates-badly" Warning
    UnregisteredCheckpoint "unregistered-checkpoint" Error
    // Locks.
    LockMissing "lock-missing" Warning
    LockBehind "lock-behind" Warning
    LockOrphan "lock-orphan" Warning
    LockMalformed "lock-malformed" Error
    LockRewritten "lock-rewritten" Error
    // What a changed type breaks.
    FieldAdded "field-added" Note
    RequiredFieldAdded "required-field-added" Error
    FieldRemoved "field-removed" Note
    RequiredFieldRemoved "required-field-removed" Error
    FieldRenamed "field-renamed" Error
    ValueLost "value-lost" Error
    FieldBecameRequired "field-became-required" Error
    FieldBecameOptional "field-became-optional" Error
    TypeChanged "type-changed" Error
    RangeChanged "range-changed" Error
    TextChanged "text-changed" Error
    VariantAdded "variant-added" Error
    VariantRemoved "variant-removed" Error
    VariantRenamed "variant-renamed" Error
    TaggingChanged "tagging-changed" Error
    LengthChanged "length-changed" Error
    UniquenessChanged "uniqueness-changed" Error
    UnknownKeysRefused "unknown-keys-refused" Error
    DefaultChanged "default-changed" Warning
    NameReused "name-reused" Warning
    EncodingChanged "encoding-changed" Error
    FieldNotWritten "field-not-written" Error
    MapKeysChanged "map-keys-changed" Error
    ContractChanged "contract-changed" Error
    DriftUndecided "drift-undecided" Error
    RoundTripLoss "round-trip-loss" Warning
    AcceptanceExpired "acceptance-expired" Error
    AcceptanceUnused "acceptance-unused" Warning
    // Files that should be samples.
    FileUnreadable "file-unreadable" Error
    FileTooLarge "file-too-large" Error
    NotJson "not-json" Error
    SampleMisplaced "sample-misplaced" Error
    SampleUnknownJob "sample-unknown-job" Error
    SampleUnexpected "sample-unexpected" Error
    SampleNone "sample-none" Warning
    UpgradeFails "upgrade-fails" Error
    // Stored documents: dumps, streams and rows.
    RecordBroken "record-broken" Error
    DocumentTooLarge "document-too-large" Error
    JobUnknown "job-unknown" Warning
    VersionNewer "version-newer" Error
    // Documents against the contract and the type.
    WrongType "wrong-type" Error
    MissingKey "missing-key" Error
    UnknownKey "unknown-key" Error
    IgnoredKey "ignored-key" Warning
    DuplicateKey "duplicate-key" Error
    NotAllowed "not-allowed" Error
    OutOfRange "out-of-range" Error
    BadFormat "bad-format" Error
    NotUnique "not-unique" Error
    NoMatch "no-match" Error
    Unreadable "unreadable" Error
    TimestampWithoutOffset "timestamp-without-offset" Warning
    FurtherFindings "further-findings" Error
}

impl Rule {
    /// The rule of this id.
    pub(crate) fn find(id: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// May a change of this kind break anything in that direction? The verdict knows; this tells of two changes at
    /// one place which one a break belongs to.
    pub(crate) fn may_break(self, direction: Direction) -> bool {
        match self {
            Rule::FieldAdded | Rule::FieldRemoved | Rule::DefaultChanged | Rule::NameReused => false,
            Rule::RequiredFieldAdded | Rule::FieldBecameRequired | Rule::VariantRemoved => {
                direction == Direction::Backward
            }
            Rule::RequiredFieldRemoved
            | Rule::FieldBecameOptional
            | Rule::FieldNotWritten
            | Rule::VariantAdded => direction == Direction::Forward,
            _ => true,
        }
    }

    /// The title of its page.
    pub(crate) fn title(self) -> &'static str {
        self.page().lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_distinct() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }

    #[test]
    fn every_page_has_a_title_tells_why_it_matters_and_what_mends_it() {
        for rule in Rule::ALL {
            let page = rule.page();
            assert!(page.starts_with("# ") && rule.title().len() > 10, "{}", rule.id());
            for heading in ["\n## Why it matters\n", "\n## What mends it\n"] {
                assert!(page.contains(heading), "{} has no{heading}", rule.id());
            }
            assert!(page.len() > 200 && page.ends_with('\n'), "{}", rule.id());
        }
    }

    #[test]
    fn there_is_no_page_without_a_rule() {
        let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules")).unwrap();
        for page in pages {
            let path = page.unwrap().path();
            let id = path.file_stem().unwrap().to_str().unwrap();
            assert!(Rule::find(id).is_some(), "{id} is no rule");
        }
    }
}
