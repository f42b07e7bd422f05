//! The law of filters: the same answer in memory and in PostgreSQL, whatever is stored.
//!
//! `CHECKPOINT_CASES=1000000 cargo xtask test -p checkpoint-tests --test filters` asks as often of documents,
//! `CHECKPOINT_SEED` repeats a run.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use ::postgres::Client;
use checkpoint_schema::filter::{Index, Order};
use checkpoint_schema::{Checkpoint, Filter, JobTable, Param, Statement, Timestamp};
use checkpoint_tests::documents::Run;
use checkpoint_tests::law::{self, Law, Sorted};
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_tests::statements::{borrowed, bound};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The documents that each filter is asked of at once.
const DOCUMENTS: usize = 50;

/// The filters that are asked of the same documents.
const FILTERS: usize = 40;

/// How often new documents are sorted by every order.
const ORDERED: u64 = 5;

#[test]
fn a_filter_says_the_same_in_sql_and_in_memory() {
    let run = Run::from_environment(20_000);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    postgres::each(|server| {
        let mut table = Table::new(server);
        let mut told = Told::default();
        for round in 0..run.cases.div_ceil(DOCUMENTS * FILTERS) {
            let seed = run.seed.wrapping_mul(0x1_0000_0000).wrapping_add(round as u64);
            let mut random = Random::new(seed);
            let documents = table.store(&mut random);
            // An index may only make it faster.
            let seqscan = if round % 2 == 0 { "on" } else { "off" };
            table.client.batch_execute(&format!("SET enable_seqscan = {seqscan}")).expect("a setting");
            for _ in 0..FILTERS {
                let asked = law::filter(&mut random);
                let fault = |fault: String| -> ! { panic!("round {round} of seed {}: {fault}", run.seed) };
                let condition = match (asked.filter.condition("document"), asked.filter.matches(&Value::Null))
                {
                    (Ok(condition), _) => condition,
                    // An array's position that no array has.
                    (Err(refused), Err(error)) if refused == error => {
                        told.refused += 1;
                        continue;
                    }
                    (Err(refused), other) => fault(format!("refused: {refused}\nin memory: {other:?}")),
                };
                let found = table.find(&condition).unwrap_or_else(|error| fault(error));
                for (id, document) in &documents {
                    let expected = asked.filter.matches(document).expect("its SQL is made");
                    if expected != found.contains(id) {
                        fault(format!("in memory {expected}\n{:#?}\n\ndocument: {document}", asked.filter));
                    }
                    told.count(asked.operator, expected);
                }
            }
        }
        println!("{} pairs on {server:?}, {} refused: {:?}", told.pairs, told.refused, told.answers);
        told.assert_all();
    });
}

#[test]
fn an_order_is_the_same_in_sql_and_in_memory() {
    let seed = Run::from_environment(0).seed;
    println!("CHECKPOINT_SEED={seed}");
    postgres::each(|server| {
        let mut table = Table::new(server);
        let (mut pairs, mut decided) = (0, 0);
        for round in 0..ORDERED {
            let mut random = Random::new(seed.wrapping_mul(0x1_0000_0000).wrapping_add(round));
            let documents = table.store(&mut random);
            for sorted in law::orders(&mut random) {
                let ids = table.sorted(&sorted);
                assert_eq!(ids.len(), documents.len());
                let is =
                    |filter: &Filter<Law>, id: &i32| filter.matches(&documents[id]).expect("it can be asked");
                let is_sure = |id: &i32| is(&sorted.typed, id) || is(&sorted.missing, id);
                let judge = |left: &i32, right: &i32| {
                    let order =
                        sorted.order.compare(&documents[left], &documents[right]).expect("it compares");
                    assert_ne!(
                        order,
                        Ordering::Greater,
                        "round {round} of seed {seed}: {:?}\n{}\n{}",
                        sorted.order,
                        documents[left],
                        documents[right]
                    );
                    order
                };
                // Values of other types have their place beside the others, and no order that is promised.
                for pair in ids.windows(2).filter(|pair| pair.iter().any(is_sure)) {
                    judge(&pair[0], &pair[1]);
                }
                let sure: Vec<i32> = ids.iter().copied().filter(|id| is_sure(id)).collect();
                for pair in sure.windows(2) {
                    pairs += 1;
                    decided += usize::from(judge(&pair[0], &pair[1]).is_lt());
                }
            }
        }
        println!("{pairs} neighbours on {server:?}, {decided} of them apart");
        assert!(decided > 1_000, "only {decided} of {pairs} neighbours were apart");
    });
}

