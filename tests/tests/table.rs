//! The statements of a [`JobTable`] on a table like the seed's: what each changes, and what it leaves alone.

use std::collections::BTreeMap;

use ::postgres::{Client, GenericClient};
use checkpoint_schema::field::Reason;
use checkpoint_schema::table::{Key, Outcome};
use checkpoint_schema::{Checkpoint, Filter, JobTable, Statement, Timestamp, Update};
use checkpoint_schemas::{GithubCheckpoint, JiraCheckpoint, WexAdCheckpoint, WexFabricCheckpoint};
use checkpoint_tests::json::same;
use checkpoint_tests::law::{self, Law};
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_tests::statements::{outcome, query, refusal};
use serde_json::{Value, json};

const TABLE: &str = "CREATE TABLE etl_jobs (id integer PRIMARY KEY, job_name varchar(50), checkpoint_data jsonb, \
                     retry_count integer NOT NULL DEFAULT 3, error_message text DEFAULT 'it failed')";

/// The seed's rows, one a job; a row of no job; two more of GitHub, one of them without a document.
fn seed(server: &Server) -> Client {
    let mut client = server.connect();
    client.batch_execute(TABLE).expect("a table");
    for (id, job, document) in [
        (1, Some("GitHub"), github(5)),
        (2, Some("Jira"), jira()),
        (
            3,
            Some("WEX AD"),
            json!({"last_sync_timestamp": "2025-01-15T12:00:00Z", "users_processed": 150, "sync_type": "full",
                   "delta_token": "abc"}),
        ),
        (
            4,
            Some("WEX Fabric"),
            json!({"last_sync_timestamp": "2025-01-15T12:00:00Z", "batch_number": 2, "workspace_id": "w"}),
        ),
        (5, None, github(7)),
        (6, Some("github"), github(8)),
        (7, Some("GITHUB"), Value::Null),
    ] {
        insert(&mut client, id, job, &document);
    }
    client
}

fn insert(client: &mut Client, id: i32, job: Option<&str>, document: &Value) {
    let text =
        "INSERT INTO etl_jobs (id, job_name, checkpoint_data) VALUES ($1, $2, NULLIF($3::jsonb, 'null'))";
    client.execute(text, &[&id, &job, document]).expect("a row");
}

fn github(batch_number: u64) -> Value {
    json!({"last_pr_cursor": "Y3Vyc29y", "current_repository": "repo3", "repositories_processed": ["repo1"],
           "batch_number": batch_number, "unknown": {"kept": [1, 2]}})
}

fn jira() -> Value {
    json!({"last_sync_date": "2025-01-15T12:00:00Z", "last_issue_key": "DEMO-1234", "batch_number": 3,
           "projects_processed": ["PROJ", "TEST"]})
}

/// Every row whole, by its key.
fn table(client: &mut impl GenericClient) -> BTreeMap<i32, Value> {
    let rows = client.query("SELECT id, to_jsonb(t) - 'id' FROM etl_jobs AS t", &[]).expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// What the statement does to the table, checked to be exactly that rows have these documents now.
fn changes(client: &mut Client, statement: &Statement, documents: &[(i32, Value)]) -> Vec<::postgres::Row> {
    let mut expected = table(client);
    for (id, document) in documents {
        expected.get_mut(id).expect("a row")["checkpoint_data"] = document.clone();
    }
    let told = query(client, statement).unwrap_or_else(|error| panic!("{error:?}\n{}", statement.text()));
    assert_eq!(table(client), expected, "{}", statement.text());
    told
}

/// The same for a statement about one row.
fn one(client: &mut Client, statement: &Statement, documents: &[(i32, Value)]) -> Outcome {
    let rows = changes(client, statement, documents);
    assert_eq!(rows.len(), 1, "{}", statement.text());
    rows[0].get::<_, &str>("outcome").parse().expect("an outcome")
}

fn ids(rows: &[::postgres::Row]) -> Vec<i32> {
    rows.iter().map(|row| row.get("id")).collect()
}

fn documents(rows: &[::postgres::Row]) -> BTreeMap<i32, Value> {
    rows.iter().map(|row| (row.get("id"), row.get("document"))).collect()
}

fn next_batch() -> Update<GithubCheckpoint> {
    let f = GithubCheckpoint::fields();
    Update::from([f.batch_number().increment(1), f.repositories_processed().push_unique("repo2")])
}

#[test]
fn an_update_changes_its_row_and_no_other() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let expected = next_batch().apply(&github(5)).expect("it can be");
        let update = jobs.update(next_batch()).id(1);
        let told = one(&mut client, &update.clone().statement().unwrap(), &[(1, expected.clone())]);
        assert_eq!(told, Outcome::Updated);

        let expected = next_batch().apply(&expected).expect("it can be");
        let rows = changes(&mut client, &update.returning().statement().unwrap(), &[(1, expected.clone())]);
        assert_eq!(rows[0].get::<_, &str>("outcome"), "updated");
        assert_eq!(rows[0].get::<_, Value>("document"), expected);

        // Each of the four jobs has its row.
        let (f, g, h) = (JiraCheckpoint::fields(), WexAdCheckpoint::fields(), WexFabricCheckpoint::fields());
        let statement = jobs.update(f.start_at().set(7u64)).id(2i64).statement().unwrap();
        let mut expected = jira();
        expected["start_at"] = json!(7);
        assert_eq!(one(&mut client, &statement, &[(2, expected)]), Outcome::Updated);
        for statement in [
            jobs.update(g.users_processed().increment(1)).of_job().statement().unwrap(),
            jobs.update(h.batch_number().increment(1)).of_job().statement().unwrap(),
        ] {
            assert_eq!(outcome(&mut client, &statement).unwrap(), Outcome::Updated);
        }
        let rows = table(&mut client);
        assert_eq!(rows[&3]["checkpoint_data"]["users_processed"], 151);
        assert_eq!(rows[&4]["checkpoint_data"]["batch_number"], 3);
    });
}

