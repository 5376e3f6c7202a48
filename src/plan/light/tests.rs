use jiff::civil::date;

use super::*;
use crate::plan::{Kind, Relations, Text, Visibility};

fn plan() -> Plan {
    Plan {
        id: "p".parse().expect("slug"),
        district: Text::default(),
        city: Text::default(),
        year: 2019,
        start: date(2019, 1, 1),
        due: date(2019, 12, 31),
        extent: [0.0, 0.0, 1.0, 1.0],
        simulated: false,
    }
}

fn rule() -> LightRule {
    LightRule::default_of(&plan().id)
}

fn project(aim: Aim, stage: Stage, progress: Option<f64>) -> Project {
    Project {
        id: "x".parse().expect("slug"),
        order: 1,
        kind: Kind::Road,
        section: "s1".parse().expect("slug"),
        item: 1,
        name: Text::default(),
        aim,
        start: None,
        due: date(2019, 12, 31),
        stage,
        progress,
        reported: None,
        owner: None,
        warden: None,
        investment: None,
        milestones: Vec::new(),
        curve: None,
        relations: Relations::default(),
        note: None,
        visibility: Visibility::Public,
        simulated: false,
    }
}

#[test]
fn the_rule_gives_the_light_and_its_code() {
    let check = |aim, stage, progress, today, colour, code| {
        let reading = light(&project(aim, stage, progress), &plan(), &rule(), Evidence::default(), today);
        assert_eq!((reading.colour, reading.code), (colour, code), "{aim} {stage} {progress:?} {today}");
    };
    let (june, july, later) = (date(2019, 6, 1), date(2019, 7, 2), date(2020, 1, 1));
    check(Aim::Connect, Stage::NotReported, None, later, Light::Grey, LightCode::NotReported);
    check(Aim::Connect, Stage::Cancelled, None, later, Light::Grey, LightCode::Cancelled);
    check(Aim::Connect, Stage::Suspended, None, june, Light::Yellow, LightCode::Suspended);
    check(Aim::Start, Stage::Building, None, june, Light::Green, LightCode::AimReached);
    check(Aim::Start, Stage::Planned, None, june, Light::Grey, LightCode::NoProgress);
    check(Aim::Start, Stage::Planned, None, later, Light::Red, LightCode::Overdue);
    check(Aim::Advance, Stage::Building, None, later, Light::Grey, LightCode::NoProgress);
    check(Aim::Advance, Stage::Building, Some(60.0), later, Light::Red, LightCode::Overdue);
    check(Aim::Advance, Stage::Planned, None, later, Light::Red, LightCode::Overdue);
    // On 2 July the straight line stands at 50 %.
    check(Aim::Complete, Stage::Building, Some(41.0), july, Light::Green, LightCode::OnSchedule);
    check(Aim::Complete, Stage::Building, Some(40.0), july, Light::Yellow, LightCode::Behind);
    check(Aim::Complete, Stage::Building, Some(20.0), july, Light::Yellow, LightCode::Behind);
    check(Aim::Complete, Stage::Building, Some(19.0), july, Light::Red, LightCode::Behind);
}

#[test]
fn a_project_is_not_overdue_on_its_due_date() {
    let open = project(Aim::Open, Stage::Building, None);
    assert_eq!(light(&open, &plan(), &rule(), Evidence::default(), date(2019, 12, 31)).code, LightCode::NoProgress);
    assert_eq!(light(&open, &plan(), &rule(), Evidence::default(), date(2020, 1, 10)).days_overdue, Some(10));
}

