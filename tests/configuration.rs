//! The two files that hold Leptos options say the same.

#[test]
fn leptos_toml_repeats_cargo_toml() {
    let keys = |text: &str| -> Vec<(String, String)> {
        text.lines()
            .skip_while(|line| *line != "[[workspace.metadata.leptos]]")
            .skip(1)
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
            .collect()
    };
    let build = keys(include_str!("../Cargo.toml"));
    let shared: Vec<_> = keys(include_str!("../Leptos.toml"))
        .into_iter()
        .filter_map(|(key, value)| {
            let other = build.iter().find(|(name, _)| *name == key)?.1.clone();
            Some((key, value, other))
        })
        .collect();
    assert!(shared.len() >= 4, "they share the names and addresses of the site");
    for (key, here, there) in shared {
        assert_eq!(here, there, "`{key}`");
    }
}
