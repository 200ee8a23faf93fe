//! Pictures as SVG. The colours are those of the pages by day; a page's style sheet replaces them by its own, so that
//! one picture serves for a file and for a page, by day and by night.

use std::ops::Range;

use chrono::DateTime;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::simulation::Forecast;
use super::trend::{Day, Point, Trend};
use crate::clock::At;

/// Letters and axes.
const INK: RGBColor = RGBColor(0x4a, 0x54, 0x4e);
/// Lines of the grid.
const GRID: RGBColor = RGBColor(0xdf, 0xe3, 0xe0);
/// What was counted.
const COUNTED: RGBColor = RGBColor(0x1d, 0x6b, 0x4b);
/// What is expected.
const EXPECTED: RGBColor = RGBColor(0x9a, 0x5b, 0x12);
/// What there is.
const THERE: RGBColor = RGBColor(0xa3, 0x2b, 0x22);
const PAPER: RGBColor = RGBColor(0xfd, 0xfd, 0xfc);

const SIZE: (u32, u32) = (720, 300);

/// What a picture of a country's peaks is made of.
#[derive(Clone, Debug)]
pub struct Peaks<'a> {
    /// ISO 3166 code, for the caption of a file.
    pub country: &'a str,
    /// The highest need of each day, ascending.
    pub days: &'a [Day],
    /// Where it is heading, if the days say so.
    pub trend: Option<&'a Trend>,
    /// Masks that there are.
    pub masks: i64,
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Daily peaks, their trend with its band, and the masks that there are; empty if there is nothing to draw.
#[must_use]
pub fn peaks(what: &Peaks<'_>) -> String {
    let mut svg = String::new();
    let drawn = {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw_peaks(&root, what, false).and_then(|()| Ok(root.present()?))
    };
    if drawn.is_ok() { svg } else { String::new() }
}

/// As [`peaks`] of several countries, one above the other on paper, for a file.
#[must_use]
pub fn peaks_of_all(all: &[Peaks<'_>]) -> String {
    let mut svg = String::new();
    let rows = all.len().max(1);
    let drawn = {
        let height = SIZE.1 * u32::try_from(rows).unwrap_or(1);
        let root = SVGBackend::with_string(&mut svg, (SIZE.0, height)).into_drawing_area();
        let draw = || -> Drawn {
            root.fill(&PAPER)?;
            for (area, one) in root.split_evenly((rows, 1)).iter().zip(all) {
                draw_peaks(area, one, true)?;
            }
            Ok(root.present()?)
        };
        draw()
    };
    if drawn.is_ok() { svg } else { String::new() }
}

#[expect(clippy::cast_precision_loss, reason = "days and masks are small")]
fn draw_peaks<B>(area: &DrawingArea<B, plotters::coord::Shift>, what: &Peaks<'_>, captioned: bool) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let points: &[Point] = what.trend.map_or(&[], |trend| &trend.points);
    let (Some(first), Some(last)) = (what.days.first(), what.days.last()) else { return Ok(()) };
    let end = points.last().map_or(last.day, |point| point.day);
    let top = what.days.iter().map(|day| day.peak as f64).chain(points.iter().map(|point| point.high));
    let top = top.fold(what.masks as f64, f64::max).max(1.0) * 1.1;
    let mut chart = ChartBuilder::on(area);
    chart.margin(12).x_label_area_size(28).y_label_area_size(44);
    if captioned {
        chart.caption(format!("Masks of the busiest phone, {}", what.country), text(16));
    }
    let days = axis(first.day as f64 - 0.6, end as f64 + 0.6, 7);
    let mut chart = chart.build_cartesian_2d(days, axis(0.0, top, 6))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(text(12))
        .x_label_formatter(&|day| date(*day))
        .draw()?;
    if !points.is_empty() {
        let upper = points.iter().map(|point| (point.day as f64, point.high));
        let lower = points.iter().rev().map(|point| (point.day as f64, point.low));
        let band: Vec<(f64, f64)> = upper.chain(lower).collect();
        chart.draw_series(std::iter::once(Polygon::new(band, EXPECTED.mix(0.18))))?;
        let line: Vec<(f64, f64)> = points.iter().map(|point| (point.day as f64, point.middle)).collect();
        chart.draw_series(DashedLineSeries::new(line, 6, 4, EXPECTED.stroke_width(2)))?;
    }
    chart.draw_series(what.days.iter().map(|day| {
        let (x, y) = (day.day as f64, day.peak as f64);
        Rectangle::new([(x - 0.35, 0.0), (x + 0.35, y)], COUNTED.filled())
    }))?;
    let there = vec![(first.day as f64 - 0.6, what.masks as f64), (end as f64 + 0.6, what.masks as f64)];
    chart.draw_series(LineSeries::new(there, THERE.stroke_width(2)))?;
    Ok(())
}

/// The share of jobs without a mask, and of those with a shortened rest, by number of masks; on paper, for a file.
#[must_use]
pub fn town(forecast: &Forecast) -> String {
    let mut svg = String::new();
    let drawn = {
        let root = SVGBackend::with_string(&mut svg, (SIZE.0, 400)).into_drawing_area();
        draw_town(&root, forecast).and_then(|()| Ok(root.present()?))
    };
    if drawn.is_ok() { svg } else { String::new() }
}

#[expect(clippy::cast_precision_loss, reason = "masks and jobs are few enough")]
fn draw_town<B>(area: &DrawingArea<B, plotters::coord::Shift>, forecast: &Forecast) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    area.fill(&PAPER)?;
    let (Some(first), Some(last)) = (forecast.rows.first(), forecast.rows.last()) else { return Ok(()) };
    let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
    let top = forecast.rows.iter().map(|row| share(row.none + row.early, row.jobs)).fold(0.1, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .caption("Jobs that find no mask, by number of masks", text(16))
        .build_cartesian_2d(
            axis(first.masks as f64, (last.masks as f64).max(first.masks as f64 + 1.0), 11),
            0.0..top,
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(text(12))
        .x_desc("masks")
        .y_desc("% of jobs")
        .y_label_formatter(&|share| format!("{share:.1}"))
        .draw()?;
    let line = |of: fn(&super::simulation::Outcome) -> usize| {
        forecast.rows.iter().map(move |row| (row.masks as f64, share(of(row), row.jobs))).collect::<Vec<_>>()
    };
    chart
        .draw_series(LineSeries::new(line(|row| row.none), THERE.stroke_width(2)))?
        .label("no mask: the job cannot begin")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], THERE.stroke_width(2)));
    chart
        .draw_series(DashedLineSeries::new(line(|row| row.none + row.early), 6, 4, EXPECTED.stroke_width(2)))?
        .label("no mask, or one whose rest was shortened")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], EXPECTED.stroke_width(2)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(PAPER)
        .border_style(GRID)
        .label_font(text(12))
        .draw()?;
    Ok(())
}

