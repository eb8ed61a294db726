//! The commands of migrations: `cargo run -p blog --bin migrate -- history`, in the folder of the example.

fn main() -> std::process::ExitCode {
    orm::migrate::main_with(blog::models(), blog::with_steps(Default::default()))
}
