#![no_main]
#[path = "../layers.rs"]
mod layers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| layers::fgb(bytes));
