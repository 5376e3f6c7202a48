//! `guatu export`: the plan's places as a file, with its receipt beside it; also while a server runs on the same data.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failed;
use super::place::PlaceArguments;
use crate::app::{self, AppError, ExportOptions, StopSignal};
use crate::config::Config;
use crate::formats::file::{CsvGeometry, FileFormat, Formulas};
use crate::http::{EncodingWord, ExportRequest};
use crate::plan::{Date, Kind, Slug};
use crate::services::exports::{Progress, Receipt};
use crate::spatial::Offset;

#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[derive(clap::Args)]
pub struct ExportArguments {
    /// The file to write; its ending tells the format unless --format does.
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArguments,
    /// geojson, geojsonseq, gpkg, shp, csv, xlsx, kml, fgb, dxf or pmtiles.
    #[arg(long)]
    format: Option<String>,
    /// Only this collection; may be there several times.
    #[arg(long = "collection", value_name = "ID")]
    collections: Vec<Slug>,
    /// Only places of this project; may be there several times.
    #[arg(long = "project", value_name = "ID")]
    projects: Vec<Slug>,
    /// Only projects of this kind; may be there several times.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<Kind>,
    /// west,south,east,north in degrees.
    #[arg(long, value_delimiter = ',', num_args = 4, allow_hyphen_values = true)]
    bbox: Option<Vec<f64>>,
    /// CQL2 text, such as "light = 'red' AND progress < 50".
    #[arg(long)]
    filter: Option<String>,
    /// The plan as it was known at the end of this day.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Reference system, such as EPSG:4549.
    #[arg(long)]
    crs: Option<String>,
    /// Move all coordinates off as web maps in China want it: gcj-02 or bd-09.
    #[arg(long)]
    offset: Option<String>,
    /// Text of shapefiles and CSV: utf-8 or gbk.
    #[arg(long)]
    encoding: Option<String>,
    /// CSV: begin with a byte order mark.
    #[arg(long)]
    bom: bool,
    /// CSV: longitude and latitude in two columns, in place of WKT; for points only.
    #[arg(long)]
    lonlat: bool,
    /// CSV: texts that spreadsheets take for formulas, as they begin with = + - @: keep them as they are, or escape them with an apostrophe.
    #[arg(long, value_name = "keep|escape")]
    formulas: Option<String>,
    /// Workbook: without the plan's tables.
    #[arg(long)]
    no_tables: bool,
    #[arg(long)]
    min_zoom: Option<u8>,
    #[arg(long)]
    max_zoom: Option<u8>,
    /// Only what anybody may see.
    #[arg(long)]
    public: bool,
    /// Write over a file, and a receipt, that are there.
    #[arg(long)]
    force: bool,
    /// Where the receipt goes; FILE.receipt.json when absent.
    #[arg(long)]
    receipt: Option<PathBuf>,
    /// Configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
}

pub fn run(arguments: &ExportArguments) -> ExitCode {
    match export(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault::Told(fault)) => failed(fault),
        Err(Fault::Stopped(signal)) => {
            eprintln!("{}", AppError::Stopped(signal));
            ExitCode::from(signal.exit_code())
        }
    }
}

/// Why there is no file.
enum Fault {
    Told(String),
    Stopped(StopSignal),
}

impl From<String> for Fault {
    fn from(told: String) -> Fault {
        Fault::Told(told)
    }
}

fn export(arguments: &ExportArguments) -> Result<(), Fault> {
    let told = |fault: &dyn std::fmt::Display| fault.to_string();
    let config = Config::read(arguments.config.as_deref()).map_err(|fault| told(&fault))?;
    let request = request(arguments)?;
    let format = request.format;
    let receipt_path = arguments.receipt.clone().unwrap_or_else(|| beside(&arguments.file));
    if !arguments.force {
        refuse_existing(&[&arguments.file, &receipt_path])?;
    }
    let progress = Arc::new(Progress::default());
    let bar = Bar::watch(&progress);
    let options = ExportOptions {
        place: arguments.place.place(&config),
        file: arguments.file.clone(),
        request,
        public: arguments.public,
        config,
        progress,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|fault| told(&fault))?;
    let made = runtime.block_on(app::export(options));
    // A writer that did not hear of its end is not waited for.
    runtime.shutdown_background();
    drop(bar);
    let receipt = match made {
        Err(AppError::Stopped(signal)) => return Err(Fault::Stopped(signal)),
        made => made.map_err(|fault| told(&fault))?,
    };
    let text = serde_json::to_string_pretty(&receipt).map_err(|fault| told(&fault))?;
    app::write_text(&receipt_path, &format!("{text}\n"))
        .map_err(|fault| format!("{}: {fault}", receipt_path.display()))?;
    tell(&arguments.file, format, &receipt, &receipt_path);
    Ok(())
}

