enum Status {
    Open,
    InReview,
    #[orm(rename = "done!")]
    Done,
}
