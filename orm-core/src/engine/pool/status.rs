/// What a pool holds at a moment, from [`Engine::pool_status`](crate::engine::Engine::pool_status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// How many connections are kept while they are not in use.
    pub size: u32,
    /// How many there may be: `size` and `max_overflow`, or as many as the database lets.
    pub limit: u32,
    /// How many are open and not in use.
    pub idle: u32,
    /// How many are in use, those that are being opened among them.
    pub checked_out: u32,
    /// How many there are beyond `size`; they are closed after use.
    pub overflow: u32,
    /// How many threads wait for one.
    pub waiting: u32,
}
