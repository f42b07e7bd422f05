//! The WEX Fabric job, on diesel: copies the records of each dataset to an archive, by continuation token.
//!
//! The archive is another system: no transaction holds it and the checkpoint together. So a page goes to the archive
//! first, and then the token of the next one into the checkpoint. A worker that is killed in between archives that
//! page once more when it goes on: each record is archived at least once, of each kill at most one page twice, and the
//! counts are exact. (Here the archive is a table that is reached by a connection of its own.)

use checkpoint_schema::driver::Claim;
use checkpoint_schema::{Checkpoint, JobTable, Timestamp, Update};
use checkpoint_schemas::WexFabricCheckpoint;
use chrono::Utc;
use diesel::sql_types::{Array, Text};
use diesel::{PgConnection, RunQueryDsl as _, sql_query};
use serde::Deserialize;

use crate::connect;
use crate::http::Blocking;
use crate::settings::{Settings, Stop};

const WORKSPACE: &str = "workspace_abc";

struct Worker<'a> {
    settings: &'a Settings,
    database: PgConnection,
    archive: PgConnection,
    claim: Claim<WexFabricCheckpoint>,
    http: Blocking,
}

/// Copies every dataset, from where the checkpoint says.
///
/// # Errors
///
/// Why it does not go on; what was done until then is stored.
pub fn run(settings: &Settings) -> Result<(), Stop> {
    let mut database = connect::diesel(&settings.database_url)?;
    let archive = connect::diesel(&settings.database_url)?;
    let jobs = JobTable::default();
    let claim = loop {
        match jobs.claim(settings.lease).id(settings.row).execute(&mut database)? {
            Some(claim) => break claim,
            None => std::thread::sleep(settings.turn()),
        }
    };
    let mut worker = Worker { settings, database, archive, claim, http: Blocking::new()? };
    worker.datasets()?;
    worker.claim.release().execute(&mut worker.database)?;
    Ok(())
}

impl Worker<'_> {
    fn datasets(&mut self) -> Result<(), Stop> {
        let f = WexFabricCheckpoint::fields();
        let mut at = match self.claim.stored().document() {
            Some(at) => {
                println!("wex_fabric: goes on, after {} records", at.total_records_processed);
                at.clone()
            }
            None => {
                println!("wex_fabric: begins");
                let begun =
                    [f.workspace_id().set(WORKSPACE), f.last_sync_timestamp().set(Timestamp::UNIX_EPOCH)];
                self.save(begun)?
            }
        };
        let mut left = self.names()?;
        left.retain(|name| !at.datasets_processed.contains(name));
        // What was begun comes first.
        left.sort_by_key(|name| at.current_dataset.as_ref() != Some(name));
        for dataset in left {
            if at.current_dataset.as_ref() != Some(&dataset) {
                let changes =
                    [f.current_dataset().some().set(dataset.as_str()), f.continuation_token().unset()];
                at = self.save(changes)?;
            }
            loop {
                let page =
                    self.page(&format!("datasets/{dataset}/records"), at.continuation_token.as_deref())?;
                let ids: Vec<String> = page.value.into_iter().map(|it| it.id).collect();
                self.archive(&ids)?;
                let mut changes = vec![f.total_records_processed().increment(ids.len() as u64)];
                changes.extend(ids.last().map(|last| f.last_record_id().some().set(last.as_str())));
                match page.continuation_token {
                    Some(token) => {
                        changes.push(f.continuation_token().some().set(token));
                        at = self.save(changes)?;
                    }
                    None => {
                        changes.extend([
                            f.datasets_processed().push_unique(dataset.as_str()),
                            f.current_dataset().unset(),
                            f.continuation_token().unset(),
                            f.batch_number().increment(1),
                            f.last_sync_timestamp().advance(Timestamp::from(Utc::now())),
                        ]);
                        at = self.save(changes)?;
                        break;
                    }
                }
            }
            println!("wex_fabric: {dataset} is done, {} records in all", at.total_records_processed);
        }
        Ok(())
    }

    fn names(&mut self) -> Result<Vec<String>, Stop> {
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let page = self.page("datasets", token.as_deref())?;
            names.extend(page.value.into_iter().map(|it| it.id));
            match page.continuation_token {
                Some(next) => token = Some(next),
                None => return Ok(names),
            }
        }
    }

    fn save(&mut self, changes: impl Into<Update<WexFabricCheckpoint>>) -> Result<WexFabricCheckpoint, Stop> {
        let stored = self.claim.update(changes).fetch(&mut self.database)?;
        self.settings.succeeded();
        stored.into_option().ok_or_else(|| Stop::Failed("the checkpoint is gone".into()))
    }

    /// To the other system.
    fn archive(&mut self, ids: &[String]) -> Result<(), Stop> {
        let insert = "INSERT INTO items (job, item) SELECT 'wex_fabric', unnest($1) \
                      ON CONFLICT (job, item) DO UPDATE SET times = items.times + 1";
        sql_query(insert).bind::<Array<Text>, _>(ids).execute(&mut self.archive)?;
        Ok(())
    }

    fn page(&mut self, what: &str, token: Option<&str>) -> Result<Page, Stop> {
        let url = format!("{}/v1/workspaces/{WORKSPACE}/{what}", self.settings.api);
        let query: Vec<_> = token.map(|token| ("continuationToken", token)).into_iter().collect();
        let Self { claim, database, http, .. } = self;
        Ok(http
            .get(&url, &query, |pause| claim.renew_for(pause).execute(&mut *database).map_err(Stop::from))?)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    value: Vec<Named>,
    continuation_token: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}
