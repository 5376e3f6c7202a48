//! Our coordinates against PROJ's (`cs2cs`), on a grid over China, both ways and in the axis order of each authority.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use geo::Coord;
use guatu::spatial::Crs;

/// What PROJ makes of some coordinates.
fn cs2cs(from: &str, to: &str, input: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut child = Command::new("cs2cs")
        .args(["-f", "%.10f", from, to])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("cs2cs, which `make test-deps` installs");
    let mut lines = String::new();
    for (a, b) in input {
        writeln!(lines, "{a:.12} {b:.12}").expect("a text");
    }
    let mut stdin = child.stdin.take().expect("a pipe");
    // Beside the reading, so that neither side waits for the other.
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).expect("cs2cs reads"));
    let output = child.wait_with_output().expect("cs2cs ends");
    writer.join().expect("a writer");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("plain text");
    let number = |word: Option<&str>| word.expect("a number").parse::<f64>().expect("a number");
    let found: Vec<_> = text
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace();
            (number(words.next()), number(words.next()))
        })
        .collect();
    assert_eq!(found.len(), input.len());
    found
}

/// Longitude and latitude every degree and a bit, from the Pamir to the Ussuri.
fn grid() -> Vec<Coord> {
    let steps = |from: f64, to: f64, step: f64| {
        std::iter::successors(Some(from), move |at| Some(at + step)).take_while(move |at| *at <= to)
    };
    steps(73.5, 135.0, 1.37).flat_map(|x| steps(18.2, 53.5, 1.19).map(move |y| Coord { x, y })).collect()
}

/// The worst difference to PROJ there and back, in the system's unit and in degrees.
fn worst(number: u32) -> (f64, f64) {
    let crs = Crs::epsg(number).expect("known");
    let name = crs.code().to_string();
    let places = grid();
    let ordered = |at: Coord| if crs.is_northing_first() { (at.y, at.x) } else { (at.x, at.y) };
    let input: Vec<_> = places.iter().map(|at| (at.x, at.y)).collect();
    let theirs = cs2cs("OGC:CRS84", &name, &input);
    let ours: Vec<_> = places.iter().map(|at| ordered(crs.project(*at).expect("inside"))).collect();
    let apart = |a: &[(f64, f64)], b: &[(f64, f64)]| {
        a.iter().zip(b).map(|(a, b)| (a.0 - b.0).abs().max((a.1 - b.1).abs())).fold(0.0, f64::max)
    };
    let there = apart(&ours, &theirs);
    let back = cs2cs(&name, "OGC:CRS84", &theirs);
    let unordered =
        |(a, b): (f64, f64)| if crs.is_northing_first() { Coord { x: b, y: a } } else { Coord { x: a, y: b } };
    let ours: Vec<_> =
        theirs.iter().map(|at| crs.unproject(unordered(*at)).expect("inside")).map(|at| (at.x, at.y)).collect();
    (there, apart(&ours, &back))
}

#[test]
fn coordinates_are_those_of_proj_to_a_millimetre_all_over_china() {
    for number in [4549, 4528, 3857, 4490, 4326, 4534, 4554, 4513, 4498, 4508, 32650] {
        let (there, back) = worst(number);
        let limit = if Crs::epsg(number).expect("known").is_geographic() { 1e-8 } else { 1e-3 };
        println!("EPSG:{number}: at most {there:e} in its unit, {back:e} degrees back");
        assert!(there <= limit, "EPSG:{number} differs by {there}");
        assert!(back <= 1e-8, "EPSG:{number} differs by {back} degrees on the way back");
    }
}

#[test]
fn proj_reads_our_well_known_texts_as_the_same_systems() {
    for number in [4549, 4528, 3857, 4490, 4326, 4498, 32651] {
        let crs = Crs::epsg(number).expect("known");
        for text in [crs.wkt(), crs.esri_wkt()] {
            let output = Command::new("gdalsrsinfo")
                .args(["-o", "epsg", "-e", &text])
                .output()
                .expect("gdalsrsinfo, which `make test-deps` installs");
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(told.contains(&format!("EPSG:{number}")), "{number}: {told} for {text}");
        }
    }
}
