//! Which Resource stands at which place of an environment, and what it is called.
//!
//! Places are numbered, and everything about a place follows from its number, so an environment of any size can be
//! written out without remembering what was written before.

use app::model::{Key, Timestamp};

use super::dice::Dice;
use super::fate::{DAY, Fate, HOUR, MINUTE};
use super::subject::Subject;
use super::words::{DOMAINS, FIRST_NAMES, LAST_NAMES, PURPOSES, WORKSPACE_ENDS, WORKSPACES};

/// Places of one round; every round has the same number of each kind.
const ROUND: u64 = 1_000;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A Resource by itself.
    Plain(&'static str),
    /// A part of the lens of the same ordinal.
    LensPart(&'static str, &'static str),
    /// The depot of the lakehouse of the same ordinal.
    LakehouseDepot,
    /// The cluster of the lakehouse of the same ordinal.
    LakehouseCluster,
}

/// How many of each kind a round has: the proportions of a platform in use.
const SHARES: &[(Kind, u64)] = &[
    (Kind::Plain("workflow"), 399),
    (Kind::Plain("service"), 70),
    (Kind::Plain("depot"), 124),
    (Kind::Plain("cluster"), 57),
    (Kind::Plain("bundle"), 14),
    (Kind::Plain("worker"), 13),
    (Kind::Plain("policy"), 20),
    (Kind::Plain("stack"), 22),
    (Kind::Plain("database"), 2),
    (Kind::Plain("compute"), 3),
    (Kind::Plain("secret"), 15),
    (Kind::Plain("monitor"), 17),
    (Kind::Plain("lakehouse"), 10),
    (Kind::LakehouseDepot, 10),
    (Kind::LakehouseCluster, 10),
    (Kind::Plain("instance-secret"), 80),
    (Kind::Plain("pager"), 14),
    (Kind::Plain("lens"), 23),
    (Kind::LensPart("service", "api"), 23),
    (Kind::LensPart("service", "router"), 23),
    (Kind::LensPart("service", "iris"), 11),
    (Kind::LensPart("worker", "worker"), 23),
    (Kind::Plain("volume"), 4),
    (Kind::Plain("grant"), 3),
    (Kind::Plain("operator"), 2),
    (Kind::Plain("resource"), 5),
    (Kind::Plain("vulcan"), 3),
];

const DEPOT_SOURCES: &[&str] = &[
    "S3",
    "JDBC",
    "GCS",
    "SNOWFLAKE",
    "ABFSS",
    "KAFKA",
    "S3",
    "BIGQUERY",
    "WASBS",
    "REDSHIFT",
    "S3",
    "PULSAR",
    "JDBC",
    "EVENTHUB",
    "ABFSS",
    "MONGODB",
    "S3",
    "ELASTICSEARCH",
    "GCS",
    "OPENSEARCH",
];

const CRONS: &[&str] = &["*/15 * * * *", "0 * * * *", "30 2 * * *", "0 6 * * 1"];

/// The ways an environment is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    seed: u64,
    now: Timestamp,
    owners: u64,
    workspaces: u64,
}

impl Layout {
    /// More owners and workspaces the larger it is.
    pub(super) fn new(resources: u64, seed: u64, now: Timestamp) -> Self {
        Self { seed, now, owners: (40 + resources / 500).min(2_000), workspaces: (8 + resources / 3_400).min(300) }
    }

    /// The chance of one place.
    pub(super) fn dice(&self, place: u64) -> Dice {
        Dice::new(self.seed, place)
    }

    /// The Resource at a place and how it fares.
    pub(super) fn resource(&self, place: u64, dice: &mut Dice) -> (Subject, Fate) {
        let (kind, ordinal) = kind_at(place);
        let key = self.key_of(kind, ordinal);
        // A whole and its parts have one owner and one age.
        let mut family = match kind {
            Kind::Plain("lens") | Kind::LensPart(..) => Dice::new(self.seed ^ 0x1E45, ordinal),
            Kind::Plain("lakehouse") | Kind::LakehouseDepot | Kind::LakehouseCluster => {
                Dice::new(self.seed ^ 0x1A4E, ordinal)
            }
            Kind::Plain(_) => Dice::new(dice.next(), place),
        };
        let owner = self.owner(family.skewed(self.owners));
        let age = family.span(2 * HOUR, 425 * DAY);
        let mut subject = Subject::new(key, owner, Timestamp((self.now.0 - age) / 1_000 * 1_000));
        self.describe(&mut subject, kind, ordinal, dice);
        let fate = self.fate(&subject, kind, dice);
        (subject, fate)
    }