/// What somebody made is not written over without a word.
fn refuse_existing(paths: &[&Path]) -> Result<(), String> {
    match paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(format!("{} is there already; choose another name, or say --force", path.display())),
        None => Ok(()),
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".receipt.json");
    name.into()
}

fn request(arguments: &ExportArguments) -> Result<ExportRequest, String> {
    let known = || FileFormat::ALL.map(FileFormat::id).join(", ");
    let format = match &arguments.format {
        Some(word) => FileFormat::parse(word).ok_or_else(|| format!("--format: {word:?} is none of {}", known()))?,
        None => {
            let ending = arguments.file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            let fits = |format: &FileFormat| format.extension(false) == ending || format.extension(true) == ending;
            let found = FileFormat::ALL.into_iter().find(fits);
            found
                .ok_or_else(|| format!("{ending:?} is the ending of no format; say --format with one of {}", known()))?
        }
    };
    let bbox = arguments.bbox.as_deref().map(<[f64; 4]>::try_from).transpose();
    let offset = arguments.offset.as_deref().map(|word| {
        [Offset::Gcj02, Offset::Bd09]
            .into_iter()
            .find(|offset| offset.as_str() == word)
            .ok_or_else(|| format!("--offset: {word:?} is neither gcj-02 nor bd-09"))
    });
    let encoding = arguments.encoding.as_deref().map(|word| match word.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Ok(EncodingWord::Utf8),
        "gbk" => Ok(EncodingWord::Gbk),
        _ => Err(format!("--encoding: {word:?} is neither utf-8 nor gbk")),
    });
    let formulas = arguments.formulas.as_deref().map(|word| match word {
        "keep" => Ok(Formulas::Keep),
        "escape" => Ok(Formulas::Escape),
        _ => Err(format!("--formulas: {word:?} is neither keep nor escape")),
    });
    Ok(ExportRequest {
        format,
        collections: (!arguments.collections.is_empty()).then(|| arguments.collections.clone()),
        projects: arguments.projects.clone(),
        features: Vec::new(),
        kinds: arguments.kinds.clone(),
        bbox: bbox.map_err(|_| "--bbox: takes four numbers".to_owned())?,
        filter: arguments.filter.clone(),
        as_of: arguments.as_of,
        crs: arguments.crs.clone(),
        offset: offset.transpose()?,
        encoding: encoding.transpose()?,
        bom: arguments.bom.then_some(true),
        geometry: arguments.lonlat.then_some(CsvGeometry::LonLat),
        formulas: formulas.transpose()?,
        tables: arguments.no_tables.then_some(false),
        min_zoom: arguments.min_zoom,
        max_zoom: arguments.max_zoom,
    })
}

fn tell(file: &Path, format: FileFormat, receipt: &Receipt, receipt_path: &Path) {
    say!("{}: {} features, {} bytes, {}", file.display(), receipt.count, receipt.bytes, receipt.crs.code);
    for layer in &receipt.layers {
        say!("  {} {}: {}", layer.collection, layer.title.zh, layer.count);
    }
    let is_zip = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    if format.extension(receipt.layers.len() > 1) == "zip" && !is_zip(file) {
        say!("  note: it is a zip archive with a file for each layer; call it .zip");
    }
    for renamed in &receipt.renamed {
        say!("  {}: {} is called {}", renamed.layer, renamed.field, renamed.written);
    }
    for note in &receipt.notes {
        say!("  note: {note}");
    }
    say!("  sha256 {}", receipt.sha256);
    say!("  receipt: {}", receipt_path.display());
}

/// A bar on a terminal that follows a progress until it is dropped.
pub(super) struct Bar {
    stop: Arc<std::sync::atomic::AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Bar {
    pub(super) fn watch(progress: &Arc<Progress>) -> Option<Bar> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let (progress, stop) = (Arc::clone(progress), Arc::default());
        let watched: Arc<std::sync::atomic::AtomicBool> = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:40} {percent:>3}% {pos} of {len}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            while !watched.load(Ordering::Relaxed) {
                bar.set_length(progress.total.load(Ordering::Relaxed));
                bar.set_position(progress.done.load(Ordering::Relaxed));
                std::thread::sleep(LOOK_EVERY);
            }
            bar.finish_and_clear();
        });
        Some(Bar { stop, thread: Some(thread) })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A bar that failed is no matter.
            let _ = thread.join();
        }
    }
}
