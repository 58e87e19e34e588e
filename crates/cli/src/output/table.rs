//! Lists: tables for people, columns for programs.

use std::iter;

use anstyle::Style;
use runpipe::RunStatus;
use unicode_width::UnicodeWidthStr;

use super::{Output, status_style};

/// A row of a list.
pub type Row = Vec<Cell>;

/// A text in a row, on one line.
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A plain one.
    pub fn new(text: impl ToString) -> Self {
        Cell {
            text: text.to_string(),
            style: Style::new(),
        }
    }
}

impl Output {
    /// A list on stdout. People get a table, or the sentence that there is nothing; a program in
    /// the pipe gets no header, one tab between two columns, and nothing cut.
    pub fn listed(&self, header: &[&str], rows: Vec<Row>, none: &str) -> String {
        match (self.is_terminal(), rows.is_empty()) {
            (true, true) => format!("{none}\n"),
            (true, false) => table(header, rows),
            (false, _) => rows.iter().map(|row| columns(row)).collect(),
        }
    }
}

fn columns(row: &[Cell]) -> String {
    let texts: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
    texts.join("\t") + "\n"
}

/// A table. Nothing in it is wrapped: a reference has to be copied in one piece.
pub fn table(header: &[&str], rows: Vec<Row>) -> String {
    let header: Row = header.iter().map(Cell::new).collect();
    let mut widths = vec![0; header.len()];
    for row in iter::once(&header).chain(&rows) {
        for (cell, width) in row.iter().zip(&mut widths) {
            *width = cell.text.width().max(*width);
        }
    }
    let line = |row: &Row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let Cell { text, style } = cell;
            let fill = width.saturating_sub(text.width());
            format!(" {style}{text}{style:#}{:fill$} ", "")
        });
        cells.collect::<String>().trim_end().to_owned() + "\n"
    };
    iter::once(&header).chain(&rows).map(line).collect()
}

/// A status in its colour; the stream takes the colour out again where none is wanted.
pub fn status_cell(status: RunStatus) -> Cell {
    Cell {
        style: status_style(status),
        ..Cell::new(status.as_str())
    }
}
