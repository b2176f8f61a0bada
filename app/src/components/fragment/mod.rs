//! Shows what the server rendered.

#[cfg(feature = "hydrate")]
mod morph;

#[cfg(feature = "hydrate")]
pub(crate) use self::morph::Morph;
use std::future::Future;
use std::sync::Arc;

use leptos::prelude::IntoAttributeValue;
use leptos::tachys::html::element::InnerHtmlValue;
use leptos::tachys::renderer::types::Element;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::{ApiError, Fragment};

/// A fragment on its way into a page. What the first page shows is in its HTML already when the browser takes it over,
/// so nothing of it travels a second time with what the page carries inline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrived(pub(crate) Result<Fragment, ApiError>);

impl Arrived {
    /// What stands in a slot of the frame.
    #[cfg(feature = "ssr")]
    pub(crate) fn slot(slot: crate::document::Slot) -> Self {
        Self(Ok(Fragment { html: slot.mark().to_owned(), ..Fragment::default() }))
    }
}

impl Serialize for Arrived {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Arrived {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(Self(Ok(Fragment::default())))
    }
}

/// HTML that an element shows. Where it replaces other HTML, only what differs is touched, so that focus, scrolling and
/// what was unfolded stay.
#[derive(Clone, Debug)]
pub(crate) struct Shown(Arc<str>);

impl From<String> for Shown {
    fn from(html: String) -> Self {
        Self(html.into())
    }
}

impl IntoAttributeValue for Shown {
    type Output = Self;

    fn into_attribute_value(self) -> Self {
        self
    }
}

impl InnerHtmlValue for Shown {
    type AsyncOutput = Self;
    type State = (Element, Self);
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn to_html(self, buffer: &mut String) {
        buffer.push_str(&self.0);
    }

    fn to_template(_buffer: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Self::State {
        if FROM_SERVER { (element.clone(), self) } else { self.build(element) }
    }

    fn build(self, element: &Element) -> Self::State {
        leptos::tachys::renderer::Rndr::set_inner_html(element, &self.0);
        (element.clone(), self)
    }

    fn rebuild(self, state: &mut Self::State) {
        let (element, before) = state;
        if self.0 != before.0 {
            #[cfg(feature = "hydrate")]
            morph::morph(element, &self.0);
            #[cfg(not(feature = "hydrate"))]
            let _ = element;
            *before = self;
        }
    }

    fn into_cloneable(self) -> Self::Cloneable {
        self
    }

    fn into_cloneable_owned(self) -> Self::CloneableOwned {
        self
    }

    fn dry_resolve(&mut self) {}

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        std::future::ready(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_does_not_travel_twice() {
        let page =
            Arrived(Ok(Fragment { title: "Depots".into(), html: "<h1>Depots</h1>".into(), ..Fragment::default() }));
        let inline = serde_json::to_string(&page).expect("JSON");
        assert_eq!(inline, "null");
        let taken: Arrived = serde_json::from_str(&inline).expect("it reads what it wrote");
        assert_eq!(taken.0, Ok(Fragment::default()));
    }
}
