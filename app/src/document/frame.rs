//! What all documents have in common, and where they differ.

use maud::PreEscaped;
use maud::Render;

/// A place in the frame that every page fills anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The title of the window.
    Title,
    /// Where the search box leads without JavaScript.
    SearchAction,
    /// What the search box holds.
    SearchWords,
    /// The left navigation.
    Navigation,
    /// The page itself.
    Page,
    /// The word by which the browser tells our scripts from others.
    Nonce,
}

/// What fills the slots of one document. Texts are escaped where they go in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    /// The nonce of the answer.
    pub(crate) nonce: &'a str,
    /// The title of the window.
    pub(crate) title: &'a str,
    /// The path of the listing that is searched.
    pub(crate) search_action: &'a str,
    /// The words that were searched for.
    pub(crate) search_words: &'a str,
    /// The left navigation, as HTML.
    pub(crate) navigation: &'a str,
    /// The page, as HTML.
    pub(crate) page: &'a str,
}

impl Slot {
    const ALL: [Self; 6] =
        [Self::Title, Self::SearchAction, Self::SearchWords, Self::Navigation, Self::Page, Self::Nonce];

    /// What stands in the slot while the frame is rendered: characters for private use, which nothing escapes and no
    /// text of ours holds.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::Title => "\u{e000}title\u{e001}",
            Self::SearchAction => "\u{e000}search-action\u{e001}",
            Self::SearchWords => "\u{e000}search-words\u{e001}",
            Self::Navigation => "\u{e000}navigation\u{e001}",
            Self::Page => "\u{e000}page\u{e001}",
            Self::Nonce => "\u{e000}nonce\u{e001}",
        }
    }

    fn fill(self, filling: &Filling<'_>, html: &mut String) {
        match self {
            Self::Title => filling.title.render_to(html),
            Self::SearchAction => filling.search_action.render_to(html),
            Self::SearchWords => filling.search_words.render_to(html),
            Self::Navigation => PreEscaped(filling.navigation).render_to(html),
            Self::Page => PreEscaped(filling.page).render_to(html),
            Self::Nonce => filling.nonce.render_to(html),
        }
    }
}

/// The document round every page, with slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Each slot with what stands before it.
    slots: Vec<(String, Slot)>,
    end: String,
}

impl Frame {
    /// Takes a rendered document apart. `nonce` is the one it was rendered with. `None` when a slot is missing: then it
    /// is not [`shell`](super::shell) that was rendered.
    #[must_use]
    pub fn of(document: &str, nonce: &str) -> Option<Self> {
        let document = document.replace(nonce, Slot::Nonce.mark());
        let mut slots = Vec::new();
        let mut rest = document.as_str();
        while let Some((at, slot)) =
            Slot::ALL.into_iter().filter_map(|slot| Some((rest.find(slot.mark())?, slot))).min_by_key(|(at, _)| *at)
        {
            slots.push((rest[..at].to_owned(), slot));
            rest = &rest[at + slot.mark().len()..];
        }
        let whole = Slot::ALL.iter().all(|slot| slots.iter().any(|(_, found)| found == slot));
        whole.then(|| Self { slots, end: rest.to_owned() })
    }

    /// The document round one page.
    pub(crate) fn around(&self, filling: &Filling<'_>) -> String {
        let own: usize = self.slots.iter().map(|(before, _)| before.len() + 64).sum();
        let mut html = String::with_capacity(own + self.end.len() + filling.navigation.len() + filling.page.len());
        for (before, slot) in &self.slots {
            html.push_str(before);
            slot.fill(filling, &mut html);
        }
        html.push_str(&self.end);
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered() -> String {
        let [title, action, words, navigation, page, _] = Slot::ALL.map(Slot::mark);
        format!(
            "<title>{title}</title><script nonce=\"n0\">1</script><form action=\"{action}\"><input value=\"{words}\">\
             </form><div>{navigation}</div><div>{page}</div><script nonce=\"n0\">2</script>"
        )
    }

    #[test]
    fn every_page_fills_the_slots_anew() {
        let frame = Frame::of(&rendered(), "n0").expect("a frame");
        let html = frame.around(&Filling {
            nonce: "n1",
            title: "a < b · Pharos",
            search_action: "/resources/depots",
            search_words: "\"><b>",
            navigation: "<nav></nav>",
            page: "<h1>Depots</h1>",
        });
        assert_eq!(
            html,
            "<title>a &lt; b · Pharos</title><script nonce=\"n1\">1</script><form action=\"/resources/depots\">\
             <input value=\"&quot;&gt;&lt;b&gt;\"></form><div><nav></nav></div><div><h1>Depots</h1></div>\
             <script nonce=\"n1\">2</script>"
        );
    }

    #[test]
    fn what_lacks_a_slot_is_no_frame() {
        assert_eq!(Frame::of("<title></title>", "n0"), None);
        let broken = rendered().replace(Slot::Page.mark(), "");
        assert_eq!(Frame::of(&broken, "n0"), None);
    }
}
