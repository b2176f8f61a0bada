//! Views that the server renders once.

use leptos::prelude::*;

/// Keeps a `Suspense` on the server from walking through a view before it renders it.
///
/// To find out what must still be loaded, a `Suspense` calls every closure of the view inside it, and once more to render
/// it. Of a page whose data is there that doubles the work, and an `Outlet` would make the nested route, and load its
/// data, once for each walk. So this is for views whose data is there, and which hold a `Suspense` of their own round
/// whatever else they wait for.
pub(crate) fn render_once(view: AnyView) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let view = server::RenderOnce(view);
    view
}

#[cfg(feature = "ssr")]
mod server {
    use leptos::attr::Attribute;
    use leptos::attr::any_attribute::AnyAttribute;
    use leptos::prelude::*;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::ssr::StreamBuilder;
    use leptos::tachys::view::{Position, PositionState};

    /// The view as it is, but for the walk that looks for what must be loaded.
    pub(super) struct RenderOnce(pub(super) AnyView);

    impl Render for RenderOnce {
        type State = <AnyView as Render>::State;

        fn build(self) -> Self::State {
            self.0.build()
        }

        fn rebuild(self, state: &mut Self::State) {
            self.0.rebuild(state);
        }
    }

    impl AddAnyAttr for RenderOnce {
        type Output<A: Attribute> = <AnyView as AddAnyAttr>::Output<A>;

        fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A> {
            self.0.add_any_attr(attribute)
        }
    }

    impl RenderHtml for RenderOnce {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = AnyView::MIN_LENGTH;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn html_len(&self) -> usize {
            self.0.html_len()
        }

        fn to_html_with_buf(
            self,
            buffer: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            attributes: Vec<AnyAttribute>,
        ) {
            self.0.to_html_with_buf(buffer, position, escape, mark_branches, attributes);
        }

        fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
            self,
            buffer: &mut StreamBuilder,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            attributes: Vec<AnyAttribute>,
        ) {
            self.0.to_html_async_with_buf::<OUT_OF_ORDER>(buffer, position, escape, mark_branches, attributes);
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_closure_inside_is_called_once() {
        let made = Arc::new(AtomicU32::new(0));
        let html = Owner::new().with(|| {
            let made = Arc::clone(&made);
            let part = move || {
                made.fetch_add(1, Ordering::Relaxed);
                view! { <p>"text"</p> }.into_any()
            };
            let mut view = render_once(part.into_any());
            view.dry_resolve();
            view.to_html()
        });
        assert!(html.contains("<p>text"), "{html}");
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
