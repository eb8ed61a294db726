#[orm(tag = "paid_by")]
pub enum Payment {
    Cash,
    Card {
        #[orm(length = 19)]
        number: String,
        holder: Option<String>,
    },
    #[orm(rename = "transfer")]
    Iban(String),
}
