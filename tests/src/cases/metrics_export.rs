//! What an engine tells the crate `metrics`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, SharedString, Unit,
    with_local_recorder,
};
use orm::prelude::*;
use orm::{MetricsExport, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { metrics_export {
    statements_are_told [];
    connections_are_told [];
} }

/// Keeps all values by metric and labels, as `name{label=value}`.
#[derive(Clone, Default)]
struct Values(Arc<Mutex<BTreeMap<String, Vec<f64>>>>);

/// One of them.
struct Cell {
    values: Values,
    key: String,
}

impl Values {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Cell { values: self.clone(), key: format!("{}{{{}}}", key.name(), labels.join(",")) })
    }

    fn of(&self, key: &str) -> Vec<f64> {
        self.0.lock().unwrap().get(key).cloned().unwrap_or_default()
    }

    fn keys(&self, name: &str) -> Vec<String> {
        let start = format!("{name}{{");
        self.0.lock().unwrap().keys().filter(|key| key.starts_with(&start)).cloned().collect()
    }

    fn sum(&self, key: &str) -> f64 {
        self.of(key).iter().sum()
    }
}

impl Cell {
    fn push(&self, value: f64) {
        self.values.0.lock().unwrap().entry(self.key.clone()).or_default().push(value);
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.push(value as f64);
    }

    fn absolute(&self, _: u64) {
        panic!("counters count");
    }
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.push(value);
    }

    fn decrement(&self, value: f64) {
        self.push(-value);
    }

    fn set(&self, _: f64) {
        panic!("gauges go up and down");
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl metrics::Recorder for Values {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.described(name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.described(name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.described(name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

impl Values {
    fn described(&self, name: KeyName, unit: Option<Unit>) {
        let key = format!("described {} {:?}", name.as_str(), unit.map(|unit| unit.as_str().to_owned()));
        self.0.lock().unwrap().insert(key, Vec::new());
    }
}

pub fn statements_are_told(cx: &mut TestContext) -> Result<()> {
    let values = Values::default();
    with_local_recorder(&values.clone(), || {
        let engine = cx.builder().hooks(MetricsExport::new("main")).build()?;
        engine.create_all(models![User, Address])?;
        let mut session = engine.session();
        session.begin()?;
        session.add(User { email: Some("a".into()), ..User::named("alice") });
        session.commit()?;
        session.add(User { email: Some("a".into()), ..User::named("bob") });
        expect_error(session.commit(), ErrorKind::UniqueViolation, &[]);
        session.rollback()?;
        assert_eq!(User::query().all(&mut session)?.len(), 1);
        let system = cx.backend_name().to_lowercase();
        let duration = |labels: &str| format!("db.client.operation.duration{{db.system.name={system},{labels}}}");
        let times = values.of(&duration("db.operation.name=INSERT,db.collection.name=user"));
        assert!(times.len() == 1 && times[0] > 0.0 && times[0] < 60.0, "{times:?}");
        let commits = if cx.capabilities().transactional_schema { 2 } else { 1 };
        assert_eq!(values.of(&duration("db.operation.name=COMMIT")).len(), commits);
        let failed = values.keys("db.client.operation.duration");
        let failed: Vec<_> = failed.iter().filter(|key| key.contains("error.type=UniqueViolation")).collect();
        let code = cx.spelled_by(["2067", "23505", "1062"]);
        assert!(failed.len() == 1 && failed[0].contains(&format!("db.response.status_code={code}")), "{failed:?}");
        let rows = format!("db.client.response.returned_rows{{db.system.name={system},db.operation.name=SELECT}}");
        assert_eq!(values.of(&rows).last(), Some(&1.0));
        let described = |text: &str| values.0.lock().unwrap().contains_key(text);
        assert!(described("described db.client.operation.duration Some(\"seconds\")"));
        Ok(())
    })
}

pub fn connections_are_told(cx: &mut TestContext) -> Result<()> {
    let values = Values::default();
    with_local_recorder(&values.clone(), || {
        let builder = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(20));
        let engine = builder.hooks(MetricsExport::new("main")).build()?;
        let state = |state: &str| {
            let pool = "db.client.connection.pool.name=main";
            values.sum(&format!("db.client.connection.count{{{pool},db.client.connection.state={state}}}"))
        };
        let of_pool = |name: &str| values.of(&format!("{name}{{db.client.connection.pool.name=main}}"));
        let connection = engine.connection()?;
        assert_eq!((state("idle"), state("used")), (0.0, 1.0));
        expect_error(engine.connection(), ErrorKind::PoolTimeout, &[]);
        assert_eq!(of_pool("db.client.connection.timeouts"), [1.0]);
        drop(connection);
        assert_eq!((state("idle"), state("used")), (1.0, 0.0));
        // One that breaks while it is used.
        cx.fail_next(orm::StatementKind::Select, ErrorKind::ConnectionLost);
        let mut connection = engine.connection()?;
        assert!(connection.query("SELECT 1", &[], &mut |_| Ok(std::ops::ControlFlow::Continue(()))).is_err());
        drop(connection);
        assert_eq!((state("idle"), state("used")), (0.0, 0.0));
        assert_eq!(of_pool("db.client.connection.wait_time").len(), 2);
        engine.ping()?;
        drop(engine);
        assert_eq!((state("idle"), state("used")), (0.0, 0.0));
        Ok(())
    })
}
