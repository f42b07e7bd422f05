//! What `rows` is asked.

use clap::Args;

use crate::migrate::Table;
use crate::samples::How;

/// Arguments of `rows`.
#[derive(Args)]
pub(crate) struct RowsArgs {
    /// The database, as a URL or as `key=value` pairs [default: the environment variable `DATABASE_URL`].
    #[arg(long, value_name = "URL")]
    pub(super) database_url: Option<String>,
    /// A job whose rows to check, in any spelling; may be given several times [default: the rows of all jobs].
    #[arg(long = "job", value_name = "JOB")]
    pub(super) jobs: Vec<String>,
    #[command(flatten)]
    pub(super) which: Which,
    /// Show what stands in rows: values, and words of serde and of steps that may quote them. Secrets stay hidden.
    #[arg(long)]
    pub(super) show_values: bool,
    /// Write up to so many documents of each job and version, none of the shape of another, as valid samples, with
    /// other values in them.
    #[arg(long, value_name = "N")]
    pub(super) pull: Option<usize>,
    #[command(flatten)]
    pub(super) how: How,
}

/// Which rows of which table.
#[derive(Args)]
pub(crate) struct Which {
    #[command(flatten)]
    pub(crate) table: Table,
    /// A condition in SQL on the rows, which are known as `t`: `t.updated_at > now() - interval '1 day'`.
    #[arg(long = "where", value_name = "CONDITION")]
    pub(crate) condition: Option<String>,
    /// Read so many of a hundred rows, drawn by the server: `1%`, `0.5%`.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) sample: Option<f64>,
    /// The server ends the reading after this time.
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub(crate) timeout: String,
}

/// `1%`, or `1`: above 0, at most 100.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>();
    match number {
        Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(percent),
        _ => Err("write a share of the rows, such as `1%`".to_owned()),
    }
}
