//! The rules of reports from the field, of the numbers that judge them, and of patches.

use super::{Findings, MAX_TEXT_CHARS, at_least, at_most, between, outside_extent};
use crate::plan::{
    Inspection, InspectionRule, MAX_INSPECTORS, MAX_NOTE_CHARS, MAX_PATCH_REACH_M, MAX_PHOTOS, Patch, PatchRole, Plan,
    Stage, Text, UserName,
};
use crate::spatial::{GeometryType, LonLat};

/// The worst fix and the farthest reach that a rule may allow: beyond it a position says nothing.
const MAX_FIX_LIMIT_M: f64 = 5_000.0;

/// The longest time between visits: ten years, longer than any plan.
const MAX_VISIT_DAYS: u32 = 3_650;

/// A phone whose clock is farther ahead tells nothing by its time.
const MAX_AHEAD_SECONDS: i64 = 24 * 3_600;

/// The worst accuracy that a device tells of.
const MAX_ACCURACY_M: f64 = 40_000_000.0;

impl Findings {
    pub(super) fn inspection(&mut self, before: Option<&Inspection>, after: &Inspection, plan: &Plan) {
        if let Some(before) = before
            && (Inspection { decision: None, ..before.clone() }) != (Inspection { decision: None, ..after.clone() })
        {
            let detail =
                Text::new("报告不能改，只能采纳或退回", "a report is never altered, only accepted or rejected");
            self.add("id", detail, None);
        }
        if after.stage == Stage::NotReported {
            let detail = Text::new("“未报告”不能报告", "not_reported is nothing to report");
            self.add("stage", detail, Some(Text::new("看到的阶段", "the stage that was seen")));
        }
        if let Some(progress) = after.progress.filter(|progress| !(0.0..=100.0).contains(progress)) {
            let detail = Text::new(format!("{progress} 不是百分数"), format!("{progress} is no percentage"));
            self.add("progress", detail, Some(between(0, 100)));
        }
        if let Some(note) = &after.note {
            self.note("note", note, MAX_NOTE_CHARS);
        }
        if let Some(reason) = after.decision.as_ref().and_then(|decision| decision.reason.as_ref()) {
            self.note("reason", reason, MAX_TEXT_CHARS);
        }
        if let Some(fix) = &after.fix {
            if LonLat::new(fix.lon, fix.lat).is_err() {
                let detail = Text::new("不是经纬度", "is no longitude and latitude");
                let expected =
                    Text::new("经度 -180 到 180，纬度 -90 到 90", "lon from -180 to 180 and lat from -90 to 90");
                self.add("fix", detail, Some(expected));
            }
            if let Some(accuracy) = fix.accuracy_m.filter(|accuracy| !(0.0..=MAX_ACCURACY_M).contains(accuracy)) {
                let detail = Text::new(format!("{accuracy} 米不是精度"), format!("{accuracy} m is no accuracy"));
                self.add("fix.accuracy_m", detail, Some(between(0, MAX_ACCURACY_M)));
            }
        }
        if after.observed_at.as_second() - after.received_at.as_second() > MAX_AHEAD_SECONDS {
            let detail = Text::new("比服务器的时间晚了一天以上", "is more than a day ahead of the server's time");
            self.add("observed_at", detail, Some(Text::new("准确的手机时间", "the time by a clock that is right")));
        }
        let earliest = plan.start.saturating_sub(jiff::Span::new().years(1));
        if after.day < earliest {
            let day = after.day;
            let detail = Text::new(format!("{day} 远早于计划"), format!("{day} is long before the plan"));
            let expected = Text::new(format!("{earliest} 或以后"), format!("{earliest} or later"));
            self.add("observed_at", detail, Some(expected));
        }
        if after.photos.len() > MAX_PHOTOS {
            let found = after.photos.len();
            let detail = Text::new(format!("有 {found} 张照片"), format!("has {found} photos"));
            self.add("photos", detail, Some(at_most(MAX_PHOTOS)));
        }
        for (at, photo) in after.photos.iter().enumerate() {
            if after.photos[..at].iter().any(|earlier| earlier.id == photo.id) {
                let detail = Text::new("这张照片出现了两次", "the photo is there twice");
                self.add(format!("photos[{at}]"), detail, None);
            }
        }
        if !after.marks.is_empty() && !after.confirmed {
            let zh: Vec<String> = after.marks.iter().map(|mark| mark.text().zh).collect();
            let en: Vec<String> = after.marks.iter().map(|mark| mark.text().en).collect();
            let detail =
                Text::new(format!("要先确认：{}", zh.join("；")), format!("must be confirmed: {}", en.join("; ")));
            self.add("confirmed", detail, Some(Text::new("确认后再报", "true, once whoever reports was told")));
        }
    }

