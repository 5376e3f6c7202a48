//! Random numbers from a seed, the same on every machine and for ever: splitmix64 (Steele, Lea, Flood 2014). For no secret.

pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A source of its own, so that one project's course does not hang on another's.
    pub(super) fn branch(&mut self) -> Random {
        Random(self.bits())
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 ≤ x < 1.
    pub(super) fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "both numbers have at most 53 bits")]
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// From `low` up to and with `high`.
    pub(super) fn days(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or_default() + 1;
        low + i64::try_from(self.bits() % span).unwrap_or_default()
    }

    /// Whether something happens that happens so often in a hundred.
    pub(super) fn percent(&mut self, chance: f64) -> bool {
        self.unit() * 100.0 < chance
    }
}
