//! Every part of the kit in every state, in both themes. Only in development builds.

use leptos::html::Input;
use leptos::prelude::*;
use leptos_meta::Title;

use super::NotFound;
use crate::model::{
    Health, HealthLevel, HealthReason, KNOWN_TYPES, NodeStatus, ResourceType, Runtime, State, Timestamp,
};
use crate::ui::{
    Badge, ButtonLink, Card, CardList, Chip, ChipRow, CodeBlock, Copied, CopyButton, DataTable, EmptyState, ExactTime,
    Fact, FactList, HealthBadge, Highlighted, Icon, IconButton, IconLink, IconName, NUMBER_CELL, NodeStatusBadge,
    Notice, Popover, RelativeTime, RuntimeBadge, SearchField, SortArrow, StateBadge, Tab, Tabs, Toast, Tone, TypeIcon,
    Uptime, count_text,
};

/// `/ui`: the kit in development builds, no page in others.
#[component]
pub(crate) fn KitPage() -> impl IntoView {
    if !cfg!(debug_assertions) {
        return view! { <NotFound/> }.into_any();
    }
    view! {
        <Title text="Kit"/>
        <h1>"Kit"</h1>
        <div class="grid gap-4 pt-4 xl:grid-cols-2">
            <div class="bg-ground p-4 text-ink [color-scheme:light]">
                <Kit/>
            </div>
            <div class="bg-ground p-4 text-ink [color-scheme:dark]">
                <Kit/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] gap-2 pb-4">
            <h2>{title}</h2>
            <div class="flex flex-wrap items-center gap-2">{children()}</div>
        </section>
    }
}

