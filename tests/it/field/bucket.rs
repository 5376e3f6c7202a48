//! Photos that several servers share: who is first, what two of them make of one upload, and a bucket that is wrong, careless or silent.

use std::process::Command;
use std::sync::Arc;

use axum::body::Body;
use futures_util::future::join_all;
use guatu::plan::Slug;
use guatu::services::photos::{Photos, UploadError};
use guatu::store::photos::{Appended, Checked, PhotoStore, S3Options};

use crate::support::binary::{GUATU, Running, folder, run};
use crate::support::bucket::{Bucket, Conditions, KEY, PhotoHome, SECRET};
use crate::support::field::jpeg;
use crate::support::office::Office;

fn id(text: &str) -> Slug {
    text.parse().expect("an id")
}

#[tokio::test]
async fn of_servers_that_keep_the_same_part_one_is_first_and_its_part_stays() {
    let data = folder();
    let bucket = Arc::new(Bucket::start(data.path()));
    for home in [PhotoHome::Bucket(bucket), PhotoHome::Folder] {
        let data = folder();
        let stores: Vec<PhotoStore> = (0..6).map(|_| home.store(data.path())).collect();
        let upload = id("an-upload");
        stores[0].begin("li-ming", &upload, 5).await.expect("a home");
        let told =
            join_all(stores.iter().zip(b'0'..).map(|(store, byte)| store.append("li-ming", &upload, 0, vec![byte; 5])));
        let told: Vec<Appended> = told.await.into_iter().map(|told| told.expect("a home")).collect();
        let first: Vec<usize> = (0..6).filter(|at| told[*at] == Appended::Kept).collect();
        let [first] = first[..] else { panic!("one is first: {told:?}") };
        let kept = stores[5].bytes_of("li-ming", &upload).await.expect("a home");
        assert_eq!(kept, Some(vec![b'0' + first as u8; 5]));
    }
}

#[tokio::test]
async fn two_servers_that_end_one_upload_keep_one_photo() {
    let data = folder();
    let bucket = Arc::new(Bucket::start(data.path()));
    for home in [PhotoHome::Bucket(bucket), PhotoHome::Folder] {
        let data = folder();
        let servers = [Photos::new(home.store(data.path())), Photos::new(home.store(data.path()))];
        for seed in 0..4 {
            let photo = jpeg(200, 150, seed);
            let (head, tail) = photo.split_at(photo.len() / 2);
            let upload = servers[0].begin("li-ming", photo.len() as u64).await.expect("a home");
            servers[0].append("li-ming", &upload, 0, head.to_vec()).await.expect("a home");
            let ends = servers.iter().map(|server| server.append("li-ming", &upload, head.len() as u64, tail.to_vec()));
            let told = join_all(ends).await;
            assert!(told.iter().any(|told| matches!(told, Ok(end) if *end == photo.len() as u64)), "{told:?}");
            let is_fine = |told: &Result<u64, UploadError>| matches!(told, Ok(_) | Err(UploadError::Offset { .. }));
            assert!(told.iter().all(is_fine), "the slower one is told how far it is: {told:?}");
            for server in &servers {
                let found = server.find("li-ming", &upload).await.expect("a home");
                assert_eq!((found.length, found.offset), (photo.len() as u64, photo.len() as u64));
                let kept = server.read(&upload, guatu::store::photos::Variant::Original).await.expect("a home");
                assert_eq!(kept, Some(photo.clone()));
            }
        }
        let store = home.store(data.path());
        assert_eq!(store.count_loose("li-ming").await.expect("a home"), 4);
        assert_eq!(store.count_uploads("li-ming").await.expect("a home"), 0);
    }
}

#[tokio::test]
async fn what_two_servers_find_to_be_no_photo_is_gone() {
    let data = folder();
    let bucket = Bucket::start(data.path());
    let servers = [Photos::new(bucket.store()), Photos::new(bucket.store())];
    let upload = servers[0].begin("li-ming", 8).await.expect("a home");
    bucket.store().append("li-ming", &upload, 0, b"no photo".to_vec()).await.expect("a home");
    for told in join_all(servers.iter().map(|server| server.find("li-ming", &upload))).await {
        assert!(matches!(told, Err(UploadError::Photo(_) | UploadError::Absent(_))), "{told:?}");
    }
    assert!(matches!(servers[1].find("li-ming", &upload).await, Err(UploadError::Absent(_))));
}

#[tokio::test]
async fn parts_that_outlived_their_upload_are_swept() {
    let data = folder();
    let bucket = Arc::new(Bucket::start(data.path()));
    for home in [PhotoHome::Bucket(bucket), PhotoHome::Folder] {
        let data = folder();
        let store = home.store(data.path());
        // Kept by one server while another dropped the upload; with a gap before the second.
        store.append("li-ming", &id("an-upload"), 0, vec![1; 10]).await.expect("a home");
        store.append("li-ming", &id("an-upload"), 90, vec![1; 10]).await.expect("a home");
        let photos = Photos::new(store);
        let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(8 * 24);
        assert_eq!(photos.sweep(later, |_| false).await.expect("a home"), 1);
        assert_eq!(photos.sweep(later, |_| false).await.expect("a home"), 0, "nothing is left to sweep");
    }
}

