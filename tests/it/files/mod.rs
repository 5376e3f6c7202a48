//! Files of others: what is exported comes back, what is imported is held against its bytes.

mod csv;
mod dxf;
mod fgb;
mod fuzz;
mod geojson;
mod gpkg;
mod kit;
mod kml;
mod layers;
mod pmtiles;
mod shp;
mod xlsx;

/// The layers that GDAL finds in a file.
fn gdal_names(path: &str) -> Vec<String> {
    let output = std::process::Command::new("ogrinfo").args(["-ro", "-q", path]).output().expect("GDAL is installed");
    let heard = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && heard.is_empty(), "ogrinfo says {heard} of {path}");
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    let names = out.lines().filter_map(|line| line.split_once(": ")).map(|(_, name)| name);
    names.map(|name| name.split(" (").next().unwrap_or(name).to_owned()).collect()
}