#[component]
fn Kit() -> impl IntoView {
    let now = Timestamp(1_763_640_000_000);
    let earlier = Timestamp(now.0 - 90 * 60 * 1_000);
    let health = |word: &str, stuck| Health { level: HealthLevel::parse(word), reason: HealthReason::Running, stuck };
    let healths = ["healthy", "scheduled", "in-progress", "starting", "unknown", "degraded", "failed", "deleted"];
    let runtimes =
        ["running:1", "pending:0/1", "succeeded", "failed", "aborted", "paused", "next:2030-01-01T00:00:00Z", "odd"];
    let words = ["sale".to_owned()];
    let input = NodeRef::<Input>::new();
    let no_option: Option<String> = None;
    view! {
        <Part title="Badge">
            {Tone::ALL.map(|tone| view! { <Badge tone icon=IconName::Check text="word" title=None/> }).into_iter().collect_view()}
        </Part>
        <Part title="StateBadge">
            {["active", "error", "pending", "unknown", "deleted", "odd"]
                .map(|word| view! { <StateBadge state=State::parse(word)/> })
                .into_iter().collect_view()}
        </Part>
        <Part title="RuntimeBadge">
            {runtimes.map(|raw| view! { <RuntimeBadge runtime=Runtime::parse(raw) now/> }).into_iter().collect_view()}
        </Part>
        <Part title="HealthBadge">
            {healths.map(|word| view! { <HealthBadge health=health(word, false)/> }).into_iter().collect_view()}
            <HealthBadge health=health("degraded", true)/>
        </Part>
        <Part title="NodeStatusBadge">
            {["running", "succeeded", "failed", "pending", "aborted", "deleted", "unknown", "odd"]
                .map(|word| view! { <NodeStatusBadge status=NodeStatus::parse(word)/> })
                .into_iter().collect_view()}
        </Part>
        <Part title="ButtonLink, IconButton, IconLink, CopyButton, Toast">
            <ButtonLink href="#">"Button"</ButtonLink>
            <ButtonLink href="#">
                <Icon name=IconName::Download/>
                "With an icon"
            </ButtonLink>
            <IconButton icon=IconName::Contrast label="Icon button" on_click=|_| ()/>
            <IconLink icon=IconName::ArrowRight href="#" label="Icon link" title="Icon link" rel="next"/>
            <CopyButton what=Copied::Text("copied".to_owned()) label="Copy text"/>
            <CopyButton what=Copied::Address label="Copy link"/>
            <span class="relative mt-6 px-6">"Toast" <Toast text=Signal::derive(|| "Copied")/></span>
        </Part>
        <Part title="Chip">
            <ChipRow label="Chips">
                <Chip href="#">"Chip"</Chip>
                <Chip href="#" is_chosen=true>"Chosen"</Chip>
                <Chip href="#" label="Remove a filter".to_owned()>
                    "Filter"
                    <Icon name=IconName::Cross class="size-3.5"/>
                </Chip>
            </ChipRow>
        </Part>
        <Part title="Tabs">
            <Tabs label="Tabs">
                <Tab href=|| "#".to_owned() is_current=|| true label="Current"/>
                <Tab href=|| "#".to_owned() is_current=|| false label="Other"/>
            </Tabs>
        </Part>
        <Part title="Field and popover">
            <div class="relative h-28 w-full">
                <SearchField
                    id="kit-search"
                    label="Search"
                    list="kit-list"
                    value="sales".to_owned()
                    is_open=true
                    active=Signal::stored(no_option)
                    has_slash=true
                    input
                    on_input=|_| ()
                    on_keydown=|_| ()
                />
                <Popover id="kit-list" label="Options" is_open=true>
                    <a role="option" aria-selected="true">"Option"</a>
                </Popover>
            </div>
        </Part>
        <Part title="DataTable">
            <DataTable caption="Table">
                <thead>
                    <tr>
                        <th scope="col" aria-sort="ascending">
                            <a href="#">"Name" <SortArrow descending=Some(false)/></a>
                        </th>
                        <th scope="col">
                            <a href="#">"Other"</a>
                        </th>
                        <th scope="col" class=NUMBER_CELL>"Count"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <th scope="row">"One"</th>
                        <td data-label="Other">"Text"</td>
                        <td class=NUMBER_CELL data-label="Count">{count_text(1_234_567)}</td>
                    </tr>
                    <tr>
                        <th scope="row">"Two"</th>
                        <td data-label="Other" class="rounded-sm bg-accent-ground motion-safe:animate-changed">"Changed"</td>
                        <td class=NUMBER_CELL data-label="Count"></td>
                    </tr>
                </tbody>
            </DataTable>
        </Part>
        <Part title="Card, CardList, FactList">
            <Card>"Card"</Card>
            <CardList>
                <li>
                    <span>"Entry"</span>
                    <span>"now"</span>
                </li>
                <li>
                    <span>"Entry"</span>
                    <span>"then"</span>
                </li>
            </CardList>
            <FactList>
                <Fact label="Label" title=None>"Value"</Fact>
                <Fact label="With a title" title=Some("Observed long ago".to_owned())>"Value"</Fact>
            </FactList>
        </Part>
        <Part title="Notice, EmptyState, CodeBlock">
            <Notice>"Something to know"</Notice>
            <Notice is_bad=true>"Something broken"</Notice>
            <EmptyState title="Nothing here">
                <p>"Why, and a way out:"</p>
                <CodeBlock text="pharos import my-service.yaml"/>
            </EmptyState>
        </Part>
        <Part title="RelativeTime, ExactTime, Uptime, Highlighted">
            <RelativeTime at=earlier now/>
            <ExactTime at=earlier/>
            <Uptime since=earlier now/>
            <Highlighted text="salesraw" words=&words/>
        </Part>
        <Part title="Icon">
            {IconName::ALL.iter().map(|name| view! { <Icon name=*name/> }).collect_view()}
        </Part>
        <Part title="TypeIcon">
            {KNOWN_TYPES
                .iter()
                .map(|info| view! { <TypeIcon resource_type=ResourceType::new(info.name) class="size-6"/> })
                .collect_view()}
        </Part>
    }
}
