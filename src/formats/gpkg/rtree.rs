//! The R-tree of a table of features (GeoPackage Annex F.3): its table, and the triggers that keep it true when others edit.

/// A name as SQL takes any.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What the index of a table with a column `geom` is called.
pub(super) fn index_name(table: &str) -> String {
    format!("rtree_{table}_geom")
}

/// Makes the empty index of a table whose columns are `fid` and `geom`.
pub fn index_sql(table: &str) -> String {
    format!("CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy);\n", quoted(&index_name(table)))
}

/// The triggers as GeoPackage 1.4 words them. 1.3's own set fails under UPSERT, which QGIS uses; 1.4 itself
/// is not announced in `user_version`, since GDAL before 3.7 warns of it.
pub fn triggers_sql(table: &str) -> String {
    let rtree = quoted(&index_name(table));
    let trigger = |name: &str, event: &str, when: &str, body: &str| {
        let (name, table) = (quoted(&format!("{}_{name}", index_name(table))), quoted(table));
        format!("CREATE TRIGGER {name} AFTER {event} ON {table} WHEN {when} BEGIN {body}; END;\n")
    };
    let new_is_there = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)";
    let new_is_empty = "NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)";
    let bounds = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    let put = format!("INSERT OR REPLACE INTO {rtree} VALUES ({bounds})");
    let remove = format!("DELETE FROM {rtree} WHERE id = OLD.fid");
    [
        trigger("insert", "INSERT", &format!("({new_is_there})"), &put),
        trigger("update2", "UPDATE OF geom", &format!("OLD.fid = NEW.fid AND ({new_is_empty})"), &remove),
        trigger(
            "update4",
            "UPDATE",
            &format!("OLD.fid != NEW.fid AND ({new_is_empty})"),
            &format!("DELETE FROM {rtree} WHERE id IN (OLD.fid, NEW.fid)"),
        ),
        trigger("update5", "UPDATE", &format!("OLD.fid != NEW.fid AND ({new_is_there})"), &format!("{remove}; {put}")),
        trigger(
            "update6",
            "UPDATE OF geom",
            &format!("OLD.fid = NEW.fid AND ({new_is_there}) AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"),
            &format!(
                "UPDATE {rtree} SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), \
                 maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid"
            ),
        ),
        trigger(
            "update7",
            "UPDATE OF geom",
            &format!("OLD.fid = NEW.fid AND ({new_is_there}) AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"),
            &format!("INSERT INTO {rtree} VALUES ({bounds})"),
        ),
        trigger("delete", "DELETE", "OLD.geom NOT NULL", &remove),
    ]
    .concat()
}
