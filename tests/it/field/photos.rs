//! Photos: known by their content, turned upright, measured against their reports, and without metadata for the public.

use image::ImageFormat;
use serde_json::{Value, json};

use super::office;
use crate::support::accounts::Shown;
use crate::support::field::{Camera, PARK, by_camera, encoded, jpeg, picture, report};
use crate::support::office::{Office, merged};

async fn accepted_with(office: &Office, photos: Value) -> Value {
    let told = office.reports(merged(report("r-1", "canal-park"), json!({"photos": photos, "confirmed": true}))).await;
    office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    told
}

#[tokio::test]
async fn three_formats_are_known_by_their_content() {
    let office = office().await;
    for (format, ending) in [(ImageFormat::Jpeg, "jpg"), (ImageFormat::Png, "png"), (ImageFormat::WebP, "webp")] {
        let bytes = encoded(&picture(400, 300, 7), format);
        let id = office.photo(&bytes).await;
        let path = format!("/api/v1/photos/{id}?size=original");
        let original = office.server.ask("GET", &path, &office.shown, Value::Null).await;
        assert_eq!((original.body == bytes, original.header("content-type")), (true, format.to_mime_type()));
        assert_eq!(original.header("content-disposition"), format!("attachment; filename=\"{id}.{ending}\""));
    }
    for (what, bytes) in [
        ("text", b"<html>not a photo</html>".to_vec()),
        ("a GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
        ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ("an archive", b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec()),
    ] {
        let (path, answer) = office.try_photo(&bytes).await;
        answer.is_problem(what, 415, "");
        assert_eq!(office.tus("HEAD", &path, &[], axum::body::Body::empty()).await.status, 404, "{what} is gone");
    }
}

#[tokio::test]
async fn a_photo_is_turned_upright_and_keeps_its_original() {
    let office = office().await;
    // Red is at the upper left of the sensor; turned a quarter to the right it is at the upper right.
    let camera = Camera { orientation: Some(6), ..Camera::default() };
    let bytes = by_camera(&jpeg(3_000, 1_500, 1), camera);
    let id = office.photo(&bytes).await;
    let told = accepted_with(&office, json!([id])).await;
    let photo = &told["properties"]["photos"][0];
    assert_eq!((&photo["width"], &photo["height"]), (&json!(1_500), &json!(3_000)));
    assert_eq!(photo["bytes"], bytes.len());
    for (size, longest) in [("thumb", 320), ("view", 2_048)] {
        let shown = office.server.get(&format!("/api/v1/photos/{id}?size={size}")).await;
        assert_eq!(shown.header("content-type"), "image/jpeg");
        let copy = image::load_from_memory(&shown.body).expect("a JPEG").to_rgb8();
        assert_eq!((copy.width(), copy.height()), (longest / 2, longest), "{size}");
        let at = |x: u32, y: u32| copy.get_pixel(x * copy.width() / 4, y * copy.height() / 4).0;
        assert!(at(3, 1)[0] > 200 && at(3, 1)[1] < 60, "{size}: red is at the upper right");
        assert!(at(1, 1)[0] < 60, "{size}: and nowhere else");
    }
}

#[tokio::test]
async fn the_public_sees_the_picture_and_nothing_of_the_camera() {
    let office = office().await;
    let camera = Camera { taken: Some("2020:01:10 14:30:00"), position: Some(PARK), ..Camera::default() };
    let bytes = by_camera(&jpeg(640, 480, 1), camera);
    let id = office.photo(&bytes).await;
    let path = |size: &str| format!("/api/v1/photos/{id}?size={size}");
    let told = office.reports(merged(report("r-1", "canal-park"), json!({"photos": [id]}))).await;
    assert_eq!(told["properties"]["marks"], json!([]), "taken at hand, half an hour before");
    let photo = &told["properties"]["photos"][0];
    assert_eq!(photo["taken_at"], "2020-01-10T14:30:00");
    let position = |at: usize| photo["position"][at].as_f64().expect("a number");
    assert!((position(0) - PARK[0]).abs() < 1e-6 && (position(1) - PARK[1]).abs() < 1e-6, "{photo}");
    for size in ["thumb", "view", "original"] {
        assert_eq!(office.server.get(&path(size)).await.status, 404, "nobody has accepted it");
    }
    office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    assert!(bytes.windows(16).any(|window| window == b"CameraOfWangFang"));
    for size in ["thumb", "view"] {
        let shown = office.server.get(&path(size)).await;
        assert_eq!(shown.status, 200);
        assert!(exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&shown.body)).is_err(), "{size}");
        assert!(!shown.body.windows(6).any(|window| window == b"Camera" || window == b"Exif\0\0"), "{size}");
        let tag = shown.header("etag").to_owned();
        assert_eq!(office.server.get_with(&path(size), &[("if-none-match", &tag)]).await.status, 304);
    }
    office.server.get(&path("original")).await.is_problem("the original", 403, "");
    let own = office.server.ask("GET", &path("original"), &office.shown, Value::Null).await;
    assert_eq!(own.body, bytes);
    assert_eq!(own.header("content-disposition"), format!("attachment; filename=\"canal-park-{id}.jpg\""));
    let public = office.server.json("/api/v1/inspections").await;
    let photo = &public["features"][0]["properties"]["photos"][0];
    assert_eq!((&photo["taken_at"], &photo["position"], &photo["sha256"]), (&Value::Null, &Value::Null, &Value::Null));
    // What becomes internal takes its photos along.
    office.done("PATCH", "/api/v1/projects/canal-park", json!({"visibility": "internal"})).await;
    assert_eq!(office.server.ask("GET", &path("thumb"), &Shown::Nothing, Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_photo_that_was_taken_elsewhere_or_another_time_speaks_against_its_report() {
    let office = office().await;
    let here = Some(PARK);
    for (at, (taken, offset, position, marks)) in [
        (Some("2020:01:10 15:00:00"), None, here, json!([])),
        (Some("2020:01:10 07:00:00"), Some("+00:00"), here, json!([])),
        (Some("2020:01:08 15:00:00"), None, here, json!(["photo_old"])),
        (Some("2020:01:10 15:00:00"), None, Some([120.8, 30.7565]), json!(["photo_elsewhere"])),
        (Some("2001:01:01 00:00:00"), None, Some([-70.5, -33.4]), json!(["photo_elsewhere", "photo_old"])),
        // What a camera without a fix or a clock writes says nothing.
        (Some("    :  :     :  :  "), None, Some([0.0, 0.0]), json!([])),
        (None, None, None, json!([])),
    ]
    .into_iter()
    .enumerate()
    {
        let camera = Camera { taken, offset, position, ..Camera::default() };
        let id = office.photo(&by_camera(&jpeg(64, 64, at as u8), camera)).await;
        let body = json!({"photos": [id], "confirmed": true});
        let told = office.reports(merged(report(&format!("r-{at}"), "canal-park"), body)).await;
        assert_eq!(told["properties"]["marks"], marks, "{at}");
    }
}

#[tokio::test]
async fn a_photo_belongs_to_one_report() {
    let office = office().await;
    let id = office.photo(&jpeg(64, 64, 1)).await;
    let body = json!({"photos": [id]});
    office.reports(merged(report("r-1", "canal-park"), body.clone())).await;
    let again = office.send("POST", "/api/v1/inspections", "", merged(report("r-2", "canal-park"), body)).await;
    again.breaks("another report has it", &["photos[0]"]);
    let kept = office.tus("DELETE", &format!("/api/v1/uploads/{id}"), &[], axum::body::Body::empty()).await;
    assert_eq!(kept.status, 404, "and nobody takes it away");
    assert_eq!(office.get("/api/v1/inspections").await["number_matched"], 1);
}

#[tokio::test]
async fn of_two_reports_that_name_one_photo_at_once_one_lands_and_no_other_is_troubled() {
    let office = office().await;
    let colleague = office.beside("li-ming", &[guatu::plan::UserRole::Inspector]).await;
    let id = office.photo(&jpeg(64, 64, 1)).await;
    let with_photo = |at: usize| merged(report(&format!("r-{at}"), "canal-park"), json!({"photos": [id]}));
    let rivals = futures_util::future::join_all((0..8).map(|at| {
        let (office, body) = (&office, with_photo(at));
        async move { office.send("POST", "/api/v1/inspections", "", body).await.status.as_u16() }
    }));
    let others = futures_util::future::join_all((0..8).map(|at| {
        let (colleague, body) = (&colleague, report(&format!("other-{at}"), "canal-park"));
        async move { colleague.send("POST", "/api/v1/inspections", "", body).await.status.as_u16() }
    }));
    let (mut rivals, others) = futures_util::future::join(rivals, others).await;
    rivals.sort_unstable();
    assert_eq!(rivals, [201, 422, 422, 422, 422, 422, 422, 422]);
    assert_eq!(others, [201; 8]);
}

#[tokio::test]
async fn a_photo_that_was_cut_is_no_photo() {
    let office = office().await;
    let camera = Camera { taken: Some("2020:01:10 14:30:00"), ..Camera::default() };
    let whole = by_camera(&jpeg(640, 480, 1), camera);
    for length in [700, whole.len() / 2, whole.len() - 1] {
        let (_, answer) = office.try_photo(&whole[..length]).await;
        answer.is_problem(&format!("{length} of {}", whole.len()), 422, "");
    }
    // Phones add things of their own behind the picture.
    office.photo(&[&whole[..], b"SEFT of a phone"].concat()).await;
}

#[tokio::test]
async fn a_picture_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    let office = office().await;
    let mut png = encoded(&picture(8, 8, 1), ImageFormat::Png);
    // The header says 60000 × 60000; its checksum agrees.
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut large = jpeg(16, 16, 1);
    let frame = large.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
    large[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for (what, bytes) in [("a PNG", png), ("a JPEG", large)] {
        let (_, answer) = office.try_photo(&bytes).await;
        answer.is_problem(what, 422, "");
        assert!(answer.text().contains("64000000 pixels"), "{what}: {}", answer.text());
    }
    assert_eq!(office.photo_files(), Vec::<String>::new());
}

/// As PNG has it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