#[tokio::test]
async fn a_prefix_keeps_plans_of_one_bucket_apart() {
    let data = folder();
    let bucket = Bucket::start(data.path());
    let below =
        |prefix: &str| PhotoStore::s3(&S3Options { prefix: prefix.to_owned(), ..bucket.options() }).expect("options");
    let (one, other) = (below("plan/2020"), below("plan/2021"));
    one.begin("li-ming", &id("an-upload"), 5).await.expect("a home");
    assert_eq!(one.upload("li-ming", &id("an-upload")).await.expect("a home").map(|upload| upload.length), Some(5));
    assert_eq!(other.upload("li-ming", &id("an-upload")).await.expect("a home"), None);
    assert!(data.path().join("photos/plan/2020/uploads/li-ming/an-upload/length").exists());
}

#[tokio::test]
async fn a_bucket_is_tried_out_and_told_what_is_wrong_with_it_without_its_key() {
    let data = folder();
    let bucket = Bucket::start(data.path());
    assert_eq!(bucket.store().check().await.expect("a home"), Checked::Sound);
    // The folder stays, as it is where objects are files; a bucket knows none.
    let left = std::fs::read_dir(data.path().join("photos/check")).expect("a folder").count();
    assert_eq!(left, 0, "it leaves nothing behind");
    let elsewhere = folder();
    let careless = Bucket::with(elsewhere.path(), Conditions::Ignored);
    let told = |options: S3Options| async move {
        assert!(!format!("{options:?}").contains(SECRET) && !format!("{options:?}").contains(KEY));
        let told = PhotoStore::s3(&options).expect("options").check().await.expect_err("a fault").to_string();
        assert!(!told.contains(SECRET) && !told.contains(KEY), "{told}");
        told
    };
    for (options, part) in [
        (S3Options { secret_access_key: "another".to_owned(), ..bucket.options() }, "refuses the key"),
        (S3Options { access_key_id: "NOBODY".to_owned(), ..bucket.options() }, "refuses the key"),
        (S3Options { bucket: "no-such-bucket".to_owned(), ..bucket.options() }, "NoSuchBucket"),
        (careless.options(), "If-None-Match"),
    ] {
        let told = told(options).await;
        assert!(told.contains(part), "{told}");
    }
    let Checked::Unreachable(reason) = Bucket::silent().store().check().await.expect("no fault of ours") else {
        panic!("nobody is there")
    };
    assert!(reason.contains("cannot be reached"), "{reason}");
}

#[tokio::test]
async fn while_the_bucket_is_silent_photos_wait_and_the_map_goes_on() {
    let office = Office::with_photos(|_| PhotoHome::Bucket(Arc::new(Bucket::silent()))).await;
    let refused = office.tus("POST", "/api/v1/uploads", &[("upload-length", "10".into())], Body::empty()).await;
    refused.is_problem("an upload", 503, "");
    assert!(refused.headers.contains_key("retry-after"));
    assert!(!refused.text().contains("127.0.0.1"), "whose it is, is nobody's business: {}", refused.text());
    assert_eq!(office.server.get("/api/v1/projects").await.status, 200);
}

#[test]
fn the_program_keeps_its_photos_in_a_bucket_or_says_why_not() {
    let (data, bucket_folder) = (folder(), folder());
    let bucket = Bucket::start(bucket_folder.path());
    let file = data.path().join("guatu.toml");
    let config = |members: &str| {
        std::fs::write(&file, format!("[photos]\nurl = \"s3://photos/plan\"\n{members}")).expect("written");
    };
    let arguments = ["--config", file.to_str().expect("a path")];
    let start = |secret: &str| {
        let mut command = Command::new(GUATU);
        command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", secret);
        command
    };
    let there = format!("endpoint = \"{}\"\nallow_http = true\n", bucket.endpoint);
    config(&there);
    let server = Running::with(start(SECRET), data.path(), &arguments);
    assert!(!data.path().join("photos").exists(), "no photos are in the data folder");
    let (status, log) = server.stop();
    assert!(status.success() && log.contains("photos are in a bucket") && !log.contains(SECRET), "{log}");

    config(&format!("endpoint = \"{}\"\nallow_http = true\n", Bucket::silent().endpoint));
    let (_, log) = Running::with(start(SECRET), data.path(), &arguments).stop();
    assert!(log.contains("photos are refused until the bucket can be reached"), "{log}");

    let refused = |mut command: Command, part: &str| {
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).args(arguments);
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(part), "{part}: {said}");
        assert!(!said.contains(SECRET) && !said.contains("not-the-secret"), "{said}");
    };
    config(&there);
    refused(start("not-the-secret"), "refuses the key");
    refused(start(""), "AWS_SECRET_ACCESS_KEY is empty");
    config(&there.replace("allow_http = true", ""));
    refused(start(SECRET), "photos.allow_http");
    config("secret_access_key_file = \"/nowhere/secret\"\n");
    refused(start(SECRET), "/nowhere/secret");
    config("secret = \"x\"\n");
    refused(start(SECRET), "secret");
    std::fs::write(&file, "[photos]\nurl = \"https://photos.example.org\"\n").expect("written");
    refused(start(SECRET), "photos.url");
    let (ok, said) = run(GUATU, &["serve", "--data", data.path().to_str().expect("a path"), "--config", arguments[1]]);
    assert!(!ok && said.contains("photos.url"), "{said}");
}