    fn note(&mut self, field: &str, words: &str, limit: usize) {
        let length = words.chars().count();
        if words.trim().is_empty() {
            self.add(field, Text::new("没有内容", "says nothing"), Some(Text::new("文字，或不填", "a text, or none")));
        } else if words.contains('\0') {
            self.add(
                field,
                Text::new("有不能显示的字符", "has a character that is none"),
                Some(Text::new("文字", "a text")),
            );
        } else if length > limit {
            let detail = Text::new(format!("有 {length} 个字"), format!("has {length} characters"));
            self.add(field, detail, Some(at_most(limit)));
        }
    }

    pub(super) fn inspection_rule(&mut self, rule: &InspectionRule) {
        for (field, metres) in [("fix_limit_m", rule.fix_limit_m), ("reach_m", rule.reach_m)] {
            if !(0.0..=MAX_FIX_LIMIT_M).contains(&metres) {
                let detail =
                    Text::new(format!("{metres} 米太远，或不是距离"), format!("{metres} m is too far, or no distance"));
                self.add(field, detail, Some(between(0, MAX_FIX_LIMIT_M)));
            }
        }
        if !(1..=MAX_VISIT_DAYS).contains(&rule.visit_days) {
            let days = rule.visit_days;
            let detail =
                Text::new(format!("{days} 天不能是巡查周期"), format!("{days} days are no time between visits"));
            self.add("visit_days", detail, Some(between(1, MAX_VISIT_DAYS)));
        }
    }

    pub(super) fn patch(&mut self, patch: &Patch, plan: &Plan) {
        self.text("name", &patch.name);
        if !(0.0..=MAX_PATCH_REACH_M).contains(&patch.reach_m) {
            let metres = patch.reach_m;
            let detail =
                Text::new(format!("{metres} 米太远，或不是距离"), format!("{metres} m is too far, or no distance"));
            self.add("reach_m", detail, Some(between(0, MAX_PATCH_REACH_M)));
        }
        if patch.inspectors.len() > MAX_INSPECTORS {
            let found = patch.inspectors.len();
            let detail = Text::new(format!("有 {found} 人"), format!("has {found} people"));
            self.add("inspectors", detail, Some(at_most(MAX_INSPECTORS)));
        }
        for (at, name) in patch.inspectors.iter().enumerate() {
            if name.parse::<UserName>().is_err() {
                let detail = Text::new(format!("{name} 不是用户名"), format!("{name} is no user name"));
                let expected = Text::new("用户名，如 wang-fang", "a user name, such as wang-fang");
                self.add(format!("inspectors[{at}]"), detail, Some(expected));
            } else if patch.inspectors[..at].contains(name) {
                let detail = Text::new(format!("{name} 出现了两次"), format!("{name} is there twice"));
                self.add(format!("inspectors[{at}]"), detail, None);
            }
        }
        let is_area = matches!(patch.shape.geometry_type(), GeometryType::Polygon | GeometryType::MultiPolygon);
        if patch.role == PatchRole::Grid && !is_area {
            let detail = Text::new("网格要有面积", "a grid cell covers an area");
            self.add("geometry", detail, Some(Text::new("多边形", "a polygon")));
        } else if !is_area && patch.reach_m <= 0.0 {
            let detail = Text::new("线和点的范围要大于 0", "lines and points take a reach, or nothing belongs to them");
            self.add("reach_m", detail, Some(at_least(1)));
        }
        if let Some(detail) = outside_extent(&patch.shape, plan.extent) {
            let extent = plan.extent;
            let expected = Text::new(format!("在 {extent:?} 之内"), format!("positions inside {extent:?}"));
            self.add("geometry", detail, Some(expected));
        }
    }
}