#[test]
fn no_change_at_all_is_an_update() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let nothing = || Update::<GithubCheckpoint>::from([]);
        for id in [1, 7] {
            let statement = jobs.update(nothing()).id(id).statement().unwrap();
            assert_eq!(one(&mut client, &statement, &[]), Outcome::Updated);
        }
        let statement = jobs.upsert(1, nothing()).statement().unwrap();
        assert_eq!(one(&mut client, &statement, &[]), Outcome::Updated);
        // An absent document stays absent.
        let statement = jobs.upsert(20, nothing()).returning().statement().unwrap();
        let row = &query(&mut client, &statement).unwrap()[0];
        assert_eq!((row.get("outcome"), row.get("document")), ("inserted", None::<Value>));
        let is_null = "SELECT checkpoint_data IS NULL FROM etl_jobs WHERE id = 20";
        assert!(client.query_one(is_null, &[]).unwrap().get::<_, bool>(0));
    });
}

#[test]
fn every_outcome_is_told_and_only_an_update_changes_anything() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let on = |id: i32, guard: Option<Filter<GithubCheckpoint>>, returning: bool| {
            let mut update = jobs.update(f.total_prs_processed().set(9u64)).id(id);
            if let Some(guard) = guard {
                update = update.when(guard);
            }
            if returning { update.returning() } else { update }.statement().unwrap()
        };
        let holds = || Some(f.batch_number().gt(1));
        let fails = || Some(f.batch_number().eq(6));
        for returning in [false, true] {
            for (expected, statement) in [
                (Outcome::NoSuchRow, on(99, None, returning)),
                (Outcome::NoSuchRow, on(99, holds(), returning)),
                (Outcome::NoSuchRow, on(-1, fails(), returning)),
                (Outcome::WrongJob, on(2, None, returning)),
                (Outcome::WrongJob, on(3, holds(), returning)),
                (Outcome::WrongJob, on(4, fails(), returning)),
                // A row of no job.
                (Outcome::WrongJob, on(5, holds(), returning)),
                (Outcome::GuardFailed, on(1, fails(), returning)),
                // Nothing is greater than 1 in an absent document.
                (Outcome::GuardFailed, on(7, holds(), returning)),
            ] {
                let rows = changes(&mut client, &statement, &[]);
                assert_eq!(rows.len(), 1, "{}", statement.text());
                assert_eq!(rows[0].get::<_, &str>("outcome"), expected.as_str(), "{}", statement.text());
                if returning {
                    assert_eq!(rows[0].get::<_, Option<Value>>("document"), None);
                }
            }
        }
        for (id, batch) in [(1, 5), (6, 8)] {
            let mut expected = github(batch);
            expected["total_prs_processed"] = json!(9);
            assert_eq!(one(&mut client, &on(id, holds(), false), &[(id, expected)]), Outcome::Updated);
        }
    });
}

#[test]
fn an_update_lands_in_no_row_of_another_job() {
    fn on<C: Checkpoint>(client: &mut Client, update: Update<C>, own: &[i32]) {
        let jobs = JobTable::default();
        for id in 1..=6 {
            let before = table(client);
            let statement = jobs.update(update.clone()).id(id).statement().unwrap();
            let told = outcome(client, &statement).unwrap();
            let upsert = jobs.upsert(id, update.clone()).statement().unwrap();
            if own.contains(&id) {
                assert_eq!(told, Outcome::Updated);
                continue;
            }
            assert_eq!(told, Outcome::WrongJob, "{} in row {id}", C::JOB);
            assert_eq!(outcome(client, &upsert).unwrap(), Outcome::WrongJob, "{} in row {id}", C::JOB);
            assert_eq!(table(client), before);
        }
    }
    postgres::each(|server| {
        let mut client = seed(server);
        let since = || Timestamp::UNIX_EPOCH;
        let (f, g) = (GithubCheckpoint::fields(), JiraCheckpoint::fields());
        let (h, i) = (WexAdCheckpoint::fields(), WexFabricCheckpoint::fields());
        let github = [f.last_pr_cursor().set("c"), f.current_repository().set("r")];
        on(&mut client, github.into(), &[1, 6]);
        on(&mut client, [g.last_sync_date().set(since()), g.last_issue_key().set("k")].into(), &[2]);
        let full = checkpoint_schemas::SyncType::Full;
        let ad = [h.last_sync_timestamp().set(since()), h.sync_type().set(full), h.delta_token().set("t")];
        on(&mut client, ad.into(), &[3]);
        on(&mut client, [i.last_sync_timestamp().set(since()), i.workspace_id().set("w")].into(), &[4]);
    });
}

