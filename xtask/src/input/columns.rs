//! Which column of a row holds what.

use memchr::memmem::Finder;

/// The columns as they were named, by name or by number from 1.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) document: String,
    pub(crate) job: String,
    pub(crate) key: String,
    /// Prepared once: every JSON record is asked whether the name of the document's key is in it.
    finder: Finder<'static>,
}

/// The columns as they stand in the rows, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) document: usize,
    pub(crate) job: Option<usize>,
    pub(crate) key: Option<usize>,
    /// How many a row has; `None` if that is not known.
    pub(crate) count: Option<usize>,
}

impl Names {
    pub(crate) fn new(document: String, job: String, key: String) -> Self {
        let finder = Finder::new(&document).into_owned();
        Self { document, job, key, finder }
    }

    /// As the seed's table has them.
    pub(crate) fn usual() -> Self {
        Self::new("checkpoint_data".to_owned(), "job_name".to_owned(), "id".to_owned())
    }

    /// Where the columns are known without names.
    #[cfg(feature = "postgres")]
    pub(crate) fn none() -> Self {
        Self::new(String::new(), String::new(), String::new())
    }

    /// May the record, which is JSON, be a row that has a document?
    pub(super) fn may_be_in(&self, record: &[u8]) -> bool {
        record.first() == Some(&b'{') && self.finder.find(record).is_some()
    }

    /// Their places in a table with these columns; `None` if none of them is that of the document.
    pub(crate) fn among(&self, columns: &[String]) -> Option<Columns> {
        let place = |name: &str| {
            let named = columns.iter().position(|column| column == name);
            named.or_else(|| number(name).filter(|place| *place < columns.len()))
        };
        Some(Columns {
            document: place(&self.document)?,
            job: place(&self.job),
            key: place(&self.key),
            count: Some(columns.len()),
        })
    }

    /// Their places in rows of `count` columns that nobody names: by number, or the only one there is.
    pub(crate) fn by_number(&self, count: usize) -> Option<Columns> {
        let place = |name: &str| number(name).filter(|place| *place < count);
        let document = place(&self.document).or((count == 1).then_some(0))?;
        Some(Columns { document, job: place(&self.job), key: place(&self.key), count: Some(count) })
    }
}

fn number(name: &str) -> Option<usize> {
    name.parse::<usize>().ok()?.checked_sub(1)
}
