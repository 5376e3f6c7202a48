//! Photos: what they are by their content, what their EXIF says, and upright copies of them without it.
//!
//! Nothing is decoded before its size is known: a small file can say that it holds a picture of any size.

use std::io::Cursor;

use exif::{Exif, In, Rational, Tag, Value};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::plan::{PhotoTime, PhotoType};
use crate::spatial::LonLat;

/// The most pixels that a photo may have; the largest sensors of phones in the field have 50 million, or 200 that they fold into 50.
pub const MAX_PIXELS: u64 = 64_000_000;

/// The most bytes that it may unpack to: what cameras write has at most four for each pixel.
pub const MAX_UNPACKED: u64 = MAX_PIXELS * 4;

/// The longer side of a copy for a screen, and for a list.
const VIEW_PX: u32 = 2_048;
const THUMB_PX: u32 = 320;

const VIEW_QUALITY: u8 = 85;
const THUMB_QUALITY: u8 = 75;

/// A photo that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Developed {
    pub media_type: PhotoType,
    /// Upright.
    pub width: u32,
    pub height: u32,
    pub taken: Option<PhotoTime>,
    pub position: Option<[f64; 2]>,
    /// Upright JPEGs without any metadata.
    pub view: Vec<u8>,
    pub thumb: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("is no photo: neither JPEG, PNG nor WebP by its content")]
    NotAPhoto,
    #[error(
        "unpacks to {width} × {height} pixels and {bytes} bytes; {MAX_PIXELS} pixels and {MAX_UNPACKED} bytes are the most"
    )]
    TooLarge { width: u32, height: u32, bytes: u64 },
    #[error("cannot be read as the picture that it begins as: {0}")]
    Damaged(String),
}

/// Reads a photo. Takes up to ten bytes of memory for each of its pixels.
///
/// # Errors
/// [`PhotoError`], before anything is decoded where that can be told.
pub fn develop(bytes: &[u8]) -> Result<Developed, PhotoError> {
    let damaged = |fault: image::ImageError| PhotoError::Damaged(fault.to_string());
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|fault| PhotoError::Damaged(fault.to_string()))?;
    let media_type = match reader.format() {
        Some(ImageFormat::Jpeg) => PhotoType::Jpeg,
        Some(ImageFormat::Png) => PhotoType::Png,
        Some(ImageFormat::WebP) => PhotoType::WebP,
        _ => return Err(PhotoError::NotAPhoto),
    };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_UNPACKED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let (pixels, unpacked) = (u64::from(width) * u64::from(height), decoder.total_bytes());
    if pixels > MAX_PIXELS || unpacked > MAX_UNPACKED {
        return Err(PhotoError::TooLarge { width, height, bytes: unpacked });
    }
    if media_type == PhotoType::Jpeg && !comes_to_an_end(bytes) {
        return Err(PhotoError::Damaged("it breaks off before its end".to_owned()));
    }
    // A tag that cannot be read turns nothing.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    let (width, height) = (picture.width(), picture.height());
    let view = within(picture, VIEW_PX);
    let view_jpeg = jpeg(&view, VIEW_QUALITY).map_err(damaged)?;
    Ok(Developed {
        media_type,
        width,
        height,
        taken: exif.as_ref().and_then(taken),
        position: exif.as_ref().and_then(position),
        view: view_jpeg,
        thumb: jpeg(&within(view, THUMB_PX), THUMB_QUALITY).map_err(damaged)?,
    })
}

/// Whether a JPEG has the mark of its end: without it the decoder paints what is missing grey.
fn comes_to_an_end(jpeg: &[u8]) -> bool {
    const SCAN: u8 = 0xda;
    const END: [u8; 2] = [0xff, 0xd9];
    // Pictures within the EXIF have marks of their own, so that the segments before the scan are passed over by their lengths.
    let mut at = 2;
    while let Some(&[0xff, mark, high, low]) = jpeg.get(at..at + 4).and_then(|head| head.first_chunk::<4>()) {
        if mark == SCAN {
            return jpeg[at..].windows(2).any(|pair| pair == END);
        }
        // Marks may be filled up with more of their first byte.
        at += if mark == 0xff { 1 } else { 2 + usize::from(u16::from_be_bytes([high, low])) };
    }
    false
}

/// The picture with the longer side of at most so many pixels.
fn within(picture: DynamicImage, longest: u32) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= longest {
        return picture;
    }
    // Means over boxes are quick and right while there are several pixels in each; the last step is the finer filter's.
    let rough = if longer > longest * 4 { picture.thumbnail(longest * 2, longest * 2) } else { picture };
    rough.resize(longest, longest, FilterType::Triangle)
}

fn jpeg(picture: &DynamicImage, quality: u8) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
    Ok(bytes)
}

fn taken(exif: &Exif) -> Option<PhotoTime> {
    let text = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => std::str::from_utf8(parts.first()?).ok().map(str::trim),
        _ => None,
    };
    let local = text(Tag::DateTimeOriginal).or_else(|| text(Tag::DateTimeDigitized))?;
    let local = jiff::civil::DateTime::strptime("%Y:%m:%d %H:%M:%S", local).ok()?;
    let zoned = text(Tag::OffsetTimeOriginal).and_then(|offset| format!("{local}{offset}").parse().ok());
    Some(zoned.map_or(PhotoTime::Local(local), PhotoTime::Exact))
}

fn position(exif: &Exif) -> Option<[f64; 2]> {
    let degrees = |tag, reference, negative: &[u8]| {
        let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
        let Value::Ascii(sides) = &exif.get_field(reference, In::PRIMARY)?.value else { return None };
        let [degrees, minutes, seconds] = parts.get(..3)? else { return None };
        let size = Rational::to_f64(degrees) + minutes.to_f64() / 60.0 + seconds.to_f64() / 3_600.0;
        Some(if sides.first()?.starts_with(negative) { -size } else { size })
    };
    let lon = degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b"W")?;
    let lat = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b"S")?;
    // Cameras without a fix write zeros, or fractions of zero.
    let is_somewhere = LonLat::new(lon, lat).is_ok() && (lon, lat) != (0.0, 0.0);
    is_somewhere.then_some([lon, lat])
}
