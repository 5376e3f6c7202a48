//! Hostile bytes in place of photos and of the requests that bring them: no panic, no fault of ours, no file left behind. Fixed seeds.

use axum::body::Body;
use guatu::formats::photo::develop;
use image::ImageFormat;
use serde_json::Value;

use crate::support::field::{Camera, PARK, by_camera, encoded, jpeg, picture};
use crate::support::office::Office;
use crate::support::random::Random;

fn samples() -> Vec<Vec<u8>> {
    let camera = Camera {
        taken: Some("2020:01:10 15:00:00"),
        offset: Some("+08:00"),
        position: Some(PARK),
        orientation: Some(6),
    };
    vec![
        by_camera(&jpeg(48, 32, 1), camera),
        encoded(&picture(48, 32, 2), ImageFormat::Png),
        encoded(&picture(48, 32, 3), ImageFormat::WebP),
    ]
}

/// A photo with some of its bytes changed, cut, doubled or moved.
fn broken(sample: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() as u64) as usize;
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = [0x00, 0xff, 0x7f, 0x80][random.below(4) as usize],
            2 => bytes.truncate(at.max(1)),
            3 => {
                let end = (at + 1 + random.below(64) as usize).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let end = (at + 1 + random.below(16) as usize).min(bytes.len());
                bytes.drain(at..end);
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
            _ => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(random.below(256) as u8);
            }
        }
    }
    bytes
}

#[test]
fn no_bytes_make_the_reader_of_photos_panic() {
    let mut random = Random::new(20);
    let (mut read, mut refused) = (0, 0);
    for sample in samples() {
        for _ in 0..1_500 {
            match develop(&broken(&sample, &mut random)) {
                Ok(photo) => {
                    read += 1;
                    assert!(
                        image::load_from_memory(&photo.view).is_ok() && image::load_from_memory(&photo.thumb).is_ok()
                    );
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 300 && refused > 300, "both happen: {read} read, {refused} refused");
}

#[tokio::test]
async fn what_is_refused_leaves_no_file_behind() {
    let office = Office::open().await;
    let mut random = Random::new(21);
    let mut refused = 0;
    for sample in samples() {
        for _ in 0..40 {
            let (path, answer) = office.try_photo(&broken(&sample, &mut random)).await;
            match answer.status.as_u16() {
                204 => {
                    let gone = office.tus("DELETE", &path, &[], Body::empty()).await;
                    assert_eq!(gone.status, 204, "a photo that no report has can be taken back");
                }
                415 | 422 => refused += 1,
                other => panic!("{other}: {}", answer.text()),
            }
        }
    }
    assert!(refused > 20, "{refused}");
    assert_eq!(office.photo_files(), Vec::<String>::new());
}

#[tokio::test]
async fn no_request_of_an_upload_or_a_report_is_a_fault_of_ours() {
    let office = Office::open().await;
    let mut random = Random::new(22);
    let numbers =
        ["", "0", "1", "-1", "18446744073709551615", "99999999999999999999", "1e3", "０", " 5", "5 ", "5,5", "\u{fe}"];
    let word = |random: &mut Random| numbers[random.below(numbers.len() as u64) as usize].to_owned();
    let bodies = [
        "",
        "{}",
        "[]",
        "null",
        "{\"id\":1}",
        "{\"id\":\"a\",\"project\":\"canal-park\",\"observed_at\":\"\",\"stage\":\"building\"}",
        "{\"id\":\"a\",\"project\":\"canal-park\",\"observed_at\":\"2020-01-10T07:00:00Z\",\"stage\":\"building\",\"fix\":{\"lon\":1e400,\"lat\":0,\"source\":\"device\"}}",
        "{\"id\":\"a\",\"project\":\"canal-park\",\"observed_at\":\"-009999-01-01T00:00:00Z\",\"stage\":\"building\",\"confirmed\":true}",
        "{\"id\":\"a\",\"project\":\"canal-park\",\"observed_at\":\"9999-12-30T00:00:00Z\",\"stage\":\"building\",\"confirmed\":true}",
        "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"../../etc/passwd\"\r\n\r\n\r\n--x--",
        "\u{0}\u{0}",
    ];
    let paths = [
        "/api/v1/uploads",
        "/api/v1/uploads/..%2f..%2fguatu.gpkg",
        "/api/v1/uploads/%00",
        "/api/v1/uploads/a/b",
        "/api/v1/inspections",
        "/api/v1/inspections/..%2f/accept",
        "/api/v1/inspections/decisions",
        "/api/v1/photos/..%2f..%2faccounts.sqlite?size=original",
        "/api/v1/photos/x?size=all",
        "/api/v1/patches",
    ];
    let methods = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT"];
    let types =
        ["application/offset+octet-stream", "application/json", "multipart/form-data; boundary=x", "image/jpeg", ""];
    for _ in 0..1_500 {
        let path = paths[random.below(paths.len() as u64) as usize];
        let method = methods[random.below(methods.len() as u64) as usize];
        let media_type = types[random.below(types.len() as u64) as usize];
        let body = bodies[random.below(bodies.len() as u64) as usize];
        let headers = [
            ("upload-length", word(&mut random)),
            ("upload-offset", word(&mut random)),
            ("content-type", media_type.to_owned()),
        ];
        let answer = office.tus(method, path, &headers, Body::from(body)).await;
        assert!(answer.status.as_u16() < 500, "{method} {path} {headers:?} {body}: {}", answer.text());
    }
    let state: Value = office.get("/api/v1/inspections").await;
    assert_eq!(state["number_matched"], 0, "none of it is a report");
    let files = office.photo_files();
    assert!(files.iter().all(|file| file.ends_with("/length") && file.contains("/uploads/all/")), "{files:?}");
}