/// How often what came out: a law that is never tried is none.
#[derive(Default)]
struct Told {
    pairs: usize,
    /// Filters that both refuse.
    refused: usize,
    /// For each operator, how often it was false and true.
    answers: BTreeMap<&'static str, [usize; 2]>,
}

impl Told {
    fn count(&mut self, operator: &'static str, answer: bool) {
        self.pairs += 1;
        self.answers.entry(operator).or_default()[usize::from(answer)] += 1;
    }

    fn assert_all(&self) {
        let least = self.pairs / 10_000;
        for operator in law::OPERATORS {
            let [no, yes] = self.answers.get(operator).copied().unwrap_or_default();
            assert!(
                yes > least || operator == "nothing",
                "{operator} was true {yes} times of {}",
                self.pairs
            );
            assert!(
                no > least || operator == "everything",
                "{operator} was false {no} times of {}",
                self.pairs
            );
        }
    }
}

/// A table of documents in every state.
struct Table {
    client: Client,
}

impl Table {
    fn new(server: &Server) -> Self {
        let mut client = server.connect();
        client
            .batch_execute(
                "CREATE TEMPORARY TABLE law (id integer, document jsonb);
                 CREATE INDEX ON law USING gin (document jsonb_path_ops)",
            )
            .expect("a table");
        Self { client }
    }

