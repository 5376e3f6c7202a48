//! Distances against an oracle that knows nothing of planes: dense sampling of every segment with Karney's geodesic.

use geo::{Bearing, Coord, CoordsIter, Destination, Distance, Geodesic, Geometry, LineString, Point, Rect};
use guatu::spatial::{MAX_RADIUS_M, Shape, distance_floor_m, distance_m, nearest, window_around};

use crate::support::random::{Random, any_shape, line, on_one_side, polygon, shape};

/// What `spatial::measure` promises: half a percent, or a millimetre.
fn close(found: f64, truth: f64) -> bool {
    (found - truth).abs() <= (truth * 0.005).max(0.001)
}

/// The rings or lines of a geometry; none for points.
fn strands(geometry: &Geometry) -> Vec<&LineString> {
    match geometry {
        Geometry::LineString(line) => vec![line],
        Geometry::MultiLineString(lines) => lines.iter().collect(),
        Geometry::Polygon(polygon) => std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect(),
        Geometry::MultiPolygon(polygons) => {
            polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).collect()
        }
        _ => Vec::new(),
    }
}

/// Even-odd ray casting over all rings, in longitude and latitude as they are written.
fn is_inside(at: Point, geometry: &Geometry) -> bool {
    if !matches!(geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_)) {
        return false;
    }
    let crosses = |a: Coord, b: Coord| {
        (a.y > at.y()) != (b.y > at.y()) && at.x() < (b.x - a.x) * (at.y() - a.y) / (b.y - a.y) + a.x
    };
    let segments = strands(geometry).into_iter().flat_map(LineString::lines);
    segments.filter(|segment| crosses(segment.start, segment.end)).count() % 2 == 1
}

/// Least geodesic distance to a straight lon/lat segment: sampled, then sampled again ever closer around the best sample.
fn to_segment(from: Point, a: Coord, b: Coord) -> f64 {
    let at = |t: f64| Geodesic.distance(from, Point(a + (b - a) * t));
    let sample = |low: f64, high: f64, count: u32| {
        let ts = (0..=count).map(|step| low + (high - low) * f64::from(step) / f64::from(count));
        ts.map(|t| (at(t), t)).min_by(|one, other| one.0.total_cmp(&other.0)).expect("samples")
    };
    let (mut least, mut width) = (sample(0.0, 1.0, 40), 1.0 / 40.0);
    for _ in 0..8 {
        let closer = sample((least.1 - width).max(0.0), (least.1 + width).min(1.0), 12);
        width /= 6.0;
        if closer.0 < least.0 {
            least = closer;
        }
    }
    least.0
}

/// The true distance from a point to a shape, by sampling.
fn sampled_m(from: Point, shape: &Shape) -> f64 {
    if is_inside(from, shape.geometry()) {
        return 0.0;
    }
    let vertices = shape.geometry().coords_iter().map(|at| Geodesic.distance(from, Point(at)));
    let segments = strands(shape.geometry()).into_iter().flat_map(LineString::lines);
    vertices.chain(segments.map(|s| to_segment(from, s.start, s.end))).fold(f64::INFINITY, f64::min)
}

/// Degrees each way that about make `metres` at a latitude.
fn degrees(metres: f64, lat: f64) -> [f64; 2] {
    [metres / (111_320.0 * lat.to_radians().cos()), metres / 111_320.0]
}

/// A place `metres` away, its longitude within -180..180.
fn step(from: Point, bearing: f64, metres: f64) -> Point {
    let to = Geodesic.destination(from, bearing, metres);
    Point::new((to.x() + 540.0).rem_euclid(360.0) - 180.0, to.y())
}

const LATITUDES: [f64; 7] = [0.0, 30.7, -30.7, 60.0, 75.0, -75.0, 80.0];
const RADII_M: [f64; 6] = [3.0, 100.0, 1_000.0, 10_000.0, 40_000.0, 90_000.0];

/// Shapes from a tenth to twice the size of their distance, around points far from the dateline and close to it.
fn each_case(seed: u64, rounds: usize, mut check: impl FnMut(Point, &Shape, &str)) {
    let mut random = Random::new(seed);
    for round in 0..rounds {
        for lat in LATITUDES {
            for lon in [120.7, 179.98, -179.98] {
                for radius_m in RADII_M {
                    let from = Point::new(lon, lat + random.between(-0.2, 0.2));
                    let away_m = radius_m * random.between(0.05, 1.0);
                    let reach = degrees(radius_m * random.between(0.05, 2.0), from.y());
                    let middle = step(from, random.between(-180.0, 180.0), away_m);
                    let shape = any_shape(&mut random, on_one_side(middle, reach), reach);
                    let case = format!("seed {seed} round {round} lat {lat} lon {lon} radius {radius_m} m");
                    check(from, &shape, &case);
                }
            }
        }
    }
}

