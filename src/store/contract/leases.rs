//! Leases of sources, and what is planned for them.

use app::model::{SourceRun, Timestamp};

use crate::catalog::Record;
use crate::store::testing::{POLLER, active, batch, depot, sqlite};
use crate::store::{Lease, Leasing, Store, StoreError};

stories!(
    what_is_done_under_an_old_lease_has_no_effect,
    a_lease_is_taken_only_after_the_one_that_was_seen,
    a_plan_is_kept_with_what_the_platform_asked_for,
);

async fn taken(store: &dyn Store, holder: &str, now: i64, until: i64) -> Lease {
    let leasing = store.take_lease(POLLER, holder, Timestamp(now), Timestamp(until), None).await.unwrap();
    let Leasing::Taken(lease) = leasing else { panic!("{leasing:?}") };
    lease
}

fn ended(at: i64) -> SourceRun {
    SourceRun { started_at: Timestamp(at), ended_at: Timestamp(at), ..SourceRun::default() }
}

async fn what_is_done_under_an_old_lease_has_no_effect(store: &dyn Store) {
    let late = taken(store, "the late one", 0, 100).await;
    // It ran out while its holder was at work.
    let current = taken(store, "the next one", 100, 200).await;
    assert!(current.number > late.number);
    assert!(!store.renew_lease(&late, Timestamp(500)).await.unwrap());
    store.release_lease(&late).await.unwrap();
    assert!(!store.record_run(&late, &ended(150), None).await.unwrap());
    assert_eq!(store.source_runs(POLLER, 10).await.unwrap(), []);
    let third = store.take_lease(POLLER, "a third", Timestamp(150), Timestamp(300), None).await.unwrap();
    assert_eq!(third, Leasing::Held { holder: "the next one".into() }, "the late one has not let go of it");
    let mut seen = batch(POLLER, vec![active(&depot("a"), 1_000)]);
    seen.lease = Some(late.number);
    let refused = store.record(&seen).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost(_))), "{refused:?}");
    assert_eq!(store.last_seq().await.unwrap(), 0);
    seen.lease = Some(current.number);
    assert_eq!(store.record(&seen).await.unwrap().changed, 1);
    assert!(store.renew_lease(&current, Timestamp(400)).await.unwrap());
    assert!(store.record_run(&current, &ended(350), None).await.unwrap());
    assert_eq!(store.source_runs(POLLER, 10).await.unwrap(), [ended(350)]);
    assert_eq!(store.source_records().await.unwrap()[0].held_until, None);
}

async fn a_lease_is_taken_only_after_the_one_that_was_seen(store: &dyn Store) {
    let seen = store.plan(POLLER).await.unwrap().lease;
    let take =
        async |after| store.take_lease(POLLER, "somebody", Timestamp(10), Timestamp(20), Some(after)).await.unwrap();
    let Leasing::Taken(lease) = take(seen).await else { panic!("nobody has it") };
    assert!(matches!(take(seen).await, Leasing::Held { .. }));
    store.release_lease(&lease).await.unwrap();
    assert_eq!(take(seen).await, Leasing::Overtaken, "somebody has run it since");
    assert!(matches!(take(lease.number).await, Leasing::Taken(_)));
    let unnamed = store.take_lease("", "somebody", Timestamp(0), Timestamp(1), None).await;
    assert!(matches!(unnamed, Err(StoreError::Invalid(_))), "a source has a name");
}

async fn a_plan_is_kept_with_what_the_platform_asked_for(store: &dyn Store) {
    assert_eq!(store.plan(POLLER).await.unwrap(), crate::store::Plan::default());
    let lease = taken(store, "somebody", 0, 100).await;
    assert_eq!(store.plan(POLLER).await.unwrap().held_until, Some(Timestamp(100)));
    let failed = SourceRun { error: Some("it is busy".into()), ..ended(50) };
    assert!(store.record_run(&lease, &failed, Some(Timestamp(900))).await.unwrap());
    store.plan_run(POLLER, lease.number, Some(Timestamp(70))).await.unwrap();
    let plan = store.plan(POLLER).await.unwrap();
    assert_eq!((plan.lease, plan.held_until, plan.failures), (lease.number, None, 1));
    assert_eq!((plan.next_run_at, plan.wait_until), (Some(Timestamp(70)), Some(Timestamp(900))));
    assert_eq!(plan.last_ended_at, Some(Timestamp(50)));
    let next = taken(store, "somebody", 900, 950).await;
    assert_eq!(store.plan(POLLER).await.unwrap().next_run_at, None, "it is under way");
    assert!(store.record_run(&next, &ended(910), None).await.unwrap());
    let plan = store.plan(POLLER).await.unwrap();
    assert_eq!((plan.wait_until, plan.failures, plan.last_ended_at), (None, 0, Some(Timestamp(910))));
}
