//! Uploads that break off and go on, that are somebody else's, too long, or never finished; and what they leave behind.

use axum::body::{Body, Bytes};
use guatu::plan::{UserRole, Word};
use serde_json::{Value, json};

use super::office;
use crate::support::field::{jpeg, report};
use crate::support::http::Server;
use crate::support::office::{Office, merged};

#[tokio::test]
async fn an_upload_goes_on_from_where_it_broke_off() {
    let office = office().await;
    let photo = jpeg(1_200, 900, 1);
    let path = office.begin(photo.len()).await;
    let half = photo.len() / 2;
    // The line breaks in the middle of the first part.
    let pieces = [Ok(Bytes::copy_from_slice(&photo[..half])), Err(std::io::Error::other("the line broke"))];
    let broken = office.append(&path, 0, Body::from_stream(futures_util::stream::iter(pieces))).await;
    assert_eq!((broken.status.as_u16(), broken.header("upload-offset")), (204, half.to_string().as_str()));
    let told = office.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(told.header("upload-offset"), half.to_string());
    assert_eq!(
        (told.header("upload-length"), told.header("tus-resumable")),
        (photo.len().to_string().as_str(), "1.0.0")
    );
    for offset in [0, half - 1, half + 1] {
        let wrong = office.append(&path, offset, photo[half..].to_vec()).await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.header("upload-offset")),
            (409, half.to_string().as_str()),
            "{offset}"
        );
    }
    let beyond = [&photo[half..], b"more"].concat();
    assert_eq!(office.append(&path, half, beyond).await.status, 409, "more than was said");
    let done = office.append(&path, half, photo[half..].to_vec()).await;
    assert_eq!((done.status.as_u16(), done.header("upload-offset")), (204, photo.len().to_string().as_str()));
    // Whoever did not hear of it asks again, and is told that all is there.
    let told = office.tus("HEAD", &path, &[], Body::empty()).await;
    assert_eq!((told.status.as_u16(), told.header("upload-offset")), (204, photo.len().to_string().as_str()));
    let id = path.rsplit('/').next().expect("an id");
    let original =
        office.server.ask("GET", &format!("/api/v1/photos/{id}?size=original"), &office.shown, Value::Null).await;
    assert_eq!(original.body, photo);
}

#[tokio::test]
async fn an_upload_outlasts_the_server() {
    let office = office().await;
    let photo = jpeg(800, 600, 2);
    let path = office.begin(photo.len()).await;
    office.append(&path, 0, photo[..1_000].to_vec()).await;
    // Another server over the same folder knows other users; the name is what counts.
    let folder = std::sync::Arc::clone(&office.server.folder);
    let (path_of_store, home) = (folder.path().join("guatu.gpkg"), office.server.home.clone());
    let server = Server::over(&path_of_store, folder, Server::plain_options(), home);
    server.add_user("all", UserRole::ALL);
    let shown = server.sign_in("all").await;
    let after = Office { server, shown };
    assert_eq!(after.tus("HEAD", &path, &[], Body::empty()).await.header("upload-offset"), "1000");
    assert_eq!(after.append(&path, 1_000, photo[1_000..].to_vec()).await.status, 204);
}

#[tokio::test]
async fn a_photo_whose_check_was_cut_off_is_checked_when_somebody_asks() {
    let office = office().await;
    let store = office.server.photo_store();
    for (bytes, status) in [(jpeg(64, 64, 6), 204), (b"no photo".to_vec(), 415)] {
        let path = office.begin(bytes.len()).await;
        let id = path.rsplit('/').next().expect("an id").parse().expect("an id");
        // All of it is there, and the server died before it looked.
        store.append("all", &id, 0, bytes.clone()).await.expect("a disk");
        let told = office.tus("HEAD", &path, &[], Body::empty()).await;
        assert_eq!(told.status, status, "{}", told.text());
        let seen = office.server.ask("GET", &format!("/api/v1/photos/{id}"), &office.shown, Value::Null).await;
        assert_eq!(seen.status, if status == 204 { 200 } else { 404 });
    }
    assert!(office.photo_files().iter().all(|file| !file.contains("/uploads/")), "{:?}", office.photo_files());
}

#[tokio::test]
async fn an_upload_is_its_owners() {
    let office = office().await;
    let other = office.beside("li-ming", &[UserRole::Inspector]).await;
    let viewer = office.beside("viewer", &[UserRole::Viewer]).await;
    let photo = jpeg(64, 64, 3);
    let path = office.begin(photo.len()).await;
    for method in ["HEAD", "DELETE"] {
        assert_eq!(other.tus(method, &path, &[], Body::empty()).await.status, 404, "{method}");
    }
    assert_eq!(other.append(&path, 0, photo.clone()).await.status, 404);
    assert_eq!(viewer.append(&path, 0, photo.clone()).await.status, 403);
    let id = office.photo(&photo).await;
    let stolen = other
        .send("POST", "/api/v1/inspections", "", merged(report("r-1", "canal-park"), json!({"photos": [id]})))
        .await;
    stolen.breaks("somebody else's photo", &["photos[0]"]);
    let seen = other.server.ask("GET", &format!("/api/v1/photos/{id}"), &other.shown, Value::Null).await;
    assert_eq!(seen.status, 404, "before it is in a report it is its owner's");
}