#[test]
fn the_nearest_place_is_as_near_as_sampling_says() {
    let (mut inside, mut judged) = (0, 0);
    each_case(7_301, 6, |from, shape, case| {
        let (found, truth) = (nearest(from, shape).distance_m, sampled_m(from, shape));
        if truth > MAX_RADIUS_M {
            return;
        }
        judged += 1;
        inside += usize::from(truth == 0.0);
        assert!(close(found, truth), "{case}: {found} for {truth}, from {from:?} to {:?}", shape.geometry());
        // Sampling looks at some places, the answer is one place: neither can be nearer than the nearest.
        assert!(found >= truth - 0.001, "{case}: {found} for {truth}");
    });
    assert!(inside > 20 && judged > 500, "{inside} inside of {judged}");
}

#[test]
fn the_bearing_leads_to_the_shape() {
    each_case(7_302, 3, |from, shape, case| {
        let answer = nearest(from, shape);
        if answer.distance_m > MAX_RADIUS_M {
            return;
        }
        let Some(bearing) = answer.bearing_deg else {
            return assert_eq!(answer.distance_m, 0.0, "{case}");
        };
        assert!((0.0..360.0).contains(&bearing), "{case}: {bearing}");
        let there = step(from, bearing, answer.distance_m);
        let off_m = sampled_m(there, shape);
        assert!(off_m <= (answer.distance_m * 1e-6).max(0.001), "{case}: {off_m} m off the shape");
    });
}

#[test]
fn a_point_in_a_hole_is_as_far_as_the_hole_is_wide() {
    let mut random = Random::new(7_303);
    for lat in LATITUDES {
        let middle = Point::new(120.7, lat);
        let with_hole = polygon(&mut random, middle, degrees(20_000.0, lat), 9, 1);
        let (found, truth) = (nearest(middle, &with_hole).distance_m, sampled_m(middle, &with_hole));
        assert!(truth > 1_000.0 && close(found, truth), "{lat}: {found} for {truth}");
        let in_the_body = Point::new(120.7, lat + degrees(20_000.0 * 0.48, lat)[1]);
        assert!(is_inside(in_the_body, with_hole.geometry()));
        let inside = nearest(in_the_body, &with_hole);
        assert_eq!((inside.distance_m, inside.bearing_deg), (0.0, None));
    }
}

#[test]
fn a_point_on_a_vertex_is_at_distance_zero() {
    each_case(7_304, 1, |_, shape, case| {
        let vertex = shape.geometry().coords_iter().next().expect("a vertex");
        let answer = nearest(Point(vertex), shape);
        assert_eq!((answer.distance_m, answer.bearing_deg), (0.0, None), "{case}");
    });
}

#[test]
fn published_geodesics_are_met() {
    let check = |from: (f64, f64), to: (f64, f64), metres: f64, bearing: f64, tolerance_m: f64| {
        let answer = nearest(from.into(), &shape(Point::from(to)));
        assert!((answer.distance_m - metres).abs() < tolerance_m, "{from:?} {to:?}: {answer:?}");
        let off = (answer.bearing_deg.expect("apart") - bearing + 540.0).rem_euclid(360.0) - 180.0;
        assert!(off.abs() < 1e-4, "{from:?} {to:?}: {answer:?}");
    };
    // A degree along the equator and along the meridian; the meridian's quadrant.
    check((0.0, 0.0), (1.0, 0.0), 111_319.491, 90.0, 0.001);
    check((0.0, 0.0), (0.0, 1.0), 110_574.389, 0.0, 0.001);
    check((25.0, 0.0), (25.0, 90.0), 10_001_965.729, 0.0, 0.001);
    // Half a degree each side of the dateline.
    check((179.5, 0.0), (-179.5, 0.0), 111_319.491, 90.0, 0.001);
    check((-179.5, 0.0), (179.5, 0.0), 111_319.491, 270.0, 0.001);
    // Flinders Peak to Buninyon, Geocentric Datum of Australia technical manual (GRS 80, 0.1 mm from WGS 84).
    let dms = |d: f64, m: f64, s: f64| d + m / 60.0 + s / 3600.0;
    let flinders = (dms(144.0, 25.0, 29.52440), -dms(37.0, 57.0, 3.72030));
    let buninyon = (dms(143.0, 55.0, 35.38390), -dms(37.0, 39.0, 10.15610));
    check(flinders, buninyon, 54_972.271, dms(306.0, 52.0, 5.37), 0.001);
    check(buninyon, flinders, 54_972.271, dms(127.0, 10.0, 25.07), 0.001);
}