    /// The key of the Resource at a place.
    pub(super) fn key(&self, place: u64) -> Key {
        let (kind, ordinal) = kind_at(place);
        self.key_of(kind, ordinal)
    }

    fn key_of(&self, kind: Kind, ordinal: u64) -> Key {
        match kind {
            Kind::Plain("depot") => key("depot", None, &joined(ordinal)),
            Kind::Plain("lakehouse") => {
                key("lakehouse", Some(&self.workspace("lakehouse", ordinal)), &lakehouse(ordinal))
            }
            Kind::LakehouseDepot => key("depot", None, &lakehouse(ordinal)),
            Kind::LakehouseCluster => key("cluster", Some(&self.workspace("lakehouse", ordinal)), &lakehouse(ordinal)),
            Kind::Plain("cluster") => {
                key("cluster", Some(&self.workspace("cluster", ordinal)), &format!("{}engine", joined(ordinal)))
            }
            Kind::Plain("instance-secret") => {
                let access = if ordinal.is_multiple_of(2) { "r" } else { "rw" };
                key("instance-secret", None, &format!("{}-{access}", joined(ordinal / 2)))
            }
            Kind::Plain(name) => {
                // Names repeat across workspaces: some Resources are called as the one before them.
                let namesake = ordinal % 11 == 7;
                let called = named(name, if namesake { ordinal - 1 } else { ordinal });
                let workspace = if namesake {
                    self.workspace_after(&self.workspace(name, ordinal - 1))
                } else {
                    self.workspace(name, ordinal)
                };
                if is_instance_level(name) {
                    key(name, None, &named(name, ordinal))
                } else {
                    key(name, Some(&workspace), &called)
                }
            }
            Kind::LensPart(part, suffix) => {
                let lens = self.key_of(Kind::Plain("lens"), ordinal);
                key(part, lens.workspace.as_deref(), &format!("{}-{suffix}", lens.name))
            }
        }
    }

    fn describe(&self, subject: &mut Subject, kind: Kind, ordinal: u64, dice: &mut Dice) {
        let word = DOMAINS[index(dice.below(DOMAINS.len() as u64))];
        if dice.percent(40) {
            subject.user_tags.push(word.to_owned());
        }
        if dice.percent(15) {
            subject.user_tags.push(format!("team:{}", DOMAINS[index(dice.skewed(60))]));
        }
        subject.description = match kind {
            Kind::LensPart(..) => {
                let lens = self.key_of(Kind::Plain("lens"), ordinal);
                let workspace = lens.workspace.unwrap_or_default();
                Some(format!("{} is part of the lens {} in workspace {workspace}", subject.key.name, lens.name))
            }
            _ if dice.percent(65) => {
                let purpose = dice.one_of(PURPOSES);
                Some(match dice.below(5) {
                    0 => format!("Everything about {word} for {purpose}"),
                    1 => format!("Serves {purpose} with {word} data"),
                    2 => format!("{word} as it arrives, for {purpose}"),
                    3 => format!("Keeps {word} up to date; ask {} before a change", subject.owner),
                    _ => format!("Used by {purpose}"),
                })
            }
            _ => None,
        };
        match kind {
            Kind::Plain("depot") => {
                subject.depot_source = Some(DEPOT_SOURCES[index(ordinal % DEPOT_SOURCES.len() as u64)]);
                if ordinal % 5 == 1 {
                    subject.version = "v1";
                }
            }
            Kind::LakehouseDepot => subject.depot_source = Some("S3"),
            Kind::Plain("lakehouse") => subject.names = vec![self.key_of(Kind::LakehouseDepot, ordinal)],
            Kind::Plain("bundle") => {
                subject.names = vec![
                    self.key_of(Kind::Plain("depot"), ordinal * 8),
                    self.key_of(Kind::Plain("workflow"), ordinal * 28),
                    self.key_of(Kind::Plain("service"), ordinal * 5),
                ];
            }
            Kind::Plain("workflow") if dice.percent(26) => subject.cron = Some(dice.one_of(CRONS)),
            Kind::Plain("monitor") => subject.cron = Some(dice.one_of(CRONS)),
            Kind::Plain("service" | "worker" | "cluster") => {
                subject.replicas = Some([1, 1, 1, 2, 3][index(dice.below(5))]);
            }
            _ => {}
        }
    }

