//! The trend of the daily peaks: a straight line through them (least squares), and the band in which 95 of 100 days
//! fall if the line continues and the days scatter as before. It knows nothing of seasons, weekends and campaigns.

/// The fewest days that say anything.
pub const LEAST: usize = 7;

/// A day's highest need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970.
    pub day: i64,
    /// The most masks that one phone had.
    pub peak: i64,
}

/// The line, at one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Days since 1970.
    pub day: i64,
    /// The line.
    pub middle: f64,
    /// The lower edge of the band; never below 0.
    pub low: f64,
    /// The upper edge of the band.
    pub high: f64,
}

/// A line and its band.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// How many days it rests on.
    pub days: usize,
    /// How the peak changes a week.
    pub a_week: f64,
    /// The days to come, from the day after the last known one.
    pub points: Vec<Point>,
}

/// Two-sided 95 % points of Student's t, by degrees of freedom, for the first that are at least as many.
const STUDENT: [(usize, f64); 14] = [
    (5, 2.571),
    (6, 2.447),
    (7, 2.365),
    (8, 2.306),
    (9, 2.262),
    (10, 2.228),
    (12, 2.179),
    (14, 2.145),
    (18, 2.101),
    (24, 2.064),
    (30, 2.042),
    (40, 2.021),
    (60, 2.000),
    (120, 1.980),
];

fn student(freedom: usize) -> f64 {
    STUDENT.iter().rev().find(|(least, _)| freedom >= *least).map_or(2.571, |(_, t)| *t)
}

/// The trend of `days`, for `ahead` days after the last of them; `None` if there are fewer than [`LEAST`].
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "days and peaks are small")]
pub fn trend(days: &[Day], ahead: i64) -> Option<Trend> {
    if days.len() < LEAST {
        return None;
    }
    let last = days.iter().map(|day| day.day).max()?;
    let n = days.len() as f64;
    let x = |day: i64| (day - last) as f64;
    let (mean_x, mean_y) =
        (days.iter().map(|one| x(one.day)).sum::<f64>() / n, days.iter().map(|one| one.peak as f64).sum::<f64>() / n);
    let spread: f64 = days.iter().map(|one| (x(one.day) - mean_x).powi(2)).sum();
    if spread <= 0.0 {
        return None;
    }
    let slope = days.iter().map(|one| (x(one.day) - mean_x) * (one.peak as f64 - mean_y)).sum::<f64>() / spread;
    let line = |day: i64| mean_y + slope * (x(day) - mean_x);
    let rest: f64 = days.iter().map(|one| (one.peak as f64 - line(one.day)).powi(2)).sum();
    let deviation = (rest / (n - 2.0)).sqrt();
    let t = student(days.len() - 2);
    let point = |day: i64| {
        let reach = t * deviation * (1.0 + 1.0 / n + (x(day) - mean_x).powi(2) / spread).sqrt();
        let middle = line(day);
        Point { day, middle: middle.max(0.0), low: (middle - reach).max(0.0), high: (middle + reach).max(0.0) }
    };
    Some(Trend { days: days.len(), a_week: slope * 7.0, points: (last + 1..=last + ahead).map(point).collect() })
}

impl Trend {
    /// The first day on which the line needs more than `masks`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "pools are small")]
    pub fn outgrows(&self, masks: i64) -> Option<i64> {
        self.points.iter().find(|point| point.middle > masks as f64).map(|point| point.day)
    }

    /// The first day on which the band reaches above `masks`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "pools are small")]
    pub fn may_outgrow(&self, masks: i64) -> Option<i64> {
        self.points.iter().find(|point| point.high > masks as f64).map(|point| point.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(peaks: &[i64]) -> Vec<Day> {
        peaks.iter().zip(20_000..).map(|(peak, day)| Day { day, peak: *peak }).collect()
    }

    #[test]
    fn a_straight_line_goes_on_without_a_band() {
        let trend = trend(&days(&[2, 4, 6, 8, 10, 12, 14, 16]), 30).unwrap();
        let first = trend.points[0];
        assert!((first.middle - 18.0).abs() < 1e-9 && (first.high - first.low).abs() < 1e-6, "{first:?}");
        assert!((trend.a_week - 14.0).abs() < 1e-9);
        assert_eq!(trend.points.len(), 30);
        assert_eq!(trend.outgrows(19), Some(20_009));
        assert_eq!(trend.outgrows(1000), None);
    }

    #[test]
    fn the_band_is_the_prediction_interval_of_the_textbook() {
        // As R says: predict(lm(y ~ x), data.frame(x = 10), interval = "prediction").
        let trend = trend(&days(&[1, 3, 2, 5, 4, 7, 6, 8, 9, 8]), 1).unwrap();
        let point = trend.points[0];
        assert!((point.middle - 10.0).abs() < 1e-9, "{point:?}");
        assert!((point.high - 12.767).abs() < 0.01, "{point:?}");
        assert!((point.low - 7.233).abs() < 0.01, "{point:?}");
    }

    #[test]
    fn too_few_days_say_nothing_and_nothing_is_below_none() {
        assert_eq!(trend(&days(&[5; 6]), 30), None);
        let falling = trend(&days(&[9, 8, 7, 6, 5, 4, 3]), 30).unwrap();
        assert!(falling.points.iter().all(|point| point.low >= 0.0 && point.middle >= 0.0));
        assert_eq!(trend(&[Day { day: 5, peak: 1 }; 9], 30), None, "one day only");
    }
}