#[test]
fn a_planned_start_that_passes_turns_yellow_at_the_months_end_and_red_after_three() {
    let check = |stage, progress, today, colour, code| {
        let start = Some(date(2019, 3, 10));
        let unstarted = Project { start, ..project(Aim::Complete, stage, progress) };
        let reading = light(&unstarted, &plan(), &rule(), Evidence::default(), today);
        assert_eq!((reading.colour, reading.code), (colour, code), "{stage} {progress:?} {today}");
    };
    let (grey, yellow, red) = (Light::Grey, Light::Yellow, Light::Red);
    check(Stage::Planned, None, date(2019, 3, 9), grey, LightCode::NoProgress);
    check(Stage::Planned, None, date(2019, 3, 31), grey, LightCode::NoProgress);
    check(Stage::Planned, None, date(2019, 4, 1), yellow, LightCode::NotStarted);
    check(Stage::Preparing, None, date(2019, 5, 31), yellow, LightCode::NotStarted);
    check(Stage::Preparing, None, date(2019, 6, 1), red, LightCode::NotStarted);
    check(Stage::Building, None, date(2019, 6, 1), grey, LightCode::NoProgress);
    check(Stage::NotReported, None, date(2019, 6, 1), grey, LightCode::NotReported);
    check(Stage::Planned, None, date(2020, 1, 1), red, LightCode::Overdue);
    // On 31 May the line from the start stands at 28 %, so nothing done is yellow too: the missing start tells.
    check(Stage::Preparing, Some(0.0), date(2019, 5, 31), yellow, LightCode::NotStarted);
    check(Stage::Preparing, Some(28.0), date(2019, 5, 31), yellow, LightCode::NotStarted);
}

#[test]
fn the_worse_of_no_start_and_being_behind_tells() {
    let late = Project { start: Some(date(2019, 3, 10)), ..project(Aim::Complete, Stage::Planned, Some(0.0)) };
    let patient = LightRule { unstarted_red_months: 12, ..rule() };
    let reading = light(&late, &plan(), &patient, Evidence::default(), date(2019, 8, 1));
    assert_eq!((reading.colour, reading.code), (Light::Red, LightCode::Behind));
}

#[test]
fn a_report_that_is_too_old_proves_nothing() {
    let check = |reported, evidence_days, progress, today, colour, code| {
        let old = Project { reported, ..project(Aim::Complete, Stage::Building, Some(progress)) };
        let reading = light(&old, &plan(), &LightRule { evidence_days, ..rule() }, Evidence::default(), today);
        assert_eq!((reading.colour, reading.code), (colour, code), "{reported:?} {evidence_days:?} {today}");
    };
    let (june, july) = (Some(date(2019, 6, 1)), date(2019, 7, 2));
    check(june, None, 60.0, july, Light::Green, LightCode::OnSchedule);
    check(june, Some(31), 60.0, july, Light::Green, LightCode::OnSchedule);
    check(june, Some(30), 60.0, july, Light::Yellow, LightCode::Stale);
    check(june, Some(30), 40.0, july, Light::Yellow, LightCode::Behind);
    check(june, Some(30), 10.0, july, Light::Red, LightCode::Behind);
    // Without a report the evidence is as old as the plan; one from a later day, as in a look back, is never too old.
    check(None, Some(30), 60.0, july, Light::Yellow, LightCode::Stale);
    check(None, Some(30), 10.0, date(2019, 1, 31), Light::Green, LightCode::OnSchedule);
    check(june, Some(30), 60.0, date(2019, 5, 1), Light::Green, LightCode::OnSchedule);
}