    fn fate(&self, subject: &Subject, kind: Kind, dice: &mut Dice) -> Fate {
        let type_name = subject.type_name();
        let age = self.now.since(subject.created_at);
        let runs = matches!(type_name, "workflow" | "service" | "worker" | "cluster" | "monitor" | "pager")
            || subject.depot_source.is_some_and(app::model::is_object_storage);
        // What waits for its next run is polled, or the next run would lie in the past.
        let polled = match subject.cron {
            Some(_) => 100,
            None if runs => 34,
            None => 10,
        };
        let mut fate = Fate { polled: dice.percent(polled), ..Fate::default() };
        let (gone, again) = match kind {
            Kind::Plain("depot") => (66, 2),
            Kind::Plain("workflow") => (16, 1),
            Kind::Plain(_) => (9, 1),
            _ => (0, 0),
        };
        if dice.percent(gone) {
            fate.deleted_at = Some(Timestamp(subject.created_at.0 + dice.span(age / 10, age * 8 / 10)));
            return fate;
        }
        if dice.percent(again) {
            fate.deleted_at = Some(Timestamp(subject.created_at.0 + dice.span(age / 10, age / 2)));
            fate.created_again_at = Some(Timestamp(subject.created_at.0 + dice.span(age * 6 / 10, age * 8 / 10)));
        }
        // Troubles began lately, or somebody would have mended them; some are just beginning.
        let recently = if dice.percent(20) {
            dice.span(5 * MINUTE, 9 * MINUTE)
        } else {
            dice.span(20 * MINUTE, (age / 6).clamp(30 * MINUTE, 6 * DAY))
        };
        fate.since = Some(Timestamp(self.now.0 - recently));
        match dice.below(100) {
            0 => {
                fate.status = Some("error");
                fate.stage = Some("error");
                fate.message = Some("the manifest names a compute that does not exist");
            }
            1 => {
                fate.status = Some("error");
                fate.message = Some("the platform could not reach the source");
            }
            2 if type_name == "depot" => (fate.silent, fate.since) = (true, None),
            2 => fate.status = Some("pending"),
            3 if type_name == "depot" => (fate.silent, fate.since) = (true, None),
            _ if !runs => fate.since = None,
            roll if type_name == "workflow" => match roll {
                4..=12 => fate.runtime = Some("failed".to_owned()),
                13..=15 => {
                    fate.runtime = Some("running".to_owned());
                    fate.since = Some(Timestamp(self.now.0 - dice.span(5 * MINUTE, 2 * HOUR)));
                }
                17 => fate.runtime = Some("aborted".to_owned()),
                18..=20 => fate.runtime = Some("succeeded".to_owned()),
                _ => fate.since = None,
            },
            _ if matches!(type_name, "monitor" | "pager") => fate.since = None,
            4..=5 => fate.runtime = Some(format!("pending:0/{}", subject.replicas.unwrap_or(1))),
            6 => fate.runtime = Some("failed".to_owned()),
            7..=8 if subject.replicas.is_some_and(|wanted| wanted > 1) => fate.runtime = Some("running:1".to_owned()),
            _ => fate.since = None,
        }
        fate
    }