    /// Puts other documents into the table; gives them as they are stored, `1e17` as an integer.
    fn store(&mut self, random: &mut Random) -> BTreeMap<i32, Value> {
        let mut sql_null = false;
        let texts: Vec<Option<String>> = (0..DOCUMENTS)
            .map(|_| {
                let document = law::asked_documents(random);
                // `null` is stored as SQL NULL and as JSON `null` in turn.
                sql_null = document.is_null() && !sql_null;
                (!sql_null || !document.is_null()).then(|| document.to_string())
            })
            .collect();
        self.client.batch_execute("TRUNCATE law").expect("it is emptied");
        let insert = "INSERT INTO law SELECT n, d::jsonb FROM unnest($1::text[]) WITH ORDINALITY AS t (d, n)";
        self.client.execute(insert, &[&texts]).expect("they are stored");
        let rows = self.client.query("SELECT id, document::text FROM law", &[]).expect("they are read");
        rows.iter()
            .map(|row| {
                let text: Option<String> = row.get(1);
                (row.get(0), text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON")))
            })
            .collect()
    }

    /// The documents that the server finds. An error is a fault.
    fn find(&mut self, condition: &Statement) -> Result<BTreeSet<i32>, String> {
        let text = format!("SELECT id FROM law WHERE {}", condition.text());
        let params = bound(condition.params());
        match self.client.query(&text, &borrowed(&params)) {
            Ok(rows) => Ok(rows.iter().map(|row| row.get(0)).collect()),
            Err(error) => Err(format!("{error:?}\n{text}\n{params:?}")),
        }
    }

    /// The documents as the server sorts them.
    fn sorted(&mut self, sorted: &Sorted) -> Vec<i32> {
        let table = JobTable::new("law").document_column("document").without_job_column();
        let statement = table.select().order(sorted.order.clone()).statement().expect("an order");
        let rows = self.client.query(statement.text(), &[]);
        rows.unwrap_or_else(|error| panic!("{error:?}\n{}", statement.text()))
            .iter()
            .map(|row| row.get(0))
            .collect()
    }
}

/// What the indexes are made on.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "law", version = 1)]
struct Indexed {
    number: u32,
    text: String,
    at: Timestamp,
    #[serde(default = "seven")]
    batch: i64,
    list: Vec<String>,
    cursor: Option<String>,
}

fn seven() -> i64 {
    7
}

/// An index, and the filters and orders that it is for.
type Case = (Index<Indexed>, Vec<Filter<Indexed>>, Vec<Order<Indexed>>);

/// A hundred thousand rows, in no order that an index has. Every other one is without `batch`.
const ROWS: &str = "
    CREATE TABLE etl_jobs (
        id bigint PRIMARY KEY, job_name text NOT NULL, checkpoint_data jsonb,
        retry_count integer, error_message text
    );
    INSERT INTO etl_jobs (id, job_name, checkpoint_data)
    SELECT n, 'law', jsonb_build_object(
        'number', k, 'text', 'text-' || lpad(k::text, 6, '0'),
        'at', to_char(timestamp '2025-01-01' + k * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
        'list', jsonb_build_array('item-' || k, 'item-' || (k + 1)), 'cursor', 'cursor-' || k
    ) || CASE n % 2 WHEN 0 THEN '{}' ELSE jsonb_build_object('batch', k + 10) END
    FROM (SELECT n, n * 61 % 100003 AS k FROM generate_series(1, 100000) AS n) AS rows;";

#[test]
fn an_index_is_used_by_what_it_is_for() {
    let f = Indexed::fields();
    let at = |k: i64| -> Timestamp {
        let start = chrono::DateTime::from_timestamp(1_735_689_600, 0).expect("in range");
        (start + chrono::TimeDelta::minutes(k)).into()
    };
    let number = [
        f.number().eq(5000),
        f.number().in_([5000, 5001]),
        f.number().gt(99_900),
        f.number().ge(99_900),
        f.number().lt(100),
        f.number().le(100),
        f.number().between(5000, 5100),
    ];
    let text = [
        f.text().gt("text-099900"),
        f.text().ge("text-099900"),
        f.text().lt("text-000100"),
        f.text().le("text-000100"),
        f.text().between("text-005000", "text-005100"),
        f.text().starts_with("text-0050"),
    ];
    let time = [f.at().gt(at(99_900)), f.at().lt(at(100)), f.at().between(at(5000), at(5100))];
    let batch = f.batch().or_default();
    let defaulted =
        [batch.eq(5000), batch.in_([5000, 5001]), batch.lt(0), batch.gt(99_990), batch.between(50, 90)];
    let document = [
        f.number().eq(5000),
        f.text().eq("text-005000"),
        f.list().contains("item-5000"),
        f.list().contains_any(["item-5000", "item-6000"]),
    ];
    let cases: Vec<Case> = vec![
        (f.number().index(), number.clone().into(), vec![f.number().asc()]),
        (f.number().desc().index(), number.into(), vec![f.number().desc()]),
        (f.text().index(), vec![f.text().eq("text-005000"), f.text().in_(["text-005000", "b"])], vec![]),
        (f.text().asc().index(), text.clone().into(), vec![f.text().asc()]),
        (f.text().desc().index(), text.into(), vec![f.text().desc()]),
        (f.at().index(), vec![f.at().eq(at(5000))], vec![]),
        (f.at().asc().index(), time.into(), vec![f.at().asc()]),
        (batch.index(), defaulted.into(), vec![batch.asc()]),
        (batch.desc().index(), vec![batch.lt(0), batch.gt(99_990)], vec![batch.desc()]),
        (f.cursor().index(), vec![f.cursor().eq(Some("cursor-5000".to_owned()))], vec![]),
        (f.cursor().some().index(), vec![f.cursor().some().eq("cursor-5000")], vec![]),
        (f.cursor().some().asc().index(), vec![f.cursor().some().starts_with("cursor-5000")], vec![]),
        (f.document_index(), document.into(), vec![]),
    ];
    postgres::each(|server| {
        let mut client = server.connect();
        client.batch_execute(ROWS).expect("rows");
        let jobs = JobTable::default();
        let mut faults = Vec::new();
        let mut plans = 0;
        for (index, filters, orders) in &cases {
            let ddl = jobs.index_ddl(index).expect("an index");
            let name = ddl.text().split('"').nth(1).expect("a name");
            let mut statements = Vec::new();
            for filter in filters {
                let update = jobs.update([f.list().push("new")]).filter(filter.clone());
                statements.push(jobs.select().filter(filter.clone()).statement().expect("a query"));
                statements.push(update.statement().expect("an update"));
            }
            for order in orders {
                statements.push(jobs.select().order(order.clone()).limit(10).statement().expect("a query"));
            }
            let without = plan(&mut client, &statements[0], "force_custom_plan");
            assert!(names(&without, "Node Type").contains(&"Seq Scan"), "{without}");
            client.batch_execute(&format!("{}; ANALYZE etl_jobs", ddl.text())).expect("an index");
            for statement in &statements {
                for mode in ["force_custom_plan", "force_generic_plan"] {
                    plans += 1;
                    let plan = plan(&mut client, statement, mode);
                    let (used, seq) = (names(&plan, "Index Name"), names(&plan, "Node Type"));
                    if !used.contains(&name) || seq.contains(&"Seq Scan") {
                        faults.push(format!(
                            "{mode}: {}\n{name} is not used: {seq:?} {used:?}",
                            statement.text()
                        ));
                    }
                }
            }
            client.batch_execute(&format!("DROP INDEX \"{name}\"")).expect("it goes");
        }
        println!("{plans} plans on {server:?}");
        assert!(faults.is_empty(), "{} of {plans}:\n{}", faults.len(), faults.join("\n\n"));
    });
}

/// The plan of a prepared statement whose parameters have the types that it says.
fn plan(client: &mut Client, statement: &Statement, mode: &str) -> Value {
    let types: Vec<_> = statement.params().iter().map(Param::type_name).collect();
    let values: Vec<_> = statement
        .params()
        .iter()
        .map(|param| format!("'{}'::{}", param.to_string().replace('\'', "''"), param.type_name()))
        .collect();
    let enclosed =
        |list: &[String]| if list.is_empty() { String::new() } else { format!("({})", list.join(",")) };
    let types = enclosed(&types.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let prepare = format!("SET plan_cache_mode = {mode}; PREPARE asked{types} AS {}", statement.text());
    client.batch_execute(&prepare).unwrap_or_else(|error| panic!("{error:?}\n{prepare}"));
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked{}", enclosed(&values));
    let plan = client.query_one(&explain, &[]).unwrap_or_else(|error| panic!("{error:?}\n{explain}")).get(0);
    client.batch_execute("DEALLOCATE asked").expect("it is forgotten");
    plan
}

/// What stands under `key`, at any depth of a plan.
fn names<'p>(plan: &'p Value, key: &str) -> Vec<&'p str> {
    match plan {
        Value::Array(items) => items.iter().flat_map(|item| names(item, key)).collect(),
        Value::Object(object) => {
            let here = object.get(key).and_then(Value::as_str);
            here.into_iter().chain(object.values().flat_map(|value| names(value, key))).collect()
        }
        _ => Vec::new(),
    }
}

/// Texts that a language sorts otherwise than their bytes.
const WORDS: [&str; 22] = [
    "", "a", "A", "b", "B", "Z", "z", "aa", "aB", "a b", "a-b", "ab", "AB", "ä", "Äb", "a\u{308}", "é",
    "e\u{301}", "zz", "\u{fffd}", "😀", "_a",
];

#[test]
fn texts_compare_by_their_bytes_whatever_the_collation_of_the_database() {
    postgres::each(|server| {
        let mut client = server.connect();
        let name: String =
            client.query_one("SELECT current_database() || '_icu'", &[]).expect("a name").get(0);
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        );
        client.batch_execute(&create).unwrap_or_else(|error| panic!("{create}: {error:?}"));
        let mut config: ::postgres::Config = server.url().parse().expect("a URL");
        let there = config.dbname(&name).connect(::postgres::NoTls).expect("a connection");
        compare_words(there);
        client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).expect("it goes");
    });
}

