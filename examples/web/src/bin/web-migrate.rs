//! The commands of migrations: `cargo run -p web --bin web-migrate -- history`, in the folder of the example.

fn main() -> std::process::ExitCode {
    orm::migrate::main(web::models())
}
