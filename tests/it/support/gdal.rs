//! GDAL's command line tools as a foreign reader and writer. A warning of theirs is a failure.

use std::ffi::OsStr;
use std::process::Command;

/// Runs a GDAL program and gives what it printed.
pub fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> String {
    let output = Command::new(program).args(arguments).output().expect("GDAL's programs (gdal-bin) are installed");
    let (out, err) = (String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8_lossy(&output.stderr));
    let heard = format!("{out}\n{err}");
    assert!(output.status.success(), "{program} failed: {heard}");
    assert!(!heard.contains("Warning") && !heard.contains("ERROR"), "{program} complains: {heard}");
    out
}

/// What `ogrinfo` prints of one layer, between its heading and the next.
pub fn layer<'a>(report: &'a str, name: &str) -> &'a str {
    let heading = format!("Layer name: {name}\n");
    let (_, rest) = report.split_once(&heading).unwrap_or_else(|| panic!("no layer {name} in {report}"));
    rest.split("\nLayer name: ").next().unwrap_or(rest)
}
