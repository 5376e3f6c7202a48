//! Statements that are sent one after the other without waiting for answers between them.

use deadpool_postgres::Object;
use futures_util::future::join_all;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

pub(super) type Value = Box<dyn ToSql + Sync + Send>;

pub(super) struct Step {
    sql: String,
    values: Vec<Value>,
}

impl Step {
    pub(super) fn new(sql: impl Into<String>, values: Vec<Value>) -> Step {
        Step { sql: sql.into(), values }
    }
}

/// Boxes a value for a statement.
pub(super) fn value(value: impl ToSql + Sync + Send + 'static) -> Value {
    Box::new(value)
}

/// A number of the plan as PostgreSQL's, which are signed. No log reaches the bound, so that clamping asks for the same.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Runs all in order and gives the rows of each; the first fault, if one fails.
pub(super) async fn run(connection: &Object, steps: &[Step]) -> Result<Vec<Vec<Row>>, Error> {
    let mut ready = Vec::with_capacity(steps.len());
    for step in steps {
        ready.push(connection.prepare_cached(&step.sql).await?);
    }
    // Each is sent when it is polled first, which is in this order; the answers come in it too.
    let answers = steps.iter().zip(&ready).map(async |(step, statement)| {
        let values: Vec<&(dyn ToSql + Sync)> =
            step.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        connection.query(statement, &values).await
    });
    join_all(answers).await.into_iter().collect()
}

/// Runs one.
pub(super) async fn ask(connection: &Object, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
    let statement = connection.prepare_cached(sql).await?;
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
    connection.query(&statement, &values).await
}
