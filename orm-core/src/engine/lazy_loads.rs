/// What becomes of a relation that is loaded again and again at one place of the program, once for an object or a few of them: the "N+1"
/// of queries. It is for [`EngineBuilder::watch_lazy_loads`](super::EngineBuilder::watch_lazy_loads) and
/// [`Session::watch_lazy_loads`](crate::session::Session::watch_lazy_loads).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LazyLoads {
    /// They are counted.
    Count,
    /// More than so many in a unit of work are warned of, once for each relation and place, through `tracing` under the target
    /// `orm::lazy`.
    Warn(u32),
    /// The one after so many in a unit of work is an error of kind `RepeatedLoad`, before it sends anything. For tests.
    Fail(u32),
}