#[test]
fn a_guard_compares_and_sets() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let from = |batch: u64| {
            let update = jobs.update(f.batch_number().set(batch + 1)).id(1);
            update.when(f.batch_number().eq(batch)).statement().unwrap()
        };
        assert_eq!(outcome(&mut client, &from(5)).unwrap(), Outcome::Updated);
        assert_eq!(outcome(&mut client, &from(5)).unwrap(), Outcome::GuardFailed);
        assert_eq!(outcome(&mut client, &from(6)).unwrap(), Outcome::Updated);
        // Guards add up; one that cannot be decided is none that holds.
        let both = |cursor: &str| {
            let update = jobs.update(f.batch_number().increment(1)).id(1).when(f.batch_number().eq(7));
            update.when(f.last_pr_cursor().eq(cursor)).statement().unwrap()
        };
        assert_eq!(outcome(&mut client, &both("another")).unwrap(), Outcome::GuardFailed);
        assert_eq!(outcome(&mut client, &both("Y3Vyc29y")).unwrap(), Outcome::Updated);
        // An absent document has a guard, too.
        let first = || {
            let start = [f.last_pr_cursor().set(""), f.current_repository().set("repo1")];
            let update = jobs.update(start).id(7).when(f.last_pr_cursor().is_missing());
            update.statement().unwrap()
        };
        assert_eq!(outcome(&mut client, &first()).unwrap(), Outcome::Updated);
        assert_eq!(outcome(&mut client, &first()).unwrap(), Outcome::GuardFailed);
    });
}

#[test]
fn the_row_of_the_job_itself() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = JiraCheckpoint::fields();
        let next = || jobs.update(f.batch_number().increment(1)).of_job();
        let mut expected = jira();
        expected["batch_number"] = json!(4);
        assert_eq!(one(&mut client, &next().statement().unwrap(), &[(2, expected)]), Outcome::Updated);
        let guarded = next().when(f.batch_number().eq(3)).returning().statement().unwrap();
        assert_eq!(one(&mut client, &guarded, &[]), Outcome::GuardFailed);
        client.execute("DELETE FROM etl_jobs WHERE id = 2", &[]).unwrap();
        assert_eq!(one(&mut client, &next().returning().statement().unwrap(), &[]), Outcome::NoSuchRow);
        assert_eq!(one(&mut client, &guarded, &[]), Outcome::NoSuchRow);
    });
}

/// With several rows of one job, or one key, the statement fails: it is about one row.
#[test]
fn an_update_of_one_row_changes_no_second_one() {
    postgres::each(|server| {
        let mut client = seed(server);
        client.batch_execute("ALTER TABLE etl_jobs DROP CONSTRAINT etl_jobs_pkey").unwrap();
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let set = || jobs.update(f.recovery_mode().set(true));
        client.batch_execute("DELETE FROM etl_jobs WHERE id = 7").unwrap();
        let before = table(&mut client);
        for statement in [set().of_job(), set().of_job().returning()] {
            let error = query(&mut client, &statement.statement().unwrap()).unwrap_err();
            assert_eq!(error.code().map(|code| code.code()), Some("21000"), "{error:?}");
            assert_eq!(table(&mut client), before);
        }
        // Another job's row under the same key.
        client
            .batch_execute("UPDATE etl_jobs SET id = 2 WHERE id = 6; DELETE FROM etl_jobs WHERE id = 1")
            .unwrap();
        let all = "SELECT array_agg(to_jsonb(t) ORDER BY job_name) FROM etl_jobs AS t";
        let before: Vec<Value> = client.query_one(all, &[]).unwrap().get(0);
        for statement in [set().id(2), set().of_job(), set().id(2).when(Filter::everything())] {
            let error = query(&mut client, &statement.statement().unwrap()).unwrap_err();
            assert_eq!(error.code().map(|code| code.code()), Some("21000"), "{error:?}");
        }
        let error = query(&mut client, &jobs.reset(2).statement()).unwrap_err();
        assert_eq!(error.code().map(|code| code.code()), Some("21000"), "{error:?}");
        assert_eq!(client.query_one(all, &[]).unwrap().get::<_, Vec<Value>>(0), before);
    });
}

