//! PMTiles: the order of tiles, and what the head of an archive says.

use geo::{Rect, coord};
use guatu::formats::pmtiles::{TileSet, Writer, tiles};

fn set() -> TileSet {
    TileSet {
        name: "挂图".to_owned(),
        attribution: "©".to_owned(),
        description: String::new(),
        bounds: Rect::new(coord! { x: 120.68, y: 30.68 }, coord! { x: 120.78, y: 30.77 }),
        min_zoom: 0,
        max_zoom: 14,
        vector_layers: serde_json::json!([{ "id": "roads", "fields": {} }]),
    }
}

/// Tiles of one zoom that a box touches.
fn of(bounds: Rect, zoom: u8) -> Vec<(u8, u32, u32)> {
    tiles(&[bounds], zoom..=zoom, 0.0).expect("some")
}

#[test]
fn tiles_of_a_box_come_along_the_curve() {
    let bounds = set().bounds;
    assert_eq!(of(bounds, 0), [(0, 0, 0)], "the world");
    let world = Rect::new(coord! { x: -180.0, y: -85.0 }, coord! { x: 180.0, y: 85.0 });
    let all = tiles(&[world], 0..=1, 0.0).expect("five");
    assert_eq!(all, [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)]);
    let at_14 = of(bounds, 14);
    assert_eq!(at_14.len(), 25, "{at_14:?}");
    assert!(tiles(&[bounds], 23..=23, 0.0).is_err());
    assert!(tiles(&[world], 20..=20, 0.0).expect_err("too many").to_string().contains("lower zoom"));
}

#[test]
fn where_no_box_is_no_tile_is_looked_at() {
    // Nine million tiles lie between the two, more than are written.
    let corners = [coord! { x: 73.5, y: 18.2 }, coord! { x: 134.7, y: 53.5 }].map(|at| Rect::new(at, at));
    let all = tiles(&corners, 0..=16, 0.0).expect("few");
    assert!(all.len() <= 2 * 17, "{}", all.len());
    for zoom in 0..=16 {
        let mut expected: Vec<_> = corners.iter().flat_map(|corner| of(*corner, zoom)).collect();
        expected.sort_unstable();
        expected.dedup();
        let mut found: Vec<_> = all.iter().copied().filter(|tile| tile.0 == zoom).collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }
}

#[test]
fn an_archive_tells_its_tiles_in_its_head_and_holds_the_same_content_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("district.pmtiles");
    let set = set();
    let mut writer = Writer::new(std::fs::File::create(&path).expect("a file"), &set).expect("a writer");
    let mut count = 0;
    for (zoom, x, y) in tiles(&[set.bounds], set.min_zoom..=set.max_zoom, 0.0).expect("tiles") {
        let tile = if zoom % 3 == 0 { "the same".to_owned() } else { format!("{zoom}/{x}/{y}") };
        writer.tile(zoom, x, y, tile.as_bytes()).expect("a tile");
        count += 1;
    }
    writer.finish().expect("an archive");
    let bytes = std::fs::read(&path).expect("the archive");
    assert_eq!(&bytes[..8], b"PMTiles\x03");
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    assert_eq!(number(72), count, "addressed tiles");
    assert!(number(88) < number(72), "contents that repeat are there once");
    assert_eq!((bytes[96], bytes[97], bytes[98], bytes[99]), (1, 2, 2, 1), "clustered, gzip, gzip, MVT");
    assert_eq!((bytes[100], bytes[101]), (0, 14));
}
