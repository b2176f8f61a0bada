//! Tells cargo to compile again when a migration is added: they are embedded by a macro that cargo cannot see through.

fn main() {
    println!("cargo::rerun-if-changed=src/store/sqlite/migrations");
}
