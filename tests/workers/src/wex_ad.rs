//! The WEX AD job, on postgres, which blocks: a full sync of users and groups first, and then what has changed, by
//! delta token.
//!
//! Each page is one transaction: its users and groups, and the token of the next page. The token of the last page
//! begins the next run. A directory that has forgotten a token is synced in full once more: only then an object is
//! handled again that has not changed.

use checkpoint_schema::driver::Claim;
use checkpoint_schema::{Checkpoint, JobTable, Timestamp, Update};
use checkpoint_schemas::{SyncType, WexAdCheckpoint};
use chrono::Utc;
use postgres::Client as Database;
use serde::Deserialize;

use crate::connect;
use crate::http::{self, Blocking};
use crate::settings::{Settings, Stop};

struct Worker<'a> {
    settings: &'a Settings,
    database: Database,
    claim: Claim<WexAdCheckpoint>,
    http: Blocking,
}

/// Syncs everything, or what has changed since the last run, or goes on with a run that was begun.
///
/// # Errors
///
/// Why it does not go on; what was done until then is stored.
pub fn run(settings: &Settings) -> Result<(), Stop> {
    let mut database = connect::postgres(&settings.database_url)?;
    let jobs = JobTable::default();
    let claim = loop {
        match jobs.claim(settings.lease).id(settings.row).execute(&mut database)? {
            Some(claim) => break claim,
            None => std::thread::sleep(settings.turn()),
        }
    };
    let mut worker = Worker { settings, database, claim, http: Blocking::new()? };
    worker.round()?;
    worker.claim.release().execute(&mut worker.database)?;
    Ok(())
}

impl Worker<'_> {
    fn round(&mut self) -> Result<(), Stop> {
        let f = WexAdCheckpoint::fields();
        let mut at = match self.claim.stored().document() {
            Some(at) => {
                println!(
                    "wex_ad: goes on, after {} users and {} groups",
                    at.users_processed, at.groups_processed
                );
                at.clone()
            }
            None => {
                println!("wex_ad: begins a full sync");
                let begun = [f.delta_token().set(""), f.last_sync_timestamp().set(Timestamp::UNIX_EPOCH)];
                self.step(&[], begun.into())?
            }
        };
        loop {
            let page = match self.page(&at.delta_token) {
                // The directory knows the token no more (410): everything, once more.
                Err(http::Error::Refused { status: 410, .. }) if !at.delta_token.is_empty() => {
                    println!("wex_ad: the token has expired, a full sync is due");
                    let full = [
                        f.delta_token().set(""),
                        f.sync_type().set(SyncType::Full),
                        f.last_user_id().unset(),
                        f.last_group_id().unset(),
                    ];
                    at = self.step(&[], full.into())?;
                    continue;
                }
                page => page?,
            };
            let of = |kind: &'static str| page.value.iter().filter(move |object| object.kind == kind);
            let (users, groups) = (of("#microsoft.graph.user"), of("#microsoft.graph.group"));
            let mut changes = vec![
                f.users_processed().increment(users.clone().count() as u64),
                f.groups_processed().increment(groups.clone().count() as u64),
            ];
            changes
                .extend(users.clone().next_back().map(|user| f.last_user_id().some().set(user.id.as_str())));
            changes.extend(
                groups.clone().next_back().map(|group| f.last_group_id().some().set(group.id.as_str())),
            );
            let is_last = page.next.is_none();
            let link = page.next.or(page.delta);
            let token = link.as_deref().and_then(|link| link.split_once('?')).map(|(_, query)| query);
            let token = token.ok_or_else(|| Stop::Failed("the page has no link to go on with".into()))?;
            changes.push(f.delta_token().set(token));
            if is_last {
                changes.extend([
                    f.sync_type().set(SyncType::Incremental),
                    f.last_sync_timestamp().advance(Timestamp::from(Utc::now())),
                ]);
            }
            at = self.step(&page.value, changes.into())?;
            if is_last {
                println!(
                    "wex_ad: is done, {} users and {} groups in all",
                    at.users_processed, at.groups_processed
                );
                return Ok(());
            }
        }
    }

    /// Stores users and groups, and in the same transaction how far the job has come.
    fn step(
        &mut self,
        objects: &[Object],
        changes: Update<WexAdCheckpoint>,
    ) -> Result<WexAdCheckpoint, Stop> {
        let mut transaction = self.database.transaction()?;
        let ids: Vec<&str> = objects.iter().map(|object| object.id.as_str()).collect();
        let insert = "INSERT INTO items (job, item) SELECT DISTINCT 'wex_ad', unnest($1::text[]) \
                      ON CONFLICT (job, item) DO UPDATE SET times = items.times + 1";
        transaction.execute(insert, &[&ids])?;
        let stored = self.claim.update(changes).fetch(&mut transaction)?;
        transaction.commit()?;
        self.settings.succeeded();
        stored.into_option().ok_or_else(|| Stop::Failed("the checkpoint is gone".into()))
    }

    /// The page that the token stands for.
    fn page(&mut self, token: &str) -> Result<Page, http::Error> {
        let mut url = format!("{}/v1.0/directoryObjects/delta", self.settings.api);
        if !token.is_empty() {
            url += &format!("?{token}");
        }
        let Self { claim, database, http, .. } = self;
        http.get(&url, &[], |pause| claim.renew_for(pause).execute(&mut *database).map_err(Stop::from))
    }
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Object>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "@odata.type")]
    kind: String,
    id: String,
}