#[test]
fn keys_of_every_type() {
    postgres::each(|server| {
        let mut client = server.connect();
        let uuid: uuid::Uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap();
        for (kind, key, other) in [
            ("smallint", Key::from(-7i8), Key::from(7u8)),
            ("integer", Key::from(7), Key::from(i64::MAX)),
            ("bigint", Key::from(i64::MIN), Key::from(i64::MAX)),
            ("numeric", Key::from(7u32), Key::from(8u16)),
            ("text", Key::from("it's \"a\" \\ k€y"), Key::from("")),
            ("varchar(40)", Key::from("github-main"), Key::from("github-main ".to_owned())),
            ("uuid", Key::from(uuid), Key::from(uuid::Uuid::nil())),
        ] {
            let create = format!(
                "DROP TABLE IF EXISTS etl_jobs; CREATE TABLE etl_jobs \
                 (id {kind} PRIMARY KEY, job_name text, checkpoint_data jsonb, retry_count int, error_message text)"
            );
            client.batch_execute(&create).unwrap();
            let jobs = JobTable::default();
            let f = GithubCheckpoint::fields();
            let start = || [f.last_pr_cursor().set("c"), f.current_repository().set("r")];
            for told in [Outcome::Inserted, Outcome::Updated] {
                let statement = jobs.upsert(key.clone(), start()).statement().unwrap();
                assert_eq!(outcome(&mut client, &statement).unwrap(), told, "{kind}");
            }
            for (key, told, found) in [(&key, Outcome::Updated, 1), (&other, Outcome::NoSuchRow, 0)] {
                let update = jobs.update(f.batch_number().increment(1)).id(key.clone()).statement().unwrap();
                assert_eq!(outcome(&mut client, &update).unwrap(), told, "{kind}");
                let select = jobs.select::<GithubCheckpoint>().id(key.clone()).for_update();
                let rows = query(&mut client, &select.statement().unwrap()).unwrap();
                assert_eq!(rows.len(), found, "{kind}");
                assert_eq!(
                    outcome(&mut client, &jobs.reset(key.clone()).statement()).unwrap(),
                    told,
                    "{kind}"
                );
            }
        }
    });
}

#[test]
fn an_error_leaves_everything_as_it_was() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        client
            .batch_execute(
                r#"UPDATE etl_jobs SET checkpoint_data = checkpoint_data || '{"repositories_processed": "repo1"}'
                   WHERE id = 6"#,
            )
            .unwrap();
        for (id, update) in [
            (6, next_batch()),
            (1, Update::from([f.total_prs_processed().increment(5), f.batch_number().increment(-6)])),
            (7, next_batch()),
            (1, Update::from(f.repositories_processed().insert_at(5, "repo9"))),
        ] {
            let before = table(&mut client);
            let expected = update.apply(&before[&id]["checkpoint_data"]).unwrap_err();
            let mut statements = vec![
                jobs.update(update.clone()).id(id).statement().unwrap(),
                jobs.update(update.clone())
                    .id(id)
                    .when(Filter::everything())
                    .returning()
                    .statement()
                    .unwrap(),
            ];
            statements.extend(jobs.upsert(id, update.clone()).statement());
            for statement in statements {
                let error = query(&mut client, &statement).unwrap_err();
                assert_eq!(refusal(&error), expected, "{}", statement.text());
                assert_eq!(table(&mut client), before);
            }
            // Where the guard fails, nobody asks.
            let guarded = jobs.update(update.clone()).id(id).when(Filter::nothing()).statement().unwrap();
            assert_eq!(one(&mut client, &guarded, &[]), Outcome::GuardFailed);
        }
        // Nor in a row of another job.
        insert(&mut client, 8, Some("Jira"), &json!([]));
        let statement = jobs.update(next_batch()).id(8).statement().unwrap();
        assert_eq!(one(&mut client, &statement, &[]), Outcome::WrongJob);
        let statement = jobs.update(next_batch()).filter(f.batch_number().eq(99)).statement().unwrap();
        changes(&mut client, &statement, &[]);
    });
}

#[test]
fn many_rows_are_changed_together_or_not_at_all() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let after = |batch| next_batch().apply(&github(batch)).unwrap();

        // Row 5, of no job, and Jira's meet the filter too.
        let every = || jobs.update(next_batch()).filter(f.batch_number().gt(1));
        changes(&mut client, &every().statement().unwrap(), &[(1, after(5)), (6, after(8))]);
        let expected =
            [(1, next_batch().apply(&after(5)).unwrap()), (6, next_batch().apply(&after(8)).unwrap())];
        let told = changes(&mut client, &every().returning().statement().unwrap(), &expected);
        assert_eq!(documents(&told), BTreeMap::from(expected));

        // A filter that has `OR` on its outside stays inside the condition on the job.
        let set = || Update::from(f.recovery_mode().set(true));
        let either = f.batch_number().eq(3) | f.batch_number().eq(7) | f.batch_number().eq(10);
        let statement = jobs.update(set()).filter(either).returning().statement().unwrap();
        assert_eq!(ids(&query(&mut client, &statement).unwrap()), [1, 6]);

        // The absent document cannot be changed: nor is any other.
        let statement = jobs.update(next_batch()).filter(Filter::everything()).statement().unwrap();
        let before = table(&mut client);
        let error = refusal(&query(&mut client, &statement).unwrap_err());
        assert_eq!(error, next_batch().apply(&Value::Null).unwrap_err());
        assert_eq!(table(&mut client), before);

        let none = jobs.update(set()).filter(Filter::nothing()).returning().statement().unwrap();
        assert!(changes(&mut client, &none, &[]).is_empty());
    });
}

