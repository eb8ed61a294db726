use orm::prelude::*;

struct Id(i64);

fn main() {
    let _ = sql("SELECT 1 WHERE 1 = :id").bind("id", Id(1));
}
