//! Deletes that are left to the database (`Folder`, `File`), and children that nobody may orphan (`Library`, `Loan`).

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "folder")]
pub struct Folder {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = folder, cascade(all), passive_deletes, order_by = id)]
    pub files: HasMany<File>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "file")]
pub struct File {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = files, on_delete = "cascade")]
    pub folder: BelongsTo<Folder>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "library")]
pub struct Library {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = library, order_by = id)]
    pub loans: HasMany<Loan>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "loan", check("days > 0", name = "ck_loan_days"))]
pub struct Loan {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(default = 14)]
    pub days: i32,
    #[belongs_to(back_populates = loans)]
    pub library: BelongsTo<Library>,
}
