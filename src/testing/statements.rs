/// Runs a block and asserts how many statements a session sends in it, without those that begin and end transactions and savepoints.
/// The value is that of the block.
///
/// ```
/// # #[cfg(all(feature = "sqlite", feature = "derive"))]
/// # fn main() -> orm::Result<()> {
/// use orm::prelude::*;
/// use orm::testing::assert_statements;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "town")]
/// # struct Town {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// # }
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(orm::models![Town])?;
/// let mut session = engine.session();
/// session.add_all([Town::default(), Town::default()]);
/// assert_statements!(session, <= 1, { session.commit()? });
/// let towns = assert_statements!(session, 1, { Town::query().all(&mut session)? });
/// assert_eq!(towns.len(), 2);
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
/// # fn main() {}
/// ```
///
/// # Panics
///
/// When there are more or fewer; the message has their texts.
#[macro_export]
macro_rules! assert_statements {
    ($session:expr, <= $count:expr, $body:block) => { $crate::assert_statements!(@ $session, <=, $count, $body) };
    ($session:expr, < $count:expr, $body:block) => { $crate::assert_statements!(@ $session, <, $count, $body) };
    ($session:expr, >= $count:expr, $body:block) => { $crate::assert_statements!(@ $session, >=, $count, $body) };
    ($session:expr, == $count:expr, $body:block) => { $crate::assert_statements!(@ $session, ==, $count, $body) };
    ($session:expr, $count:expr, $body:block) => { $crate::assert_statements!(@ $session, ==, $count, $body) };
    (@ $session:expr, $op:tt, $count:expr, $body:block) => {{
        $session.record_statements();
        let value = $body;
        let sent: ::std::vec::Vec<::std::string::String> = $session.recorded_statements();
        let count: usize = $count;
        ::std::assert!(
            sent.len() $op count,
            "expected {} {count} statements, and {} were sent:\n  {}",
            ::std::stringify!($op),
            sent.len(),
            sent.join("\n  "),
        );
        value
    }};
}