/// An axis whose marks stand at whole numbers, evenly spaced. A label tells no fractions, so marks between whole numbers
/// would repeat labels.
struct Axis {
    inner: RangedCoordf64,
    marks: Vec<f64>,
}

/// An axis with at most `most` marks.
fn axis(from: f64, to: f64, most: u32) -> Axis {
    let (first, last) = (from.ceil(), to.floor());
    let step = ((last - first + 1.0) / f64::from(most)).ceil().max(1.0);
    let marks = (0..most).map(|n| first + step * f64::from(n)).take_while(|mark| *mark <= last);
    Axis { inner: (from..to).into(), marks: marks.collect() }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.inner.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.inner.range()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        format!("{value:.0}")
    }
}

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

#[expect(clippy::cast_possible_truncation, reason = "days since 1970")]
fn date(day: f64) -> String {
    let began = At::of_day(day.round() as i64).micros();
    DateTime::from_timestamp_micros(began).map(|day| day.format("%-d %b").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::pool::simulation::Outcome;
    use crate::domain::pool::trend::trend;

    #[test]
    fn a_picture_has_a_bar_for_each_day_and_the_line_of_what_there_is() {
        let days: Vec<Day> = (0..10).map(|n| Day { day: 20_000 + n, peak: 3 + n % 4 }).collect();
        let trend = trend(&days, 14);
        let what = Peaks { country: "US", days: &days, trend: trend.as_ref(), masks: 20 };
        let svg = peaks(&what);
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert_eq!(svg.matches("fill=\"#1D6B4B\"").count(), 10, "{svg}");
        assert!(svg.contains("stroke=\"#A32B22\"") && svg.contains("<polygon"), "{svg}");
        assert!(!svg.contains("style="), "the pages' security policy takes no styles in a picture");
        let all = peaks_of_all(&[what.clone(), Peaks { country: "CA", ..what }]);
        assert!(all.contains("busiest phone, US") && all.contains("busiest phone, CA"));
    }

    /// The labels of an axis: what stands in the elements of a picture for text, from left to right or from bottom to top.
    fn labels(svg: &str) -> Vec<&str> {
        svg.split("</text>").filter_map(|piece| Some(piece.split_once("<text")?.1.split_once('>')?.1.trim())).collect()
    }

    #[test]
    fn no_label_stands_twice_on_an_axis() {
        for count in [1, 2, 3, 6, 7, 8, 15, 40, 365] {
            for peak in [0, 1, 3, 40, 1000] {
                let days: Vec<Day> = (0..count).map(|n| Day { day: 20_000 + n, peak }).collect();
                let svg = peaks(&Peaks { country: "US", days: &days, trend: None, masks: peak });
                let labels = labels(&svg);
                let (dates, masks): (Vec<&str>, Vec<&str>) = labels.iter().partition(|label| label.contains(' '));
                assert_eq!(dates.iter().collect::<HashSet<_>>().len(), dates.len(), "{count} {peak}: {labels:?}");
                assert_eq!(masks.iter().collect::<HashSet<_>>().len(), masks.len(), "{count} {peak}: {labels:?}");
                assert!((1..=7).contains(&dates.len()) && dates.contains(&"4 Oct"), "{labels:?}");
                assert!((2..=6).contains(&masks.len()), "{labels:?}");
            }
        }
    }

    #[test]
    fn nothing_to_draw_is_no_fault() {
        let nothing = Peaks { country: "US", days: &[], trend: None, masks: 0 };
        assert!(peaks(&nothing).len() < 400);
        assert!(peaks_of_all(&[]).starts_with("<svg"));
    }

    #[test]
    fn a_town_is_two_lines_with_their_names() {
        let rows = (1..6).map(|masks| Outcome { masks, jobs: 1000, early: 50, none: 100 / masks }).collect();
        let forecast = Forecast { percentiles: [("all", 5); 5], rows, played: (10, 1000), enough: 5, at_ease: 5 };
        let svg = town(&forecast);
        assert!(svg.contains("the job cannot begin") && svg.contains("rest was shortened"), "{svg}");
    }
}
