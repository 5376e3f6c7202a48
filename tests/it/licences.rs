//! Every crate that is built in may be redistributed: its licence is among those that `deny.toml` allows.

use std::process::Command;

use serde_json::Value;

/// Whether an SPDX expression can be met with the allowed licences. `/` is an old way to write OR.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let plain = expression.replace(['(', ')'], "").replace(" / ", " OR ").replace('/', " OR ");
    // In every expression in use, parentheses hold an OR inside an AND.
    plain.split(" AND ").all(|part| {
        part.split(" OR ").any(|licence| allowed.iter().any(|known| known == licence.trim().trim_end_matches('+')))
    })
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let policy: toml::Table = std::fs::read_to_string("deny.toml").expect("a policy").parse().expect("TOML");
    let allowed = policy["licenses"]["allow"].as_array().expect("a list");
    let allowed: Vec<String> = allowed.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect();
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    // What is built here is at hand without asking a registry.
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_met(licence, &allowed), "{} {} has licence {licence}", package["name"], package["version"]);
    }
}

#[test]
fn an_expression_is_met_by_one_of_its_choices_and_all_of_its_parts() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    let check = |expression: &str, expected: bool| assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    check("MIT", true);
    check("Apache-2.0 OR MIT", true);
    check("MIT/Apache-2.0", true);
    check("GPL-3.0", false);
    check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
    check("MIT AND GPL-3.0", false);
}