#[test]
fn the_schedule_follows_the_curve_or_else_a_straight_line() {
    let check = |start: Option<Date>, curve: Option<&[f64]>, today, expected: f64| {
        let curve = curve.map(<[f64]>::to_vec);
        let scheduled = Project { start, curve, ..project(Aim::Complete, Stage::Building, Some(0.0)) };
        let found =
            light(&scheduled, &plan(), &rule(), Evidence::default(), today).scheduled.expect("building has a schedule");
        assert!((found - expected).abs() < 1e-9, "{start:?} {today}: {found} is not {expected}");
    };
    let (april, curve) = (Some(date(2019, 4, 10)), Some([20.0, 50.0, 50.0, 90.0].as_slice()));
    check(None, None, date(2019, 1, 1), 0.0);
    check(None, None, date(2019, 12, 31), 100.0);
    check(april, None, date(2019, 4, 9), 0.0);
    check(april, None, date(2019, 12, 31), 100.0);
    check(april, curve, date(2019, 4, 9), 0.0);
    check(april, curve, date(2019, 4, 10), 0.0);
    check(april, curve, date(2019, 4, 20), 10.0);
    check(april, curve, date(2019, 4, 30), 20.0);
    check(april, curve, date(2019, 5, 1), 20.0 + 30.0 / 31.0);
    check(april, curve, date(2019, 5, 31), 50.0);
    check(april, curve, date(2019, 6, 15), 50.0);
    check(april, curve, date(2019, 7, 31), 90.0);
    check(april, curve, date(2019, 12, 31), 90.0);
    check(Some(date(2019, 4, 30)), curve, date(2019, 4, 30), 20.0);
    check(None, Some(&[31.0, 59.0]), date(2019, 2, 14), 45.0);
    check(None, Some(&[]), date(2019, 12, 31), 100.0);
}

#[test]
fn the_reason_names_the_aim_its_date_and_every_number() {
    let check = |change: &dyn Fn(&mut Project), today, zh: &str, en: &str| {
        let mut told =
            Project { reported: Some(date(2019, 6, 1)), ..project(Aim::Connect, Stage::Building, Some(60.0)) };
        change(&mut told);
        let rule = LightRule { evidence_days: Some(30), ..rule() };
        let reason = light(&told, &plan(), &rule, Evidence::default(), today).reason();
        assert_eq!((reason.zh.as_str(), reason.en.as_str()), (zh, en));
    };
    let (june, july) = (date(2019, 6, 1), date(2019, 7, 2));
    let check_stage = |stage, zh, en| check(&|p| (p.stage, p.progress) = (stage, None), july, zh, en);
    check_stage(
        Stage::NotReported,
        "目标：打通，期限 2019-12-31；尚无报告，无法判断。",
        "Aim: road opened through, due 2019-12-31; nothing has been reported yet, so it cannot be judged.",
    );
    check_stage(
        Stage::Suspended,
        "目标：打通，期限 2019-12-31；项目已暂停（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; the project is suspended (reported 2019-06-01).",
    );
    check_stage(
        Stage::Completed,
        "目标：打通，期限 2019-12-31；已达到（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; reached (reported 2019-06-01).",
    );
    check_stage(
        Stage::Building,
        "目标：打通，期限 2019-12-31；没有进度读数，无法与应达的 50% 比较（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; no progress reading to hold against the schedule's 50 % \
         (reported 2019-06-01).",
    );
    check(
        &|_| (),
        date(2020, 1, 1),
        "目标：打通，期限 2019-12-31；未达到，已逾期 1 天，进度 60%（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; not reached, 1 day overdue, with progress at 60 % \
         (reported 2019-06-01).",
    );
    check(
        &|p| (p.stage, p.progress, p.reported) = (Stage::Planned, None, None),
        date(2020, 1, 3),
        "目标：打通，期限 2019-12-31；未达到，已逾期 3 天（阶段由计划文字推定，尚无报告）。",
        "Aim: road opened through, due 2019-12-31; not reached, 3 days overdue \
         (the stage is what the plan's words imply; no report yet).",
    );
    check(
        &|p| (p.stage, p.progress, p.start) = (Stage::Preparing, None, Some(date(2019, 5, 8))),
        july,
        "目标：打通，期限 2019-12-31；计划 2019-05-08 开工，尚未开工，已过 2 个月末（满 1 个为黄灯）（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; planned to start 2019-05-08 and not started, 2 months ended since \
         (yellow from 1) (reported 2019-06-01).",
    );
    check(
        &|p| p.progress = Some(15.5),
        july,
        "目标：打通，期限 2019-12-31；进度 15.5%，应达 50%，落后 34.5 个百分点（超过 30 个为红灯）（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; progress 15.5 % against a schedule of 50 %, 34.5 points behind \
         (red above 30) (reported 2019-06-01).",
    );
    check(
        &|_| (),
        june,
        "目标：打通，期限 2019-12-31；进度 60%，应达 41.5%，领先 18.5 个百分点（落后 10 个起为黄灯）（2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; progress 60 % against a schedule of 41.5 %, 18.5 points ahead \
         (yellow from 10 behind) (reported 2019-06-01).",
    );
    check(
        &|_| (),
        july,
        "目标：打通，期限 2019-12-31；进度 60%，应达 50%，领先 10 个百分点，但最近一次报告在 31 天前（超过 30 天为黄灯）\
         （2019-06-01 报告）。",
        "Aim: road opened through, due 2019-12-31; progress 60 % against a schedule of 50 %, 10 points ahead, \
         but last report 31 days ago (yellow after 30) (reported 2019-06-01).",
    );
}

