//! `guatu store copy`: a plan with its history, accounts and photos from a file into a database and back.

use guatu::atlas::Row;
use guatu::plan::{Change, Record};
use guatu::services::moving;
use guatu::store::gpkg::{self, GpkgStore};
use guatu::store::photos::{CopiedPhotos, PhotoFacts, PhotoStore, Variant};
use guatu::store::postgres::{Link, Options, PostgresStore};
use guatu::store::{Loaded, Store};
use sha2::{Digest, Sha256};

use crate::support::binary::{GUATU, Running, folder, run};
use crate::support::postgis::shared;

/// What a store holds, in an order of its own.
async fn content(store: &impl Store) -> (Vec<Row<Record>>, Vec<Change>) {
    let Loaded { mut records, .. } = store.load().await.expect("a sound store");
    records.sort_by_key(|row| row.value.key());
    (records, store.changes(0, usize::MAX).await.expect("a sound log"))
}

fn file(path: &std::path::Path) -> GpkgStore {
    GpkgStore::open(path, &gpkg::Options::default()).expect("a store")
}

#[test]
fn a_plan_moves_into_a_database_and_back_with_its_accounts_and_goes_on_where_it_stopped() {
    let (from, back) = (folder(), folder());
    let (from_path, back_path) = (from.path().to_str().expect("UTF-8"), back.path().to_str().expect("UTF-8"));
    let (ok, said) = run(GUATU, &["demo", "--data", from_path, "--plan", "tests/plans/haitang-2024"]);
    assert!(ok, "{said}");
    let (ok, said) = run(GUATU, &["user", "add", "wang", "--role", "planner", "--data", from_path]);
    assert!(ok, "{said}");
    shared().run("CREATE DATABASE moving;");
    let url = shared().url("moving");

    // A first part, as a copy leaves it that was stopped.
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime.block_on(async {
        let source = file(&from.path().join("guatu.gpkg"));
        let target = PostgresStore::open(Link::open(&Options::new(&url)).expect("an address")).await.expect("a store");
        let changes = source.changes(0, 200).await.expect("a sound log");
        let whole: Vec<Change> = changes.iter().filter(|change| change.batch <= changes[100].batch).cloned().collect();
        let count = whole.len();
        target.replay(whole).await.expect("it follows");
        count
    });
    let (ok, said) = run(GUATU, &["store", "copy", "--from", from_path, "--to", &url, "--accounts"]);
    assert!(ok, "{said}");
    assert!(said.contains(&format!("changes: {first} were there, ")), "{said}");
    assert!(said.contains("accounts: 1 users, 0 tokens"), "{said}");
    let (ok, said) = run(GUATU, &["store", "copy", "--from", from_path, "--to", &url]);
    assert!(ok && said.contains(", 0 copied;"), "{said}");
    let (ok, said) = run(GUATU, &["user", "list", "--database-url", &url]);
    assert!(ok && said.contains("wang"), "{said}");
    let (ok, said) = run(GUATU, &["store", "copy", "--from", &url, "--to", back_path]);
    assert!(ok, "{said}");

    let (before, after) = runtime.block_on(async {
        (content(&file(&from.path().join("guatu.gpkg"))).await, content(&file(&back.path().join("guatu.gpkg"))).await)
    });
    assert_eq!(after.1, before.1, "the log is the same");
    assert_eq!(after.0, before.0, "so are the records");
    // What has gone its own way is not taken for a beginning.
    let other = folder();
    Running::start(other.path(), &[]).stop_cleanly();
    let (ok, said) = run(GUATU, &["store", "copy", "--from", from_path, "--to", other.path().to_str().expect("UTF-8")]);
    assert!(!ok && said.contains("the target holds something else"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_program_wrote_past_the_log_comes_along_as_a_batch_more() {
    let (from, to) = (folder(), folder());
    let path = from.path().join("guatu.gpkg");
    tokio::task::block_in_place(|| Running::start(from.path(), &[]).stop_cleanly());
    let sql = "UPDATE projects SET warden = 'somebody at a desk' WHERE id = 'chuangxin-road'";
    let (ok, said) = run("ogrinfo", &[path.to_str().expect("UTF-8"), "-sql", sql]);
    assert!(ok, "{said}");
    let (source, target) = (file(&path), file(&to.path().join("guatu.gpkg")));
    let at = "2020-01-10T08:00:00Z".parse().expect("a time");
    let moved = moving::copy(&source, &target, at, |_, _| ()).await.expect("it moves");
    assert_eq!(moved.adopted.len(), 1, "{:?}", moved.adopted);
    let values = |(records, _): (Vec<Row<Record>>, _)| records.into_iter().map(|row| row.value).collect::<Vec<_>>();
    assert_eq!(values(content(&target).await), values(content(&source).await));
    let last = target.changes(moved.found + moved.copied, 10).await.expect("a log");
    assert_eq!((last.len(), last[0].actor.as_str()), (1, "store copy"));
}

#[tokio::test]
async fn photos_move_once_each_with_its_checksum() {
    let (from, to) = (folder(), folder());
    let (source, target) =
        (PhotoStore::folder(from.path()).expect("a folder"), PhotoStore::folder(to.path()).expect("a folder"));
    let bytes = b"a photo as it came".to_vec();
    let sha256 = Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let facts = |id: &str, sha256: &str| -> PhotoFacts {
        serde_json::from_value(serde_json::json!({"owner": "wang", "photo": {"id": id, "sha256": sha256, "media_type": "image/jpeg", "bytes": bytes.len(),
            "width": 2, "height": 1, "taken": null, "position": null}})).expect("facts")
    };
    for (id, taken) in [("one", true), ("two", false)] {
        let variants = [(Variant::Original, bytes.clone()), (Variant::View, vec![1]), (Variant::Thumb, vec![2])];
        source.keep(&facts(id, &sha256), variants).await.expect("kept");
        if taken {
            source.take("wang", &id.parse().expect("an id")).await.expect("taken");
        }
    }
    let copied = source.copy_to(&target, |_, _| ()).await.expect("they move");
    assert_eq!(copied, CopiedPhotos { found: 0, copied: 2 });
    assert_eq!(
        target.read(&"one".parse().expect("an id"), Variant::Original).await.expect("read"),
        Some(bytes.clone())
    );
    assert_eq!(target.count_loose("wang").await.expect("read"), 1, "what no report took still may go");
    let again = source.copy_to(&target, |_, _| ()).await.expect("they move");
    assert_eq!(again, CopiedPhotos { found: 2, copied: 0 });
    let variants = [(Variant::Original, vec![0]), (Variant::View, vec![1]), (Variant::Thumb, vec![2])];
    source.keep(&facts("bad", &sha256), variants).await.expect("kept");
    let refused = source.copy_to(&target, |_, _| ()).await.expect_err("it is not what it says");
    assert!(refused.to_string().contains("photo bad is not what its checksum says"), "{refused}");
    assert_eq!(target.facts(&"bad".parse().expect("an id")).await.expect("read"), None);
}
