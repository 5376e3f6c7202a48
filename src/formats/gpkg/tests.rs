use geo::{Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, polygon, wkt};
use proptest::prelude::*;

use super::*;

fn six() -> [Geometry; 6] {
    let line = LineString::from(vec![(120.1, 30.2), (120.3, 30.4), (-0.0, 1e-300)]);
    let holed: Polygon = polygon!(
        exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)],
        interiors: [[(x: 1., y: 1.), (x: 1., y: 2.), (x: 2., y: 2.)], [(x: 4., y: 4.), (x: 4., y: 5.), (x: 5., y: 5.)]],
    );
    [
        Point::new(120.75, 30.75).into(),
        line.clone().into(),
        holed.clone().into(),
        MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into(),
        MultiLineString(vec![line.clone(), line]).into(),
        MultiPolygon(vec![holed]).into(),
    ]
}

#[test]
fn each_of_the_six_types_comes_back_bit_by_bit() {
    for geometry in six() {
        let blob = encode(&geometry).expect("one of the six");
        let back = decode(&blob).expect("just written");
        assert_eq!(encode(&back), Some(blob.clone()), "{geometry:?}");
        assert_eq!(back, geometry);
        assert_eq!(rect(&blob), Ok(geometry.bounding_rect()));
    }
}

#[test]
fn only_a_point_goes_without_an_envelope() {
    let check = |geometry: Geometry, flags, len| {
        let blob = encode(&geometry).expect("one of the six");
        assert_eq!((&blob[..4], blob.len()), (&[b'G', b'P', 0, flags][..], len), "{geometry:?}");
    };
    check(wkt!(POINT(1.0 2.0)).into(), 0b01, 8 + 21);
    check(wkt!(LINESTRING(1.0 2.0,3.0 4.0)).into(), 0b11, 8 + 32 + 41);
}

#[test]
fn big_endian_blobs_of_other_programs_are_read() {
    let mut blob = b"GP\0\0\0\0\x10\xe6\0\0\0\0\x01".to_vec();
    blob.extend(120.5_f64.to_be_bytes());
    blob.extend(30.5_f64.to_be_bytes());
    assert_eq!(decode(&blob), Ok(Point::new(120.5, 30.5).into()));
}

#[test]
fn what_is_no_blob_of_ours_is_refused_with_the_reason() {
    let point = encode(&wkt!(POINT(1.0 2.0)).into()).expect("a point");
    let with = |at: usize, byte: u8| {
        let mut blob = point.clone();
        blob[at] = byte;
        blob
    };
    let check = |blob: &[u8], fault: BlobError| assert_eq!(decode(blob), Err(fault));
    check(b"", BlobError::NotABlob);
    check(&with(0, b'X'), BlobError::NotABlob);
    check(&with(2, 1), BlobError::NotABlob);
    check(&with(3, 0b10_0001), BlobError::NotABlob);
    check(&with(3, 0b1011), BlobError::NotABlob);
    check(&with(3, 0b1_0001), BlobError::Empty);
    check(&with(4, 0), BlobError::Srs(0x1000));
    check(&with(9, 7), BlobError::Type(7));
    check(&point[..point.len() - 1], BlobError::Short);
    check(&[point.clone(), vec![0]].concat(), BlobError::Trailing(1));
    // A part that says EWKB of itself while its parent does not.
    let mut parts = encode(&MultiPoint::from(vec![(1.0, 2.0)]).into()).expect("points");
    let code_end = parts.len() - 16 - 1;
    parts[code_end] = 0x20;
    check(&parts, BlobError::Type(0x2000_0001));
    // A count without the bytes for it must not reserve memory.
    let mut line = encode(&wkt!(LINESTRING(1.0 2.0,3.0 4.0)).into()).expect("a line");
    line[8 + 32 + 5..8 + 32 + 9].fill(0xff);
    check(&line, BlobError::Short);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn no_bytes_make_the_reader_panic(blob in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (decode(&blob), rect(&blob));
    }

    #[test]
    fn no_damage_to_a_good_blob_makes_the_reader_panic(
        which in 0_usize..6,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut blob = encode(&six()[which]).expect("one of the six");
        for (at, byte) in damage {
            let at = at.index(blob.len());
            blob[at] = byte;
        }
        let _ = (decode(&blob), rect(&blob));
        let cut = cut.index(blob.len());
        let _ = (decode(&blob[..cut]), rect(&blob[..cut]));
    }
}
