//! The parts of a composite Resource, and the commands that report them.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::Row;
use crate::model::{Key, Timestamp};
use crate::ui::{RuntimeBadge, TypeIcon};

/// The type of a part, with its icon.
pub(super) fn part_type(key: &Key) -> impl IntoView + use<> {
    view! { <span><TypeIcon resource_type=key.resource_type.clone()/> " " {key.resource_type.label()}</span> }
}

/// The runtime of a part; where there is none, whether that is known.
pub(super) fn part_runtime(part: &Row, now: Timestamp) -> impl IntoView + use<> {
    let runtime = part.runtime();
    if runtime.is_none() {
        let word = if part.runtime_unknown { "not known" } else { "none" };
        return Either::Left(view! { <span class="text-muted">{word}</span> });
    }
    Either::Right(view! { <RuntimeBadge runtime now/> })
}

/// The command that reports something of a Resource.
pub(super) fn command(what: &str, key: &Key) -> String {
    format!("dataos-ctl {what} -t {}{} -n {} | pharos import -", key.resource_type, workspace_flag(key), key.name)
}

/// The command that reports the Services among the parts of a Resource.
pub(super) fn parts_command(key: &Key) -> String {
    format!("dataos-ctl get -a -t service{} | pharos import -", workspace_flag(key))
}

fn workspace_flag(key: &Key) -> String {
    key.workspace.as_ref().map(|workspace| format!(" -w {workspace}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_resource_as_the_platform_does() {
        let service = Key::new("service", Some("public"), "orders-api").expect("a key");
        assert_eq!(
            command("get runtime", &service),
            "dataos-ctl get runtime -t service -w public -n orders-api | pharos import -"
        );
        let depot = Key::new("depot", None, "salesraw").expect("a key");
        assert_eq!(command("get -d", &depot), "dataos-ctl get -d -t depot -n salesraw | pharos import -");
    }
}
