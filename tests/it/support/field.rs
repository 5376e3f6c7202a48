//! Photos that are made here, uploads, and reports from the field.

use axum::body::Body;
use axum::http::Request;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value as ExifValue};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::accounts::Shown;
use super::http::Answer;
use super::office::Office;

/// Inside the shipped plan's canal park.
pub const PARK: [f64; 2] = [120.711, 30.7565];

/// A picture whose upper left quarter is red, and the rest of a colour by `seed`.
pub fn picture(width: u32, height: u32, seed: u8) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        if x < width / 2 && y < height / 2 { Rgb([250, 10, 10]) } else { Rgb([seed, (x % 200) as u8, (y % 200) as u8]) }
    }))
}

pub fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    picture(width, height, seed).to_rgb8().write_with_encoder(encoder).expect("a JPEG");
    bytes
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// What a camera writes beside the picture.
#[derive(Clone, Copy, Default)]
pub struct Camera<'a> {
    pub taken: Option<&'a str>,
    pub offset: Option<&'a str>,
    pub position: Option<[f64; 2]>,
    pub orientation: Option<u16>,
}

/// A JPEG with EXIF.
pub fn by_camera(jpeg: &[u8], camera: Camera) -> Vec<u8> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let ascii = |text: &str| ExifValue::Ascii(vec![text.as_bytes().to_vec()]);
    let natural = |number: f64| format!("{number}").parse().expect("a natural number");
    let degrees = |size: f64| {
        let minutes = size.fract() * 60.0;
        let seconds = Rational { num: natural((minutes.fract() * 60.0 * 10_000.0).round()), denom: 10_000 };
        let whole = |number: f64| Rational { num: natural(number.trunc()), denom: 1 };
        ExifValue::Rational(vec![whole(size), whole(minutes), seconds])
    };
    // It names the camera, which nobody but staff may know.
    let mut fields = vec![field(Tag::Model, ascii("CameraOfWangFang"))];
    fields.extend(camera.taken.map(|taken| field(Tag::DateTimeOriginal, ascii(taken))));
    fields.extend(camera.offset.map(|offset| field(Tag::OffsetTimeOriginal, ascii(offset))));
    fields.extend(camera.orientation.map(|turn| field(Tag::Orientation, ExifValue::Short(vec![turn]))));
    if let Some([lon, lat]) = camera.position {
        let (east, north) = (if lon < 0.0 { "W" } else { "E" }, if lat < 0.0 { "S" } else { "N" });
        fields.push(field(Tag::GPSLongitude, degrees(lon.abs())));
        fields.push(field(Tag::GPSLongitudeRef, ascii(east)));
        fields.push(field(Tag::GPSLatitude, degrees(lat.abs())));
        fields.push(field(Tag::GPSLatitudeRef, ascii(north)));
    }
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut tiff = std::io::Cursor::new(Vec::new());
    writer.write(&mut tiff, false).expect("EXIF");
    let tiff = tiff.into_inner();
    let length = u16::try_from(tiff.len() + 8).expect("a short segment").to_be_bytes();
    // After the mark of the beginning.
    let segment = [&[0xff, 0xe1], &length[..], b"Exif\0\0", &tiff].concat();
    [&jpeg[..2], &segment, &jpeg[2..]].concat()
}

/// A report that nothing speaks against.
pub fn report(id: &str, project: &str) -> Value {
    json!({"id": id, "project": project, "observed_at": "2020-01-10T07:00:00Z", "stage": "building", "progress": 30,
        "fix": {"lon": PARK[0], "lat": PARK[1], "accuracy_m": 8, "source": "device"}, "photos": []})
}

impl Office {
    /// A request of an upload, with a body that may break off.
    pub async fn tus(&self, method: &str, path: &str, headers: &[(&str, String)], body: Body) -> Answer {
        let Shown::Cookie(secret) = &self.shown else { panic!("the office works in a browser") };
        let request = Request::builder().method(method).uri(path).header("host", "guatu.test");
        let request = request.header("cookie", format!("guatu_session={secret}")).header("tus-resumable", "1.0.0");
        let request = request.header("sec-fetch-site", "same-origin");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        self.server.send(request.body(body).expect("a request")).await
    }

    /// Begins an upload and tells its address.
    pub async fn begin(&self, length: usize) -> String {
        let begun = self.tus("POST", "/api/v1/uploads", &[("upload-length", length.to_string())], Body::empty()).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        begun.header("location").to_owned()
    }

    pub async fn append(&self, path: &str, offset: usize, body: impl Into<Body>) -> Answer {
        let headers =
            [("upload-offset", offset.to_string()), ("content-type", "application/offset+octet-stream".to_owned())];
        self.tus("PATCH", path, &headers, body.into()).await
    }

    /// Sends a photo whole, and tells what became of it at the end.
    pub async fn try_photo(&self, bytes: &[u8]) -> (String, Answer) {
        let path = self.begin(bytes.len()).await;
        let mut offset = 0;
        loop {
            let end = bytes.len().min(offset + 512 * 1024);
            let answer = self.append(&path, offset, bytes[offset..end].to_vec()).await;
            if end == bytes.len() || answer.status != 204 {
                return (path, answer);
            }
            offset = end;
        }
    }

    /// The id of a photo that was sent.
    pub async fn photo(&self, bytes: &[u8]) -> String {
        let (path, answer) = self.try_photo(bytes).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        path.rsplit('/').next().expect("an id").to_owned()
    }

    /// A report that lands.
    pub async fn reports(&self, report: Value) -> Value {
        let answer = self.send("POST", "/api/v1/inspections", "", report).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Every file below the folder of photos.
    pub fn photo_files(&self) -> Vec<String> {
        fn below(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() { below(&path, found) } else { found.push(path.to_string_lossy().into_owned()) }
            }
        }
        let mut found = Vec::new();
        below(&self.server.folder.path().join("photos"), &mut found);
        found.sort();
        found
    }
}
