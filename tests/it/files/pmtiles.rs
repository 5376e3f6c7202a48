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

#[test]
fn tiles_of_a_box_come_along_the_curve() {
    let bounds = set().bounds;
    assert_eq!(tiles(bounds, 0).expect("the world"), [(0, 0)]);
    let all = tiles(Rect::new(coord! { x: -180.0, y: -85.0 }, coord! { x: 180.0, y: 85.0 }), 1).expect("four");
    assert_eq!(all, [(0, 0), (0, 1), (1, 1), (1, 0)]);
    let at_14 = tiles(bounds, 14).expect("some");
    assert_eq!(at_14.len(), 25, "{at_14:?}");
    assert!(tiles(bounds, 23).is_err());
    let world = Rect::new(coord! { x: -180.0, y: -85.0 }, coord! { x: 180.0, y: 85.0 });
    assert!(tiles(world, 20).expect_err("too many").to_string().contains("lower zoom"));
}

#[test]
fn an_archive_tells_its_tiles_in_its_head_and_holds_the_same_content_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("district.pmtiles");
    let set = set();
    let mut writer = Writer::new(std::fs::File::create(&path).expect("a file"), &set).expect("a writer");
    let mut count = 0;
    for zoom in set.min_zoom..=set.max_zoom {
        for (x, y) in tiles(set.bounds, zoom).expect("tiles") {
            let tile = if zoom % 3 == 0 { "the same".to_owned() } else { format!("{zoom}/{x}/{y}") };
            writer.tile(zoom, x, y, tile.as_bytes()).expect("a tile");
            count += 1;
        }
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