#[test]
fn an_upsert_inserts_or_updates() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let start = || {
            let required = [f.last_pr_cursor().set("c"), f.current_repository().set("r")];
            Update::from(required).and(f.batch_number().increment(1))
        };
        let statement = jobs.upsert(10, start()).returning().statement().unwrap();
        let expected = start().apply(&Value::Null).unwrap();
        assert_eq!(expected["batch_number"], 2);
        let row = &query(&mut client, &statement).unwrap()[0];
        assert_eq!((row.get("outcome"), row.get("document")), ("inserted", expected.clone()));
        let stored = &table(&mut client)[&10];
        // What the table has for other columns, and the job's name in its normal form.
        assert_eq!(
            *stored,
            json!({"job_name": "github", "checkpoint_data": expected, "retry_count": 3, "error_message": "it failed"})
        );

        let expected = start().apply(&expected).unwrap();
        let told = changes(&mut client, &statement, &[(10, expected.clone())]);
        assert_eq!((told[0].get("outcome"), told[0].get("document")), ("updated", expected));
        let after = start().apply(&github(5)).unwrap();
        let statement = |id| jobs.upsert(id, start()).statement().unwrap();
        assert_eq!(one(&mut client, &statement(1), &[(1, after)]), Outcome::Updated);
        // The row is there, its document is not.
        let made = start().apply(&Value::Null).unwrap();
        assert_eq!(one(&mut client, &statement(7), &[(7, made)]), Outcome::Updated);
        for id in 2..=5 {
            assert_eq!(one(&mut client, &statement(id), &[]), Outcome::WrongJob);
        }
        let returning = jobs.upsert(2, start()).returning().statement().unwrap();
        let told = changes(&mut client, &returning, &[]);
        assert_eq!((told[0].get("outcome"), told[0].get("document")), ("wrong_job", None::<Value>));

        // What an absent document cannot become is refused without the server.
        let error = jobs.upsert(11, next_batch()).statement().unwrap_err();
        assert!(matches!(error.reason(), Reason::Missing(keys) if keys.len() == 2), "{error}");
        let whole: GithubCheckpoint = serde_json::from_value(github(1)).unwrap();
        let statement = jobs.upsert(11, next_batch().or_insert(&whole)).statement().unwrap();
        assert_eq!(outcome(&mut client, &statement).unwrap(), Outcome::Inserted);
        assert_eq!(table(&mut client)[&11]["checkpoint_data"]["batch_number"], 2);
    });
}

/// What tells an insert from an update is the row's lock, which other locks and subtransactions leave theirs in.
#[test]
fn an_upsert_tells_inserts_from_updates_whoever_else_holds_the_row() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let start = || [f.last_pr_cursor().set("c"), f.current_repository().set("r")];
        let upsert = |id: i32| jobs.upsert(id, start()).statement().unwrap();
        let mut other = server.connect();
        for hold in ["", "SELECT FROM etl_jobs WHERE id = 1 FOR KEY SHARE"] {
            let mut holder = other.transaction().unwrap();
            holder.batch_execute(hold).unwrap();
            for own in ["KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE"] {
                let own = format!("SELECT FROM etl_jobs WHERE id = 1 FOR {own}");
                for before in [true, false] {
                    let mut transaction = client.transaction().unwrap();
                    // The strongest is not to be had beside another's.
                    if before && (hold.is_empty() || !own.ends_with("FOR UPDATE")) {
                        transaction.batch_execute(&own).unwrap();
                    }
                    let mut inner = transaction.transaction().unwrap();
                    if hold.is_empty() || !own.ends_with("FOR UPDATE") {
                        inner.batch_execute(&own).unwrap();
                    }
                    for _ in 0..2 {
                        assert_eq!(
                            outcome(&mut inner, &upsert(1)).unwrap(),
                            Outcome::Updated,
                            "{hold} {own}"
                        );
                    }
                    assert_eq!(outcome(&mut inner, &upsert(30)).unwrap(), Outcome::Inserted);
                    assert_eq!(outcome(&mut inner, &upsert(30)).unwrap(), Outcome::Updated);
                    inner.commit().unwrap();
                    assert_eq!(outcome(&mut transaction, &upsert(30)).unwrap(), Outcome::Updated);
                    assert_eq!(outcome(&mut transaction, &upsert(1)).unwrap(), Outcome::Updated);
                    transaction.execute("DELETE FROM etl_jobs WHERE id = 30", &[]).unwrap();
                    assert_eq!(outcome(&mut transaction, &upsert(30)).unwrap(), Outcome::Inserted);
                    transaction.rollback().unwrap();
                }
            }
            holder.rollback().unwrap();
        }
    });
}