#[test]
fn a_segment_on_the_far_side_of_the_globe_is_far() {
    // Seen from 175° W the segment's ends lie to the east and to the west; the way between them does not pass by.
    let far = shape(LineString::from(vec![(0.0, 10.0), (10.0, 10.0)]));
    let answer = nearest(Point::new(-175.0, 10.0), &far);
    assert!(answer.distance_m > 15_000_000.0, "{answer:?}");
    let wide = shape(LineString::from(vec![(-100.0, 0.0), (100.0, 0.0)]));
    let answer = nearest(Point::new(170.0, 0.0), &wide);
    assert!((answer.distance_m - 70.0 * 111_319.491).abs() < 1_000.0, "{answer:?}");
}

#[test]
fn the_distance_of_two_shapes_is_the_same_both_ways_and_as_sampled() {
    let mut judged = 0;
    each_case(7_305, 1, |from, one, case| {
        let reach = degrees(3_000.0, from.y());
        let mut random = Random::new(from.y().to_bits());
        let other = any_shape(&mut random, on_one_side(from, reach), reach);
        let (there, back) = (distance_m(one, &other), distance_m(&other, one));
        assert_eq!(there, back, "{case}");
        // Every place of one shape (40 on each segment), each with its sampled distance to the other.
        let truth = places(&other, 40).into_iter().map(|place| coarse_m(place, one)).fold(f64::INFINITY, f64::min);
        if there == 0.0 || truth > MAX_RADIUS_M {
            return;
        }
        judged += 1;
        // Forty places on a segment of 6 km may miss the nearest by half a step.
        assert!(there <= truth * 1.005 + 0.001, "{case}: {there} for {truth}");
        assert!(there >= truth * 0.995 - 160.0, "{case}: {there} for {truth}");
    });
    assert!(judged > 40, "{judged}");
}

/// Vertices, and `count` places along every segment.
fn places(shape: &Shape, count: u32) -> Vec<Point> {
    let along = |s: geo::Line| {
        (0..count).map(move |at| Point(s.start + (s.end - s.start) * (f64::from(at) / f64::from(count))))
    };
    let strands = strands(shape.geometry());
    let on_segments = strands.iter().flat_map(|strand| strand.lines()).flat_map(along);
    on_segments.chain(shape.geometry().coords_iter().map(Point)).collect()
}

/// As [`sampled_m`], with fewer samples.
fn coarse_m(from: Point, shape: &Shape) -> f64 {
    if is_inside(from, shape.geometry()) {
        return 0.0;
    }
    places(shape, 60).into_iter().map(|place| Geodesic.distance(from, place)).fold(f64::INFINITY, f64::min)
}

#[test]
fn shapes_that_meet_are_at_distance_zero() {
    let park = shape(polygon(&mut Random::new(7_306), Point::new(120.7, 30.7), [0.1, 0.1], 8, 0).geometry().clone());
    let through = shape(LineString::from(vec![(120.5, 30.7), (120.9, 30.7)]));
    let within = shape(Point::new(120.7, 30.7));
    for other in [&through, &within, &park] {
        assert_eq!((distance_m(&park, other), distance_m(other, &park)), (0.0, 0.0));
    }
}

#[test]
fn long_parallel_and_slanting_lines_keep_the_promise() {
    let mut random = Random::new(7_307);
    for lat in LATITUDES {
        for round in 0..40 {
            let away_m = random.between(10.0, 95_000.0);
            let reach = degrees(random.between(50_000.0, 250_000.0), lat);
            let from = Point::new(120.7, lat);
            let middle = step(from, random.between(-180.0, 180.0), away_m);
            let long = line(&mut random, middle, reach, 1);
            let (found, truth) = (nearest(from, &long).distance_m, sampled_m(from, &long));
            if truth <= MAX_RADIUS_M {
                assert!(close(found, truth), "lat {lat} round {round}: {found} for {truth} to {:?}", long.geometry());
            }
        }
    }
}

fn random_rect(random: &mut Random, at: Point) -> Rect {
    let (width, height) = (random.unit().powi(3) * 3.0, random.unit().powi(3) * 2.0);
    let lat = |lat: f64| lat.clamp(-90.0, 90.0);
    let west = at.x().min(180.0 - width);
    Rect::new(Coord { x: west, y: lat(at.y()) }, Coord { x: west + width, y: lat(at.y() + height) })
}

