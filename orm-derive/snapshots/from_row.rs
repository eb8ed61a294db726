struct Spending {
    customer: String,
    #[orm(column = "sum")]
    total: Option<f64>,
    str: String,
    r#type: i64,
}
