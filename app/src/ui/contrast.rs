//! Checks the colours of the style sheet: text must be readable on its ground in both themes (WCAG AA).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../../style/tailwind.css");

type Rgb = [f64; 3];

fn tokens() -> BTreeMap<&'static str, [Rgb; 2]> {
    STYLE
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--color-")?.split_once(": light-dark(")?;
            let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
            Some((name, [rgb(light), rgb(dark)]))
        })
        .collect()
}

fn rgb(text: &str) -> Rgb {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&text[at..at + 2], 16).expect("a hexadecimal colour")) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    [channel(1), channel(3), channel(5)]
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let luminance = |[red, green, blue]: Rgb| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (lighter, darker) = {
        let (one, other) = (luminance(one), luminance(other));
        if one > other { (one, other) } else { (other, one) }
    };
    (lighter + 0.05) / (darker + 0.05)
}

#[test]
fn text_is_readable_on_every_ground_in_both_themes() {
    let tokens = tokens();
    let plain = ["ground", "raised", "sunken", "hover"];
    let mut pairs: Vec<(&str, &str, f64)> = Vec::new();
    for ground in plain {
        pairs.extend([("ink", ground, 4.5), ("muted", ground, 4.5), ("accent", ground, 4.5)]);
    }
    pairs.extend([("ink", "mark", 4.5), ("ground", "accent", 4.5), ("ground", "ink", 4.5)]);
    pairs.extend([("edge", "ground", 3.0), ("edge", "raised", 3.0)]);
    for tone in ["accent", "good", "bad", "warn", "info"] {
        let own: &'static str = ["accent-ground", "good-ground", "bad-ground", "warn-ground", "info-ground"]
            .into_iter()
            .find(|ground| ground.starts_with(tone))
            .expect("every tone has a ground");
        pairs.push((tone, own, 4.5));
    }
    for (text, ground, least) in pairs {
        for (theme, name) in ["light", "dark"].into_iter().enumerate() {
            let found = contrast(tokens[text][theme], tokens[ground][theme]);
            assert!(found >= least, "{text} on {ground} has a contrast of {found:.2} in the {name} theme");
        }
    }
}