#[test]
fn the_floor_is_never_above_the_true_distance() {
    let mut random = Random::new(7_308);
    for round in 0..1_500 {
        let lat = if round % 3 == 0 { random.between(-90.0, 90.0) } else { LATITUDES[round % LATITUDES.len()] };
        let from = Point::new(random.between(-180.0, 180.0), lat);
        let metres = 10_f64.powf(random.between(0.0, 7.3));
        let to = step(from, random.between(-180.0, 180.0), metres);
        let rect = random_rect(&mut random, to);
        let floor = distance_floor_m(from, rect);
        for place in 0..40 {
            let edge = |random: &mut Random| [0.0, 1.0, random.unit()][random.below(3) as usize];
            let (x, y) = (edge(&mut random), edge(&mut random));
            let at = Point::new(rect.min().x + x * rect.width(), rect.min().y + y * rect.height());
            let truth = Geodesic.distance(from, at);
            assert!(floor <= truth + 1e-6, "round {round} place {place}: floor {floor} of {truth}, {from:?} {rect:?}");
        }
    }
}

#[test]
fn the_floor_is_close_to_the_true_distance() {
    let mut random = Random::new(7_309);
    for round in 0..4_000 {
        let from = Point::new(random.between(-180.0, 180.0), random.between(-89.0, 89.0));
        let to = step(from, random.between(-180.0, 180.0), 10_f64.powf(random.between(0.0, 7.3)));
        let (floor, truth) = (distance_floor_m(from, Rect::new(to, to)), Geodesic.distance(from, to));
        assert!(floor >= truth * 0.98 - 1e-6, "round {round}: floor {floor} of {truth}, {from:?} {to:?}");
    }
    let around = Rect::new(Point::new(120.0, 30.0), Point::new(121.0, 31.0));
    assert_eq!(distance_floor_m(Point::new(120.5, 30.5), around), 0.0);
}

#[test]
fn a_window_holds_everything_within_its_radius() {
    let mut random = Random::new(7_310);
    let starts = [
        (120.7, 30.7),
        (0.0, 0.0),
        (179.99, 60.0),
        (-179.99, -75.0),
        (180.0, 10.0),
        (-180.0, -10.0),
        (30.0, 87.9),
        (-100.0, 88.5),
        (12.0, 89.9),
        (50.0, -89.99),
        (0.0, 90.0),
        (77.0, -90.0),
    ];
    for start in starts {
        for round in 0..300 {
            let rect = random_rect(&mut random, start.into());
            let radius_m = if round % 10 == 0 { MAX_RADIUS_M } else { 10_f64.powf(random.between(-1.0, 5.0)) };
            let rects: Vec<Rect> = window_around(rect, radius_m).rects().collect();
            for _ in 0..20 {
                let from =
                    Point::new(random.between(rect.min().x, rect.max().x), random.between(rect.min().y, rect.max().y));
                let share = if random.below(2) == 0 { 1.0 } else { random.unit() };
                let to = step(from, random.between(-180.0, 180.0), radius_m * share);
                let held = rects
                    .iter()
                    .any(|r| (r.min().x..=r.max().x).contains(&to.x()) && (r.min().y..=r.max().y).contains(&to.y()));
                assert!(
                    held,
                    "{start:?} round {round}: {to:?} is {} m from {from:?}, window {rects:?}",
                    radius_m * share
                );
            }
        }
    }
}

#[test]
fn a_window_of_no_radius_holds_both_names_of_the_dateline() {
    for (lon, other) in [(180.0, -180.0), (-180.0, 180.0)] {
        let at = Point::new(lon, 12.0);
        let mut rects = window_around(Rect::new(at, at), 0.0).rects();
        assert!(rects.any(|r| (r.min().x..=r.max().x).contains(&other)), "{lon} is {other}");
    }
}

#[test]
fn bearings_of_the_compass_are_told_clockwise_from_north() {
    let from = Point::new(120.7, 30.7);
    for (bearing, metres) in
        [(0.0, 50.0), (45.0, 900.0), (90.0, 7.0), (180.0, 20_000.0), (270.0, 99_000.0), (359.5, 10.0)]
    {
        let to = shape(step(from, bearing, metres));
        let found = nearest(from, &to).bearing_deg.expect("apart");
        assert!((found - bearing).abs() < 1e-4 || (found - bearing).abs() > 359.999, "{found} for {bearing}");
        let Geometry::Point(at) = to.geometry() else { unreachable!("a point was made") };
        assert!((Geodesic.bearing(from, *at).rem_euclid(360.0) - found).abs() < 1e-9);
    }
}
