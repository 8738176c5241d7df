//! Every series of a result as one Parquet file, a row for each interval: what data tools read without being told.

use std::sync::Arc;

use parquet::{
    basic::Compression,
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType},
    errors::{ParquetError, Result},
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use plimsoll_sim::RunResult;

use super::csv::{self, Placed};

/// The columns, the same as those of `series.csv`; node or edge is empty where it is the other one.
const SCHEMA: &str = "message series {
    required double time_s;
    required binary node (UTF8);
    required binary edge (UTF8);
    required binary series (UTF8);
    required binary kind (UTF8);
    required double value;
    required binary metric (UTF8);
}";

/// Rows that are written together: memory while writing, against what a reader can skip.
const ROWS_MAX: usize = 200_000;

/// The file.
pub fn series(result: &RunResult) -> Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties)?;
    let placed: Vec<Placed<'_>> = csv::placed(result).collect();
    let mut rest = placed.as_slice();
    while !rest.is_empty() {
        let mut rows = 0;
        let fits = |placed: &&Placed<'_>| {
            rows += placed.series.values.len();
            rows <= ROWS_MAX
        };
        // One series alone is never too many.
        let (now, later) = rest.split_at(rest.iter().take_while(fits).count().max(1));
        let mut group = writer.next_row_group()?;
        write(&mut group, now, result.grid.interval_s)?;
        group.close()?;
        rest = later;
    }
    writer.close()?;
    Ok(bytes)
}

fn write(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, placed: &[Placed<'_>], interval_s: f64) -> Result<()> {
    let times = placed.iter().flat_map(|placed| (0..placed.series.values.len()).map(|interval| interval as f64 * interval_s));
    column::<DoubleType>(group, &times.collect::<Vec<f64>>())?;
    texts(group, placed, |placed| placed.node.to_owned())?;
    texts(group, placed, |placed| placed.edge.to_owned())?;
    texts(group, placed, |placed| placed.series.name.clone())?;
    texts(group, placed, |placed| placed.kind().to_owned())?;
    let values: Vec<f64> = placed.iter().flat_map(|placed| placed.series.values.iter().copied()).collect();
    column::<DoubleType>(group, &values)?;
    texts(group, placed, |placed| placed.metric().unwrap_or_default())
}

/// A text for each row; the same bytes are shared by the rows of a series.
fn texts(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, placed: &[Placed<'_>], read: fn(&Placed<'_>) -> String) -> Result<()> {
    let rows = placed.iter().flat_map(|placed| std::iter::repeat_n(ByteArray::from(read(placed).as_str()), placed.series.values.len()));
    column::<ByteArrayType>(group, &rows.collect::<Vec<ByteArray>>())
}

fn column<T: DataType>(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, values: &[T::T]) -> Result<()> {
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("the schema has fewer columns".to_owned()))?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}
