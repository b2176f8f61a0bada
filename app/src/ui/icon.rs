//! Icons of the Lucide set. Tailwind makes a mask of each that is named here (see `style/tailwind.css`), so one element
//! shows it in the colour of the text: a listing has more than a hundred.

use leptos::prelude::*;

use crate::model::ResourceType;

macro_rules! icons {
    ($($name:ident => $class:literal,)+) => {
        /// The icons there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is named after what it stands for")]
        pub(crate) enum IconName {
            $($name,)+
        }

        impl IconName {
            /// All icons, for the page that shows the kit.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            /// The class of its element.
            pub(crate) fn class(self) -> &'static str {
                match self {
                    $(Self::$name => $class,)+
                }
            }
        }
    };
}

icons! {
    Menu => "icon-[lucide--menu]",
    Pharos => "icon-[lucide--lighthouse]",
    Check => "icon-[lucide--check]",
    Cross => "icon-[lucide--x]",
    Clock => "icon-[lucide--clock]",
    Refresh => "icon-[lucide--refresh-cw]",
    Bin => "icon-[lucide--trash-2]",
    Question => "icon-[lucide--circle-question-mark]",
    Play => "icon-[lucide--play]",
    Calendar => "icon-[lucide--calendar]",
    Stop => "icon-[lucide--square]",
    Pause => "icon-[lucide--pause]",
    Heart => "icon-[lucide--heart-pulse]",
    Warning => "icon-[lucide--triangle-alert]",
    Search => "icon-[lucide--search]",
    Contrast => "icon-[lucide--sun-moon]",
    Copy => "icon-[lucide--copy]",
    Link => "icon-[lucide--link]",
    Download => "icon-[lucide--download]",
    Filter => "icon-[lucide--list-filter]",
    ArrowLeft => "icon-[lucide--arrow-left]",
    ArrowRight => "icon-[lucide--arrow-right]",
    ArrowUp => "icon-[lucide--arrow-up]",
    ArrowDown => "icon-[lucide--arrow-down]",
    Sort => "icon-[lucide--arrow-up-down]",
    Columns => "icon-[lucide--sliders-horizontal]",
    Home => "icon-[lucide--house]",
    List => "icon-[lucide--list]",
    Code => "icon-[lucide--braces]",
    Workflow => "icon-[lucide--workflow]",
    Service => "icon-[lucide--server]",
    Depot => "icon-[lucide--warehouse]",
    Cluster => "icon-[lucide--boxes]",
    Bundle => "icon-[lucide--package]",
    Worker => "icon-[lucide--hammer]",
    Policy => "icon-[lucide--shield-check]",
    Stack => "icon-[lucide--layers]",
    Database => "icon-[lucide--database]",
    Compute => "icon-[lucide--cpu]",
    Secret => "icon-[lucide--key-round]",
    Monitor => "icon-[lucide--activity]",
    Lakehouse => "icon-[lucide--waves]",
    InstanceSecret => "icon-[lucide--lock-keyhole]",
    Operator => "icon-[lucide--cog]",
    Pager => "icon-[lucide--bell]",
    Lens => "icon-[lucide--aperture]",
    Volume => "icon-[lucide--hard-drive]",
    Resource => "icon-[lucide--box]",
    Grant => "icon-[lucide--badge-check]",
    Dataplane => "icon-[lucide--network]",
}

/// An icon, as large as the text unless `class` says otherwise. It says nothing to screen readers: the word beside it
/// does.
#[component]
pub(crate) fn Icon(name: IconName, #[prop(default = "size-4")] class: &'static str) -> impl IntoView {
    view! { <i class=[name.class(), " ", class].concat()></i> }
}

/// The icon of a type of Resources.
#[component]
pub(crate) fn TypeIcon(resource_type: ResourceType, #[prop(default = "size-4")] class: &'static str) -> impl IntoView {
    view! { <Icon name=of_type(&resource_type) class/> }
}

fn of_type(resource_type: &ResourceType) -> IconName {
    match resource_type.as_str() {
        "workflow" => IconName::Workflow,
        "service" => IconName::Service,
        "depot" => IconName::Depot,
        "cluster" => IconName::Cluster,
        "bundle" => IconName::Bundle,
        "worker" => IconName::Worker,
        "policy" => IconName::Policy,
        "stack" => IconName::Stack,
        "database" => IconName::Database,
        "compute" => IconName::Compute,
        "secret" => IconName::Secret,
        "monitor" => IconName::Monitor,
        "lakehouse" => IconName::Lakehouse,
        "instance-secret" => IconName::InstanceSecret,
        "operator" => IconName::Operator,
        "pager" => IconName::Pager,
        "lens" => IconName::Lens,
        "volume" => IconName::Volume,
        "grant" => IconName::Grant,
        "dataplane" => IconName::Dataplane,
        _ => IconName::Resource,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KNOWN_TYPES;

    #[test]
    fn every_known_type_has_an_icon_of_its_own() {
        let mut icons: Vec<_> = KNOWN_TYPES.iter().map(|info| of_type(&ResourceType::new(info.name)).class()).collect();
        icons.sort_unstable();
        icons.dedup();
        assert_eq!(icons.len(), KNOWN_TYPES.len());
    }

    #[test]
    fn every_icon_names_one_of_the_set() {
        for icon in IconName::ALL {
            assert!(icon.class().contains("icon-[lucide--"), "{icon:?}");
        }
    }
}