#[test]
fn green_needs_a_report_that_proves_it() {
    let (may, june) = (date(2019, 5, 20), date(2019, 6, 20));
    let check = |needs_inspection, stage, reported, last: Option<Date>, accurate: Option<Date>, colour, code| {
        let rule = LightRule { needs_inspection, evidence_days: Some(30), ..rule() };
        let is_sound = last.is_some() && last == accurate;
        let evidence = Evidence { last, accurate, stage: accurate.map(|_| stage), is_sound };
        let project = Project { reported, ..project(Aim::Complete, stage, Some(100.0)) };
        let reading = light(&project, &plan(), &rule, evidence, date(2019, 6, 30));
        let seen = (needs_inspection, stage, reported, last, accurate);
        assert_eq!((reading.colour, reading.code, reading.inspected), (colour, code, accurate), "{seen:?}");
    };
    let (green, yellow) = (Light::Green, Light::Yellow);
    let (building, completed) = (Stage::Building, Stage::Completed);
    // By the office alone.
    check(false, building, Some(june), None, None, green, LightCode::OnSchedule);
    check(false, building, Some(may), None, None, yellow, LightCode::Stale);
    check(true, building, Some(june), None, None, yellow, LightCode::Unproven);
    check(true, completed, Some(june), None, None, yellow, LightCode::Unproven);
    // By a report from the field that something speaks against.
    check(false, building, Some(june), Some(june), Some(may), yellow, LightCode::Unproven);
    check(false, completed, Some(june), Some(june), None, yellow, LightCode::Unproven);
    check(false, building, Some(june), Some(may), None, green, LightCode::OnSchedule);
    // By one that nothing speaks against.
    check(true, building, Some(june), Some(june), Some(june), green, LightCode::OnSchedule);
    check(true, building, Some(june), Some(june), Some(may), yellow, LightCode::Unproven);
    check(true, building, Some(june), Some(may), Some(may), yellow, LightCode::Unproven);
    check(true, building, Some(may), Some(may), Some(may), yellow, LightCode::Stale);
    check(true, completed, Some(june), Some(june), Some(june), green, LightCode::AimReached);
    check(true, completed, Some(june), Some(may), Some(may), yellow, LightCode::Unproven);
    check(false, building, Some(may), Some(june), Some(june), green, LightCode::OnSchedule);
}

#[test]
fn what_was_seen_proves_no_more_than_it_shows() {
    let day = Some(date(2019, 6, 20));
    let rule = LightRule { needs_inspection: true, ..rule() };
    let project = Project { reported: day, ..project(Aim::Complete, Stage::Completed, Some(100.0)) };
    let check = |stage, is_sound, colour| {
        let evidence = Evidence { last: day, accurate: day, stage: Some(stage), is_sound };
        assert_eq!(light(&project, &plan(), &rule, evidence, date(2019, 6, 30)).colour, colour, "{stage} {is_sound}");
    };
    check(Stage::Completed, true, Light::Green);
    check(Stage::InUse, true, Light::Green);
    check(Stage::Building, true, Light::Yellow);
    // One that is in doubt came later on the same day.
    check(Stage::Completed, false, Light::Yellow);
}
