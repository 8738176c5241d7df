//! Cron expressions, in the spelling of EventBridge (six fields) and of Unix (five), and the calendar that they need.

use std::str::FromStr;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// Days that are searched for the next time: the calendar repeats after 28 years, but not around the year 2100.
const SEARCH_DAYS: i64 = 45 * 366;

/// When a schedule is due, in some time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Bit `n` stands for minute `n`.
    minutes: u64,
    hours: u64,
    days: MonthDay,
    /// Bit `n` stands for month `n`, from 1.
    months: u64,
    weekdays: WeekDay,
    /// Pairs of first year, last year and step; every year when empty.
    years: Vec<(u32, u32, u32)>,
    /// Whether one of both kinds of days is enough, as on Unix when both are given.
    either_day: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum MonthDay {
    Any,
    /// Bit `n` stands for day `n`, from 1.
    Days(u64),
    Last,
    LastWorkday,
    /// The workday of the same month that is closest to a day.
    Nearest(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum WeekDay {
    Any,
    /// Bit 0 stands for Sunday.
    Days(u64),
    /// The last one of its kind in the month.
    Last(u32),
    /// The `n`-th one of its kind in the month.
    Nth(u32, u32),
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: i64,
    month: u32,
    day: u32,
    /// 0 is Sunday.
    weekday: u32,
}

/// The days of a number of days since 1970-01-01.
fn date(days: i64) -> Date {
    // Years are counted from March, so that the leap day is the last day of the year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date { year, month: month as u32, day: day as u32, weekday: (days + 4).rem_euclid(7) as u32 }
}

/// Days from 1970-01-01 to a date.
fn days_since_1970(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted_month = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Seconds since 1970 of `2026-11-22`, `2026-11-22T08:00` or `2026-11-22 08:00:30`.
pub(super) fn instant(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no time such as `2026-11-22T08:00`");
    let text_trimmed = text.trim().trim_end_matches('Z');
    let (day, time) = text_trimmed.split_once(['T', ' ']).unwrap_or((text_trimmed, "00:00"));
    let numbers = |text: &str, separator: char| {
        text.split(separator).map(|part| part.trim().parse::<u32>().ok()).collect::<Option<Vec<u32>>>().unwrap_or_default()
    };
    let [year, month, day] = numbers(day, '-')[..] else { return Err(wrong()) };
    let time = numbers(time, ':');
    let (hour, minute, second) = match time[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return Err(wrong()),
    };
    if !(1970..=2199).contains(&year) || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return Err(wrong());
    }
    let days = days_since_1970(i64::from(year), month, day);
    let back = date(days);
    if (back.month, back.day) != (month, day) {
        return Err(wrong());
    }
    Ok(days * DAY_S + i64::from(hour * 3_600 + minute * 60 + second))
}

impl Date {
    fn month_length(self) -> u32 {
        let next = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        (days_since_1970(next.0, next.1, 1) - days_since_1970(self.year, self.month, 1)) as u32
    }

    /// The day of the month of the workday that is closest to a day of it.
    fn nearest_workday(self, day: u32) -> u32 {
        let length = self.month_length();
        let day = day.min(length);
        let weekday = (self.weekday + 35 + day - self.day) % 7;
        match weekday {
            6 if day > 1 => day - 1,
            6 => day + 2,
            0 if day < length => day + 1,
            0 => day - 2,
            _ => day,
        }
    }
}

impl Cron {
    /// The first time at or after a time at which it is due, both in seconds since 1970 of its time zone; `None` if there
    /// is none in the next decades.
    pub fn next(&self, from: i64) -> Option<i64> {
        // Rounded up to a whole minute.
        let from = (from + 59).div_euclid(60) * 60;
        let first = from.div_euclid(DAY_S);
        for day in first..first + SEARCH_DAYS {
            if !self.is_day(date(day)) {
                continue;
            }
            let earliest = if day == first { from.rem_euclid(DAY_S) / 60 } else { 0 };
            for hour in (earliest / 60..24).filter(|hour| self.hours >> hour & 1 == 1) {
                let from_minute = if hour == earliest / 60 { earliest % 60 } else { 0 };
                let minutes = self.minutes >> from_minute << from_minute;
                if minutes != 0 {
                    return Some(day * DAY_S + hour * 3_600 + i64::from(minutes.trailing_zeros()) * 60);
                }
            }
        }
        None
    }

    fn is_day(&self, date: Date) -> bool {
        let year = u32::try_from(date.year).unwrap_or(0);
        let known = |(first, last, step): &(u32, u32, u32)| (*first..=*last).contains(&year) && (year - first).is_multiple_of(*step);
        if self.months >> date.month & 1 == 0 || !(self.years.is_empty() || self.years.iter().any(known)) {
            return false;
        }
        let month_day = match self.days {
            MonthDay::Any => true,
            MonthDay::Days(days) => days >> date.day & 1 == 1,
            MonthDay::Last => date.day == date.month_length(),
            MonthDay::LastWorkday => date.day == date.nearest_workday(date.month_length()),
            MonthDay::Nearest(day) => date.day == date.nearest_workday(day),
        };
        let week_day = match self.weekdays {
            WeekDay::Any => true,
            WeekDay::Days(days) => days >> date.weekday & 1 == 1,
            WeekDay::Last(day) => date.weekday == day && date.day + 7 > date.month_length(),
            WeekDay::Nth(day, nth) => date.weekday == day && date.day.div_ceil(7) == nth,
        };
        if self.either_day { month_day || week_day } else { month_day && week_day }
    }
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// What the numbers of a field may be.
struct Range {
    title: &'static str,
    low: u32,
    high: u32,
    names: &'static [&'static str],
    /// Number of the first name.
    first_name: u32,
}

impl Range {
    fn number(&self, text: &str) -> Result<u32, String> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text)).map(|at| at as u32 + self.first_name);
        named
            .or_else(|| text.parse().ok())
            .filter(|number| (self.low..=self.high).contains(number))
            .ok_or_else(|| format!("`{text}` is no {} between {} and {}", self.title, self.low, self.high))
    }

    /// First, last and step of each entry of a list.
    fn spans(&self, text: &str) -> Result<Vec<(u32, u32, u32)>, String> {
        text.split(',')
            .map(|entry| {
                let (range, step) = match entry.split_once('/') {
                    Some((range, step)) => (range, step.parse::<u32>().ok().filter(|step| *step > 0)),
                    None => (entry, Some(1)),
                };
                let step = step.ok_or_else(|| format!("`{entry}` has a step that is no number above zero"))?;
                let (first, last) = match range.split_once('-') {
                    _ if range == "*" => (self.low, self.high),
                    Some((first, last)) => (self.number(first)?, self.number(last)?),
                    None if entry.contains('/') => (self.number(range)?, self.high),
                    None => (self.number(range)?, self.number(range)?),
                };
                Ok((first, last, step))
            })
            .collect()
    }

    /// A bit for each number of a list; ranges may wrap around, such as `FRI-MON`.
    fn bits(&self, text: &str) -> Result<u64, String> {
        let mut bits = 0;
        for (first, last, step) in self.spans(text)? {
            let last = if last < first { last + self.high - self.low + 1 } else { last };
            for number in (first..=last).step_by(step as usize) {
                let number = if number > self.high { number - (self.high - self.low + 1) } else { number };
                bits |= 1_u64 << number;
            }
        }
        Ok(bits)
    }
}

