struct Site {
    #[orm(primary_key)]
    id: i64,
    #[orm(with = url_text)]
    home_page: Option<Url>,
    #[orm(json)]
    settings: Settings,
}
