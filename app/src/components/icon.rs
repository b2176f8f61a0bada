//! Icons: one element each, since a listing has more than a hundred of them. `style/icons.css` draws them.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::model::ResourceType;

/// An icon of `style/icons.css`. It says nothing to screen readers: the word beside it does.
#[component]
pub(crate) fn Icon(name: &'static str) -> impl IntoView {
    view! { <i class=["icon i-", name].concat()></i> }
}

/// The icon of a type.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn TypeIcon(resource_type: ResourceType) -> impl IntoView {
    let name = resource_type.info().map_or("resource", |info| info.name);
    view! { <Icon name/> }
}

#[cfg(test)]
mod tests {
    use crate::model::KNOWN_TYPES;

    #[test]
    fn every_known_type_has_an_icon() {
        let drawn = include_str!("../../../style/icons.css");
        for info in KNOWN_TYPES {
            assert!(drawn.contains(&format!(".i-{} {{", info.name)), "{}", info.name);
        }
    }
}