#[test]
fn rows_are_selected_by_job_filter_order_and_limit() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let f = GithubCheckpoint::fields();
        let select = || jobs.select::<GithubCheckpoint>().order(f.batch_number().desc());
        let rows = query(&mut client, &select().statement().unwrap()).unwrap();
        // Documents without the field come last.
        assert_eq!(ids(&rows), [6, 1, 7]);
        assert_eq!(rows[0].get::<_, Value>("document"), github(8));
        assert_eq!(rows[2].get::<_, Option<Value>>("document"), None);
        let found = |client: &mut Client, select: checkpoint_schema::table::Select<'_, GithubCheckpoint>| {
            ids(&query(client, &select.statement().unwrap()).unwrap())
        };
        assert_eq!(found(&mut client, select().limit(1)), [6]);
        assert_eq!(found(&mut client, select().limit(0)), [0; 0]);
        assert_eq!(found(&mut client, select().limit(u32::MAX)), [6, 1, 7]);
        assert_eq!(found(&mut client, select().filter(f.batch_number().lt(8))), [1]);
        let both = || select().filter(f.batch_number().lt(8)).filter(f.last_pr_cursor().eq("no"));
        assert_eq!(found(&mut client, both()), [0; 0]);
        let either = f.batch_number().eq(5) | f.batch_number().eq(7) | f.batch_number().eq(3);
        assert_eq!(found(&mut client, select().filter(either).for_update()), [1]);
        assert_eq!(found(&mut client, select().filter(f.last_pr_cursor().is_missing())), [7]);
        for (id, ids) in [(1, vec![1]), (2, vec![]), (5, vec![]), (99, vec![])] {
            assert_eq!(found(&mut client, select().id(id)), ids);
        }
        let order = jobs.select().order(f.last_pr_cursor().asc()).order(f.batch_number().asc());
        assert_eq!(found(&mut client, order), [1, 6, 7]);

        let mut transaction = client.transaction().unwrap();
        let locked = select().filter(f.batch_number().gt(6)).for_update().statement().unwrap();
        assert_eq!(ids(&query(&mut transaction, &locked).unwrap()), [6]);
        let mut other = server.connect();
        let text = "SELECT id FROM etl_jobs ORDER BY id FOR UPDATE SKIP LOCKED";
        let free: Vec<i32> = other.query(text, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        assert_eq!(free, [1, 2, 3, 4, 5, 7]);
    });
}

#[test]
fn a_view_is_for_people() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let statement = jobs.view::<JiraCheckpoint>().statement().unwrap();
        let rows = query(&mut client, &statement).unwrap();
        let row = &rows[0];
        let pretty = "SELECT jsonb_pretty(checkpoint_data) FROM etl_jobs WHERE id = 2";
        let pretty: String = client.query_one(pretty, &[]).unwrap().get(0);
        assert_eq!((rows.len(), row.len()), (1, 3));
        assert_eq!((row.get("id"), row.get("job"), row.get("checkpoint")), (2, "Jira", pretty.as_str()));
        assert!(pretty.starts_with("{\n    \""), "{pretty}");
        let f = GithubCheckpoint::fields();
        let statement = jobs.view().filter(f.batch_number().eq(8)).statement().unwrap();
        assert_eq!(ids(&query(&mut client, &statement).unwrap()), [6]);
    });
}

#[test]
fn a_reset_starts_one_job_anew() {
    postgres::each(|server| {
        let mut client = seed(server);
        let jobs = JobTable::default();
        let mut expected = table(&mut client);
        assert_eq!(outcome(&mut client, &jobs.reset(2).statement()).unwrap(), Outcome::Updated);
        expected.insert(
            2,
            json!({"job_name": "Jira", "checkpoint_data": null, "retry_count": 0, "error_message": null}),
        );
        assert_eq!(table(&mut client), expected);
        let is_null = "SELECT checkpoint_data IS NULL FROM etl_jobs WHERE id = 2";
        assert!(client.query_one(is_null, &[]).unwrap().get::<_, bool>(0));
        assert_eq!(one(&mut client, &jobs.reset(99).statement(), &[]), Outcome::NoSuchRow);
        // Only the document, of a table without the other two.
        let bare = jobs.without_retry_columns();
        assert_eq!(one(&mut client, &bare.reset(1).statement(), &[(1, Value::Null)]), Outcome::Updated);
    });
}