fn compare_words(mut client: Client) {
    let otherwise: bool = client.query_one("SELECT 'a' < 'B'", &[]).expect("an answer").get(0);
    assert!(otherwise, "the database sorts by bytes as well");
    client
        .batch_execute("CREATE TABLE etl_jobs (id integer, job_name text, checkpoint_data jsonb)")
        .expect("a table");
    let documents: Vec<Value> = WORDS.iter().map(|word| json!({"text": word, "list": [word]})).collect();
    for (id, document) in (0_i32..).zip(&documents) {
        let insert = "INSERT INTO etl_jobs VALUES ($1, 'LAW', $2)";
        client.execute(insert, &[&id, document]).expect("it is stored");
    }
    let (f, jobs) = (Indexed::fields(), JobTable::default());
    let index = jobs.index_ddl(&f.text().asc().index()).expect("an index");
    // Without the index, and by it.
    for settings in
        ["SET enable_indexscan = off; SET enable_bitmapscan = off", "RESET ALL; SET enable_seqscan = off"]
    {
        client.batch_execute(settings).expect("settings");
        for word in WORDS {
            let filters = [
                f.text().starts_with(word),
                f.text().lt(word),
                f.text().le(word),
                f.text().gt(word),
                f.text().ge(word),
                f.text().between(word, "b"),
                f.text().eq(word),
                f.text().in_([word, "a"]),
                f.list().contains(word),
            ];
            for filter in filters {
                let statement = jobs.select().filter(filter.clone()).statement().expect("a query");
                let rows =
                    client.query(statement.text(), &borrowed(&bound(statement.params()))).expect("rows");
                let found: BTreeSet<i32> = rows.iter().map(|row| row.get(0)).collect();
                let matches = |document: &Value| filter.matches(document).expect("it can be asked");
                let expected: BTreeSet<i32> = (0_i32..)
                    .zip(&documents)
                    .filter(|(_, document)| matches(document))
                    .map(|(id, _)| id)
                    .collect();
                assert_eq!(found, expected, "{filter:?}");
            }
        }
        let statement = jobs.select().order(f.text().asc()).statement().expect("a query");
        let rows = client.query(statement.text(), &[]).expect("rows");
        let found: Vec<&str> =
            rows.iter().map(|row| WORDS[usize::try_from(row.get::<_, i32>(0)).expect("an id")]).collect();
        let mut sorted = WORDS;
        sorted.sort_unstable();
        assert_eq!(found, sorted);
        client.batch_execute(index.text()).expect("an index");
    }
}
