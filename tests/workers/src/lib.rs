//! Example workers, each a file that a person reads in five minutes, and all that they need to run on one machine.
//!
//! - [`github`], [`jira`], [`wex_ad`], [`wex_fabric`]: the four jobs, each on another driver.
//! - [`settings`]: what a worker is told, and how it ends.
//! - [`connect`]: a connection to the database, by each driver.
//! - [`http`]: how a worker asks: what is asked again, after which pause, and what is an error at once.
//! - [`servers`]: the services that the workers sync from, as local servers that page, fail and throttle as the real
//!   ones do, and know every item that they hand out.

pub mod connect;
pub mod github;
pub mod http;
pub mod jira;
pub mod servers;
pub mod settings;
pub mod wex_ad;
pub mod wex_fabric;

/// The tables of the example, as SQL.
pub const SCHEMA: &str = include_str!("schema.sql");