    /// The user id of an owner; every number has its own.
    pub(super) fn owner(&self, number: u64) -> String {
        let firsts = FIRST_NAMES.len() as u64;
        let lasts = LAST_NAMES.len() as u64;
        let first = FIRST_NAMES[index(number % firsts)];
        let last = LAST_NAMES[index((number / firsts + number % firsts * 7) % lasts)];
        format!("{first}{last}")
    }

    fn workspace(&self, type_name: &str, ordinal: u64) -> String {
        let salt = type_name.bytes().fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
        let mut dice = Dice::new(self.seed ^ salt, ordinal);
        workspace_name(dice.skewed(self.workspaces))
    }

    fn workspace_after(&self, workspace: &str) -> String {
        if workspace == WORKSPACES[0] { WORKSPACES[2].to_owned() } else { WORKSPACES[0].to_owned() }
    }
}

fn workspace_name(number: u64) -> String {
    match WORKSPACES.get(index(number)) {
        Some(name) => (*name).to_owned(),
        None => {
            let end = WORKSPACE_ENDS[index(number % WORKSPACE_ENDS.len() as u64)];
            format!("{}-{end}", DOMAINS[index(number * 7 % DOMAINS.len() as u64)])
        }
    }
}

fn kind_at(place: u64) -> (Kind, u64) {
    // A prime step spreads the kinds over the round.
    let mut slot = (place % ROUND * 389 + 17) % ROUND;
    let round = place / ROUND;
    for (kind, share) in SHARES {
        if slot < *share {
            let per_round = match kind {
                // Parts are numbered as their wholes.
                Kind::LensPart(..) => 23,
                _ => *share,
            };
            return (*kind, round * per_round + slot);
        }
        slot -= share;
    }
    (Kind::Plain("workflow"), place)
}

fn is_instance_level(type_name: &str) -> bool {
    matches!(type_name, "bundle" | "policy" | "stack" | "compute" | "operator" | "grant")
}

fn key(resource_type: &str, workspace: Option<&str>, name: &str) -> Key {
    Key::new(resource_type, workspace, name).expect("names are made of letters, digits and hyphens")
}

/// The pair of words with this number: every number below the square of the words has its own, and neighbours are
/// unlike each other. The second number tells how often the pairs have been used up.
fn words(ordinal: u64) -> (&'static str, &'static str, u64) {
    const STEP: u64 = 1_000_003;
    let count = DOMAINS.len() as u64;
    let pairs = count * count;
    let mixed = (ordinal % pairs) * STEP % pairs;
    (DOMAINS[index(mixed / count)], DOMAINS[index(mixed % count)], ordinal / pairs)
}

/// A name without hyphens.
fn joined(ordinal: u64) -> String {
    let (first, second, lap) = words(ordinal);
    if lap == 0 { format!("{first}{second}") } else { format!("{first}{second}{}", lap + 1) }
}

fn lakehouse(ordinal: u64) -> String {
    format!("{}lake", joined(ordinal))
}

/// A name with hyphens that tells what the thing does.
fn named(type_name: &str, ordinal: u64) -> String {
    let ends: &[&str] = match type_name {
        "workflow" => &["ingest", "load", "sync", "profile", "check", "publish", "daily", "backfill"],
        "service" => &["service", "ui", "gateway", "proxy", "webhook", "search"],
        "worker" => &["sink", "relay", "consumer", "scanner"],
        "bundle" => &["bundle"],
        "policy" => &["mask", "filter", "access"],
        "stack" => &["stack", "runtime"],
        "database" => &["db"],
        "compute" => &["pool"],
        "secret" => &["secret", "cred"],
        "monitor" => &["monitor", "watch"],
        "pager" => &["pager", "alert"],
        "lens" => &["insights", "model", "360", "affinity"],
        "volume" => &["files", "scratch"],
        "grant" => &["grant"],
        "operator" => &["operator"],
        "resource" => &["run"],
        _ => &["product"],
    };
    let (first, second, lap) = words(ordinal);
    let second = if first == second { "core" } else { second };
    let end = ends[index(ordinal % ends.len() as u64)];
    if lap == 0 { format!("{first}-{second}-{end}") } else { format!("{first}-{second}-{end}-{}", lap + 1) }
}

/// Numbers here are far below the size of memory.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
