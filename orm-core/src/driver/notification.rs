/// What somebody has told a channel that a connection listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The channel.
    pub channel: String,
    /// What was told; empty when there was nothing.
    pub payload: String,
    /// The process of the server whose connection has told it: by it a program knows what it has told itself.
    pub process_id: i32,
}

impl Notification {
    /// For backends.
    pub fn new(channel: impl Into<String>, payload: impl Into<String>, process_id: i32) -> Self {
        Self { channel: channel.into(), payload: payload.into(), process_id }
    }
}
