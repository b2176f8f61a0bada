//! Tells cargo about what macros embed and it cannot see through: migrations and the files of the site.

fn main() {
    println!("cargo::rerun-if-changed=src/store/sqlite/migrations");
    println!("cargo::rerun-if-changed=target/site");
    // The folder must exist for the embedding to compile; without files in it pages work, but do not hydrate.
    let site = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("target/site");
    if let Err(error) = std::fs::create_dir_all(&site) {
        println!("cargo::warning=cannot create `{}`: {error}", site.display());
    }
}
