//! The contract of a store as rules that every implementation passes; `store_contract!` makes a test of each.

mod batches;
mod features;
mod groups;
mod log;
mod questions;
mod reopening;
mod requests;
mod times;
mod told;
mod values;
mod writers;

pub use batches::*;
pub use features::*;
pub use groups::*;
pub use log::*;
pub use questions::*;
pub use reopening::*;
pub use requests::*;
pub use times::*;
pub use told::*;
pub use values::*;
pub use writers::*;

use std::collections::BTreeMap;

use guatu::atlas::Row;
use guatu::plan::{Batch, Change, Record, RecordKey};
use guatu::store::{Loaded, Store, StoreError};

/// Where a store is kept, so that it can be closed and opened again.
pub trait Home {
    type Store: Store;

    fn open(&self) -> Self::Store;
}

/// Makes a test of each rule for one implementation; `$home` is an expression for a fresh, empty [`Home`].
#[macro_export]
macro_rules! store_contract {
    ($home:expr; $($rule:ident),+ $(,)?; $($reopening:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $rule() {
            let home = $home;
            $crate::store::$rule($crate::store::Home::open(&home)).await;
        })+
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $reopening() {
            $crate::store::$reopening(&$home).await;
        })+
    };
    ($home:expr) => {
        $crate::store_contract! { $home;
            an_empty_store_loads_as_sequence_number_zero,
            a_batch_lands_whole_and_numbers_run_from_one,
            an_empty_batch_changes_nothing,
            a_conflict_lands_nothing_of_its_batch,
            each_edit_sees_the_edits_before_it,
            versions_rise_by_one_and_go_on_after_a_deletion,
            a_key_that_no_record_can_have_is_not_found,
            a_refusal_names_its_record,
            a_refused_batch_leaves_the_others_of_its_group_alone,
            a_group_sees_what_came_before_in_it,
            a_photo_belongs_to_one_report,
            an_empty_group_has_no_answers,
            a_request_that_is_sent_again_lands_once,
            a_request_twice_in_a_group_lands_once,
            a_key_is_its_actors_and_for_one_request,
            a_refused_request_leaves_its_key_free,
            times_are_kept_to_the_millisecond,
            times_never_go_back,
            the_last_change_by_a_moment_is_found,
            changes_come_in_pages,
            the_log_tells_what_was_there_before_and_after,
            loading_gives_what_a_replay_of_the_log_gives,
            questions_find_what_a_plain_search_of_the_log_finds,
            pages_of_an_answer_miss_and_repeat_nothing,
            limits_and_bounds_may_be_anything,
            why_and_for_whom_is_told_with_every_change,
            a_timeline_counts_what_each_may_see,
            the_public_is_told_nothing_of_what_is_hidden,
            a_store_keeps_one_plan,
            concurrent_commits_get_numbers_without_gaps,
            only_one_of_many_equal_edits_lands,
            only_one_of_many_equal_requests_lands,
            any_text_survives,
            a_number_that_is_not_finite_cannot_get_in,
            all_six_geometry_types_come_back_bit_by_bit,
            a_feature_needs_its_collection_and_its_type,
            a_collection_with_features_cannot_be_deleted_or_change_its_type,
            a_feature_number_is_never_given_to_another,
            a_feature_without_a_number_gets_one_that_none_had,
            ;
            all_is_there_after_closing,
            numbers_go_on_after_closing,
            a_request_is_known_after_closing,
        }
    };
}

async fn commit(store: &impl Store, batch: Batch) -> Vec<Change> {
    store.commit(batch).await.expect("a batch that fits")
}

async fn load(store: &impl Store) -> Loaded {
    store.load().await.expect("a sound store")
}

async fn whole_log(store: &impl Store) -> Vec<Change> {
    store.changes(0, usize::MAX).await.expect("a sound log")
}

fn by_key(records: Vec<Row<Record>>) -> BTreeMap<RecordKey, Row<Record>> {
    records.into_iter().map(|row| (row.value.key(), row)).collect()
}

/// Asserts that the store stays as it is while `batch` is refused, and gives the refusal.
async fn refused(store: &impl Store, batch: Batch) -> StoreError {
    let (before, log_before) = (load(store).await, whole_log(store).await);
    let fault = store.commit(batch).await.expect_err("a batch that does not fit");
    assert_eq!(load(store).await, before);
    assert_eq!(whole_log(store).await, log_before);
    fault
}

async fn invalid(store: &impl Store, batch: Batch, part: &str) {
    match refused(store, batch).await {
        StoreError::Invalid { reason, .. } => assert!(reason.contains(part), "{reason:?} lacks {part:?}"),
        other => panic!("{other} is not about an invalid record"),
    }
}