impl FromStr for Cron {
    type Err = String;

    /// Reads `0 12 * * ? *` (minute, hour, day of month, month, day of week, year; Sunday is 1) or, with five fields, the
    /// Unix form, in which Sunday is 0.
    fn from_str(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let (fields, year) = match fields[..] {
            [a, b, c, d, e] => ([a, b, c, d, e], None),
            [a, b, c, d, e, year] => ([a, b, c, d, e], Some(year)),
            _ => return Err(format!("`{text}` needs six fields: minute hour day-of-month month day-of-week year")),
        };
        let [minute, hour, month_day, month, week_day] = fields;
        let plain = |title, low, high| Range { title, low, high, names: &[], first_name: 0 };
        let months = Range { title: "month", low: 1, high: 12, names: MONTHS, first_name: 1 };
        let (days, weekdays) = (month_day_of(month_day)?, week_day_of(week_day, year.is_some())?);
        let both = days != MonthDay::Any && weekdays != WeekDay::Any;
        if both && year.is_some() {
            return Err(format!("`{text}` gives both kinds of days; one of them must be `?`"));
        }
        let years = match year {
            None | Some("*" | "?") => Vec::new(),
            Some(year) => plain("year", 1970, 2199).spans(year)?,
        };
        let cron = Self {
            minutes: plain("minute", 0, 59).bits(minute)?,
            hours: plain("hour", 0, 23).bits(hour)?,
            days,
            months: months.bits(month)?,
            weekdays,
            years,
            either_day: both,
        };
        Ok(cron)
    }
}

