//! What needs attention, grouped: many Resources that fail for one reason, or as parts of one, are one thing to look at.

use serde::{Deserialize, Serialize};

use super::health::{Health, HealthLevel};
use super::health_reason::HealthReason;
use super::key::Key;

/// So many Resources with something in common are a group. Fewer say more on their own.
const GROUP_OF: usize = 3;

/// A Resource that needs attention, as far as grouping asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailing {
    /// How it is.
    pub health: Health,
    /// The composite Resources that it is a part of.
    pub wholes: Vec<Key>,
}

/// What Resources that need attention have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Common {
    /// They are parts of this one.
    Whole(Key),
    /// They are as bad for the same reason, in a sentence.
    Cause(String),
}

/// Resources to look at together, by their places in what was grouped; without anything in common a single one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionGroup {
    /// What they have in common.
    pub common: Option<Common>,
    /// Which they are, in their order; never empty.
    pub members: Vec<usize>,
}

/// Groups Resources by what they are parts of, and those left by why they are not well. The groups are in the order of
/// their first members, so that what was gravest first stays so.
#[must_use]
pub fn group_attention(ailing: &[Ailing]) -> Vec<AttentionGroup> {
    let mut left: Vec<usize> = (0..ailing.len()).collect();
    let mut groups = Vec::new();
    // The largest whole takes its parts first, since a part may be held by several.
    while let Some((whole, members)) = largest_whole(ailing, &left) {
        left.retain(|at| !members.contains(at));
        groups.push(AttentionGroup { common: Some(Common::Whole(whole)), members });
    }
    let mut causes: Vec<((&HealthLevel, String), Vec<usize>)> = Vec::new();
    for at in left {
        let cause = (&ailing[at].health.level, cause(&ailing[at].health));
        match causes.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, members)) => members.push(at),
            None => causes.push((cause, vec![at])),
        }
    }
    for ((_, cause), members) in causes {
        if members.len() >= GROUP_OF {
            groups.push(AttentionGroup { common: Some(Common::Cause(cause)), members });
        } else {
            groups.extend(members.into_iter().map(|at| AttentionGroup { common: None, members: vec![at] }));
        }
    }
    groups.sort_by_key(|group| group.members[0]);
    groups
}

/// The whole that most of the Resources are parts of, if they are enough for a group.
fn largest_whole(ailing: &[Ailing], left: &[usize]) -> Option<(Key, Vec<usize>)> {
    let mut wholes: Vec<(&Key, Vec<usize>)> = Vec::new();
    for &at in left {
        for whole in &ailing[at].wholes {
            match wholes.iter_mut().find(|(other, _)| *other == whole) {
                Some((_, members)) => members.push(at),
                None => wholes.push((whole, vec![at])),
            }
        }
    }
    let (whole, members) =
        wholes.into_iter().max_by(|(left, few), (right, many)| few.len().cmp(&many.len()).then(right.cmp(left)))?;
    (members.len() >= GROUP_OF).then(|| (whole.clone(), members))
}

/// Why Resources are not well, without what is different for each: since when, and with how many replicas.
fn cause(health: &Health) -> String {
    match &health.reason {
        _ if health.stuck => "Starting for too long".to_owned(),
        HealthReason::ReplicasMissing { .. } => "Replicas missing".to_owned(),
        HealthReason::RunOverdue(_) => "Not started when the next run was due".to_owned(),
        reason => reason.words().text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn ailing(level: HealthLevel, reason: HealthReason, wholes: &[&str]) -> Ailing {
        let lens = |name: &&str| Key::new("lens", Some("public"), name).expect("a key");
        Ailing { health: Health { level, reason, stuck: false }, wholes: wholes.iter().map(lens).collect() }
    }

    fn stuck(reason: HealthReason) -> Ailing {
        let mut stuck = ailing(HealthLevel::Degraded, reason, &[]);
        stuck.health.stuck = true;
        stuck
    }

    fn grouped(ailing: &[Ailing]) -> Vec<(String, Vec<usize>)> {
        let told = |common: Option<Common>| match common {
            Some(Common::Whole(key)) => key.name,
            Some(Common::Cause(cause)) => cause,
            None => String::new(),
        };
        group_attention(ailing).into_iter().map(|group| (told(group.common), group.members)).collect()
    }

    #[test]
    fn many_that_fail_for_one_reason_are_one_group_and_few_stay_single() {
        use HealthLevel::{Degraded, Failed};
        use HealthReason::{FailedBuilding, NotSettled, ReplicasMissing, RunAborted, RuntimeFailed};
        let missing = |wanted| ReplicasMissing { ready: 0, wanted, since: Some(Timestamp(wanted.into())) };
        let all = [
            ailing(Failed, FailedBuilding, &[]),
            ailing(Failed, RuntimeFailed, &[]),
            ailing(Failed, RuntimeFailed, &[]),
            ailing(Failed, FailedBuilding, &[]),
            ailing(Failed, RuntimeFailed, &[]),
            stuck(missing(1)),
            ailing(Degraded, RunAborted, &[]),
            stuck(missing(3)),
            stuck(NotSettled(None)),
        ];
        let single = String::new;
        assert_eq!(
            grouped(&all),
            [
                (single(), vec![0]),
                ("The runtime failed".to_owned(), vec![1, 2, 4]),
                (single(), vec![3]),
                ("Starting for too long".to_owned(), vec![5, 7, 8]),
                (single(), vec![6]),
            ]
        );
        assert!(grouped(&[]).is_empty());
    }

    #[test]
    fn one_reason_at_two_levels_is_two_groups() {
        let of = |level: HealthLevel| ailing(level, HealthReason::RuntimeFailed, &[]);
        let all: Vec<_> = [HealthLevel::Failed, HealthLevel::Degraded].map(of).into_iter().cycle().take(6).collect();
        let members: Vec<_> = grouped(&all).into_iter().map(|(_, members)| members).collect();
        assert_eq!(members, [vec![0, 2, 4], vec![1, 3, 5]]);
    }

    #[test]
    fn parts_of_one_are_together_whatever_their_reasons_and_each_stands_once() {
        use HealthLevel::{Degraded, Failed};
        use HealthReason::{RunAborted, RunFailed, RuntimeEnded, RuntimeFailed};
        let all = [
            ailing(Failed, RuntimeEnded, &["sales", "all"]),
            ailing(Failed, RuntimeFailed, &["all"]),
            ailing(Failed, RuntimeFailed, &[]),
            ailing(Failed, RuntimeFailed, &["sales", "all"]),
            ailing(Degraded, RunAborted, &["sales", "all"]),
            ailing(Degraded, RunFailed, &["few"]),
        ];
        let single = String::new;
        assert_eq!(grouped(&all), [("all".to_owned(), vec![0, 1, 3, 4]), (single(), vec![2]), (single(), vec![5])]);
    }
}