#[tokio::test]
async fn what_cannot_be_an_upload_is_refused() {
    let office = office().await;
    for length in ["26214401", "99999999999999"] {
        let answer = office.tus("POST", "/api/v1/uploads", &[("upload-length", length.into())], Body::empty()).await;
        answer.is_problem(length, 413, "");
    }
    for length in ["", "x", "-1", "1.5", "0"] {
        let answer = office.tus("POST", "/api/v1/uploads", &[("upload-length", length.into())], Body::empty()).await;
        answer.is_problem(length, 400, "upload-length");
    }
    let request =
        axum::http::Request::post("/api/v1/uploads").header("host", "guatu.test").header("upload-length", "5");
    let crate::support::accounts::Shown::Cookie(secret) = &office.shown else { unreachable!("a browser") };
    let request = request.header("cookie", format!("guatu_session={secret}")).header("sec-fetch-site", "same-origin");
    let request = request.header("tus-resumable", "0.2.2").body(Body::empty()).expect("a request");
    office.server.send(request).await.is_problem("an old version", 412, "tus-resumable");
    let path = office.begin(10).await;
    let plain = [("upload-offset", "0".to_owned()), ("content-type", "image/jpeg".to_owned())];
    office.tus("PATCH", &path, &plain, Body::from("x")).await.is_problem("a media type", 415, "");
    let nowhere = [("content-type", "application/offset+octet-stream".to_owned())];
    office.tus("PATCH", &path, &nowhere, Body::from("x")).await.is_problem("no offset", 400, "upload-offset");
    assert_eq!(office.append("/api/v1/uploads/nowhere", 0, "x").await.status, 404);
    assert_eq!(office.append("/api/v1/uploads/No%20Where", 0, "x").await.status, 404);
    let long = [
        ("upload-offset", "0".to_owned()),
        ("content-type", "application/offset+octet-stream".to_owned()),
        ("content-length", ((1 << 20) + 1).to_string()),
    ];
    office.tus("PATCH", &path, &long, Body::empty()).await.is_problem("a part that is too long", 413, "");
    assert_eq!(office.tus("DELETE", &path, &[], Body::empty()).await.status, 204);
    assert_eq!(office.tus("HEAD", &path, &[], Body::empty()).await.status, 404);
    assert_eq!(office.photo_files(), Vec::<String>::new());
}

#[tokio::test]
async fn nobody_begins_more_uploads_than_a_pocketful() {
    let office = office().await;
    // Those that no report has taken count too.
    office.photo(&jpeg(16, 16, 1)).await;
    for _ in 0..99 {
        office.begin(10).await;
    }
    let more = office.tus("POST", "/api/v1/uploads", &[("upload-length", "10".into())], Body::empty()).await;
    more.is_problem("one more", 429, "");
    let other = office.beside("li-ming", &[UserRole::Inspector]).await;
    other.begin(10).await;
}

#[tokio::test]
async fn what_nobody_asks_for_goes_after_a_week_and_what_a_report_has_stays() {
    let office = office().await;
    let taken = office.photo(&jpeg(64, 64, 4)).await;
    office.reports(merged(report("r-1", "canal-park"), json!({"photos": [taken]}))).await;
    let loose = office.photo(&jpeg(64, 64, 5)).await;
    office.begin(10).await;
    let store = office.server.photo_store();
    let photos = guatu::services::photos::Photos::new(store);
    let atlas = office.server.published.current();
    let is_taken = |id: &guatu::plan::Slug| atlas.inspections.photo(id).is_some();
    // By the clock of the disk, which is the machine's.
    let now = jiff::Timestamp::now();
    assert_eq!(photos.sweep(now, is_taken).await.expect("a disk"), 0, "not before");
    let later = now + jiff::SignedDuration::from_hours(8 * 24);
    assert_eq!(photos.sweep(later, is_taken).await.expect("a disk"), 2);
    let files = office.photo_files();
    assert_eq!(files.len(), 4, "the original, two copies, the facts: {files:?}");
    assert!(files.iter().all(|file| file.contains(&taken)), "{files:?}");
    let gone = office.server.ask("GET", &format!("/api/v1/photos/{loose}"), &office.shown, Value::Null).await;
    assert_eq!(gone.status, 404);
}