fn month_day_of(text: &str) -> Result<MonthDay, String> {
    let range = Range { title: "day of the month", low: 1, high: 31, names: &[], first_name: 0 };
    Ok(match text {
        "*" | "?" => MonthDay::Any,
        "L" => MonthDay::Last,
        "LW" => MonthDay::LastWorkday,
        _ => match text.strip_suffix('W') {
            Some(day) => MonthDay::Nearest(range.number(day)?),
            None => MonthDay::Days(range.bits(text)?),
        },
    })
}

/// In the form with six fields Sunday is 1 and Saturday 7; in the other one Sunday is 0, or 7.
fn week_day_of(text: &str, six_fields: bool) -> Result<WeekDay, String> {
    let (low, high) = if six_fields { (1, 7) } else { (0, 7) };
    let range = Range { title: "day of the week", low, high, names: WEEKDAYS, first_name: low };
    let from_sunday = |number: u32| (number - low) % 7;
    Ok(match text {
        "*" | "?" => WeekDay::Any,
        "L" => WeekDay::Days(1 << 6),
        _ => {
            if let Some(day) = text.strip_suffix('L') {
                WeekDay::Last(from_sunday(range.number(day)?))
            } else if let Some((day, nth)) = text.split_once('#') {
                let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth));
                WeekDay::Nth(from_sunday(range.number(day)?), nth.ok_or_else(|| format!("`{text}` asks for no week of a month"))?)
            } else if six_fields {
                WeekDay::Days(range.bits(text)? >> 1)
            } else {
                let bits = Range { high: 6, ..range }.bits(&text.replace('7', "0"))?;
                WeekDay::Days(bits)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(expression: &str, from: &str, count: usize) -> Vec<String> {
        let cron: Cron = expression.parse().unwrap();
        let mut at = instant(from).unwrap();
        (0..count)
            .map_while(|_| {
                let next = cron.next(at)?;
                at = next + 1;
                let date = date(next.div_euclid(DAY_S));
                let minute = next.rem_euclid(DAY_S) / 60;
                Some(format!("{}-{:02}-{:02} {:02}:{:02}", date.year, date.month, date.day, minute / 60, minute % 60))
            })
            .collect()
    }

    #[test]
    fn schedules_are_due_when_the_calendar_says() {
        for (expression, expected) in [
            ("0 12 * * ? *", ["2026-11-22 12:00", "2026-11-23 12:00"]),
            ("0,30 8-9 ? * MON-FRI *", ["2026-11-23 08:00", "2026-11-23 08:30"]),
            ("0/20 23 ? * 1 *", ["2026-11-22 23:00", "2026-11-22 23:20"]),
            ("0 0 L * ? *", ["2026-11-30 00:00", "2026-12-31 00:00"]),
            ("0 0 LW * ? *", ["2026-11-30 00:00", "2026-12-31 00:00"]),
            ("0 0 1W * ? *", ["2026-12-01 00:00", "2027-01-01 00:00"]),
            ("0 0 ? * 6#3 *", ["2026-12-18 00:00", "2027-01-15 00:00"]),
            ("0 0 ? * 6L *", ["2026-11-27 00:00", "2026-12-25 00:00"]),
            ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
            ("15 10 ? JAN MON 2027-2028", ["2027-01-04 10:15", "2027-01-11 10:15"]),
            ("0 0 ? * FRI-MON *", ["2026-11-22 00:00", "2026-11-23 00:00"]),
            ("*/30 * * * *", ["2026-11-22 00:00", "2026-11-22 00:30"]),
            ("0 6 * * 0", ["2026-11-22 06:00", "2026-11-29 06:00"]),
            ("0 6 1 * 5", ["2026-11-27 06:00", "2026-12-01 06:00"]),
        ] {
            assert_eq!(times(expression, "2026-11-22", 2), expected, "{expression}");
        }
        assert_eq!(times("0 0 ? * * 2020", "2026-11-22", 2).len(), 0);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "* * *", "60 * * * ? *", "0 0 1 * MON *", "a * * * *", "*/0 * * * *", "0 0 ? * 8 *", "0 0 ? * 2#6 *"] {
            assert!(text.parse::<Cron>().is_err(), "{text}");
        }
        for text in ["2026-02-30", "2026-13-01", "yesterday", "2026-01-01T25:00", "99999999-01-01"] {
            assert!(instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_go_both_ways() {
        for days in -200_000..200_000 {
            let Date { year, month, day, .. } = date(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
        assert_eq!(date(0).weekday, 4, "a Thursday");
    }
}
