//! OGC API – Tiles under `/ogc`: tile matrix sets, tile sets, and tiles in each grid, read by GDAL.

use std::collections::BTreeMap;

use fast_mvt::MvtReaderRef;
use guatu::spatial::TileGrid;
use serde_json::{Value, json};

use crate::support::gdal;
use crate::support::http::{Server, texts};

fn link<'a>(document: &'a Value, rel: &str) -> &'a str {
    let links = document["links"].as_array().expect("links");
    let found = links.iter().find(|link| link["rel"] == rel).unwrap_or_else(|| panic!("no {rel} in {document}"));
    found["href"].as_str().and_then(|href| href.strip_prefix("http://guatu.test")).expect("an address of this server")
}

const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
const SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";

#[tokio::test]
async fn links_lead_from_the_landing_page_to_a_tile() {
    let server = Server::shipped();
    let conformance = server.json("/ogc/conformance").await;
    let classes = conformance["conformsTo"].as_array().expect("classes");
    for class in ["core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{class}");
        assert!(classes.iter().any(|known| *known == uri), "{class}");
    }
    let landing = server.json("/ogc").await;
    let schemes = server.json(link(&landing, "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes")).await;
    assert_eq!(texts(&schemes["tileMatrixSets"], "/id"), ["WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"]);
    for start in ["/ogc", "/ogc/collections/roads"] {
        let list = server.json(link(&server.json(start).await, TILESETS)).await;
        let sets = list["tilesets"].as_array().expect("tile sets");
        assert_eq!(sets.len(), 3, "{start}");
        for item in sets {
            assert_eq!(item["dataType"], "vector");
            let set = server.json(link(item, "self")).await;
            let scheme = server.json(link(&set, SCHEME)).await;
            assert_eq!((&set["crs"], &set["tileMatrixSetURI"]), (&scheme["crs"], &scheme["uri"]), "{start}");
            assert_eq!(set["title"], item["title"]);
            let limits = set["tileMatrixSetLimits"].as_array().expect("limits");
            assert_eq!(limits.len(), scheme["tileMatrices"].as_array().map_or(0, Vec::len), "{start}");
            // The tile at the middle of the first limits is there, under the address of the template.
            let first = &limits[0];
            let blanks = [("{tileMatrix}", "tileMatrix"), ("{tileRow}", "minTileRow"), ("{tileCol}", "minTileCol")];
            let address = blanks.iter().fold(link(&set, "item").to_owned(), |url, (blank, member)| {
                let value = first[member].as_str().map_or_else(|| first[member].to_string(), str::to_owned);
                url.replace(blank, &value)
            });
            let tile = server.get(&address).await;
            assert_eq!(tile.status, 200, "{address}");
            assert_eq!(tile.header("content-type"), "application/vnd.mapbox-vector-tile", "{address}");
        }
    }
}

#[tokio::test]
async fn a_tile_matrix_set_has_all_members_in_the_order_of_its_axes() {
    let server = Server::shipped();
    let web = server.json("/ogc/tileMatrixSets/WebMercatorQuad").await;
    assert_eq!(web["crs"], "http://www.opengis.net/def/crs/EPSG/0/3857");
    assert_eq!(web["wellKnownScaleSet"], "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible");
    let first = &web["tileMatrices"][0];
    assert_eq!(first["id"], "0");
    assert!((first["scaleDenominator"].as_f64().expect("a number") - 559_082_264.028_717_8).abs() < 1e-6);
    assert!((first["cellSize"].as_f64().expect("a number") - 156_543.033_928_041).abs() < 1e-9);
    assert_eq!((&first["matrixWidth"], &first["tileWidth"]), (&json!(1), &json!(256)));
    let world = server.json("/ogc/tileMatrixSets/WorldCRS84Quad").await;
    assert_eq!(world["orderedAxes"], json!(["Lon", "Lat"]));
    assert_eq!(world["tileMatrices"][0]["pointOfOrigin"], json!([-180.0, 90.0]));
    assert_eq!(world["tileMatrices"][0]["matrixWidth"], 2);
    let china = server.json("/ogc/tileMatrixSets/CGCS2000Quad").await;
    assert_eq!(china["crs"], "http://www.opengis.net/def/crs/EPSG/0/4490");
    assert_eq!(china["orderedAxes"], json!(["Lat", "Lon"]));
    let matrices = china["tileMatrices"].as_array().expect("matrices");
    assert_eq!((matrices.len(), &matrices[0]["id"], &matrices[17]["id"]), (18, &json!("1"), &json!("18")));
    assert_eq!(matrices[0]["pointOfOrigin"], json!([90.0, -180.0]));
    assert_eq!((&matrices[0]["matrixWidth"], &matrices[0]["matrixHeight"]), (&json!(2), &json!(1)));
    assert!(china.get("uri").is_none(), "it is in no register");
}

