pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub body: Deferred<String>,
    #[orm(deferred = "files", default = None)]
    scan: Deferred<Option<Vec<u8>>>,
}
