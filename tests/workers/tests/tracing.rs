//! What is told through `tracing`: the job, the row and the places, and no value.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use checkpoint_schema::{Checkpoint, JobTable};
use checkpoint_tests::postgres;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "pages", version = 2, upgrade(from = 1, with = upgraded))]
struct Pages {
    cursor: String,
    #[serde(default)]
    counts: BTreeMap<String, u8>,
}

fn upgraded(_: Value) -> Result<Pages, &'static str> {
    Ok(Pages { cursor: "SECRET upgraded".to_owned(), counts: BTreeMap::new() })
}

/// Everything that is told, one line each.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

impl Subscriber for Lines {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target().starts_with("checkpoint_schema")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().to_owned());
        span.record(&mut line);
        let mut lines = self.0.lock().expect("no panic");
        lines.push(line.0);
        Id::from_u64(lines.len() as u64)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("recorded".to_owned());
        values.record(&mut line);
        self.0.lock().expect("no panic").push(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("  {}", event.metadata().level()));
        event.record(&mut line);
        self.0.lock().expect("no panic").push(line.0);
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

#[test]
fn the_job_the_row_and_the_places_are_told_and_no_value() {
    let database = postgres::Server::shared(postgres::Version::V18);
    let mut client = database.connect();
    client
        .batch_execute(
            r#"CREATE TABLE etl_jobs (id int PRIMARY KEY, job_name text, checkpoint_data jsonb);
            INSERT INTO etl_jobs VALUES
                (1, 'pages', '{"checkpoint_version": 2, "cursor": "SECRET", "counts": {"SECRET": 255}}'),
                (2, 'pages', '{"SECRET": "SECRET"}'),
                (3, 'pages', '{"checkpoint_version": 2, "cursor": "SECRET", "counts": {"SECRET": "SECRET"}}'),
                (4, 'pages', '{"checkpoint_version": 3}');"#,
        )
        .expect("a table");
    let (jobs, f) = (JobTable::default().without_retry_columns(), Pages::fields());
    client.batch_execute(jobs.claim_ddl().text()).expect("columns");
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), || {
        let mut told = Vec::new();
        let mut tell = |what: &str| {
            told.push(format!("-- {what}"));
            told.extend(lines.taken());
        };
        let load = |id: i32, client: &mut ::postgres::Client| drop(jobs.load::<Pages>(id).fetch(client));
        load(1, &mut client);
        tell("loaded");
        load(2, &mut client);
        tell("upgraded on the way");
        load(3, &mut client);
        tell("unreadable");
        load(4, &mut client);
        tell("newer");
        load(9, &mut client);
        tell("not there");
        let change = || [f.cursor().set("SECRET"), f.counts().key("SECRET").increment(1)];
        drop(jobs.update(change()).id(1).execute(&mut client));
        tell("out of range");
        drop(jobs.update([f.cursor().set("SECRET 2")]).id(1).execute(&mut client));
        tell("updated");
        drop(jobs.update(change()).id(1).when(f.cursor().eq("SECRET")).execute(&mut client));
        tell("a conflict");
        drop(jobs.update([f.cursor().set("SECRET\0")]).id(1).execute(&mut client));
        tell("refused before any SQL");
        drop(jobs.load::<Pages>(2).upgrade(&mut client));
        tell("upgraded");
        let claim = jobs.claim::<Pages>(Duration::from_secs(9)).id(1).execute(&mut client);
        let claim = claim.expect("an answer").expect("a claim");
        tell("claimed");
        drop(jobs.claim::<Pages>(Duration::from_secs(9)).id(1).execute(&mut client));
        tell("held by another");
        drop(claim.renew().execute(&mut client));
        tell("renewed");
        drop(
            jobs.claim::<Pages>(Duration::from_secs(9))
                .filter(f.cursor().eq("SECRET 2"))
                .execute(&mut client),
        );
        tell("nothing to claim");
        client.batch_execute("UPDATE etl_jobs SET checkpoint_data = '{}' WHERE id = 2").expect("a row");
        let any = jobs.claim::<Pages>(Duration::from_secs(9)).order(f.cursor().desc());
        drop(any.id(2).execute(&mut client));
        tell("claimed and upgraded");
        drop(claim.clone().release().execute(&mut client));
        tell("released");
        drop(claim.update([f.cursor().set("SECRET")]).execute(&mut client));
        tell("lost");
        drop(JobTable::new("SECRET").load::<Pages>(1).fetch(&mut client));
        tell("the server's own error");
        drop(jobs.reset(1).execute(&mut client));
        tell("reset");
        let told = told.join("\n");
        assert!(!told.contains("SECRET"), "{told}");
        assert_eq!(told, include_str!("tracing.txt").trim_end(), "it is\n{told}");
    });
}