#[tokio::test]
async fn a_tile_set_tells_its_layers_and_what_they_carry() {
    let server = Server::shipped();
    let set = server.json("/ogc/tiles/WorldCRS84Quad?collections=roads,schools").await;
    assert_eq!(texts(&set["layers"], "/id"), ["roads", "schools"]);
    let [roads, schools] = [&set["layers"][0], &set["layers"][1]];
    assert_eq!((&roads["geometryDimension"], &schools["geometryDimension"]), (&json!(1), &json!(0)));
    let properties = &roads["propertiesSchema"]["properties"];
    assert_eq!(properties["light"]["enum"], json!(["red", "yellow", "green", "grey"]));
    assert_eq!(
        properties["due"],
        json!({"description": "date by which the aim is due", "type": "string", "format": "date"})
    );
    assert!(link(&set, "item").contains("collections=roads%2Cschools"), "what was chosen stays chosen");
    let answer = server.get("/ogc/tiles/WorldCRS84Quad/8/84/427?collections=schools,roads&f=mvt").await;
    let names: Vec<String> =
        MvtReaderRef::new(&answer.body).expect("a tile").layers().map(|l| l.name().to_owned()).collect();
    assert_eq!(names, ["schools", "roads"], "in the order asked for");
    let tile_json = server.json("/ogc/collections/parks/tiles/WebMercatorQuad?f=tilejson").await;
    assert_eq!(
        tile_json["tiles"],
        json!(["http://guatu.test/ogc/collections/parks/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt"])
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_and_what_is_empty_is_204() {
    let server = Server::shipped();
    let place = "tileMatrix/tileRow/tileCol";
    for tile in ["23/0/0", "x/0/0", "0/1/0", "-1/0/0", "0/0/4294967296", "12/0/0", "12/1680/0"] {
        server.refused(&format!("/ogc/tiles/WebMercatorQuad/{tile}"), 404, place).await;
    }
    server.refused("/ogc/tiles/CGCS2000Quad/0/0/0", 404, place).await;
    server.refused("/ogc/tiles/CGCS2000Quad/19/0/0", 404, place).await;
    server.refused("/ogc/tiles/Square/0/0/0", 404, "tileMatrixSetId").await;
    server.refused("/ogc/tiles/Square", 404, "tileMatrixSetId").await;
    server.refused("/ogc/tileMatrixSets/Square", 404, "tileMatrixSetId").await;
    server.refused("/ogc/collections/trees/tiles", 404, "collectionId").await;
    server.refused("/ogc/collections/trees/tiles/WebMercatorQuad/0/0/0", 404, "collectionId").await;
    server.refused("/ogc/collections/context_rivers/tiles", 404, "collectionId").await;
    server.refused("/ogc/tiles?collections=trees", 400, "collections").await;
    server.refused("/ogc/tiles/WebMercatorQuad/0/0/0?collections=roads,", 400, "collections").await;
    server.refused("/ogc/tiles/WebMercatorQuad/0/0/0?f=png", 400, "f").await;
    server.refused("/ogc/tiles/WorldCRS84Quad?f=tilejson", 400, "f").await;
    server.refused("/ogc/tiles/WorldCRS84Quad?f=xml", 400, "f").await;
    server.refused("/ogc/collections/roads/tiles/WebMercatorQuad?collections=parks", 400, "collections").await;
    server.refused("/ogc/tileMatrixSets?as_of=2019-12-31", 400, "as_of").await;
    // Within the limits of all points, but there is none in this corner of them.
    let set = server.json("/ogc/collections/industry/tiles/WebMercatorQuad").await;
    let limits = &set["tileMatrixSetLimits"][16];
    let address = format!("16/{}/{}", limits["minTileRow"], limits["minTileCol"]);
    let answer = server.get(&format!("/ogc/collections/industry/tiles/WebMercatorQuad/{address}")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0), "{address}");
    for page in
        ["tileMatrixSets", "tileMatrixSets/CGCS2000Quad", "tiles", "tiles/CGCS2000Quad", "collections/roads/tiles"]
    {
        let answer = server.get(&format!("/ogc/{page}?f=html")).await;
        assert!(answer.status == 200 && answer.text().contains("CGCS2000"), "{page}");
    }
}

#[tokio::test]
async fn tiles_hold_everything_in_every_grid() {
    let server = Server::shipped();
    for grid in ["WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"] {
        let set = server.json(&format!("/ogc/tiles/{grid}")).await;
        for limits in set["tileMatrixSetLimits"].as_array().expect("limits") {
            let number = |member: &str| limits[member].as_u64().expect("a number");
            let matrix = limits["tileMatrix"].as_str().expect("an id");
            let tiles =
                (number("maxTileRow") - number("minTileRow") + 1) * (number("maxTileCol") - number("minTileCol") + 1);
            if tiles > 200 {
                break;
            }
            let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
            for row in number("minTileRow")..=number("maxTileRow") {
                for column in number("minTileCol")..=number("maxTileCol") {
                    let answer = server.get(&format!("/ogc/tiles/{grid}/{matrix}/{row}/{column}")).await;
                    for layer in MvtReaderRef::new(&answer.body).expect("a tile").layers() {
                        for feature in layer.features() {
                            *seen.entry(feature.id().expect("a number")).or_default() += 1;
                        }
                    }
                }
            }
            assert_eq!(seen.len(), 45, "{grid} {matrix}");
        }
    }
}

/// The coordinates of the schools in a tile, as GDAL reads it.
fn read_by_gdal(grid: TileGrid, [zoom, column, row]: [u32; 3], bytes: &[u8]) -> BTreeMap<String, [f64; 2]> {
    // GDAL knows other planes than Web Mercator by members of its own, and then one tile at zoom 0: that of 360 degrees.
    let zoom = if grid == TileGrid::WorldCrs84Quad { zoom + 1 } else { zoom };
    let folder = tempfile::tempdir().expect("a folder");
    let column_folder = folder.path().join(zoom.to_string()).join(column.to_string());
    std::fs::create_dir_all(&column_folder).expect("a folder");
    std::fs::write(column_folder.join(format!("{row}.pbf")), bytes).expect("a file");
    let layers = json!({ "vector_layers": [{ "id": "schools", "fields": { "id": "String" } }] }).to_string();
    let about = if grid == TileGrid::WebMercatorQuad {
        json!({ "json": layers })
    } else {
        json!({
            "crs": "EPSG:4326", "tile_origin_upper_left_x": -180.0, "tile_origin_upper_left_y": 90.0,
            "tile_dimension_zoom_0": 360.0, "json": layers,
        })
    };
    std::fs::write(folder.path().join("metadata.json"), about.to_string()).expect("a file");
    let source = format!("MVT:{}", folder.path().join(zoom.to_string()).display());
    let arguments = ["-f", "GeoJSON", "/vsistdout/", "-t_srs", "EPSG:4326", &source, "schools"];
    let read: Value = serde_json::from_str(&gdal::run("ogr2ogr", &arguments)).expect("GeoJSON");
    let number = |value: &Value| value.as_f64().expect("a number");
    let feature = |feature: &Value| {
        let at = &feature["geometry"]["coordinates"];
        (feature["properties"]["id"].as_str().expect("an id").to_owned(), [number(&at[0]), number(&at[1])])
    };
    read["features"].as_array().expect("features").iter().map(feature).collect()
}

#[tokio::test]
async fn gdal_finds_the_schools_where_they_are_in_every_grid() {
    let server = Server::shipped();
    let items = server.json("/ogc/collections/schools/items").await;
    let at = |feature: &Value| {
        let at = &feature["geometry"]["coordinates"];
        (
            feature["id"].as_str().expect("an id").to_owned(),
            [at[0].as_f64().unwrap_or(0.0), at[1].as_f64().unwrap_or(0.0)],
        )
    };
    let source: BTreeMap<String, [f64; 2]> = items["features"].as_array().expect("features").iter().map(at).collect();
    // Each holds all four schools; a unit is then at most 7e-4 degrees, and rounding is off by half of it.
    let tiles = [
        (TileGrid::WebMercatorQuad, [7, 106, 52]),
        (TileGrid::WorldCrs84Quad, [8, 427, 84]),
        (TileGrid::Cgcs2000Quad, [9, 427, 84]),
    ];
    for (grid, place) in tiles {
        let [zoom, column, row] = place;
        let address = format!("/ogc/collections/schools/tiles/{}/{zoom}/{row}/{column}", grid.id());
        let tile = server.get(&address).await;
        assert_eq!(tile.status, 200, "{address}");
        let read = read_by_gdal(grid, place, &tile.body);
        let unit = 360.0 / f64::from(grid.size(zoom as u8).0) / 4096.0;
        assert_eq!(read.keys().collect::<Vec<_>>(), source.keys().collect::<Vec<_>>(), "{grid:?}");
        for (id, [lon, lat]) in &source {
            let [found_lon, found_lat] = read[id];
            let off = (found_lon - lon).abs().max((found_lat - lat).abs());
            assert!(off <= unit * 0.501, "{grid:?} {id}: {off} degrees off, a unit is {unit}");
        }
    }
}
