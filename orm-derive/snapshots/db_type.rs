#[orm(validate = checks::has_at, arithmetic)]
struct Email {
    address: String,
}
