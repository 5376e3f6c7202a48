//! Every example of the standard (OGC 21-065r2: clauses 6 and 7, and the examples beside its schema), as text and as JSON.

use guatu::spatial::Crs;
use guatu::spatial::filter::{Filter, FilterError, PropertyType, Queryables};

/// Text, JSON, and the properties with their types.
pub type Example = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const READ: [Example; 106] = [
    ("city='Toronto'", r#"{"op":"=","args":[{"property":"city"},"Toronto"]}"#, "city Text"),
    ("balance-150.0 > 0", r#"{"op":">","args":[{"op":"-","args":[{"property":"balance"},150.0]},0]}"#, "balance Number"),
    ("updated >= date('1970-01-01')", r#"{"op":">=","args":[{"property":"updated"},{"date":"1970-01-01"}]}"#, "updated Timestamp"),
    ("geometry IS NOT NULL", r#"{"op":"not","args":[{"op":"isNull","args":[{"property":"geometry"}]}]}"#, "geometry Geometry"),
    ("name LIKE 'Smith%'", r#"{"op":"like","args":[{"property":"name"},"Smith%"]}"#, "name Text"),
    ("depth BETWEEN 100.0 and 150.0", r#"{"op":"between","args":[{"property":"depth"},100.0,150.0]}"#, "depth Number"),
    ("cityName IN ('Toronto','Frankfurt','Tokyo','New York')", r#"{"op":"in","args":[{"property":"cityName"},["Toronto","Frankfurt","Tokyo","New York"]]}"#, "cityName Text"),
    ("category NOT IN (1,2,3,4)", r#"{"op":"not","args":[{"op":"in","args":[{"property":"category"},[1,2,3,4]]}]}"#, "category Number"),
    ("CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))", r#"{"op":"in","args":[{"op":"casei","args":[{"property":"road_class"}]},[{"op":"casei","args":["Οδος"]},{"op":"casei","args":["Straße"]}]]}"#, "road_class Text"),
    ("ACCENTI(etat_vol) = ACCENTI('débárquér')", r#"{"op":"=","args":[{"op":"accenti","args":[{"property":"etat_vol"}]},{"op":"accenti","args":["débárquér"]}]}"#, "etat_vol Text"),
    ("S_INTERSECTS(geometry,POINT(36.319836 32.288087))", r#"{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[36.319836,32.288087]}]}"#, "geometry Geometry"),
    ("S_CROSSES(road,POLYGON((43.7286 -79.2986, 43.7311 -79.2996, 43.7323 -79.2972, 43.7326 -79.2971, 43.7350 -79.2981, 43.7350 -79.2982, 43.7352 -79.2982, 43.7357 -79.2956, 43.7337 -79.2948, 43.7343 -79.2933, 43.7339 -79.2923, 43.7327 -79.2947, 43.7320 -79.2942, 43.7322 -79.2937, 43.7306 -79.2930, 43.7303 -79.2930, 43.7299 -79.2928, 43.7286 -79.2986)))", r#"{"op":"s_crosses","args":[{"property":"road"},{"type":"Polygon","coordinates":[[[43.7286,-79.2986],[43.7311,-79.2996],[43.7323,-79.2972],[43.7326,-79.2971],[43.735,-79.2981],[43.735,-79.2982],[43.7352,-79.2982],[43.7357,-79.2956],[43.7337,-79.2948],[43.7343,-79.2933],[43.7339,-79.2923],[43.7327,-79.2947],[43.732,-79.2942],[43.7322,-79.2937],[43.7306,-79.293],[43.7303,-79.293],[43.7299,-79.2928],[43.7286,-79.2986]]]}]}"#, "road Geometry"),
    ("T_INTERSECTS(event_time, INTERVAL('1969-07-16T05:32:00Z', '1969-07-24T16:50:35Z'))", r#"{"op":"t_intersects","args":[{"property":"event_time"},{"interval":["1969-07-16T05:32:00Z","1969-07-24T16:50:35Z"]}]}"#, "event_time Timestamp"),
    ("T_DURING(INTERVAL(touchdown, liftOff), INTERVAL('1969-07-16T13:32:00Z', '1969-07-24T16:50:35Z'))", r#"{"op":"t_during","args":[{"interval":[{"property":"touchdown"},{"property":"liftOff"}]},{"interval":["1969-07-16T13:32:00Z","1969-07-24T16:50:35Z"]}]}"#, "touchdown Timestamp, liftOff Timestamp"),
    ("S_CROSSES(LINESTRING(43.72992 -79.2998, 43.73005 -79.2991, 43.73006 -79.2984, 43.73140 -79.2956, 43.73259 -79.2950, 43.73266 -79.2945, 43.73320 -79.2936, 43.73378 -79.2936, 43.73486 -79.2917), POLYGON((43.7286 -79.2986, 43.7311 -79.2996, 43.7323 -79.2972, 43.7326 -79.2971, 43.7350 -79.2981, 43.7350 -79.2982, 43.7352 -79.2982, 43.7357 -79.2956, 43.7337 -79.2948, 43.7343 -79.2933, 43.7339 -79.2923, 43.7327 -79.2947, 43.7320 -79.2942, 43.7322 -79.2937, 43.7306 -79.2930, 43.7303 -79.2930, 43.7299 -79.2928, 43.7286 -79.2986)))", r#"{"op":"s_crosses","args":[{"type":"LineString","coordinates":[[43.72992,-79.2998],[43.73005,-79.2991],[43.73006,-79.2984],[43.7314,-79.2956],[43.73259,-79.295],[43.73266,-79.2945],[43.7332,-79.2936],[43.73378,-79.2936],[43.73486,-79.2917]]},{"type":"Polygon","coordinates":[[[43.7286,-79.2986],[43.7311,-79.2996],[43.7323,-79.2972],[43.7326,-79.2971],[43.735,-79.2981],[43.735,-79.2982],[43.7352,-79.2982],[43.7357,-79.2956],[43.7337,-79.2948],[43.7343,-79.2933],[43.7339,-79.2923],[43.7327,-79.2947],[43.732,-79.2942],[43.7322,-79.2937],[43.7306,-79.293],[43.7303,-79.293],[43.7299,-79.2928],[43.7286,-79.2986]]]}]}"#, ""),
    ("T_DURING(INTERVAL('1969-07-20T20:17:40Z', '1969-07-21T17:54:00Z'), INTERVAL('1969-07-16T13:32:00Z', '1969-07-24T16:50:35Z'))", r#"{"op":"t_during","args":[{"interval":["1969-07-20T20:17:40Z","1969-07-21T17:54:00Z"]},{"interval":["1969-07-16T13:32:00Z","1969-07-24T16:50:35Z"]}]}"#, ""),
    ("vehicle_height > (bridge_clearance-1)", r#"{"op":">","args":[{"property":"vehicle_height"},{"op":"-","args":[{"property":"bridge_clearance"},1]}]}"#, "vehicle_height Number, bridge_clearance Number"),
    ("landsat:scene_id = 'LC82030282019133LGN00'", r#"{"op":"=","args":[{"property":"landsat:scene_id"},"LC82030282019133LGN00"]}"#, "landsat:scene_id Text"),
    ("eo:instrument LIKE 'OLI%'", r#"{"op":"like","args":[{"property":"eo:instrument"},"OLI%"]}"#, "eo:instrument Text"),
    ("landsat:wrs_path IN ('153','154','15X')", r#"{"op":"in","args":[{"property":"landsat:wrs_path"},["153","154","15X"]]}"#, "landsat:wrs_path Text"),
    ("eo:cloud_cover < 0.1 AND landsat:wrs_row=28 AND landsat:wrs_path=203", r#"{"op":"and","args":[{"op":"<","args":[{"property":"eo:cloud_cover"},0.1]},{"op":"=","args":[{"property":"landsat:wrs_row"},28]},{"op":"=","args":[{"property":"landsat:wrs_path"},203]}]}"#, "eo:cloud_cover Number, landsat:wrs_row Number, landsat:wrs_path Number"),
    ("eo:cloud_cover=0.1 OR eo:cloud_cover=0.2", r#"{"op":"or","args":[{"op":"=","args":[{"property":"eo:cloud_cover"},0.1]},{"op":"=","args":[{"property":"eo:cloud_cover"},0.2]}]}"#, "eo:cloud_cover Number"),
    ("eo:cloud_cover IN (0.1,0.2)", r#"{"op":"in","args":[{"property":"eo:cloud_cover"},[0.1,0.2]]}"#, "eo:cloud_cover Number"),
    ("eo:cloud_cover BETWEEN 0.1 AND 0.2 AND landsat:wrs_row=28 AND landsat:wrs_path=203", r#"{"op":"and","args":[{"op":"between","args":[{"property":"eo:cloud_cover"},0.1,0.2]},{"op":"=","args":[{"property":"landsat:wrs_row"},28]},{"op":"=","args":[{"property":"landsat:wrs_path"},203]}]}"#, "eo:cloud_cover Number, landsat:wrs_row Number, landsat:wrs_path Number"),
    ("eo:cloud_cover >= 0.1 AND eo:cloud_cover <= 0.2 AND landsat:wrs_row=28 AND landsat:wrs_path=203", r#"{"op":"and","args":[{"op":">=","args":[{"property":"eo:cloud_cover"},0.1]},{"op":"<=","args":[{"property":"eo:cloud_cover"},0.2]},{"op":"=","args":[{"property":"landsat:wrs_row"},28]},{"op":"=","args":[{"property":"landsat:wrs_path"},203]}]}"#, "eo:cloud_cover Number, landsat:wrs_row Number, landsat:wrs_path Number"),
    ("eo:instrument LIKE 'OLI%' AND S_INTERSECTS(footprint,POLYGON((43.5845 -79.5442, 43.6079 -79.4893, 43.5677 -79.4632, 43.6129 -79.3925, 43.6223 -79.3238, 43.6576 -79.3163, 43.7945 -79.1178, 43.8144 -79.1542, 43.8555 -79.1714, 43.7509 -79.6390, 43.5845 -79.5442)))", r#"{"op":"and","args":[{"op":"like","args":[{"property":"eo:instrument"},"OLI%"]},{"op":"s_intersects","args":[{"property":"footprint"},{"type":"Polygon","coordinates":[[[43.5845,-79.5442],[43.6079,-79.4893],[43.5677,-79.4632],[43.6129,-79.3925],[43.6223,-79.3238],[43.6576,-79.3163],[43.7945,-79.1178],[43.8144,-79.1542],[43.8555,-79.1714],[43.7509,-79.639],[43.5845,-79.5442]]]}]}]}"#, "eo:instrument Text, footprint Geometry"),
    ("beamMode='ScanSAR Narrow' AND swathDirection='ascending' AND polarization='HH+VV+HV+VH' AND s_intersects(footprint,POLYGON((-77.117938 38.936860, -77.040604 39.995648, -76.910536 38.892912, -77.039359 38.791753, -77.047906 38.841462, -77.034183 38.840655, -77.033142 38.857490, -77.117938 38.936860)))", r#"{"op":"and","args":[{"op":"=","args":[{"property":"beamMode"},"ScanSAR Narrow"]},{"op":"=","args":[{"property":"swathDirection"},"ascending"]},{"op":"=","args":[{"property":"polarization"},"HH+VV+HV+VH"]},{"op":"s_intersects","args":[{"property":"footprint"},{"type":"Polygon","coordinates":[[[-77.117938,38.93686],[-77.040604,39.995648],[-76.910536,38.892912],[-77.039359,38.791753],[-77.047906,38.841462],[-77.034183,38.840655],[-77.033142,38.85749],[-77.117938,38.93686]]]}]}]}"#, "beamMode Text, swathDirection Text, polarization Text, footprint Geometry"),
    ("floors>5", r#"{"op":">","args":[{"property":"floors"},5]}"#, "floors Number"),
    ("taxes <= 500", r#"{"op":"<=","args":[{"property":"taxes"},500]}"#, "taxes Number"),
    ("owner LIKE '%Jones%'", r#"{"op":"like","args":[{"property":"owner"},"%Jones%"]}"#, "owner Text"),
    ("owner LIKE 'Mike%'", r#"{"op":"like","args":[{"property":"owner"},"Mike%"]}"#, "owner Text"),
    ("owner NOT LIKE '%Mike%'", r#"{"op":"not","args":[{"op":"like","args":[{"property":"owner"},"%Mike%"]}]}"#, "owner Text"),
    ("swimming_pool = true", r#"{"op":"=","args":[{"property":"swimming_pool"},true]}"#, "swimming_pool Boolean"),
    ("floors>5 AND swimming_pool=true", r#"{"op":"and","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"=","args":[{"property":"swimming_pool"},true]}]}"#, "floors Number, swimming_pool Boolean"),
    ("swimming_pool=true AND (floors>5 OR material LIKE 'brick%' OR material LIKE '%brick')", r#"{"op":"and","args":[{"op":"=","args":[{"property":"swimming_pool"},true]},{"op":"or","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"like","args":[{"property":"material"},"brick%"]},{"op":"like","args":[{"property":"material"},"%brick"]}]}]}"#, "swimming_pool Boolean, floors Number, material Text"),
    ("(floors>5 AND material='brick') OR swimming_pool=true", r#"{"op":"or","args":[{"op":"and","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"=","args":[{"property":"material"},"brick"]}]},{"op":"=","args":[{"property":"swimming_pool"},true]}]}"#, "floors Number, material Text, swimming_pool Boolean"),
    ("NOT (floors<5) OR swimming_pool=true", r#"{"op":"or","args":[{"op":"not","args":[{"op":"<","args":[{"property":"floors"},5]}]},{"op":"=","args":[{"property":"swimming_pool"},true]}]}"#, "floors Number, swimming_pool Boolean"),
    ("(owner LIKE 'mike%' OR owner LIKE 'Mike%') AND floors<4", r#"{"op":"and","args":[{"op":"or","args":[{"op":"like","args":[{"property":"owner"},"mike%"]},{"op":"like","args":[{"property":"owner"},"Mike%"]}]},{"op":"<","args":[{"property":"floors"},4]}]}"#, "owner Text, floors Number"),
    ("T_BEFORE(built, DATE('2015-01-01'))", r#"{"op":"t_before","args":[{"property":"built"},{"date":"2015-01-01"}]}"#, "built Date"),
    ("T_AFTER(built,DATE('2012-06-05'))", r#"{"op":"t_after","args":[{"property":"built"},{"date":"2012-06-05"}]}"#, "built Date"),
    ("T_DURING(INTERVAL(starts_at, ends_at), INTERVAL('2017-06-10T07:30:00Z', '2017-06-11T10:30:00Z'))", r#"{"op":"t_during","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["2017-06-10T07:30:00Z","2017-06-11T10:30:00Z"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("S_WITHIN(location,BBOX(-118,33.8,-117.9,34))", r#"{"op":"s_within","args":[{"property":"location"},{"bbox":[-118,33.8,-117.9,34]}]}"#, "location Geometry"),
    ("S_INTERSECTS(geometry,POLYGON((-10.0 -10.0,10.0 -10.0,10.0 10.0,-10.0 -10.0)))", r#"{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[[-10,-10],[10,-10],[10,10],[-10,-10]]]}]}"#, "geometry Geometry"),
    ("floors>5 AND S_WITHIN(geometry,BBOX(-118,33.8,-117.9,34))", r#"{"op":"and","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"s_within","args":[{"property":"geometry"},{"bbox":[-118,33.8,-117.9,34]}]}]}"#, "floors Number, geometry Geometry"),
    ("CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))", r#"{"op":"in","args":[{"op":"casei","args":[{"property":"road_class"}]},[{"op":"casei","args":["Οδος"]},{"op":"casei","args":["Straße"]}]]}"#, "road_class Text"),
    ("ACCENTI(etat_vol) = ACCENTI('débárquér')", r#"{"op":"=","args":[{"op":"accenti","args":[{"property":"etat_vol"}]},{"op":"accenti","args":["débárquér"]}]}"#, "etat_vol Text"),
    ("CASEI(geophys:SURVEY_NAME) LIKE CASEI('%calcutta%')", r#"{"op":"like","args":[{"op":"casei","args":[{"property":"geophys:SURVEY_NAME"}]},{"op":"casei","args":["%calcutta%"]}]}"#, "geophys:SURVEY_NAME Text"),
    (r#""id" = 'fa7e1920-9107-422d-a3db-c468cbc5d6df'"#, r#"{"op":"=","args":[{"property":"id"},"fa7e1920-9107-422d-a3db-c468cbc5d6df"]}"#, "id Text"),
    (r#""id" <> 'fa7e1920-9107-422d-a3db-c468cbc5d6df'"#, r#"{"op":"<>","args":[{"property":"id"},"fa7e1920-9107-422d-a3db-c468cbc5d6df"]}"#, "id Text"),
    (r#""value" < 10"#, r#"{"op":"<","args":[{"property":"value"},10]}"#, "value Number"),
    (r#""value" > 10"#, r#"{"op":">","args":[{"property":"value"},10]}"#, "value Number"),
    (r#""value" <= 10"#, r#"{"op":"<=","args":[{"property":"value"},10]}"#, "value Number"),
    (r#""value" >= 10"#, r#"{"op":">=","args":[{"property":"value"},10]}"#, "value Number"),
    (r#""name" LIKE 'foo%'"#, r#"{"op":"like","args":[{"property":"name"},"foo%"]}"#, "name Text"),
    (r#""name" NOT LIKE 'foo%'"#, r#"{"op":"not","args":[{"op":"like","args":[{"property":"name"},"foo%"]}]}"#, "name Text"),
    (r#"NOT "name" LIKE 'foo%'"#, r#"{"op":"not","args":[{"op":"like","args":[{"property":"name"},"foo%"]}]}"#, "name Text"),
    (r#""value" BETWEEN 10 AND 20"#, r#"{"op":"between","args":[{"property":"value"},10,20]}"#, "value Number"),
    (r#""value" NOT BETWEEN 10 AND 20"#, r#"{"op":"not","args":[{"op":"between","args":[{"property":"value"},10,20]}]}"#, "value Number"),
    (r#"NOT "value" BETWEEN 10 AND 20"#, r#"{"op":"not","args":[{"op":"between","args":[{"property":"value"},10,20]}]}"#, "value Number"),
    (r#""value" IN (1.0, 2.0, 3.0)"#, r#"{"op":"in","args":[{"property":"value"},[1.0,2.0,3.0]]}"#, "value Number"),
    (r#""value" NOT IN ('a', 'b', 'c')"#, r#"{"op":"not","args":[{"op":"in","args":[{"property":"value"},["a","b","c"]]}]}"#, "value Text"),
    (r#"NOT "value" IN ('a', 'b', 'c')"#, r#"{"op":"not","args":[{"op":"in","args":[{"property":"value"},["a","b","c"]]}]}"#, "value Text"),
    (r#""value" IS NULL"#, r#"{"op":"isNull","args":[{"property":"value"}]}"#, "value Number"),
    (r#""value" IS NOT NULL"#, r#"{"op":"not","args":[{"op":"isNull","args":[{"property":"value"}]}]}"#, "value Number"),
    (r#"NOT "value" IS NULL"#, r#"{"op":"not","args":[{"op":"isNull","args":[{"property":"value"}]}]}"#, "value Number"),
    (r#""name" NOT LIKE 'foo%' AND "value" > 10"#, r#"{"op":"and","args":[{"op":"not","args":[{"op":"like","args":[{"property":"name"},"foo%"]}]},{"op":">","args":[{"property":"value"},10]}]}"#, "name Text, value Number"),
    (r#"(NOT "name" LIKE 'foo%' AND "value" > 10)"#, r#"{"op":"and","args":[{"op":"not","args":[{"op":"like","args":[{"property":"name"},"foo%"]}]},{"op":">","args":[{"property":"value"},10]}]}"#, "name Text, value Number"),
    (r#""value" IS NULL OR "value" BETWEEN 10 AND 20"#, r#"{"op":"or","args":[{"op":"isNull","args":[{"property":"value"}]},{"op":"between","args":[{"property":"value"},10,20]}]}"#, "value Number"),
    (r#"("value" IS NULL OR "value" BETWEEN 10 AND 20)"#, r#"{"op":"or","args":[{"op":"isNull","args":[{"property":"value"}]},{"op":"between","args":[{"property":"value"},10,20]}]}"#, "value Number"),
    (r#"S_INTERSECTS("geometry", BBOX(-128.098193, -1.1, -99999.0, 180.0, 90.0, 100000.0))"#, r#"{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[-128.098193,-1.1,-99999.0,180.0,90.0,100000.0]}]}"#, "geometry Geometry"),
    (r#"S_DISJOINT("geometry", MULTIPOLYGON (((144.022387 45.176126, -1.1 0.0, 180.0 47.808086, 144.022387 45.176126))))"#, r#"{"op":"s_disjoint","args":[{"property":"geometry"},{"type":"MultiPolygon","coordinates":[[[[144.022387,45.176126],[-1.1,0.0],[180.0,47.808086],[144.022387,45.176126]]]]}]}"#, "geometry Geometry"),
    (r#"S_TOUCHES("geometry", MULTILINESTRING ((-1.9 -0.99999, 75.292574 1.5, -0.5 -4.016458, -31.708594 -74.743801, 179.0 -90.0),(-1.9 -1.1, 1.5 8.547371)))"#, r#"{"op":"s_touches","args":[{"property":"geometry"},{"type":"MultiLineString","coordinates":[[[-1.9,-0.99999],[75.292574,1.5],[-0.5,-4.016458],[-31.708594,-74.743801],[179.0,-90.0]],[[-1.9,-1.1],[1.5,8.547371]]]}]}"#, "geometry Geometry"),
    (r#"S_OVERLAPS("geometry", BBOX(-179.912109, 1.9, 180.0, 16.897016))"#, r#"{"op":"s_overlaps","args":[{"property":"geometry"},{"bbox":[-179.912109,1.9,180.0,16.897016]}]}"#, "geometry Geometry"),
    (r#"S_CROSSES("geometry", LINESTRING (172.03086 1.5, 1.1 -90.0, -159.757695 0.99999, -180.0 0.5, -12.111235 81.336403, -0.5 64.43958, 0.0 81.991815, -155.93831 90.0))"#, r#"{"op":"s_crosses","args":[{"property":"geometry"},{"type":"LineString","coordinates":[[172.03086,1.5],[1.1,-90.0],[-159.757695,0.99999],[-180.0,0.5],[-12.111235,81.336403],[-0.5,64.43958],[0.0,81.991815],[-155.93831,90.0]]}]}"#, "geometry Geometry"),
    (r#"S_CONTAINS("geometry", POINT (-3.508362 -1.754181))"#, r#"{"op":"s_contains","args":[{"property":"geometry"},{"type":"Point","coordinates":[-3.508362,-1.754181]}]}"#, "geometry Geometry"),
    (r#"T_AFTER("updated_at", DATE('2010-02-10'))"#, r#"{"op":"t_after","args":[{"property":"updated_at"},{"date":"2010-02-10"}]}"#, "updated_at Timestamp"),
    ("T_BEFORE(updated_at, TIMESTAMP('2012-08-10T05:30:00Z'))", r#"{"op":"t_before","args":[{"property":"updated_at"},{"timestamp":"2012-08-10T05:30:00Z"}]}"#, "updated_at Timestamp"),
    (r#"T_BEFORE("updated_at", TIMESTAMP('2012-08-10T05:30:00.000000Z'))"#, r#"{"op":"t_before","args":[{"property":"updated_at"},{"timestamp":"2012-08-10T05:30:00Z"}]}"#, "updated_at Timestamp"),
    ("T_CONTAINS(INTERVAL('2000-01-01T00:00:00Z', '2005-01-10T01:01:01.393216Z'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_contains","args":[{"interval":["2000-01-01T00:00:00Z","2005-01-10T01:01:01.393216Z"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_CONTAINS(INTERVAL('2000-01-01T00:00:00.000000Z', '2005-01-10T01:01:01.393216Z'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_contains","args":[{"interval":["2000-01-01T00:00:00Z","2005-01-10T01:01:01.393216Z"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_DISJOINT(INTERVAL('..', '2005-01-10T01:01:01.393216Z'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_disjoint","args":[{"interval":["..","2005-01-10T01:01:01.393216Z"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_DURING(INTERVAL(starts_at, ends_at), INTERVAL('2005-01-10', '2010-02-10'))", r#"{"op":"t_during","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["2005-01-10","2010-02-10"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    (r#"T_EQUALS("updated_at", DATE('1851-04-29'))"#, r#"{"op":"t_equals","args":[{"property":"updated_at"},{"date":"1851-04-29"}]}"#, "updated_at Timestamp"),
    ("T_FINISHEDBY(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07T08:21:06.393262Z', '2010-02-10T05:29:20.073225Z'))", r#"{"op":"t_finishedBy","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["1991-10-07T08:21:06.393262Z","2010-02-10T05:29:20.073225Z"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_FINISHES(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07', '2010-02-10T05:29:20.073225Z'))", r#"{"op":"t_finishes","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["1991-10-07","2010-02-10T05:29:20.073225Z"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_INTERSECTS(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07T08:21:06.393262Z', '2010-02-10T05:29:20.073225Z'))", r#"{"op":"t_intersects","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["1991-10-07T08:21:06.393262Z","2010-02-10T05:29:20.073225Z"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_MEETS(INTERVAL('2005-01-10', '2010-02-10'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_meets","args":[{"interval":["2005-01-10","2010-02-10"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_METBY(INTERVAL('2010-02-10T05:29:20.073225Z', '2010-10-07'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_metBy","args":[{"interval":["2010-02-10T05:29:20.073225Z","2010-10-07"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_OVERLAPPEDBY(INTERVAL('1991-10-07T08:21:06.393262Z', '2010-02-10T05:29:20.073225Z'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_overlappedBy","args":[{"interval":["1991-10-07T08:21:06.393262Z","2010-02-10T05:29:20.073225Z"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_OVERLAPS(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07T08:21:06.393262Z', '1992-10-09T08:08:08.393473Z'))", r#"{"op":"t_overlaps","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["1991-10-07T08:21:06.393262Z","1992-10-09T08:08:08.393473Z"]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_STARTEDBY(INTERVAL('1991-10-07T08:21:06.393262Z', '2010-02-10T05:29:20.073225Z'), INTERVAL(starts_at, ends_at))", r#"{"op":"t_startedBy","args":[{"interval":["1991-10-07T08:21:06.393262Z","2010-02-10T05:29:20.073225Z"]},{"interval":[{"property":"starts_at"},{"property":"ends_at"}]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    ("T_STARTS(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07T08:21:06.393262Z', '..'))", r#"{"op":"t_starts","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["1991-10-07T08:21:06.393262Z",".."]}]}"#, "starts_at Timestamp, ends_at Timestamp"),
    (r#"ACCENTI("owner") = ACCENTI('Beyoncé')"#, r#"{"op":"=","args":[{"op":"accenti","args":[{"property":"owner"}]},{"op":"accenti","args":["Beyonce\u0301"]}]}"#, "owner Text"),
    (r#"CASEI("owner") = CASEI('somebody else')"#, r#"{"op":"=","args":[{"op":"casei","args":[{"property":"owner"}]},{"op":"casei","args":["somebody else"]}]}"#, "owner Text"),
    (r#""value" > ("foo" + 10)"#, r#"{"op":">","args":[{"property":"value"},{"op":"+","args":[{"property":"foo"},10]}]}"#, "value Number, foo Number"),
    (r#""value" < ("foo" - 10)"#, r#"{"op":"<","args":[{"property":"value"},{"op":"-","args":[{"property":"foo"},10]}]}"#, "value Number, foo Number"),
    (r#""value" <> (22.1 * "foo")"#, r#"{"op":"<>","args":[{"property":"value"},{"op":"*","args":[22.1,{"property":"foo"}]}]}"#, "value Number, foo Number"),
    (r#""value" = (2 / "foo")"#, r#"{"op":"=","args":[{"property":"value"},{"op":"/","args":[2,{"property":"foo"}]}]}"#, "value Number, foo Number"),
    (r#""value" <= (2 ^ "foo")"#, r#"{"op":"<=","args":[{"property":"value"},{"op":"^","args":[2,{"property":"foo"}]}]}"#, "value Number, foo Number"),
    (r#"0 = ("foo" % 2)"#, r#"{"op":"=","args":[0,{"op":"%","args":[{"property":"foo"},2]}]}"#, "foo Number"),
    (r#"1 = ("foo" div 2)"#, r#"{"op":"=","args":[1,{"op":"div","args":[{"property":"foo"},2]}]}"#, "foo Number"),
    (r#"S_EQUALS(MULTIPOINT ((180.0 -0.5), (179.0 -47.121701), (180.0 -0.0), (33.470475 -0.99999), (179.0 -15.333062)), "geometry")"#, r#"{"op":"s_equals","args":[{"type":"MultiPoint","coordinates":[[180.0,-0.5],[179.0,-47.121701],[180.0,-0.0],[33.470475,-0.99999],[179.0,-15.333062]]},{"property":"geometry"}]}"#, "geometry Geometry"),
    (r#"S_EQUALS(GEOMETRYCOLLECTION (POINT (1.9 2.00001), POINT (0.0 -2.00001), MULTILINESTRING ((-2.00001 -0.0, -77.292642 -0.5, -87.515626 -0.0, -180.0 12.502773, 21.204842 -1.5, -21.878857 -90.0)), POINT (1.9 0.5), LINESTRING (179.0 1.179148, -148.192487 -65.007816, 0.5 0.333333)), "geometry")"#, r#"{"op":"s_equals","args":[{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1.9,2.00001]},{"type":"Point","coordinates":[0.0,-2.00001]},{"type":"MultiLineString","coordinates":[[[-2.00001,-0.0],[-77.292642,-0.5],[-87.515626,-0.0],[-180.0,12.502773],[21.204842,-1.5],[-21.878857,-90.0]]]},{"type":"Point","coordinates":[1.9,0.5]},{"type":"LineString","coordinates":[[179.0,1.179148],[-148.192487,-65.007816],[0.5,0.333333]]}]},{"property":"geometry"}]}"#, "geometry Geometry"),
    (r#"value = - foo * 2.0 + "bar" / 6.1234 - "x" ^ 2.0"#, r#"{"op":"=","args":[{"property":"value"},{"op":"-","args":[{"op":"+","args":[{"op":"*","args":[{"op":"*","args":[-1,{"property":"foo"}]},2.0]},{"op":"/","args":[{"property":"bar"},6.1234]}]},{"op":"^","args":[{"property":"x"},2.0]}]}]}"#, "value Number, foo Number, bar Number, x Number"),
    (r#""value" = ((((-1 * "foo") * 2.0) + ("bar" / 6.1234)) - ("x" ^ 2.0))"#, r#"{"op":"=","args":[{"property":"value"},{"op":"-","args":[{"op":"+","args":[{"op":"*","args":[{"op":"*","args":[-1,{"property":"foo"}]},2.0]},{"op":"/","args":[{"property":"bar"},6.1234]}]},{"op":"^","args":[{"property":"x"},2.0]}]}]}"#, "value Number, foo Number, bar Number, x Number"),
    (r#""name" LIKE CASEI('FOO%')"#, r#"{"op":"like","args":[{"property":"name"},{"op":"casei","args":["FOO%"]}]}"#, "name Text"),
];

/// Polygons of random numbers: one crosses itself, the other has its hole outside. No relation is defined for them.
#[rustfmt::skip]
const HOLD_NO_VALID_GEOMETRY: [Example; 4] = [
    (r#"S_EQUALS( POLYGON ( (-0.333333 89.0, -102.723546 -0.5, -179.0 -89.0, -1.9 89.0, -0.0 89.0, 2.00001 -1.9, -0.333333 89.0) ), "geometry" )"#, r#"{"op":"s_equals","args":[{"type":"Polygon","coordinates":[[[-0.333333,89.0],[-102.723546,-0.5],[-179.0,-89.0],[-1.9,89.0],[-0.0,89.0],[2.00001,-1.9],[-0.333333,89.0]]]},{"property":"geometry"}]}"#, "geometry Geometry"),
    (r#"S_EQUALS(POLYGON ((-0.333333 89.0, -102.723546 -0.5, -179.0 -89.0, -1.9 89.0, -0.0 89.0, 2.00001 -1.9, -0.333333 89.0)), "geometry")"#, r#"{"op":"s_equals","args":[{"type":"Polygon","coordinates":[[[-0.333333,89.0],[-102.723546,-0.5],[-179.0,-89.0],[-1.9,89.0],[-0.0,89.0],[2.00001,-1.9],[-0.333333,89.0]]]},{"property":"geometry"}]}"#, "geometry Geometry"),
    (r#"S_WITHIN(POLYGON ((-49.88024 0.5 -75993.341684, -1.5 -0.99999 -100000.0, 0.0 0.5 -0.333333, -49.88024 0.5 -75993.341684), (-65.887123 2.00001 -100000.0, 0.333333 -53.017711 -79471.332949, 180.0 0.0 1852.616704, -65.887123 2.00001 -100000.0)), "geometry")"#, r#"{"op":"s_within","args":[{"type":"Polygon","coordinates":[[[-49.88024,0.5,-75993.341684],[-1.5,-0.99999,-100000.0],[0.0,0.5,-0.333333],[-49.88024,0.5,-75993.341684]],[[-65.887123,2.00001,-100000.0],[0.333333,-53.017711,-79471.332949],[180.0,0.0,1852.616704],[-65.887123,2.00001,-100000.0]]]},{"property":"geometry"}]}"#, "geometry Geometry"),
    (r#"S_WITHIN(POLYGON Z ((-49.88024 0.5 -75993.341684, -1.5 -0.99999 -100000.0, 0.0 0.5 -0.333333, -49.88024 0.5 -75993.341684), (-65.887123 2.00001 -100000.0, 0.333333 -53.017711 -79471.332949, 180.0 0.0 1852.616704, -65.887123 2.00001 -100000.0)), "geometry")"#, r#"{"op":"s_within","args":[{"type":"Polygon","coordinates":[[[-49.88024,0.5,-75993.341684],[-1.5,-0.99999,-100000.0],[0.0,0.5,-0.333333],[-49.88024,0.5,-75993.341684]],[[-65.887123,2.00001,-100000.0],[0.333333,-53.017711,-79471.332949],[180.0,0.0,1852.616704],[-65.887123,2.00001,-100000.0]]]},{"property":"geometry"}]}"#, "geometry Geometry"),
];

/// Those that call functions which Guatu does not have, or compare arrays, which no property here is.
#[rustfmt::skip]
const CALL_WHAT_IS_NOT_HERE: [Example; 10] = [
    ("avg(windSpeed)", r#"{"op":"avg","args":[{"property":"windSpeed"}]}"#, "windSpeed Number"),
    ("avg(windSpeed) < 4", r#"{"op":"<","args":[{"op":"avg","args":[{"property":"windSpeed"}]},4]}"#, "windSpeed Number"),
    ("A_CONTAINS(layer:ids, ('layers-ca','layers-us'))", r#"{"op":"a_contains","args":[{"property":"layer:ids"},["layers-ca","layers-us"]]}"#, "layer:ids Text"),
    ("S_WITHIN(road,Buffer(geometry,10,'m'))", r#"{"op":"s_within","args":[{"property":"road"},{"op":"Buffer","args":[{"property":"geometry"},10,"m"]}]}"#, "road Geometry, geometry Geometry"),
    (r#"Foo("geometry") = TRUE"#, r#"{"op":"=","args":[{"op":"Foo","args":[{"property":"geometry"}]},true]}"#, "geometry Geometry"),
    (r#"FALSE <> Bar("geometry", 100, 'a', 'b', FALSE)"#, r#"{"op":"<>","args":[false,{"op":"Bar","args":[{"property":"geometry"},100,"a","b",false]}]}"#, "geometry Geometry"),
    (r#"A_CONTAINEDBY("values", ('a', 'b', 'c'))"#, r#"{"op":"a_containedBy","args":[{"property":"values"},["a","b","c"]]}"#, "values Text"),
    (r#"A_CONTAINS("values", ('a', 'b', 'c'))"#, r#"{"op":"a_contains","args":[{"property":"values"},["a","b","c"]]}"#, "values Text"),
    (r#"A_EQUALS(('a', TRUE, 1.0, 8), "values")"#, r#"{"op":"a_equals","args":[["a",true,1.0,8],{"property":"values"}]}"#, "values Text"),
    (r#"A_OVERLAPS("values", (TIMESTAMP('2012-08-10T05:30:00.000000Z'), DATE('2010-02-10'), FALSE))"#, r#"{"op":"a_overlaps","args":[{"property":"values"},[{"timestamp":"2012-08-10T05:30:00Z"},{"date":"2010-02-10"},false]]}"#, "values Text"),
];

/// All of them, for those who want to alter them.
pub fn all() -> impl Iterator<Item = &'static Example> {
    READ.iter().chain(&CALL_WHAT_IS_NOT_HERE).chain(&HOLD_NO_VALID_GEOMETRY)
}

pub fn queryables(written: &str) -> Queryables {
    let property = |part: &str| {
        let (name, kind) = part.trim().rsplit_once(' ').expect("a name and a type");
        let property_type = match kind {
            "Text" => PropertyType::Text,
            "Number" => PropertyType::Number,
            "Boolean" => PropertyType::Boolean,
            "Date" => PropertyType::Date,
            "Timestamp" => PropertyType::Timestamp,
            "Geometry" => PropertyType::Geometry,
            other => panic!("no type: {other}"),
        };
        (name.to_owned(), property_type)
    };
    Queryables::new(written.split(',').filter(|part| !part.is_empty()).map(property))
}

fn read((text, json, properties): &Example) -> [Result<Filter, FilterError>; 2] {
    let queryables = queryables(properties);
    [Filter::parse_text(text, &queryables, &Crs::crs84()), Filter::parse_json(json, &queryables, &Crs::crs84())]
}

#[test]
fn the_examples_of_the_standard_read_the_same_as_text_and_as_json() {
    for example in &READ {
        let [from_text, from_json] = read(example);
        let filter = from_text.unwrap_or_else(|fault| panic!("{}: {fault}", example.0));
        assert_eq!(from_json, Ok(filter), "{}", example.1);
    }
}

#[test]
fn examples_with_functions_that_are_not_here_are_refused_by_the_name_of_the_function() {
    for example in &CALL_WHAT_IS_NOT_HERE {
        for result in read(example) {
            assert!(matches!(result, Err(FilterError::UnknownFunction { .. })), "{}: {result:?}", example.0);
        }
    }
}

#[test]
fn examples_with_geometries_that_are_not_valid_are_refused_at_the_geometry() {
    for example in &HOLD_NO_VALID_GEOMETRY {
        for result in read(example) {
            assert!(matches!(result, Err(FilterError::Literal { .. })), "{}: {result:?}", example.0);
        }
    }
}