/// Runs one statement of each kind.
fn every_statement(client: &mut Client, jobs: &JobTable) {
    let f = GithubCheckpoint::fields();
    let start = [f.last_pr_cursor().set("c"), f.current_repository().set("r")];
    let upsert = jobs.upsert(1, start).returning().statement().unwrap();
    assert_eq!(outcome(client, &upsert).unwrap(), Outcome::Inserted);
    assert_eq!(outcome(client, &upsert).unwrap(), Outcome::Updated);
    let update = || jobs.update(next_batch());
    let by_id = update().id(1).when(f.batch_number().or_default().eq(1)).returning();
    assert_eq!(outcome(client, &by_id.clone().statement().unwrap()).unwrap(), Outcome::Updated);
    assert_eq!(outcome(client, &by_id.statement().unwrap()).unwrap(), Outcome::GuardFailed);
    assert_eq!(outcome(client, &update().of_job().statement().unwrap()).unwrap(), Outcome::Updated);
    let many = update().filter(f.batch_number().eq(3)).returning().statement().unwrap();
    assert_eq!(query(client, &many).unwrap()[0].get::<_, Value>("document")["batch_number"], 4);
    for index in [f.document_index(), f.batch_number().index(), f.last_pr_cursor().asc().index()] {
        query(client, &jobs.index_ddl(&index).unwrap()).unwrap();
    }
    let select = jobs.select().filter(f.batch_number().eq(4)).order(f.last_pr_cursor().asc()).for_update();
    assert_eq!(query(client, &select.statement().unwrap()).unwrap().len(), 1);
    let view = jobs.view::<GithubCheckpoint>().statement().unwrap();
    assert!(query(client, &view).unwrap()[0].get::<_, &str>("checkpoint").contains("\"batch_number\": 4"));
    assert_eq!(outcome(client, &jobs.reset(1).statement()).unwrap(), Outcome::Updated);
    assert_eq!(query(client, &view).unwrap()[0].get::<_, Option<&str>>("checkpoint"), None);
}

#[test]
fn names_are_quoted() {
    postgres::each(|server| {
        let mut client = server.connect();
        client
            .batch_execute(
                r#"CREATE SCHEMA "Sche""ma; --";
                   CREATE TABLE "Sche""ma; --"."we""ird tab-le" ("the ID" bigint PRIMARY KEY, "SELECT" text NOT NULL,
                     "it's a ""Document""" jsonb, "re.try $1" integer, "Error \ message" text)"#,
            )
            .unwrap();
        let jobs = JobTable::new("we\"ird tab-le")
            .in_schema("Sche\"ma; --")
            .id_column("the ID")
            .job_column("SELECT")
            .document_column("it's a \"Document\"")
            .retry_count_column("re.try $1")
            .error_message_column("Error \\ message");
        every_statement(&mut client, &jobs);
        // Nothing else was made or touched.
        let tables =
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        assert_eq!(client.query_one(tables, &[]).unwrap().get::<_, i64>(0), 1);
    });
}

/// The names that the statements use themselves.
#[test]
fn a_table_and_its_columns_may_have_any_name() {
    postgres::each(|server| {
        let mut client = server.connect();
        for name in ["target", "done", "t", "s0", "r", "excluded", "user", "order"] {
            client
                .batch_execute(&format!(
                    "CREATE TABLE \"{name}\" (\"{name}\" int PRIMARY KEY, of_job text, d jsonb, n0 int, may text)"
                ))
                .unwrap();
            let jobs = JobTable::new(name).id_column(name).job_column("of_job").document_column("d");
            every_statement(&mut client, &jobs.retry_count_column("n0").error_message_column("may"));
        }
        for [id, job, document] in
            [["id", "document", "t"], ["document", "id", "outcome"], ["d", "xmin_", "e"]]
        {
            let create = format!(
                "DROP TABLE IF EXISTS jobs; CREATE TABLE jobs (\"{id}\" int PRIMARY KEY, \"{job}\" text, \"{document}\" jsonb)"
            );
            client.batch_execute(&create).unwrap();
            let jobs = JobTable::new("jobs").id_column(id).job_column(job).document_column(document);
            every_statement(&mut client, &jobs.without_retry_columns());
        }
    });
}

#[test]
fn a_table_may_have_no_column_for_the_job() {
    postgres::each(|server| {
        let mut client = server.connect();
        client.batch_execute("CREATE TABLE github (id int PRIMARY KEY, checkpoint_data jsonb)").unwrap();
        every_statement(&mut client, &JobTable::new("github").without_job_column().without_retry_columns());
        let jobs = JobTable::new("github").without_job_column();
        let update = jobs.update(next_batch()).id(99).statement().unwrap();
        assert_eq!(outcome(&mut client, &update).unwrap(), Outcome::NoSuchRow);
    });
}

#[test]
fn a_row_is_of_the_job_that_the_registry_finds() {
    let registry = checkpoint_schemas::registry();
    let mut spellings: Vec<String> = [
        "GitHub",
        "github",
        "GITHUB",
        "gitHub",
        "Git Hub",
        "git-hub",
        "git_hub",
        " github",
        "github ",
        "githu",
        "gıthub",
        "GİTHUB",
        "ｇｉｔｈｕｂ",
        "github\n",
        "",
        " ",
        "Jira",
        "JIRA",
        "ji ra",
        "WEX AD",
        "wex-ad",
        "Wex_aD",
        "wexad",
        "wex  ad",
        "wex\tad",
        "wex\u{a0}ad",
        "wex–ad",
        "WEX Fabric",
        "wex-fabric",
        "WEX_FABRIC",
        "wex\\ad",
        "%",
        "wex.ad",
        "null",
    ]
    .map(str::to_owned)
    .into();
    let mut random = Random::new(5);
    for job in ["github", "jira", "wex_ad", "wex_fabric"] {
        for _ in 0..20 {
            let twist = |random: &mut Random, c: char| match c {
                '_' => *random.choose(&['_', '-', ' ', '+']),
                c if random.one_in(2) => c.to_ascii_uppercase(),
                c => c,
            };
            spellings.push(job.chars().map(|c| twist(&mut random, c)).collect());
        }
    }
    fn found<C: Checkpoint>(client: &mut Client) -> Vec<String> {
        let jobs = JobTable::new("spelled").without_retry_columns();
        let view = query(client, &jobs.view::<C>().statement().unwrap()).unwrap();
        view.iter().map(|row| row.get("job")).collect()
    }
    postgres::each(|server| {
        let mut client = server.connect();
        // A table's own collation does not count.
        for kind in ["text", "varchar(50)", "text COLLATE \"POSIX\"", "text COLLATE \"default\""] {
            let create = format!(
                "DROP TABLE IF EXISTS spelled; \
                 CREATE TABLE spelled (id serial PRIMARY KEY, job_name {kind}, checkpoint_data jsonb)"
            );
            client.batch_execute(&create).unwrap();
            for spelling in spellings.iter().map(Some).chain([None]) {
                client.execute("INSERT INTO spelled (job_name) VALUES ($1)", &[&spelling]).unwrap();
            }
            for (job, found) in [
                ("github", found::<GithubCheckpoint>(&mut client)),
                ("jira", found::<JiraCheckpoint>(&mut client)),
                ("wex_ad", found::<WexAdCheckpoint>(&mut client)),
                ("wex_fabric", found::<WexFabricCheckpoint>(&mut client)),
            ] {
                let is_of = |name: &&String| registry.find(name).is_some_and(|found| found.job() == job);
                let expected: Vec<String> = spellings.iter().filter(is_of).cloned().collect();
                assert!(expected.len() > 3, "{expected:?}");
                assert_eq!(found, expected, "{kind}");
            }
        }
    });
}

#[test]
fn the_column_of_the_job_may_be_of_any_type_of_texts() {
    postgres::each(|server| {
        let mut client = server.connect();
        client.batch_execute("CREATE TYPE job AS ENUM ('github', 'Jira')").unwrap();
        client.batch_execute("CREATE DOMAIN name_of_job AS varchar(20) NOT NULL").unwrap();
        for kind in ["text", "varchar(9)", "char(30)", "name", "name_of_job", "job"] {
            let create = format!(
                "DROP TABLE IF EXISTS etl_jobs; CREATE TABLE etl_jobs \
                 (id int PRIMARY KEY, job_name {kind}, checkpoint_data jsonb, retry_count int, error_message text); \
                 INSERT INTO etl_jobs VALUES (2, 'Jira')"
            );
            client.batch_execute(&create).unwrap();
            every_statement(&mut client, &JobTable::default());
        }
    });
}

#[test]
fn the_law_holds_for_the_statements() {
    postgres::each(|server| {
        let mut client = server.connect();
        client.batch_execute(TABLE).unwrap();
        insert(&mut client, 1, Some("LAW"), &Value::Null);
        let jobs = JobTable::default();
        let (mut updated, mut refused) = (0, 0);
        for seed in 0..400 {
            let mut random = Random::new(seed);
            let document = law::documents(&mut random);
            let update = law::update(&mut random).update;
            let store = "UPDATE etl_jobs SET checkpoint_data = $1";
            client.execute(store, &[&document]).unwrap();
            let document: Value =
                client.query_one("SELECT checkpoint_data FROM etl_jobs", &[]).unwrap().get(0);
            let expected = update.apply(&document);
            let filter = Law::fields().name().exists() | Law::fields().name().is_missing();
            let statements = [
                jobs.update(update.clone()).id(1).returning().statement(),
                jobs.update(update.clone()).of_job().when(filter.clone()).returning().statement(),
                jobs.update(update.clone()).filter(filter).returning().statement(),
                jobs.upsert(1, update).returning().statement(),
            ];
            for (at, statement) in statements.into_iter().enumerate() {
                // An operand that cannot be, or an upsert that could not insert.
                let Ok(statement) = statement else {
                    assert!(at == 3 || expected.is_err(), "seed {seed}");
                    continue;
                };
                let mut transaction = client.transaction().unwrap();
                match (query(&mut transaction, &statement), &expected) {
                    (Ok(rows), Ok(expected)) => {
                        let found: Option<Value> = rows[0].get("document");
                        let found = found.unwrap_or(Value::Null);
                        assert!(same(&found, expected), "seed {seed}: {found} {expected}");
                        updated += 1;
                    }
                    (Err(error), Err(expected)) => {
                        assert_eq!(refusal(&error), *expected, "seed {seed}");
                        refused += 1;
                    }
                    (found, expected) => panic!("seed {seed}: {found:?} {expected:?}\n{}", statement.text()),
                }
            }
        }
        assert!(updated > 300 && refused > 200, "{updated} {refused}");
    });
}
